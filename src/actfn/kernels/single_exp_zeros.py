"""Exponentials plus a line in `Single` and `Pair`, exact beside zeros that parameters move.

Beside a zero z both are multiples of expm1(x - z) up to a line in x - z, and that difference is
exact to 2**-52. The zeros are found in float64, once where parameters are scalars. Where they are
out of reach a factor is made infinite, so that the result is NaN and the float64 kernel fills in.
"""

import math

import numpy as np
from numba import types

from actfn.elementary import single as blocks
from actfn.kernels.building_blocks import _exp, _expm1, _log
from actfn.kernels.single import as_pair, as_single, joined, nearest4, power_of_two, raw
from actfn.kernels.single_exponential import (
    C0,
    C1,
    C2,
    C3,
    C4,
    C5,
    LN2_HIGH,
    LN2_LOW,
    LOG2_E_FROM_THERE,
    SHIFT,
    TO_THE_EDGE,
)
from actfn.kernels.single_polynomials import step
from actfn.kernels.two_float import (
    fma,
    inlined,
    magnitude,
    select,
    square_root,
    two_sum,
)

# The chord is accurate from here to 0.
LEAST = -0.34
NOTHING = np.float32(0.0)
# Zeros below -16 and -60 are out of reach.
LEAST_RATIO, LEAST_CHORD = 2.0**-23, 1 / 60.0


@inlined
def _apart(x, zero):
    """x - zero for a float64, which is three float32."""
    first = nearest4(zero)
    rest = zero - types.float64(first)
    second = nearest4(rest)
    third = nearest4(rest - types.float64(second))
    s, e = two_sum(x, -first)
    hi = s - second
    return joined(hi, ((s - hi) - second) + (e - third))


@inlined
def _exp_third(r):
    """(e**r - 1 - r - r**2 / 2) / r**3 for |r| <= 0.347."""
    return fma(fma(fma(C5, r, C4), r * r, fma(C3, r, C2)), r, C1)


@inlined
def _exp_plus(d, start):
    """e**d + start for a start of 0, 1 or -1; NaN, and a flag, for |d| > 80."""
    shifted = fma(d.hi * TO_THE_EDGE, LOG2_E_FROM_THERE, SHIFT)
    n = shifted - SHIFT
    exact, below = fma(n, -LN2_HIGH, d.hi), fma(n, -LN2_LOW, d.lo)
    r = exact + below
    r_rest = below - (r - exact)
    chord = fma(_exp_third(r), r * r, r * C0)
    s = fma(chord, r, r)
    rest = fma(chord, r, r - s) + fma(r_rest, s, r_rest)
    scale = power_of_two(shifted)
    base = scale + start
    hi = fma(s, scale, base)
    return joined(hi, fma(s, scale, base - hi) + fma(rest, scale, scale - (base - start)))


@inlined
def _chord_zero(w):
    """The y < 0 with expm1(y) / y = w for 0 < w < 1, by Newton's method."""
    # The start is that of the Pade approximant y / expm1(y) = 1 - y/2 + y**2/12.
    y = 3.0 - square_root(12.0 / w - 3.0)
    for _ in range(3):
        e = _expm1(y)
        y -= fma(-w, y, e) / (e + (1.0 - w))
    return y


@inlined
def exp_line(x, size, slope, bend):
    wide_size, wide_slope, v = types.float64(size), types.float64(slope), raw(x)
    left = select(v > NOTHING, NOTHING, v)
    limit = nearest4(_beside_origin(wide_size, wide_slope))
    near = _near_curve(v, left, as_pair(wide_size), as_pair(wide_slope), as_pair(bend))
    return as_single(select(v > limit, near, _far_curve(left, wide_size, wide_size - wide_slope)))


@inlined
def _inner_zero(w):
    """The zero of expm1(y) - w y below 0, or 0."""
    inside = (w > 0.0) & (w < 1.0)
    return select(inside, _chord_zero(select(inside, w, 0.5)), 0.0)


@inlined
def _beside_origin(size, slope):
    """Where the origin is left: half way to the other zero."""
    limit = 0.5 * _inner_zero((size - slope) / size)
    return select((limit < 0.0) & (limit > LEAST), limit, LEAST)


@inlined
def _near_curve(x, left, size, slope, bend):
    """x (slope + size (e**x - 1 - x) / x), or x (slope + bend x) right of 0."""
    right, half = x > NOTHING, joined(C0 * size.hi, C0 * size.lo)
    factor = joined(select(right, bend.hi, half.hi), select(right, bend.lo, half.lo))
    value, third = step(x, factor, slope), _exp_third(left)
    square = size.hi * (left * left)
    hi = fma(square, third, value.hi)
    return fma(hi, x, (fma(square, third, value.hi - hi) + value.lo) * x)


@inlined
def _far_curve(x, size, fall):
    """size expm1(x) - fall x = factor expm1(d) - fall d."""
    w = fall / size
    zero = _inner_zero(w)
    reached = (magnitude(w) < 1.0 / LEAST_CHORD) & ((w <= 0.0) | (w > LEAST_CHORD))
    factor, fall = as_pair(select(reached, size * _exp(zero), math.inf)), as_pair(fall)
    d = _apart(x, zero)
    e = _exp_plus(d, np.float32(-1.0))
    up, down = factor.hi * e.hi, fall.hi * d.hi
    s, rest = two_sum(up, -down)
    up_rest = fma(factor.hi, e.lo, fma(factor.lo, e.hi, fma(factor.hi, e.hi, -up)))
    down_rest = fma(fall.hi, d.lo, fma(fall.lo, d.hi, fma(fall.hi, d.hi, -down)))
    return s + (rest + (up_rest - down_rest))


@inlined
def exp_line_slope(x, size, slope, bend):
    wide_size, wide_slope, v = types.float64(size), types.float64(slope), raw(x)
    left = _left_slope(select(v > NOTHING, NOTHING, v), wide_size, wide_size - wide_slope)
    twice = types.float64(bend) + types.float64(bend)
    right = step(v, as_pair(twice), as_pair(wide_slope))
    beyond = v > NOTHING
    return joined(select(beyond, right.hi, left.hi), select(beyond, right.lo, left.lo))


@inlined
def _left_slope(x, size, gap):
    """size e**x - gap = factor (e**(x - log|w|) - 1 or + 1), or size e**x."""
    w = gap / size
    ratio = magnitude(w)
    reached = (ratio > LEAST_RATIO) & (ratio < 1.0 / LEAST_RATIO)
    zero = select(reached, _log(select(reached, ratio, 1.0)), 0.0)
    factor = select(w == 0.0, size, select(reached, ratio * size, math.inf))
    start = nearest4(select(w > 0.0, -1.0, select(w < 0.0, 1.0, 0.0)))
    return as_pair(factor) * _exp_plus(_apart(x, zero), start)


FORMS = {blocks.exp_line: exp_line, blocks.exp_line_slope: exp_line_slope}
