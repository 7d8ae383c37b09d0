"""Derivatives beside their zero, divided by the distance from it, in `Single` and `Pair`."""

from actfn.elementary import coefficients
from actfn.elementary import single as blocks
from actfn.kernels.single import constant, rounded
from actfn.kernels.single_polynomials import in_fours, last_step
from actfn.kernels.two_float import inlined


def _rise(values):
    first, rest = constant(values[0]), in_fours(values[1:])

    @inlined
    def rise(d):
        x = rounded(d)
        return last_step(x, rest(x), first)

    return rise


silu_slope_rise = _rise(coefficients.SILU_SLOPE_RISE)
gelu_tanh_slope_rise = _rise(coefficients.GELU_TANH_SLOPE_RISE)
mish_slope_rise = _rise(coefficients.MISH_SLOPE_RISE)

FORMS = {
    blocks.silu_slope_rise: silu_slope_rise,
    blocks.gelu_tanh_slope_rise: gelu_tanh_slope_rise,
    blocks.mish_slope_rise: mish_slope_rise,
}
