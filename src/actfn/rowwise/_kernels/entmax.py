"""Rows of entmax for any alpha > 1: (alpha - 1) x above a threshold, to the power 1 / (alpha - 1).

With a = alpha - 1, heights h = shift + a (base + x - anchor) and p = h**(1 / a), the sum of the p
of all positive heights has to be 1.

a <= 1: the anchor is the largest entry and the shift 1, so that base becomes log(max(p)) as a
becomes 0. The norm sum(p)**a is a convex function of the base, and Newton's method comes down
from 0 to its root without passing it.

a > 1: p is steep where h is near 0, and differences of heights would not do: at alpha = 100,
p = 0.1 has h = 1e-99. So the entry at the lower edge of the support is found first, by bisection
over the entries themselves. It is the anchor, the shift is 0, and heights are sums of positive
terms. The unknown is its own probability s, of which the sum is a convex function:
p = (s**a + a (x - anchor))**(1 / a).

Newton's last steps, and the results, are worked out in pairs of float64. A float32 row does
without them unless one of its entries is next to the threshold.
"""

import math

from actfn.kernels.building_blocks import _exp, _expm1, _log
from actfn.kernels.lanes import WIDTH, as_lanes, choose, larger, largest_of, load, store
from actfn.kernels.memory import stack_doubles
from actfn.kernels.row_math import count_equal, extent, lanes_at, put
from actfn.kernels.two_float import _add_float, inlined, pack
from actfn.rowwise._kernels.entmax_powers import (
    BLOCK,
    ENTRIES,
    ROOM,
    power,
    powers,
    rough_powers,
    rough_sums,
    sums,
    whole_lanes,
)
from actfn.rowwise._kernels.entmax_reach import candidates, is_limit, limit_row

# Pairs come out right to about 2**-88: what is smaller than this next to 1 is nothing.
NOTHING = 2.0**-80
# When to go on to pairs. So small a step, squared, is below 2**-60 of the height next to 0.
ROUGH, SETTLED, FLOOR = 2.0**-40, 2.0**-31, 2.0**-84
# In float64 a height is right to 2**-52, and p to 2**-52 / (a h): for float32 that is enough
# down to h = CLOSE / a. Where a is small that height to the power 1 / a is 0 in float32.
CLOSE, SMALL = 2.0**-20, 0.11
# Blocks are passed over below the threshold, as float64 sees it, and so much.
BELOW = 1.0 + 2.0**-48
STEPS = 100


@inlined
def _rough_base(x, count, room, peak, a, inverse):
    """(the base for a <= 1 in float64, the smallest |h| there)."""
    base, nearest = 0.0, 0.0
    for _ in range(STEPS):
        s, slope, nearest = rough_sums(x, count, room, peak, base, a, inverse)
        log = _log(s)
        step = _expm1(a * log) * inverse * _exp((1.0 - a) * log) / slope
        base -= step
        if step <= ROUGH * (1.0 - base):
            break
    return base, nearest


@inlined
def _exact_base(x, count, room, peak, rough, a, inverse):
    """The base for a <= 1 as a pair."""
    base = pack(rough, 0.0)
    for _ in range(STEPS):
        s, slope, nearest = sums(
            x, count, room, peak, base, 1.0, -math.inf, NOTHING, 1.0, a, inverse
        )
        step = _add_float(s, -1.0).hi / slope
        base = _add_float(base, -step)
        if abs(step) <= max(SETTLED * nearest, FLOOR):
            break
    return base


@inlined
def _pivot(x, count, low, high):
    """The entry between two values that is next above their middle, or next below; or -inf."""
    middle = low + 0.5 * (high - low)
    above, under = math.inf, -math.inf
    for i in range(count):
        v = x[i]
        if low < v < high:
            above = min(above, v) if v >= middle else above
            under = max(under, v) if v < middle else under
    return above if above < math.inf else under


@inlined
def _lowest(x, count, room, peak, a, inverse):
    """The lowest entry in the support for a > 1, and what those above leave of 1."""
    low, high, rest = peak - 2.0 / a, peak, pack(1.0, 0.0)
    zero = pack(0.0, 0.0)
    while True:
        pivot = _pivot(x, count, low, high)
        if pivot == -math.inf:
            return high, rest
        s, _, _ = sums(x, count, room, pivot, zero, 0.0, 0.0, 0.0, 0.0, a, inverse)
        left = _add_float(-s, 1.0)
        if left.hi > NOTHING:
            high, rest = pivot, left
        else:
            low = pivot


@inlined
def _share_of_lowest(x, count, room, lowest, rest, a, inverse):
    """The probability s of the lowest entry in the support, and s**a / a, for a > 1."""
    ties = count_equal(x, 0, count, lowest)
    s, exponent, steps = rest / ties, pack(a, 0.0), 0
    while True:
        height = power(s, exponent)
        if steps >= STEPS:
            return s, height * inverse
        others, slope, _ = sums(
            x, count, room, lowest, height * inverse, 0.0, 0.0, 0.0, height.hi, a, inverse
        )
        step = _add_float(others + s * ties, -1.0).hi / (ties + slope / s.hi)
        s = _add_float(s, -step)
        steps = STEPS if abs(step) <= ROUGH * s.hi else steps + 1


@inlined
def _read_block(x, place, size, room):
    """Copy a block; its largest entry."""
    peak = as_lanes(-math.inf)
    for i in range(0, size, WIDTH):
        v = lanes_at(x, place + i, size - i, -math.inf)
        store(room, ENTRIES + i, v)
        peak = larger(v, peak)
    return largest_of(peak)


@inlined
def _write_block(out, place, size, room, anchor, tie):
    """The p of a block, `tie` at the anchor unless it is NaN."""
    for i in range(0, size, WIDTH):
        tied = (load(room, ENTRIES + i) == anchor) & (as_lanes(tie) == tie)
        put(out, place + i, size - i, choose(tied, as_lanes(tie), load(room, i)))


@inlined
def _write_nothing(out, place, size):
    for i in range(0, size, WIDTH):
        put(out, place + i, size - i, as_lanes(0.0))


@inlined
def _write(x, base, n, out, room, anchor, height, shift, floor, least, cut, tie, a, inverse):
    """The row; nothing where a block is below anchor + cut."""
    for start in range(0, n, BLOCK):
        size = min(BLOCK, n - start)
        if _read_block(x, base + start, size, room) - anchor < cut:
            _write_nothing(out, base + start, size)
        else:
            powers(room, ENTRIES, whole_lanes(size), room, anchor, height, shift, floor, least,
                   0.0, a, inverse)  # fmt: skip
            _write_block(out, base + start, size, room, anchor, tie)


@inlined
def _write_roughly(x, base, n, out, room, peak, height, cut, a, inverse):
    """The same from float64, for a <= 1."""
    for start in range(0, n, BLOCK):
        size = min(BLOCK, n - start)
        if _read_block(x, base + start, size, room) - peak < cut:
            _write_nothing(out, base + start, size)
        else:
            rough_powers(room, ENTRIES, whole_lanes(size), room, peak, height, a, inverse)
            _write_block(out, base + start, size, room, peak, math.nan)


@inlined
def _entmax_row(x, base, n, out, scratch, room, a, inverse, close):
    """One row; `close` is how near to the threshold float64 will do."""
    peak, bad = extent(x, base, n)
    if is_limit(peak, bad):
        limit_row(x, base, n, peak, bad, out)
        return
    count = candidates(x, base, n, peak, inverse.hi, scratch)
    if a <= 1.0:
        rough, nearest = _rough_base(scratch, count, room, peak, a, inverse.hi)
        if nearest >= close:
            cut = -(inverse.hi * BELOW + rough)
            _write_roughly(x, base, n, out, room, peak, rough, cut, a, inverse.hi)
            return
        anchor, height = peak, _exact_base(scratch, count, room, peak, rough, a, inverse)
        cut = -(inverse.hi * BELOW + height.hi)
        shift, floor, least, tie = 1.0, -math.inf, NOTHING, math.nan
    else:
        anchor, rest = _lowest(scratch, count, room, peak, a, inverse)
        s, height = _share_of_lowest(scratch, count, room, anchor, rest, a, inverse)
        shift, floor, least, tie, cut = 0.0, 0.0, 0.0, s.hi, 0.0
    _write(x, base, n, out, room, anchor, height, shift, floor, least, cut, tie, a, inverse)


def entmax_float32(first, last, n, x, out, scratch, a):
    room, inverse = stack_doubles(ROOM), pack(1.0, 0.0) / a
    close = CLOSE * inverse.hi if a > SMALL else 0.0
    for row in range(first, last):
        _entmax_row(x, row * n, n, out, scratch, room, a, inverse, close)


def entmax_float64(first, last, n, x, out, scratch, a):
    room, inverse = stack_doubles(ROOM), pack(1.0, 0.0) / a
    for row in range(first, last):
        _entmax_row(x, row * n, n, out, scratch, room, a, inverse, math.inf)
