"""Linearly scaled hyperbolic tangent (LiSHT)."""

from actfn.activation import Activation
from actfn.elementary import absolute, copysign, expm1, minimum
from actfn.functions.tanh import sech

lisht = Activation(
    name="lisht",
    formula="x * tanh(x)",
    limits=("inf", "inf"),
    source="Roy, Manna, Dubey & Chaudhuri 2019, arXiv:1901.05894",
    aliases=("linearly_scaled_tanh",),
    notes="Even and never negative: close to x**2 near 0, to |x| far out.",
)


def size_of_tanh(x):
    """tanh(|x|)."""
    m = absolute(expm1(-2 * absolute(x)))
    return m / (2 - m)


@lisht.kernel("forward", short=True, single=True)
def forward(x):
    return absolute(x) * size_of_tanh(x)


@lisht.kernel("derivative", short=True)
def derivative(x):
    # Both terms have the sign of x. sech(800)**2 is 0 in float64, before inf * 0 can happen.
    t = minimum(absolute(x), 800)
    return copysign(size_of_tanh(x) + t * sech(x) * sech(x), x)


@lisht.kernel("second_derivative")
def second_derivative(x):
    # 2 sech(x)**2 (1 - x tanh(x)), its zeros at +-1.19968.
    t = minimum(absolute(x), 800)
    return 2 * sech(x) * (1 - t * size_of_tanh(x)) * sech(x)
