"""Logarithm of 1 - exp(-x)."""

from actfn.activation import Activation
from actfn.elementary import absolute, exp, expm1, log, log1p, minimum, where
from actfn.elementary.single import fast_sum, log_ratio, settled

log1mexp = Activation(
    name="log1mexp",
    formula="log1p(-exp(-x))",
    domain=("0", "inf"),
    limits=("-inf", "-0"),
    source="Maechler 2012, Accurately computing log(1 - exp(-|a|)), equation 7",
    same_as={"jax": "nn.log1mexp", "tfp": "math.log1mexp"},
    aliases=("log_1_minus_exp",),
    notes="The log-probability of an event whose complement has log-probability -x.",
)

NAN = float("nan")
LOG_2 = 0.6931471805599453


@log1mexp.kernel("forward", short=True)
def forward(x):
    # Maechler's cut: at log(2) both forms take the logarithm of 1/2. The sign is put on last, so
    # that a result that underflows is -0.
    left, right = log(-expm1(-x)), -absolute(log1p(-exp(-x)))
    return where(x >= 0, where(x < LOG_2, left, right), NAN)


@log1mexp.single_kernel("forward")
def forward_single(x):
    return where(x >= 0, log_ratio(settled(fast_sum(1, -exp(-x))), 1), NAN)


@log1mexp.kernel("derivative", short=True)
def derivative(x):
    # 1 / expm1(x), without its overflow.
    half = exp(-0.5 * x)
    return where(x >= 0, half / absolute(expm1(-x)) * half, NAN)


@log1mexp.single_kernel("derivative")
def derivative_single(x):
    return where(x >= 0, exp(-x) / absolute(expm1(-x)), NAN)


@log1mexp.kernel("second_derivative")
def second_derivative(x):
    root = exp(-0.5 * x) / absolute(expm1(-x))
    return where(x >= 0, -(root * root), NAN)


@log1mexp.kernel("derivative_from_output")
def derivative_from_output(y):
    # 1 - exp(-x) = exp(y)
    return where(y < -100, exp(-y), expm1(minimum(-y, 200)))
