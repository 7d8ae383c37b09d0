"""Sigmoid linear unit (SiLU), also swish with beta = 1."""

from actfn.activation import Activation
from actfn.elementary import absolute, exp, maximum, minimum, where
from actfn.elementary.coefficients import SILU_SLOPE_ZERO
from actfn.elementary.single import fast_sum, nearest, one_plus_exp, silu_slope_rise

silu = Activation(
    name="silu",
    formula="x / (1 + exp(-x))",
    limits=("-0", "inf"),
    source="Elfwing, Uchibe & Doya 2017, arXiv:1702.03118, equation 3",
    same_as={
        "torch": "nn.functional.silu",
        "jax": "nn.silu",
        "keras": "activations.silu",
        "onnx": "Swish(alpha=1)",
        "hf": "silu",
    },
    aliases=("swish1", "sigmoid_linear_unit"),
    disagreements={
        "torch": "NaN at -inf (#160876), and so are the gradients at both infinities; 0 instead of "
        "up to -2.6e-37 for -91.9 < x < -88.7; silu' is 3.2e6 ULP wrong next to its zero",
        "jax": "NaN at -inf (#39798), 0 below -88.7; silu' is 3.6e7 ULP wrong next to its zero",
        "keras": "NaN at -inf",
        "paddle": "the gradient is NaN at -100 and inf at inf",
        "thinc": "clips x to [-20, 20] in the sigmoid: -inf at -inf",
    },
    notes="The minimum, -0.278465, is at -1.278465.",
)


def gate_slope(z):
    """d/dz (z sigmoid(z))."""
    t = minimum(absolute(z), 800)
    half = exp(-0.5 * t)
    e = half * half
    # The zero at z = -1.278 is that of 1 + e - t, whose last difference is exact there.
    g = half * (1 + e - t) * half / ((1 + e) * (1 + e))
    return where(z < 0, g, 1 - g)


NEAR = 0.125  # so far from the zero of a slope goes its own polynomial


def beside_zero(d, rise, slope):
    """A slope in float32: d * rise next to its zero, where its terms cancel but d is exact."""
    return where(absolute(d) < NEAR, nearest(d * rise), nearest(slope))


def gate_single(x, z):
    """x sigmoid(z) in float32."""
    return x / one_plus_exp(-z)


def gate_slope_single(z):
    """d/dz (z sigmoid(z)) in float32."""
    y = 1 / one_plus_exp(-z)
    slope = y * (1 + z * (exp(-z) * y))
    d = fast_sum(z, SILU_SLOPE_ZERO)
    return beside_zero(d, silu_slope_rise(d), slope)


def gate_curvature(z, factor):
    """`factor` times d/dz of the above: sigmoid'(z) (2 - |z| tanh(|z|/2)), even."""
    t = minimum(absolute(z), 800)
    half = exp(-0.5 * t)
    e = half * half
    root = half / (1 + e)
    # The product of root and root may be subnormal, so the factor has to come before it.
    return root * (factor * (2 - t * (1 - e) / (1 + e))) * root


@silu.kernel("forward", short=True)
def forward(x):
    # With half of the exponent the product x e^x goes through the subnormal range only once.
    half = exp(-0.5 * absolute(x))
    e = half * half
    return where(x < 0, maximum(x, -800) * half * half, x) / (1 + e)


@silu.single_kernel("forward")
def forward_single(x):
    return gate_single(x, x)


@silu.kernel("derivative")
def derivative(x):
    return gate_slope(x)


@silu.single_kernel("derivative")
def derivative_single(x):
    return gate_slope_single(x)


@silu.kernel("second_derivative")
def second_derivative(x):
    return gate_curvature(x, 1)
