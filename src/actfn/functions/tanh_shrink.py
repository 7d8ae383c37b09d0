"""Tanh shrinkage: the input minus its hyperbolic tangent."""

from actfn.activation import Activation
from actfn.elementary import absolute, copysign, exp, expm1, minimum, tanh_shrink_ratio, where
from actfn.elementary.single import (
    fast_sum,
    fused,
    line,
    nearest,
    product,
    sech_square,
    signed,
    tanh_bend,
    tanh_gap,
)
from actfn.functions.tanh import BENT, FLAT

tanh_shrink = Activation(
    name="tanh_shrink",
    formula="x - tanh(x)",
    source="Collobert, Kavukcuoglu & Farabet 2011, Torch7 (nn.TanhShrink)",
    same_as={"torch": "nn.functional.tanhshrink", "keras": "activations.tanh_shrink"},
    disagreements={
        "torch": "loses digits below |x| = 0.6; 0 for inputs up to 3.5e-4; so do Keras and Paddle"
    },
)

DOWN = 2.0**-64


def _tanh(size):
    """tanh of size >= 0, in [0, 1]: expm1 keeps all digits near 0, and 1 is reached at 400."""
    m = expm1(-2 * minimum(size, 400))
    return -m / (m + 2)


@tanh_shrink.kernel("forward", short=True)
def forward(x):
    size = absolute(x)
    # x - tanh(x) is x^3 / 3 near 0: all digits would cancel. The powers are multiplied so that
    # only the last product can leave the normal range.
    near = minimum(size, 0.5)
    small = near * tanh_shrink_ratio(near) * (near * near)
    return copysign(where(size < 0.5, small, size - _tanh(size)), x)


@tanh_shrink.single_kernel("forward")
def forward_single(x):
    size = absolute(x)
    t = minimum(size, FLAT)
    near = product(t, t * t * tanh_shrink_ratio(t))
    far = fused(1, fused(-1, 1, size), tanh_gap(t))
    return signed(where(t < 1.03, near, far), x)


@tanh_shrink.kernel("derivative", short=True)
def derivative(x):
    t = _tanh(absolute(x))
    return t * t


@tanh_shrink.single_kernel("derivative")
def derivative_single(x):
    t = minimum(absolute(x), FLAT)
    # The square of tanh(t), and from there on 1 - 1 / cosh(t)^2.
    u = product(t, t)
    y = line(-product(t, u), tanh_bend(u), t)
    far = nearest(fast_sum(1, -DOWN * sech_square(t)))
    return where(t < BENT, product(y, y), far)


@tanh_shrink.kernel("second_derivative")
def second_derivative(x):
    # 2 tanh(x) / cosh(x)^2; half of the exponential on either side, so that the tail passes
    # through the subnormal range once.
    size = minimum(absolute(x), 800)
    half = exp(-size)
    e = half * half
    slope = 8 * _tanh(size) * half / ((1 + e) * (1 + e)) * half
    return copysign(slope, x)
