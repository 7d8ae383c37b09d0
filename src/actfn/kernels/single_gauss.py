"""The Gaussian tail in `Single` and `Pair`, times 2**64, so that no part of it is subnormal.

What is large is a constant or the argument itself; only what little is added to them comes from
polynomials in float32, whose errors so hardly count.
"""

import numpy as np
from numba.extending import overload

from actfn.elementary import coefficients
from actfn.elementary import single as blocks
from actfn.kernels.single import (
    as_single,
    constant,
    is_single,
    joined,
    leading,
    rounded,
)
from actfn.kernels.single_exponential import SHIFT, lifted_power_and_rest, put_together
from actfn.kernels.single_polynomials import in_fours, last_step
from actfn.kernels.two_float import JIT_OPTIONS, fma, inlined

UNSCALE = np.float32(2.0**-64)
FOUR = np.float32(4.0)
MINUS_HALF = constant(-0.5)
LIFTED_SHIFT = SHIFT + np.float32(64.0)


TAIL_RISE = constant(coefficients.GAUSS_RISE[0])
_tail_rise = in_fours(coefficients.GAUSS_RISE[1:])
SLOPE_RISE = constant(coefficients.GELU_SLOPE_RISE[0])
_slope_rise = in_fours(coefficients.GELU_SLOPE_RISE[1:])
SLOPE_ZERO = constant(coefficients.GELU_SLOPE_ZERO)
# 8 times the zero, its first part so short that sums up to 64 lose no bit of it.
_SLOPE_START = 8 * coefficients.GELU_SLOPE_ZERO.hi
SLOPE_START = np.float32(round(_SLOPE_START * 2.0**18) / 2.0**18)
SLOPE_START_REST = np.float32(_SLOPE_START - float(SLOPE_START))
TAIL_START, NO_REST = np.float32(2.0), np.float32(-0.0)


@inlined
def _bell_parts(t):
    """2**64 exp(-t**2 / 2) = scale * (1 + s + rest), for t up to 15."""
    return lifted_power_and_rest((MINUS_HALF * t) * t, LIFTED_SHIFT)


@inlined
def _variable(t):
    """That of the polynomials."""
    return (t - FOUR) / (t + FOUR)


def _beside(t, rise, rest):
    """The rest, and what the second half of a pair t adds to it."""
    raise NotImplementedError  # only inside compiled kernels


@overload(_beside, jit_options=JIT_OPTIONS)
def _beside_rest(t, rise, rest):
    if is_single(t):
        return lambda t, rise, rest: rest
    return lambda t, rise, rest: fma(t.lo, rise, rest)


@inlined
def _risen(t, rise, start, start_rest):
    """start + t * rise, for t >= 0."""
    a = leading(t)
    hi = fma(a, rise.hi, start)
    rest = fma(a, rise.lo, fma(a, rise.hi, start - hi)) + start_rest
    return joined(hi, _beside(t, rise.hi, rest))


@inlined
def scaled_bell(t):
    return put_together(*_bell_parts(t))


@inlined
def _inverse_ratio(t):
    """1 / (Phi(-t) exp(t**2 / 2))."""
    z = _variable(leading(t))
    rise = last_step(z, _tail_rise(z), TAIL_RISE)
    return _risen(t, rise, TAIL_START, NO_REST)


@inlined
def scaled_tail(t):
    return scaled_bell(t) / _inverse_ratio(t)


@inlined
def scaled_tail_product(t):
    """For t without a rest."""
    scale, s, rest = _bell_parts(t)
    ratio = t / _inverse_ratio(t)
    top, top_rest = ratio.hi * scale, ratio.lo * scale
    hi = fma(top, s, top)
    return joined(hi, fma(top, s, top - hi) + fma(top, rest, fma(top_rest, s, top_rest)))


@inlined
def scaled_slope(t):
    """For t without a rest."""
    a = leading(t)
    z = _variable(a)
    rise = last_step(z, _slope_rise(z), SLOPE_RISE)
    far = SLOPE_ZERO - t
    # At the float32 next to the zero the distance is all rest, and is to keep its own rest.
    hi = far.hi + far.lo
    far = joined(hi, far.lo - (hi - far.hi))
    top = a + FOUR
    plus_four = joined(top, a - (top - FOUR))
    below = _risen(t, rise, SLOPE_START, SLOPE_START_REST)
    return far * plus_four * scaled_bell(t) / below


@inlined
def unscaled(value):
    return as_single(rounded(value) * UNSCALE)


FORMS = {
    getattr(blocks, form.__name__): form
    for form in (scaled_bell, scaled_slope, scaled_tail, scaled_tail_product, unscaled)
}
