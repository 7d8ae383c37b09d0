"""Linearly scaled hyperbolic tangent (LiSHT)."""

from actfn.activation import Activation
from actfn.elementary import absolute, copysign, expm1, minimum, where
from actfn.elementary.single import fused, product, signed, tanh_bend, tanh_gap
from actfn.functions.tanh import BENT, FLAT, sech

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


@lisht.kernel("forward", short=True)
def forward(x):
    return absolute(x) * size_of_tanh(x)


@lisht.single_kernel("forward")
def forward_single(x):
    # x**2 less what tanh bends away, and from there on |x| less what tanh lacks of 1.
    size = absolute(x)
    t = minimum(size, FLAT)
    u = product(t, t)
    bent = product(product(u, u), tanh_bend(u))
    return where(t < BENT, fused(t, t, -bent), fused(-size, tanh_gap(t), size))


@lisht.kernel("derivative", short=True)
def derivative(x):
    # Both terms have the sign of x. sech(800)**2 is 0 in float64, before inf * 0 can happen.
    t = minimum(absolute(x), 800)
    return copysign(size_of_tanh(x) + t * sech(x) * sech(x), x)


@lisht.single_kernel("derivative")
def derivative_single(x):
    t = minimum(absolute(x), FLAT)
    u = product(t, t)
    # tanh(t) = t - bent, and with c = 1 - tanh(t) the derivative is 1 + c (2t - 1 - t c).
    bent = product(t, u)
    bent = product(bent, tanh_bend(u))
    y, c = fused(-1, bent, t), tanh_gap(t)
    near = fused(2, t, -fused(product(y, y), t, bent))
    far = fused(fused(-t, c, fused(2, t, -1)), c, 1)
    return signed(where(t < 0.5, near, far), x)


@lisht.kernel("second_derivative")
def second_derivative(x):
    # 2 sech(x)**2 (1 - x tanh(x)), its zeros at +-1.19968.
    t = minimum(absolute(x), 800)
    return 2 * sech(x) * (1 - t * size_of_tanh(x)) * sech(x)
