"""Compiled sines of arguments of any size, in either arithmetic.

The number of quarter turns in t = m 2**e is m * (2**e * 2/pi mod 4), and the bracket is a table
over e (the method of Payne & Hanek 1983). Each entry is cut into pieces so short that their
products with the halves of m are exact, so multiples of 4 can be dropped from each product.
"""

import numpy as np
from mpmath import mp
from numba import types
from numba.extending import intrinsic, overload

from actfn import elementary
from actfn.elementary import coefficients
from actfn.kernels.building_blocks import _by_arithmetic, horner, wide_horner
from actfn.kernels.two_float import (
    JIT_OPTIONS,
    TwoFloatType,
    _add_float,
    _llvm_call,
    _multiply,
    bits_of,
    fast_two_sum,
    fma,
    from_bits,
    inlined,
    magnitude,
    narrow,
    pack,
    select,
    two_sum,
    widen,
    with_sign,
)

PIECES, PIECE_BITS = 8, 24
# The binades of the table: from 2**-8, below which t itself is small enough, to float64's last.
FIRST, EXPONENTS = -8, 1024
SMALL = 2.0**FIRST
HALF_PI = coefficients.HALF_PI


def _quarter_turn_table() -> np.ndarray:
    """(2**(e - 52) * 2/pi) mod 4 for every binade, each as PIECES float64 of PIECE_BITS bits."""
    fraction_bits = PIECES * PIECE_BITS
    with mp.workprec(EXPONENTS + fraction_bits + 100):
        two_over_pi = int(mp.floor(mp.ldexp(2 / mp.pi, EXPONENTS + fraction_bits)))
    table = np.empty((EXPONENTS - FIRST, PIECES))
    for row, e in enumerate(range(FIRST, EXPONENTS)):
        rest = (two_over_pi >> (EXPONENTS - (e - 52))) % (4 << fraction_bits)
        for piece in range(PIECES):
            below = fraction_bits - PIECE_BITS * (piece + 1)
            head = rest >> below
            table[row, piece] = float(head) * 2.0 ** (-PIECE_BITS * (piece + 1))
            rest -= head << below
    return table.reshape(-1)


TABLE = _quarter_turn_table()


@intrinsic
def nearest(typing_context, x):
    """The nearest integer, ties to even, for any size."""
    return _llvm_call("rint", types.float64, 1)


@inlined
def _modulo_4(x):
    return x - 4.0 * nearest(0.25 * x)


@inlined
def _mantissa(x):
    """(row, upper, lower): where the binade of x is in the table; the upper 27 of x's 53 digits
    and the rest of them, as integers with x's sign."""
    pattern = bits_of(x)
    binade = ((pattern >> 52) & 0x7FF) - 1023
    mantissa = (pattern & 0xFFFFFFFFFFFFF) | (1075 << 52)  # 2**52 ... 2**53
    m = with_sign(from_bits(mantissa), x)
    upper = with_sign(from_bits(mantissa & ~0x3FFFFFF), x)
    return PIECES * (min(max(binade, FIRST), EXPONENTS - 1) - FIRST), upper, m - upper


@inlined
def _leading(x):
    """The quarter turns of x, modulo 4, to 48 binary places: a number below 16.

    upper * piece 0 is a multiple of 4. The products below are multiples of 2**-48: nothing is
    rounded.
    """
    row, upper, lower = _mantissa(x)
    turns = _modulo_4(lower * TABLE[row]) + _modulo_4(upper * TABLE[row + 1])
    turns += _modulo_4(lower * TABLE[row + 1]) + _modulo_4(upper * TABLE[row + 2])
    return select(magnitude(x) < SMALL, 0.0, turns)


@inlined
def _tail(x):
    """What `_leading` leaves out, to 2**-69."""
    row, upper, lower = _mantissa(x)
    value = fma(lower, TABLE[row + 4], upper * TABLE[row + 5])
    value = fma(upper, TABLE[row + 4], fma(lower, TABLE[row + 3], value))
    value = fma(upper, TABLE[row + 3], fma(lower, TABLE[row + 2], value))
    return select(magnitude(x) < SMALL, 0.0, value)


@inlined
def _tail_wide(x):
    """What `_leading` leaves out, to 2**-121."""
    row, upper, lower = _mantissa(x)
    value = fma(lower, TABLE[row + 6], upper * TABLE[row + 7])
    value = fma(upper, TABLE[row + 6], fma(lower, TABLE[row + 5], value))
    value = fma(upper, TABLE[row + 5], fma(lower, TABLE[row + 4], value))
    s, e = two_sum(upper * TABLE[row + 3], lower * TABLE[row + 2])
    t, f = two_sum(upper * TABLE[row + 4], lower * TABLE[row + 3])
    s, g = two_sum(s, t)
    tail = fast_two_sum(s, (e + f) + (g + value))
    small = magnitude(x) < SMALL
    return pack(select(small, 0.0, tail.hi), select(small, 0.0, tail.lo))


@inlined
def _radians(x):
    """x where the table does not count it."""
    return select(magnitude(x) < SMALL, x, 0.0)


@inlined
def _nearest_turn(hi, lo, shift):
    """(n, turns): n quarter turns and the first part of the rest, exactly."""
    total = (_leading(hi) + shift) + _leading(lo)
    n = nearest(total + _radians(hi) / HALF_PI.hi)
    return n, total - n


_sine_ratio = horner(coefficients.SINE_RATIO[:8])
_cosine = horner(coefficients.COSINE[:8])
_sine_ratio_wide = wide_horner(coefficients.SINE_RATIO, coefficients.SINE_RATIO_LO)
_cosine_wide = wide_horner(coefficients.COSINE, coefficients.COSINE_LO)


@inlined
def _quadrant(n):
    """(odd, negative) for sin(n pi/2 + r): whether it is +-cos(r) or +-sin(r), and its sign."""
    quadrant = n - 4.0 * nearest(0.25 * n - 0.125)  # -1, 0, 1 or 2
    return magnitude(quadrant) == 1.0, (quadrant == 2.0) | (quadrant == -1.0)


@inlined
def _sin_turned(hi, lo, shift):
    """sin(hi + lo + shift pi/2) in float64."""
    n, turns = _nearest_turn(hi, lo, shift)
    r = fma(turns + (_tail(hi) + _tail(lo)), HALF_PI.hi, _radians(hi) + _radians(lo))
    square = r * r
    odd, negative = _quadrant(n)
    value = select(odd, _cosine(square), r * _sine_ratio(square))
    return select(negative, -value, value)


@inlined
def _sin_turned_wide(x, shift):
    """The same as a TwoFloat."""
    n, turns = _nearest_turn(x.hi, x.lo, shift)
    rest = _add_float(_tail_wide(x.hi) + _tail_wide(x.lo), turns)
    # Either part may be the larger one.
    s, e = two_sum(_radians(x.hi), _radians(x.lo))
    r = rest * widen(HALF_PI) + pack(s, e)
    square = _multiply(r, r)
    sine, cosine = r * _sine_ratio_wide(square), _cosine_wide(square)
    odd, negative = _quadrant(n)
    hi, lo = select(odd, cosine.hi, sine.hi), select(odd, cosine.lo, sine.lo)
    return pack(select(negative, -hi, hi), select(negative, -lo, lo))


@overload(elementary.sin_product, jit_options=JIT_OPTIONS)
def _sin_product(a, b, turns):
    if isinstance(a, TwoFloatType) or isinstance(b, TwoFloatType):
        return lambda a, b, turns: _sin_turned_wide(widen(a) * widen(b), narrow(turns))

    def in_float64(a, b, turns):
        product = narrow(a) * narrow(b)
        return _sin_turned(product, fma(narrow(a), narrow(b), -product), narrow(turns))

    return in_float64


@inlined
def _sin(x):
    return _sin_turned(x, 0.0, 0.0)


@inlined
def _cos(x):
    return _sin_turned(x, 0.0, 1.0)


@inlined
def _sin_wide(x):
    return _sin_turned_wide(x, 0.0)


@inlined
def _cos_wide(x):
    return _sin_turned_wide(x, 1.0)


_by_arithmetic(elementary.sin, _sin, _sin_wide)
_by_arithmetic(elementary.cos, _cos, _cos_wide)
