"""Logarithm of the sigmoid."""

from actfn.activation import Activation
from actfn.elementary import absolute, exp, expm1, log1p, maximum, where
from actfn.functions.sigmoid import beside_log1p, slope

log_sigmoid = Activation(
    name="log_sigmoid",
    formula="-log1p(exp(-x))",
    limits=("-inf", "-0"),
    source="Maechler 2012, Accurately computing log(1 - exp(-|a|)), section on log1pexp",
    same_as={
        "torch": "nn.functional.logsigmoid",
        "jax": "nn.log_sigmoid",
        "keras": "activations.log_sigmoid",
        "scipy": "special.log_expit",
    },
    aliases=("logsigmoid", "log_expit"),
    disagreements={
        "jax": "the second derivative is 0 at x = -37; #40383",
        "paddle": "NaN at -inf",
    },
    notes="It is -softplus(-x).",
)


@log_sigmoid.kernel("forward", short=True, single=True)
def forward(x):
    # Two terms of one sign. The minus stands outside so that the limit at inf is -0.
    return -(maximum(-x, 0) + log1p(exp(-absolute(x))))


@log_sigmoid.kernel("derivative", short=True)
def derivative(x):
    e = exp(-absolute(x))
    return where(x > 0, e, 1) / (1 + e)


@log_sigmoid.single_kernel("derivative")
def derivative_single(x):
    return beside_log1p(-x)


@log_sigmoid.kernel("second_derivative")
def second_derivative(x):
    return -slope(x)


@log_sigmoid.kernel("derivative_from_output")
def derivative_from_output(y):
    # 1 - sigmoid(x), and sigmoid(x) is exp(y).
    return absolute(expm1(y))
