"""Laplace: the Gaussian distribution function fitted to the squared ReLU."""

from actfn.activation import Activation
from actfn.elementary import Exact, absolute, exp, gauss_tail, maximum, minimum, where
from actfn.elementary.single import scaled_bell, scaled_tail, unscaled

laplace = Activation(
    name="laplace",
    formula="erfc((sqrt(1 / 2) - x) / (sqrt(1 / (4 * pi)) * sqrt(2))) / 2",
    limits=("0", "1"),
    source="Ma et al. 2022 (Mega), arXiv:2209.10655, the Laplace attention function",
    aliases=("laplace_attention",),
    disagreements={
        "hf": "'laplace' rounds mu = sqrt(1/2) and sigma = sqrt(1 / (4 pi)) to 0.707107 and "
        "0.282095: values differ from the sixth digit on"
    },
    notes="Phi((x - mu) / sigma): mu and sigma make value and slope equal to the squared ReLU's "
    "at sqrt(1/2).",
)

# mu = sqrt(1/2) in three pieces, so that x - mu keeps its digits around mu.
MU = 0.7071067811865476
MU_REST = Exact(-4.833646656726457e-17, 2.0693376543497068e-33)
PI = Exact(3.141592653589793, 1.2246467991473532e-16)
FOUR_PI = Exact(12.566370614359172, 4.898587196589413e-16)
ONE_OVER_SIGMA = Exact(3.544907701811032, -1.5333172999651597e-16)  # 2 sqrt(pi)
SQRT_2 = Exact(1.4142135623730951, -9.667293313452913e-17)
SCALE = 2.0**64  # of what is `scaled`


def offset(x):
    """x - mu, cut to +-100: far beyond where the exponential ends, far from overflow."""
    return maximum(minimum((x - MU) - MU_REST, 100), -100)


def root_of_bell(d):
    """The square root of exp(-z**2 / 2), z = d / sigma: two factors to underflow only once."""
    return exp(-PI * d * d)


@laplace.kernel("forward", short=True)
def forward(x):
    d = offset(x)
    bell = root_of_bell(d)
    tail = gauss_tail(ONE_OVER_SIGMA * absolute(d)) * bell * bell
    return where(d < 0, tail, 1 - tail)


@laplace.kernel("derivative", short=True)
def derivative(x):
    bell = root_of_bell(offset(x))
    return SQRT_2 * bell * bell


def deviation(x):
    """|z|, cut to 15, where in float32 the exponential has ended."""
    return minimum(ONE_OVER_SIGMA * absolute(x - MU), 15)


@laplace.single_kernel("forward")
def forward_single(x):
    tail = scaled_tail(deviation(x))
    return unscaled(where(x < MU, tail, SCALE - tail))


@laplace.single_kernel("derivative")
def derivative_single(x):
    return unscaled(SQRT_2 * scaled_bell(deviation(x)))


@laplace.kernel("second_derivative")
def second_derivative(x):
    d = offset(x)
    bell = root_of_bell(d)
    return -FOUR_PI * SQRT_2 * d * bell * bell
