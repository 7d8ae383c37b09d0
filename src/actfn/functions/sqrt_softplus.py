"""Square root of softplus: the router's gate of DeepSeek-V4."""

from actfn.activation import Activation
from actfn.elementary import absolute, exp, log1p, maximum, minimum, sqrt, where

sqrt_softplus = Activation(
    name="sqrt_softplus",
    formula="sqrt(softplus(x))",
    limits=("0", "inf"),
    source="DeepSeek-AI 2026, DeepSeek-V4, as in Hugging Face's `sqrtsoftplus`",
    same_as={"hf": "sqrtsoftplus"},
)


def split(x):
    """(e, h) with e = exp(-|x|) and h = exp(-|x|/2): the root of a tail is formed without it."""
    h = exp(-0.5 * minimum(absolute(x), 1600))
    return h * h, h


def root(x):
    # Left of -80 softplus(x) = e^x to far more than 100 bits, and its root is exp(x/2): the root
    # of a number that has underflowed would be lost.
    e, h = split(x)
    return where(x < -80, h, sqrt(maximum(x, 0) + log1p(e)))


@sqrt_softplus.kernel("forward", short=True, single=True)
def forward(x):
    return root(x)


@sqrt_softplus.kernel("derivative", short=True)
def derivative(x):
    # sigmoid(x) / (2 root); in the left tail exp(x/2) / 2.
    e, h = split(x)
    return where(x < -80, 0.5 * h, where(x < 0, e, 1) / ((1 + e) * (2 * root(x))))


@sqrt_softplus.single_kernel("derivative")
def derivative_single(x):
    e, h = split(x)
    slope = where(x < 0, e, 1) / ((1 + e) * root(x))
    return 0.5 * where(x < -80, h, slope)


@sqrt_softplus.kernel("second_derivative")
def second_derivative(x):
    # With s = sigmoid and p = softplus: s (1 - s) / (2 p^(1/2)) - s^2 / (4 p^(3/2)).
    e, h = split(x)
    r = root(x)
    s = where(x < 0, e, 1) / (1 + e)
    curve = e / ((1 + e) * (1 + e))
    # At +inf r is infinite, and both terms are 0.
    inverse = 1 / r
    body = 0.5 * inverse * (curve - 0.5 * (s * inverse) * (s * inverse))
    return where(x < -80, 0.25 * h, body)
