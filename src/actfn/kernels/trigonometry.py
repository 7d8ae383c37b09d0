"""Compiled sin and cos for arguments of any size, in two-float arithmetic.

The number of quarter turns in x = m 2**e is m * (2**e * 2/pi mod 4), and the bracket is a table
over e (the method of Payne & Hanek 1983). Each entry is cut into pieces so short that their
products with the halves of m are exact, so multiples of 4 can be dropped from each product.
"""

import numpy as np
from mpmath import mp
from numba import types
from numba.extending import intrinsic

from actfn import elementary
from actfn.elementary import coefficients
from actfn.kernels.building_blocks import _by_arithmetic, wide_horner
from actfn.kernels.two_float import (
    _add_float,
    _llvm_call,
    _multiply,
    bits_of,
    from_bits,
    inlined,
    magnitude,
    narrow,
    pack,
    select,
    widen,
    with_sign,
)

PIECES, PIECE_BITS = 8, 24
EXPONENTS = 1024  # of float64, from 2**0 up; smaller arguments need no reduction
HALF_PI = coefficients.HALF_PI


def _quarter_turn_table() -> np.ndarray:
    """(2**(e - 52) * 2/pi) mod 4 for e = 0 ... 1023, each as PIECES float64 of PIECE_BITS bits."""
    fraction_bits = PIECES * PIECE_BITS
    with mp.workprec(EXPONENTS + fraction_bits + 100):
        two_over_pi = int(mp.floor(mp.ldexp(2 / mp.pi, EXPONENTS + fraction_bits)))
    table = np.empty((EXPONENTS, PIECES))
    for e in range(EXPONENTS):
        scaled = two_over_pi >> (EXPONENTS - (e - 52)) if e - 52 < EXPONENTS else two_over_pi
        rest = scaled % (4 << fraction_bits)
        for piece in range(PIECES):
            below = fraction_bits - PIECE_BITS * (piece + 1)
            head = rest >> below
            table[e, piece] = float(head) * 2.0 ** (-PIECE_BITS * (piece + 1))
            rest -= head << below
    return table.reshape(-1)


TABLE = _quarter_turn_table()


@intrinsic
def nearest(typing_context, x):
    """The nearest integer, ties to even, for any size."""
    return types.float64(types.float64), _llvm_call("llvm.rint.f64", 1)


@inlined
def _modulo_4(x):
    return x - 4.0 * nearest(0.25 * x)


@inlined
def _quarter_turns(x):
    """|x| in quarter turns modulo 4, as a TwoFloat, for |x| >= 1; 0 below."""
    pattern = bits_of(x)
    exponent = ((pattern >> 52) & 0x7FF) - 1023
    row = PIECES * min(max(exponent, 0), EXPONENTS - 1)
    mantissa = (pattern & 0xFFFFFFFFFFFFF) | (1075 << 52)  # 2**52 ... 2**53
    m = from_bits(mantissa)
    upper = from_bits(mantissa & ~0x3FFFFFF)
    lower = m - upper
    turns = pack(0.0, 0.0)
    for piece in range(PIECES):
        entry = TABLE[row + piece]
        turns = _add_float(turns, _modulo_4(upper * entry))
        turns = _add_float(turns, _modulo_4(lower * entry))
    small = exponent < 0
    return pack(select(small, 0.0, turns.hi), select(small, 0.0, turns.lo))


_sine_ratio = wide_horner(coefficients.SINE_RATIO, coefficients.SINE_RATIO_LO)
_cosine = wide_horner(coefficients.COSINE, coefficients.COSINE_LO)


@inlined
def _signed(turns, sign):
    flip = with_sign(1.0, sign)
    return pack(turns.hi * flip, turns.lo * flip)


@inlined
def _reduce(x):
    """(n, r): x = n pi/2 + r modulo 2 pi, with |r| <= pi/4 (a little more)."""
    leading = _signed(_quarter_turns(x.hi), x.hi)
    trailing = _signed(_quarter_turns(x.lo), x.lo)
    # A part below 1 is not in the table: it stays in radians.
    rest_hi = select(magnitude(x.hi) < 1.0, x.hi, 0.0)
    rest_lo = select(magnitude(x.lo) < 1.0, x.lo, 0.0)
    turns = leading + trailing
    n = nearest(turns.hi + (rest_hi + rest_lo) / HALF_PI.hi)
    r = _add_float(turns, -n) * widen(HALF_PI) + pack(rest_hi, 0.0)
    return n, _add_float(r, rest_lo)


@inlined
def _sine_of_turn(n, r):
    """sin(n pi/2 + r)."""
    square = _multiply(r, r)
    sine, cosine = r * _sine_ratio(square), _cosine(square)
    quadrant = n - 4.0 * nearest(0.25 * n - 0.125)  # 0, 1, 2, 3 (or -1 ... by symmetry)
    odd = (magnitude(quadrant) == 1.0) | (magnitude(quadrant) == 3.0)
    negative = (quadrant == 2.0) | (quadrant == 3.0) | (quadrant == -1.0) | (quadrant == -2.0)
    hi = select(odd, cosine.hi, sine.hi)
    lo = select(odd, cosine.lo, sine.lo)
    return pack(select(negative, -hi, hi), select(negative, -lo, lo))


@inlined
def _sin_wide(x):
    n, r = _reduce(x)
    return _sine_of_turn(n, r)


@inlined
def _cos_wide(x):
    n, r = _reduce(x)
    return _sine_of_turn(n + 1.0, r)


# Kernels that use these are wide; the float64 forms only serve where that gave NaN.
_by_arithmetic(elementary.sin, inlined(lambda x: narrow(_sin_wide(widen(x)))), _sin_wide)
_by_arithmetic(elementary.cos, inlined(lambda x: narrow(_cos_wide(widen(x)))), _cos_wide)
