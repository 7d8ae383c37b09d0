"""Heights of entries above the threshold of entmax, and their powers.

With a = alpha - 1, h = shift + a (base + x - anchor) and p = h**(1 / a) where h is above 0.
`powers` works in pairs of float64 and is right to about 2**-88, `rough_powers` in float64. Both
are plain loops over a block, which LLVM turns into vector code; sums over the block follow.
"""

import math
from fractions import Fraction

from actfn.elementary import coefficients
from actfn.kernels.building_blocks import LOG2_E, _exp_tail, _exp_wide, horner, wide_horner
from actfn.kernels.lanes import WIDTH, as_lanes, larger, largest_of, load, sum_of
from actfn.kernels.row_math import SHIFT, add_lanes, total
from actfn.kernels.two_float import (
    _add_float,
    _multiply,
    _multiply_float,
    bits_of,
    fast_two_sum,
    fma,
    from_bits,
    inlined,
    magnitude,
    pack,
    select,
    two_sum,
)

# So many entries are worked out at a time; where their parts are: p and what it misses, the
# weights, how near the heights are to 0, and the entries.
BLOCK = 64
MISSED, WEIGHTS, NEAR, ENTRIES = BLOCK, 2 * BLOCK, 3 * BLOCK, 4 * BLOCK
ROOM = 5 * BLOCK
LOWEST_LOG = -700.0  # exp() of it is nothing in float32, and a normal number

LN2_A, LN2_B, LN2_C = coefficients.LN2
LN2 = math.log(2.0)
# atanh(s) / s = 1 + u / 3 + u**2 / 5 + ... for u = s**2 < 0.0295: these terms reach 2**-92, and
# what comes after the first seven is below 2**-37 and needs no second half.
_SERIES = [Fraction(1, 2 * k + 3) for k in range(17)]
_atanh_tail_pair = wide_horner(
    [float(c) for c in _SERIES], [float(c - Fraction(float(c))) for c in _SERIES[:7]]
)
_rough_atanh_tail = horner(coefficients.ATANH_TAIL)

_ROOT_HALF = 0x3FE6A09E667F3BCD  # the bit pattern of sqrt(1/2)
_ONE = 0x3FF0000000000000
_FRACTION = (1 << 52) - 1
# An exponent of 1024 more than it is, as the last bits of a float64 near 2**52.
_OFFSET, _INTEGERS, _SHIFTED = 1024 << 52, 0x4330000000000000, 2.0**52 + 1024.0


@inlined
def _exponent_and_fraction(h):
    """(n, the bits of m) with h = 2**n m, m from sqrt(1/2) to sqrt(2), for normal h > 0."""
    bits = bits_of(h) - _ROOT_HALF
    n = from_bits(((bits + _OFFSET) >> 52) | _INTEGERS) - _SHIFTED
    return n, (bits & _FRACTION) + _ROOT_HALF


@inlined
def log_pair(h):
    """log(h) of a pair h > 0, as a pair."""
    scale = select(h.hi < 2.0**-960, 2.0**60, 1.0)  # subnormals have no exponent of their own
    hi = h.hi * scale
    n, fraction = _exponent_and_fraction(hi)
    back = from_bits(_ONE - (bits_of(hi) - fraction))  # 2**-n
    m = pack(from_bits(fraction), h.lo * scale * back)
    n -= select(scale > 1.0, 60.0, 0.0)
    s = _add_float(m, -1.0) / _add_float(m, 1.0)
    u = _multiply(s, s)
    half = s + _multiply(_multiply(s, u), _atanh_tail_pair(u))
    t, e = two_sum(n * LN2_A, 2.0 * half.hi)
    t, f = two_sum(t, n * LN2_B)
    return fast_two_sum(t, (e + f) + (2.0 * half.lo + n * LN2_C))


@inlined
def power(b, exponent):
    """b**exponent of pairs, b > 0."""
    return _exp_wide(_multiply(log_pair(b), exponent))


@inlined
def powers(x, start, count, room, anchor, base, shift, floor, least, weight, a, inverse):
    """p, and weight p / h, where h is above `least` and x above anchor + floor."""
    for j in range(count):
        d, lost = two_sum(x[start + j], -anchor)
        s, e = two_sum(base.hi, d)
        t = fast_two_sum(s, e + (base.lo + lost))
        h = _add_float(_multiply_float(t, a), shift)
        live = (h.hi > least) & (d > floor)
        safe = pack(select(live, h.hi, 1.0), select(live, h.lo, 0.0))
        p = power(safe, inverse)
        room[j] = select(live, p.hi, 0.0)
        room[MISSED + j] = select(live, p.lo, 0.0)
        room[WEIGHTS + j] = select(live, p.hi * (weight / safe.hi), 0.0)
        room[NEAR + j] = -magnitude(h.hi)


@inlined
def rough_powers(x, start, count, room, peak, base, a, inverse):
    """p and p / h in float64, for a <= 1."""
    for j in range(count):
        z = a * (base + (x[start + j] - peak))
        h = 1.0 + z
        live = h > 0.0
        safe = select(live, h, 1.0)
        n, fraction = _exponent_and_fraction(safe)
        m, r = from_bits(fraction), 1.0 / safe
        s = (m - 1.0) / (m + 1.0)
        half = fma(s * (s * s), _rough_atanh_tail(s * s), s)
        # What 1 + z has lost of z comes back: it is all there is of it if a is tiny.
        v = (fma(n, LN2, 2.0 * half) + (z - (safe - 1.0)) * r) * inverse
        v = select(v < LOWEST_LOG, LOWEST_LOG, v)
        shifted = fma(v, LOG2_E, SHIFT)
        r2 = fma(SHIFT - shifted, LN2, v)
        scale = from_bits(bits_of(shifted) << 52)
        p = select(live, fma(fma(r2 * r2, _exp_tail(r2), r2), scale, scale), 0.0)
        room[j], room[MISSED + j] = p, 0.0
        room[WEIGHTS + j] = p * r
        room[NEAR + j] = -magnitude(h)


@inlined
def whole_lanes(count):
    """The next multiple of the lanes' width."""
    return count + -count % WIDTH


@inlined
def add_up(count, room, sums):
    """(sums, errors, weights, nearest) with a block added to them."""
    s, errors, weights, nearest = sums
    for i in range(0, count, WIDTH):
        s, errors = add_lanes(s, errors, load(room, i))
        errors = errors + load(room, MISSED + i)
        weights = weights + load(room, WEIGHTS + i)
        nearest = larger(load(room, NEAR + i), nearest)
    return s, errors, weights, nearest


@inlined
def _nothing():
    return as_lanes(0.0), as_lanes(0.0), as_lanes(0.0), as_lanes(-math.inf)


@inlined
def sums(x, count, room, anchor, base, shift, floor, least, weight, a, inverse):
    """Sum of p, sum of weight p / h, the smallest |h|."""
    found = _nothing()
    for start in range(0, count, BLOCK):
        size = whole_lanes(min(BLOCK, count - start))
        powers(x, start, size, room, anchor, base, shift, floor, least, weight, a, inverse)
        found = add_up(size, room, found)
    return total(found[0], found[1]), sum_of(found[2]), -largest_of(found[3])


@inlined
def rough_sums(x, count, room, peak, base, a, inverse):
    """The same in float64, for a <= 1 and weight 1."""
    found = _nothing()
    for start in range(0, count, BLOCK):
        size = whole_lanes(min(BLOCK, count - start))
        rough_powers(x, start, size, room, peak, base, a, inverse)
        found = add_up(size, room, found)
    return sum_of(found[0]), sum_of(found[2]), -largest_of(found[3])
