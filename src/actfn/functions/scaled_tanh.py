"""Scaled hyperbolic tangent, LeCun's 1.7159 tanh(2x/3)."""

from actfn.activation import Activation, Parameter
from actfn.elementary import absolute, maximum, minimum, where
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

scaled_tanh = Activation(
    name="scaled_tanh",
    formula="gain * tanh(scale * x)",
    parameters=(
        Parameter("scale", "2 / 3", "multiplies the input", ("0.67", "1", "5")),
        Parameter("gain", "1.7159", "the limit at inf", ("1", "0.3", "12")),
    ),
    limits=("-gain", "gain"),
    source="LeCun, Bottou, Orr & Mueller 1998, Efficient BackProp, section 4.4",
    same_as={"paddle": "stanh(scale_a=2/3, scale_b=1.7159)"},
    aliases=("stanh", "lecun_tanh", "lecuntanh"),
    disagreements={"paddle": "stanh has the default scale_a=0.67 instead of 2/3"},
    notes="The defaults give f(1) = 1 and f(-1) = -1 within 2e-5.",
)

LARGEST = 1.7976931348623157e308
# From here to 0 tanh(z) is z - z**3 / 3 to 100 bits.
CUBIC = 2.0**-26


def sizes_single(x, scale):
    """|scale * x| and |x|, not beyond what is flat."""
    size = absolute(scale)
    t = minimum(absolute(x), scaled(1 / size, FLAT))
    return size * t, t


@scaled_tanh.kernel("forward", short=True)
def forward(x, scale, gain):
    z = scale * x
    # The product of all three is rounded once where scale * x alone would be subnormal; and the
    # cubic term is what decides a tie when the product is rounded to 16 bits.
    near = gain * scale * x * (1 - z * z / 3)
    return where(absolute(z) < CUBIC, near, gain * tanh_of(z))


@scaled_tanh.single_kernel("forward")
def forward_single(x, scale, gain):
    z, t = sizes_single(x, scale)
    # gain (z - z^3 bend), where the first product is not rounded; and gain (1 - gap).
    slope = absolute(gain * scale)
    u = product(t, t)
    cube = product(product(u, t), nearest(slope * scale * scale))
    bend = tanh_bend(product(u, nearest(scale * scale)))
    near = fused(slope, t, -product(cube, bend))
    far = far_tanh(absolute(gain), z)
    return signed(signed(where(z < BENT, near, far), x), gain * scale)


@scaled_tanh.kernel("derivative", short=True)
def derivative(x, scale, gain):
    root = sech(scale * x)
    return gain * scale * root * root


@scaled_tanh.single_kernel("derivative")
def derivative_single(x, scale, gain):
    z, _ = sizes_single(x, scale)
    return unscaled(product(gain * scale, sech_square(z)))


@scaled_tanh.kernel("second_derivative")
def second_derivative(x, scale, gain):
    z = scale * x
    factor = -2 * gain * scale * scale
    # Where z = tanh z is tiny it may be subnormal, and the large factor would show its few bits.
    tiny = (factor * scale) * x
    return where(absolute(z) < 1e-100, tiny, factor * tanh_of(z) * sech(z) * sech(z))


@scaled_tanh.kernel("derivative", by="scale")
def by_scale(x, scale, gain):
    z = scale * x
    root = sech(z)
    # An infinite x would meet the 0 of sech.
    bounded = maximum(minimum(x, LARGEST), -LARGEST)
    far = gain * (bounded * root) * root
    return where(absolute(z) < CUBIC, gain * x * (1 - z * z), far)


@scaled_tanh.kernel("derivative", by="gain")
def by_gain(x, scale, gain):
    z = scale * x
    return where(absolute(z) < CUBIC, z * (1 - z * z / 3), tanh_of(z))


@scaled_tanh.kernel("derivative_from_output")
def derivative_from_output(y, scale, gain):
    # y may be rounded past gain.
    t = absolute(y / gain)
    return gain * scale * maximum(1 - t, 0) * (1 + t)
