"""Logarithm of the hyperbolic cosine."""

from actfn.activation import Activation
from actfn.elementary import Exact, absolute, copysign, exp, expm1, log1p, minimum, where
from actfn.elementary.single import fused, gap_log, logcosh_bend, product, tanh_gap
from actfn.functions.tanh import FLAT, sech
from actfn.functions.tanh import forward_single as tanh_single

logcosh = Activation(
    name="logcosh",
    formula="log(cosh(x))",
    limits=("inf", "inf"),
    source="Green 1990, IEEE Transactions on Medical Imaging 9(1): log cosh as a potential",
    aliases=("log_cosh",),
    disagreements={
        "nnlib": "x + softplus(-2x) - log(2), as written, cancels to noise near 0 (truth x**2 / 2)"
    },
    notes="Close to x**2 / 2 near 0, to |x| - log(2) far out; its derivative is tanh.",
)

LOG_2 = Exact(0.6931471805599453, 2.3190468138462996e-17)  # log(2)
# log(2) in two parts; |x| less the first, a multiple of 1/16, is exact until it is large.
LOG_2_HIGH = 0.6875
LOG_2_LOW = 0.00564718060195446  # a float32


@logcosh.kernel("forward", short=True)
def forward(x):
    t = absolute(x)
    # cosh(x) - 1 = m**2 / (2 (1 + m)) has no cancellation; at 1.3 it is 0.97, and log1p ends at 1.
    m = expm1(-t)
    near = log1p(m * (m / (2 + 2 * m)))
    far = (t - LOG_2) + log1p(exp(-2 * t))
    return where(t < 1.3, near, far)


@logcosh.single_kernel("forward")
def forward_single(x):
    # x**2 / 2 less what it bends away; and log(cosh(x)) = |x| - log(2) - log(1 - c / 2) with
    # c = 1 - tanh(|x|).
    size = absolute(x)
    t = minimum(size, FLAT)
    u, c = product(t, t), tanh_gap(t)
    near = fused(0.5 * t, t, -product(product(u, u), logcosh_bend(u)))
    rest = fused(0.5, c, -LOG_2_LOW)
    far = fused(1, fused(-1, LOG_2_HIGH, size), fused(product(c, c), gap_log(c), rest))
    return where(t < 1, near, far)


@logcosh.kernel("derivative", short=True)
def derivative(x):
    m = expm1(-2 * absolute(x))
    return copysign(m / (m + 2), x)


@logcosh.single_kernel("derivative")
def derivative_single(x):
    return tanh_single(x)


@logcosh.kernel("second_derivative")
def second_derivative(x):
    return sech(x) * sech(x)
