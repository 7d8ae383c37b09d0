"""Sigmoid linear unit (SiLU), also swish with beta = 1."""

from actfn.activation import Activation
from actfn.elementary import absolute, exp, maximum, minimum, where

silu = Activation(
    name="silu",
    formula="x / (1 + exp(-x))",
    limits=("-0", "inf"),
    source="Elfwing, Uchibe & Doya 2017, arXiv:1702.03118, equation 3",
)


@silu.kernel("forward")
def forward(x):
    # With half of the exponent the product x e^x goes through the subnormal range only once.
    half = exp(-0.5 * absolute(x))
    e = half * half
    return where(x < 0, maximum(x, -800) * half * half, x) / (1 + e)


@silu.kernel("derivative")
def derivative(x):
    t = minimum(absolute(x), 800)
    half = exp(-0.5 * t)
    e = half * half
    g = half * (1 + e - t) * half / ((1 + e) * (1 + e))
    return where(x < 0, g, 1 - g)
