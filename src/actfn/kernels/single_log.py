"""Logarithms in `Single` and `Pair`."""

import math

import numpy as np
from numba.extending import intrinsic

from actfn.elementary import coefficients
from actfn.elementary import single as blocks
from actfn.kernels.single import (
    F4,
    I4,
    add_bits,
    as_pair,
    joined,
    shift_left,
    shift_right,
    subtract_bits,
)
from actfn.kernels.single_polynomials import in_turn
from actfn.kernels.two_float import (
    bits_of,
    fma,
    from_bits,
    inlined,
    magnitude,
    select,
    two_sum,
)

FRACTION_BITS, HALF_BINADE, BIAS = np.int32(23), np.int32(2**22), np.int32(127)
LEAST_NORMAL = np.float32(2.0**-126)
ZERO_DENOMINATOR, NUMERATOR, MINUS_TWO = map(np.float32, (0.0, 1.0, -2.0))
# n * LN2_SHORT is exact for |n| < 256.
LN2_SHORT = np.float32(float.fromhex("0x1.62e4p-1"))
LN2_BEYOND = np.float32(math.log(2.0) - float(LN2_SHORT))

_half_atanh_tail = in_turn([c / 4.0 ** (k + 1) for k, c in enumerate(coefficients.ATANH_TAIL_LOG)])


@intrinsic
def float_of(typing_context, value):
    """An int32 as float32."""

    def build(context, builder, signature, arguments):
        return builder.sitofp(arguments[0], context.get_value_type(F4))

    return F4(I4), build


@inlined
def log_ratio(a, b):
    a, b = as_pair(a), as_pair(b)
    # The patterns of two float32 differ by about their logarithm to base 2, which makes
    # a / 2**n the same as b up to a factor of 1.5.
    difference = add_bits(subtract_bits(bits_of(a.hi), bits_of(b.hi)), HALF_BINADE)
    n = shift_right(difference, FRACTION_BITS)
    scale = from_bits(shift_left(subtract_bits(BIAS, n), FRACTION_BITS))
    hi, lo = a.hi * scale, a.lo * scale
    # 2 atanh(w / 2) with w = 2 (hi - b) / (hi + b), where the first difference is exact.
    apart, apart_rest = hi - b.hi, lo - b.lo
    top = apart + apart_rest
    top_rest = apart_rest - (top - apart)
    below, below_rest = two_sum(hi, b.hi)
    below_rest += lo + b.lo
    # Subnormal numbers have other patterns, as has 0: that divides by zero, and raises the flag.
    below = select(magnitude(a.hi) < LEAST_NORMAL, ZERO_DENOMINATOR, below)
    inverse, twice = NUMERATOR / below, top + top
    w = twice * inverse
    missing = fma(w, below_rest, fma(w, below, -twice))
    w_rest = fma(MINUS_TWO, top_rest, missing) * -inverse
    u = w * w
    cube = w * u
    turns = float_of(n)
    start = turns * LN2_SHORT
    value = start + w
    rest = fma(cube, _half_atanh_tail(u), fma(turns, LN2_BEYOND, w_rest))
    return joined(value, rest + (w - (value - start)))


@inlined
def settled(value):
    pair = as_pair(value)
    hi = pair.hi + pair.lo
    return joined(hi, pair.lo - (hi - pair.hi))


FORMS = {blocks.log_ratio: log_ratio, blocks.settled: settled}
