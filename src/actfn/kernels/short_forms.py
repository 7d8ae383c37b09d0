"""The building blocks as far as a float32 shows: to about 2**-32, at half the cost.

A kernel that is marked `short` is compiled for float32 with these in place of the float64 forms of
`actfn.kernels.building_blocks`: `shortened` gives its text other globals. Whether that is enough
for a kernel, its certificate says. Outside the ranges that float32 can show the results are
numbers beyond them, not 0 and inf.
"""

from functools import cache

from actfn import elementary
from actfn.elementary import coefficients
from actfn.kernels.building_blocks import LN2_A, LN2_BC, LOG2_E, SHIFT, ZERO, horner
from actfn.kernels.rewriting import rewritten
from actfn.kernels.two_float import bits_of, fma, from_bits, inlined, narrow, select

# Next to these, exp() is 0 and inf in float32, even as one of two factors.
EXP_LOW, EXP_HIGH = -700.0, 700.0
EXPM1_LOW = -40.0
LN2 = LN2_A + LN2_BC

_exp_tail = horner(coefficients.EXP_TAIL_SHORT)
_atanh_tail = horner(coefficients.ATANH_TAIL_SHORT)
_atanh_tail_near = horner(coefficients.ATANH_TAIL_NEAR)
_gauss = horner(coefficients.GAUSS_TAIL_SHORT)
_slope = horner(coefficients.GELU_SLOPE_SHORT)


@inlined
def _power_and_rest(v):
    """2**n and exp(v - n ln2) - 1, for v of moderate size."""
    shifted = fma(v, LOG2_E, SHIFT)
    r = fma(shifted - SHIFT, -LN2, v)
    return from_bits((bits_of(shifted) + 1023) << 52), fma(r * r, _exp_tail(r), r)


@inlined
def exp(x):
    v = narrow(x)
    scale, rest = _power_and_rest(select(v < EXP_LOW, EXP_LOW, select(v > EXP_HIGH, EXP_HIGH, v)))
    return fma(rest, scale, scale)


@inlined
def expm1(x):
    v = narrow(x)
    scale, rest = _power_and_rest(
        select(v < EXPM1_LOW, EXPM1_LOW, select(v > EXP_HIGH, EXP_HIGH, v))
    )
    return fma(rest, scale, scale - 1.0)


@inlined
def log1p(x):
    v = narrow(x)
    s = v / (2.0 + v)
    u = s * s
    return 2.0 * fma(s * u, _atanh_tail(u), s)


@inlined
def gauss_tail(t):
    v = narrow(t)
    v = select(v > 15.0, 15.0, v)
    return _gauss((v - 4.0) / (v + 4.0))


@inlined
def gelu_slope(t):
    v = narrow(t)
    v = select(v > 15.0, 15.0, v)
    # The zero is factored out, and kept to twice the digits: t next to it is subtracted exactly.
    return _slope((v - 4.0) / (v + 4.0)) * ((ZERO.hi - v) + ZERO.lo)


FORMS = {
    getattr(elementary, form.__name__): form for form in (exp, expm1, gauss_tail, gelu_slope, log1p)
}


@cache
def shortened(function):
    """The kernel, or a function it calls, with these forms of what it calls."""
    return rewritten(function, FORMS, shortened)
