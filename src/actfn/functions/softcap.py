"""Soft cap: the identity near 0, bent to stay within +-cap."""

from actfn.activation import Activation, Parameter
from actfn.elementary import absolute, copysign, maximum, minimum, tanh_shrink_ratio, where
from actfn.elementary.single import (
    far_tanh,
    fused,
    nearest,
    product,
    scaled,
    sech_square,
    signed,
    tanh_bend,
    unscaled,
)
from actfn.functions.tanh import BENT, FLAT, sech
from actfn.functions.tanh import forward as tanh_of

softcap = Activation(
    name="softcap",
    formula="cap * tanh(x / cap)",
    parameters=(Parameter("cap", "50", "the limit at inf", ("30", "0.7", "1000")),),
    limits=("-cap", "cap"),
    source="Gemma Team 2024, arXiv:2408.00118, section 2, logit soft-capping",
    aliases=("soft_cap", "softclamp", "soft_clamp", "logit_soft_cap"),
    notes="Gemma 2 caps its attention scores at 50, the default here, and its final logits at 30.",
)

# From here to 0 it is x to 120 bits, and x / cap may have become subnormal.
LINEAR = 2.0**-60


def ratio_single(x, cap):
    """|x| / cap and |x|, not beyond what is flat."""
    size = absolute(cap)
    t = minimum(absolute(x), scaled(size, FLAT))
    return t * (1 / size), t


@softcap.kernel("forward", short=True)
def forward(x, cap):
    z = x / cap
    return where(absolute(z) < LINEAR, x, cap * tanh_of(z))


@softcap.single_kernel("forward")
def forward_single(x, cap):
    z, t = ratio_single(x, cap)
    # x - x z^2 bend, and cap (1 - gap).
    r = nearest(z)
    u = product(r, r)
    near = fused(-product(u, t), tanh_bend(u), t)
    far = far_tanh(absolute(cap), z)
    return signed(where(r < BENT, near, far), x)


@softcap.kernel("derivative", short=True)
def derivative(x, cap):
    return sech(x / cap) * sech(x / cap)


@softcap.single_kernel("derivative")
def derivative_single(x, cap):
    z, _ = ratio_single(x, cap)
    return unscaled(sech_square(z))


@softcap.kernel("second_derivative")
def second_derivative(x, cap):
    z = x / cap
    return -2 * tanh_of(z) * sech(z) / cap * sech(z)


@softcap.kernel("derivative", by="cap")
def by_cap(x, cap):
    # tanh(z) - z sech(z)**2, about 2 z**3 / 3 near 0: z tanh(z)**2 - (z - tanh(z)) loses no digits
    # there, as the second term is a third of the first.
    z = x / cap
    near = z * (tanh_of(z) * tanh_of(z) - z * z * tanh_shrink_ratio(z))
    # sech(800)**2 is 0 in float64, before inf * 0 can happen.
    t = copysign(minimum(absolute(z), 800), z)
    far = tanh_of(z) - t * sech(z) * sech(z)
    return where(absolute(z) < 0.25, near, far)


@softcap.kernel("derivative_from_output")
def derivative_from_output(y, cap):
    # y may be rounded past cap.
    t = absolute(y / cap)
    return maximum(1 - t, 0) * (1 + t)
