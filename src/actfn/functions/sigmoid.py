"""Logistic sigmoid."""

from actfn.activation import Activation
from actfn.elementary import absolute, copysign, exp, expm1, where
from actfn.elementary.single import fast_sum, one_plus_exp

sigmoid = Activation(
    name="sigmoid",
    formula="1 / (1 + exp(-x))",
    limits=("0", "1"),
    source="Rumelhart, Hinton & Williams 1986, Nature 323, equation 2",
    same_as={
        "torch": "nn.functional.sigmoid",
        "jax": "nn.sigmoid",
        "keras": "activations.sigmoid",
        "onnx": "Sigmoid",
        "scipy": "special.expit",
        "hf": "sigmoid",
    },
    aliases=("logistic", "expit"),
    disagreements={
        "torch": "the gradient y (1 - y) is 0 for x >= 16.7 in float32 (37 in float64), where the "
        "true one is a normal number up to 87; 0 instead of a subnormal below -88.7",
        "jax": "the gradient y (1 - y) is 0 for x >= 16.7 in float32; #40342, #40385",
        "onnx": "ONNX Runtime's rational approximation returns negative values, e.g. at -17.65",
        "thinc": "clips x to [-20, 20]: sigmoid(-100) is 2.06e-9",
    },
    notes="The derivative is the logistic density, the same at x and -x.",
)

# From here to 0 the series of sigmoid'' ends after two terms, to 108 bits.
CUBIC = 2.0**-26


def slope(x):
    """sigmoid'(x) = e / (1 + e)**2 with e = exp(-|x|)."""
    # As a square of half the exponential it meets the subnormal range only in the last product.
    half = exp(-0.5 * absolute(x))
    root = half / (1 + half * half)
    return root * root


def curvature(x):
    """sigmoid''(x) = sigmoid'(x) (e - 1) / (e + 1) for x > 0, and odd."""
    half = exp(-0.5 * absolute(x))
    e = half * half
    root = half / (1 + e)
    # 1 - e comes from expm1: near x = 0 it is all of the answer.
    bend = copysign(expm1(-absolute(x)), -x) / (1 + e)
    # Near 0 the cubic term decides the ties of -x/8 in 16 bits.
    return where(absolute(x) < CUBIC, x * (x * x / 24 - 0.125), root * bend * root)


@sigmoid.kernel("forward", short=True)
def forward(x):
    # Only exp of a negative number: neither tail overflows or cancels.
    e = exp(-absolute(x))
    return where(x < 0, e, 1) / (1 + e)


def beside_log1p(z):
    """sigmoid(z) in float32, by the exponential that softplus takes the logarithm of."""
    e = exp(-absolute(z))
    return where(z < 0, e, 1) / fast_sum(1, e)


@sigmoid.single_kernel("forward")
def forward_single(x):
    return 1 / one_plus_exp(-x)


@sigmoid.kernel("derivative", short=True)
def derivative(x):
    return slope(x)


@sigmoid.single_kernel("derivative")
def derivative_single(x):
    # The quotient is that of the forward kernel, and shared with it.
    y = 1 / one_plus_exp(-x)
    return exp(-x) * y * y


@sigmoid.kernel("second_derivative")
def second_derivative(x):
    return curvature(x)


@sigmoid.kernel("derivative_from_output")
def derivative_from_output(y):
    return y * (1 - y)
