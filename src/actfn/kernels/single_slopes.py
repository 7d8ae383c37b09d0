"""Derivatives beside their zero, divided by the distance from it, in `Single` and `Pair`."""

from actfn.elementary import coefficients
from actfn.elementary import single as blocks
from actfn.kernels.single import constant, rounded
from actfn.kernels.single_polynomials import in_fours, last_step
from actfn.kernels.two_float import inlined

SILU_RISE = constant(coefficients.SILU_SLOPE_RISE[0])
_silu_rise = in_fours(coefficients.SILU_SLOPE_RISE[1:])
GELU_TANH_RISE = constant(coefficients.GELU_TANH_SLOPE_RISE[0])
_gelu_tanh_rise = in_fours(coefficients.GELU_TANH_SLOPE_RISE[1:])
MISH_RISE = constant(coefficients.MISH_SLOPE_RISE[0])
_mish_rise = in_fours(coefficients.MISH_SLOPE_RISE[1:])


@inlined
def silu_slope_rise(d):
    x = rounded(d)
    return last_step(x, _silu_rise(x), SILU_RISE)


@inlined
def gelu_tanh_slope_rise(d):
    x = rounded(d)
    return last_step(x, _gelu_tanh_rise(x), GELU_TANH_RISE)


@inlined
def mish_slope_rise(d):
    x = rounded(d)
    return last_step(x, _mish_rise(x), MISH_RISE)


FORMS = {
    getattr(blocks, form.__name__): form
    for form in (silu_slope_rise, gelu_tanh_slope_rise, mish_slope_rise)
}
