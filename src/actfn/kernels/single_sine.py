"""Squares of sines in `Single` and `Pair`, for arguments up to 4096 quarter turns.

What is reduced is x and not a * x, by multiples of a quarter turn's length pi / (2 a) in x, which
is cut into three float32: no product has to be kept to more than its two halves. Beyond, the
number of quarter turns overflows, which ends in NaN and a flag.
"""

import numpy as np
from numba import types

from actfn.elementary import coefficients
from actfn.elementary import single as blocks
from actfn.kernels.single import (
    and_bits,
    as_pair,
    flipped,
    joined,
    nearest4,
    raw,
    shift_left,
)
from actfn.kernels.two_float import (
    bits_of,
    fma,
    from_bits,
    inlined,
    select,
    two_sum,
)

TURNS = 4096.0
QUARTER, QUARTER_REST = coefficients.HALF_PI.hi, coefficients.HALF_PI.lo
# With 11 bits its products with numbers of halves of quarter turns up to TURNS are exact.
UPPER_BITS = np.int32(-(2**13))
TO_THE_LAST_TURN = 2.0**128 / (TURNS * QUARTER)
TURNS_FROM_THERE = np.float32(TURNS / 2.0**128)
# Adding and subtracting it rounds to the nearest integer, whose parity is that of the last bit.
TO_INTEGER = np.float32(1.5 * 2.0**23)
HALF_TURN = np.float32(0.5)
SIGN_PLACE = np.int32(31)
# Most of the first coefficient is a power of two, by which nothing is rounded.
LARGE_PART = np.float32(-0.25)
W0 = np.float32(coefficients.SINE_SQUARE[0] + 0.25)
W1, W2, W3, W4 = map(np.float32, coefficients.SINE_SQUARE[1:])


@inlined
def _quarter_length(a):
    """pi / (2 a) as three float32."""
    length = QUARTER / a
    missed = (fma(-length, a, QUARTER) + QUARTER_REST) / a
    first = from_bits(and_bits(bits_of(nearest4(length)), UPPER_BITS))
    rest = length - types.float64(first)
    second = nearest4(rest)
    return first, second, nearest4(rest - types.float64(second) + missed)


@inlined
def _square_of_sine(r, r_rest, shifted):
    """sin(r)**2, or 1 - sin(r)**2 for an odd number of quarter turns."""
    parity = shift_left(bits_of(shifted), SIGN_PLACE)
    signed_r = flipped(r, parity)
    q, u = signed_r * r, r * r
    q_rest = fma(signed_r + signed_r, r_rest, fma(signed_r, r, -q))
    bend = fma(fma(fma(fma(fma(W4, u, W3), u, W2), u, W1), u, W0), u, u * LARGE_PART)
    odd = select(parity == np.int32(0), np.float32(0.0), np.float32(1.0))
    start = odd + q
    hi = fma(q, bend, start)
    lo = fma(q, bend, start - hi) + (q - (start - odd))
    return joined(hi, fma(q_rest, bend + bend, q_rest) + lo)


@inlined
def _scaled_turns(x, a):
    """Quarter turns over TURNS_FROM_THERE; infinite where there are too many."""
    return x * nearest4(a * TO_THE_LAST_TURN)


@inlined
def sin_square(a, x):
    x = raw(x)
    first, second, _ = _quarter_length(a)
    shifted = fma(_scaled_turns(x, a), TURNS_FROM_THERE, TO_INTEGER)
    n = shifted - TO_INTEGER
    y, below = fma(n, -first, x), n * second
    hi = y - below
    r = joined(hi, (y - hi) - below) * as_pair(a)
    return _square_of_sine(r.hi, r.lo, shifted)


@inlined
def sin_square_turned(a, x):
    x = raw(x)
    # Beside the zeros everything counts.
    first, second, third = _quarter_length(a)
    shifted = fma(_scaled_turns(x, a), TURNS_FROM_THERE, HALF_TURN) + TO_INTEGER
    n = (shifted - TO_INTEGER) - HALF_TURN
    start = n * first
    y = x - start
    y_rest = x - (y + start)
    below = n * second
    hi, lo = two_sum(y, -below)
    lo += y_rest - fma(n, third, fma(n, second, -below))
    top = hi + lo
    r = joined(top, lo - (top - hi)) * as_pair(a)
    return _square_of_sine(r.hi, r.lo, shifted)


FORMS = {blocks.sin_square: sin_square, blocks.sin_square_turned: sin_square_turned}
