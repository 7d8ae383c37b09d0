"""Inverse of softplus."""

from actfn.activation import Activation
from actfn.elementary import Exact, absolute, exp, expm1, log, log1p, where
from actfn.elementary.single import log_ratio

softplus_inverse = Activation(
    name="softplus_inverse",
    formula="x + log1p(-exp(-x))",
    domain=("0", "inf"),
    limits=("-inf", "inf"),
    source="Dillon et al. 2017 (TensorFlow Distributions), arXiv:1711.10604, tfp.math",
    same_as={"tfp": "math.softplus_inverse"},
    aliases=("inverse_softplus", "softplusinv", "logexpm1"),
    notes="The zero is log(2). It turns a positive parameter into an unconstrained one.",
)

NAN = float("nan")
# log(2) in three pieces, each the float64 nearest to what the ones before it miss.
LOG_2 = 0.6931471805599453
LOG_2_REST = Exact(2.3190468138462996e-17, 5.707708438416212e-34)


@softplus_inverse.kernel("forward", short=True)
def forward(x):
    # Around its zero: expm1(x) - 1 = 2 expm1(x - log 2), where x - LOG_2 is exact. Left of it
    # the logarithm is at least 0.7, right of it x dominates: neither side cancels.
    zero = log1p(2 * expm1((x - LOG_2) - LOG_2_REST))
    left, right = log(expm1(x)), x + log1p(-exp(-x))
    return where(x < 0.42, left, where(x > 1.08, right, zero))


@softplus_inverse.single_kernel("forward")
def forward_single(x):
    # Next to log(2), expm1(x) - 1 is what the halves of expm1(x) are exact in.
    return where(x >= 0, log_ratio(expm1(x), 1), NAN)


@softplus_inverse.kernel("derivative", short=True, single=True)
def derivative(x):
    return where(x >= 0, 1 / absolute(expm1(-x)), NAN)


@softplus_inverse.kernel("second_derivative")
def second_derivative(x):
    # -exp(-x) / (1 - exp(-x))**2, as a square that meets the end of the range once.
    root = exp(-0.5 * x) / absolute(expm1(-x))
    return where(x >= 0, -(root * root), NAN)


@softplus_inverse.kernel("derivative_from_output")
def derivative_from_output(y):
    # exp(x) = 1 + exp(y)
    return 1 + exp(-y)
