"""The Gaussian tail in `Single` and `Pair`, times 2**64, so that no part of it is subnormal.

What is large is a constant or the argument itself; only what little is added to them comes from
polynomials in float32, whose errors so hardly count.
"""

import math
from itertools import zip_longest

import numpy as np
from numba.extending import overload

from actfn import elementary
from actfn.elementary import coefficients
from actfn.kernels.single import (
    as_single,
    constant,
    is_single,
    joined,
    leading,
    power_of_two,
    rounded,
)
from actfn.kernels.two_float import JIT_OPTIONS, fma, inlined

UNSCALE = np.float32(2.0**-64)
MINUS_HALF, PLUS_HALF, FOUR = np.float32(-0.5), np.float32(0.5), np.float32(4.0)
# The square of t is brought near 0 by multiples of 2 ln(2); n times the first half is exact.
HALF_LOG2_E = np.float32(0.5 / math.log(2.0))
TWO_LN2_HIGH = np.float32(float.fromhex("0x1.62e4p0"))
TWO_LN2_LOW = np.float32(2.0 * math.log(2.0) - float(TWO_LN2_HIGH))
# Adding and subtracting it rounds to the nearest integer n; the last bits of the sum are
# n + 127 + 64.
SCALED_SHIFT = np.float32(1.5 * 2.0**23 + 127 + 64)
B0, B1, B2, B3, B4, B5 = (
    np.float32(c * 0.25 * (-0.5) ** k) for k, c in enumerate(coefficients.EXP_TAIL_SHORT)
)


def _in_pairs(terms, power):
    return [f"fma({b}, {power}, {a})" if b else a for a, b in zip_longest(terms[::2], terms[1::2])]


def _in_fours(values):
    """The polynomial in float32, lowest first, by fours, which need not wait for each other."""
    names = [f"c{k}" for k in range(len(values))]
    fours = _in_pairs(_in_pairs(names, "x"), "x2")
    expression = fours[-1]
    for four in reversed(fours[:-1]):
        expression = f"fma({expression}, x4, {four})"
    scope = {"fma": fma, **dict(zip(names, map(np.float32, values), strict=True))}
    text = f"def polynomial(x):\n    x2 = x * x\n    x4 = x2 * x2\n    return {expression}"
    exec(text, scope)  # noqa: S102 - our own text
    return inlined(scope["polynomial"])


TAIL_RISE = constant(coefficients.GAUSS_RISE[0])
_tail_rise = _in_fours(coefficients.GAUSS_RISE[1:])
SLOPE_RISE = constant(coefficients.GELU_SLOPE_RISE[0])
_slope_rise = _in_fours(coefficients.GELU_SLOPE_RISE[1:])
SLOPE_ZERO = constant(coefficients.GELU_SLOPE_ZERO)
# 8 times the zero, its first part so short that sums up to 64 lose no bit of it.
_SLOPE_START = 8 * coefficients.GELU_SLOPE_ZERO.hi
SLOPE_START = np.float32(round(_SLOPE_START * 2.0**18) / 2.0**18)
SLOPE_START_REST = np.float32(_SLOPE_START - float(SLOPE_START))
TAIL_START, NO_REST = np.float32(2.0), np.float32(-0.0)


@inlined
def _bell(square):
    """2**64 * exp(-square / 2), for squares up to 225."""
    y = square.hi
    shifted = fma(y, -HALF_LOG2_E, SCALED_SHIFT)
    n = shifted - SCALED_SHIFT
    exact = fma(n, TWO_LN2_HIGH, y)
    r = fma(n, TWO_LN2_LOW, exact)
    u = r * r
    t = u * fma(fma(fma(B5, r, B4), u, fma(B3, r, B2)), u, fma(B1, r, B0))
    s = fma(r, MINUS_HALF, t)
    r_rest = fma(n, TWO_LN2_LOW, exact - r) + square.lo
    rest = fma(r_rest, fma(s, MINUS_HALF, MINUS_HALF), t - fma(r, PLUS_HALF, s))
    scale = power_of_two(shifted)
    hi = fma(s, scale, scale)
    return joined(hi, fma(rest, scale, fma(s, scale, scale - hi)))


@inlined
def _variable(t):
    """That of the polynomials."""
    return (t - FOUR) / (t + FOUR)


@inlined
def _last_step(z, rest, first):
    """first + z * rest, less than twice or half of the first: Horner's step that counts."""
    hi = fma(z, rest, first.hi)
    return joined(hi, fma(z, rest, first.hi - hi) + first.lo)


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
    return _bell(t * t)


@inlined
def scaled_tail(t):
    z = _variable(leading(t))
    rise = _last_step(z, _tail_rise(z), TAIL_RISE)
    return _bell(t * t) / _risen(t, rise, TAIL_START, NO_REST)


@inlined
def scaled_slope(t):
    """For t without a rest."""
    a = leading(t)
    z = _variable(a)
    rise = _last_step(z, _slope_rise(z), SLOPE_RISE)
    far = SLOPE_ZERO - t
    # At the float32 next to the zero the distance is all rest, and is to keep its own rest.
    hi = far.hi + far.lo
    far = joined(hi, far.lo - (hi - far.hi))
    top = a + FOUR
    plus_four = joined(top, a - (top - FOUR))
    below = _risen(t, rise, SLOPE_START, SLOPE_START_REST)
    return far * plus_four * _bell(t * t) / below


@inlined
def unscaled(value):
    return as_single(rounded(value) * UNSCALE)


FORMS = {
    getattr(elementary, form.__name__): form
    for form in (scaled_bell, scaled_slope, scaled_tail, unscaled)
}
