"""Logit, the inverse of the sigmoid."""

from actfn.activation import Activation
from actfn.elementary import absolute, exp, log, log1p, where
from actfn.elementary.single import log_ratio

logit = Activation(
    name="logit",
    formula="log(x / (1 - x))",
    domain=("0", "1"),
    limits=("-inf", "inf"),
    source="Berkson 1944, Journal of the American Statistical Association 39(227), 357-365",
    same_as={"torch": "logit", "jax": "scipy.special.logit", "scipy": "special.logit"},
    aliases=("inverse_sigmoid", "log_odds"),
    disagreements={
        "torch": "logit(eps=...) clamps the input; the last bits depend on the place in the array "
        "(#196999)",
    },
)

NAN = float("nan")


@logit.kernel("forward", short=True)
def forward(x):
    # Around the zero at 1/2 the odds are 1 + d with d = (2x - 1) / (1 - x), and both differences
    # are exact there. Elsewhere the logarithm is at least 0.6 in size.
    near = log1p((2 * x - 1) / (1 - x))
    return where(absolute(x - 0.5) < 0.15, near, log(x / (1 - x)))


@logit.single_kernel("forward")
def forward_single(x):
    return where((x >= 0) & (x <= 1), log_ratio(x, 1 - x), NAN)


@logit.kernel("derivative", single=True)
def derivative(x):
    # |x|, because 1 / -0.0 would be -inf.
    return where((x >= 0) & (x <= 1), 1 / (absolute(x) * (1 - x)), NAN)


@logit.kernel("second_derivative")
def second_derivative(x):
    # 2x - 1 is exact around its zero; the square is formed last, so that x**2 cannot underflow.
    root = 1 / (absolute(x) * (1 - x))
    return where((x >= 0) & (x <= 1), (2 * x - 1) * root * root, NAN)


@logit.kernel("derivative_from_output")
def derivative_from_output(y):
    # 1 / (x (1 - x)) = 2 + 2 cosh(y)
    return 2 + (exp(y) + exp(-y))
