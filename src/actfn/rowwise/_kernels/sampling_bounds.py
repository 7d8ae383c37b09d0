"""The smallest score that top_k, top_p and min_p keep in a row, without sorting it.

Each filter keeps entries of equal scores together, so what is left is all from some score on: that
score says everything about it. -inf stands for a row that nothing can be drawn from.
"""

import math

from actfn.kernels.building_blocks import _log, bits_of
from actfn.kernels.lanes import (
    WIDTH,
    as_lanes,
    choose,
    larger,
    largest_of,
    load,
    multiply_add,
    store,
    sum_of,
)
from actfn.kernels.memory import stack_doubles
from actfn.kernels.row_math import ROOM, extent, lanes_at
from actfn.kernels.two_float import inlined
from actfn.rowwise._kernels.sampling_scale import LARGEST, STRETCH, safe_scale
from actfn.rowwise._kernels.sampling_select import (
    BUCKETS,
    crossing,
    exact_weights,
    gather,
    select_down_to,
)

MARGIN = 1.0  # of a logarithm: far more than rounding can shift
TO_INTEGER = 1.5 * 2.0**52  # added, it leaves a rounded number in the last bits


@inlined
def _maxima(x, base, n, scratch):
    """The largest entries of groups of sixteen, in a line; how many."""
    count = 0
    for start in range(0, n, STRETCH):
        peak = as_lanes(-math.inf)
        for i in range(start, min(n, start + STRETCH), WIDTH):
            peak = larger(lanes_at(x, base + i, n - i, -math.inf), peak)
        store(scratch, count, peak)
        count += WIDTH
    return count


@inlined
def _top_k(x, base, n, k, scratch, scale, amounts):
    floor = -LARGEST
    if 2 * WIDTH * k < n:
        # At least k entries are as large as the k-th largest of the maxima: few others are left.
        count = _maxima(x, base, n, scratch)
        floor = max(floor, select_down_to(scratch, count, k, False, scale, amounts))
    count = gather(x, base, n, floor, scratch)
    if k >= count:
        return floor
    return select_down_to(scratch, count, k, False, scale, amounts)


@inlined
def _depth_buckets(v, scale, rate_of_buckets):
    """The numbers of the buckets that log-weights fall into, the last for all that is beyond."""
    _, half, top, rate, _ = scale
    z = multiply_add(v, half, -top) * rate * rate_of_buckets
    inside = z <= as_lanes(BUCKETS - 2.0)
    return choose(inside, z, as_lanes(BUCKETS - 1.0)) + TO_INTEGER


@inlined
def _by_depth(x, base, n, scale, rate_of_buckets, amounts):
    """Add up the weights by buckets of the log-weight; their sum."""
    weights, places = stack_doubles(ROOM), stack_doubles(ROOM)
    sums = as_lanes(0.0)
    for b in range(BUCKETS):
        amounts[b] = 0.0
    for i in range(0, n, WIDTH):
        v = lanes_at(x, base + i, n - i, -math.inf)
        w = exact_weights(v, scale)
        sums = sums + w
        store(weights, 0, w)
        store(places, 0, _depth_buckets(v, scale, rate_of_buckets))
        for k in range(WIDTH):
            amounts[bits_of(places[k]) & (BUCKETS - 1)] += weights[k]
    return sum_of(sums)


@inlined
def _gather_bucket(x, base, n, scale, rate_of_buckets, bucket, scratch):
    """The entries in one bucket of the log-weight, in a line; how many."""
    room, wanted, count = stack_doubles(ROOM), as_lanes(bucket + TO_INTEGER), 0
    for i in range(0, n, WIDTH):
        v = lanes_at(x, base + i, n - i, -math.inf)
        inside = _depth_buckets(v, scale, rate_of_buckets) == wanted
        v = choose(inside, v, as_lanes(-math.inf))
        if largest_of(v) > -math.inf:
            store(room, 0, v)
            for k in range(WIDTH):
                scratch[count] = room[k]
                count += room[k] > -math.inf
    return count


@inlined
def _top_p(x, base, n, bound, p, scratch, scale, amounts):
    if (bound > -LARGEST) | scale[4]:
        count = gather(x, base, n, bound, scratch)
        whole = _weight(scratch, count, scale)
        return select_down_to(scratch, count, p * whole, True, scale, amounts)
    # n entries deeper than this cannot make up the 1 - p that may be left out.
    rate_of_buckets = -(BUCKETS - 2.0) / (_log(n / (1.0 - p)) + MARGIN)
    whole = _by_depth(x, base, n, scale, rate_of_buckets, amounts)
    bucket, need = crossing(amounts, BUCKETS - 2, p * whole)
    count = _gather_bucket(x, base, n, scale, rate_of_buckets, bucket, scratch)
    return select_down_to(scratch, count, need, True, scale, amounts)


@inlined
def _weight(items, count, scale):
    """What some entries in a line weigh together."""
    room, whole = stack_doubles(ROOM), 0.0
    for i in range(0, count, WIDTH):
        store(room, 0, exact_weights(load(items, i), scale))
        for k in range(min(WIDTH, count - i)):
            whole += room[k]
    return whole


@inlined
def _min_p(x, base, n, bound, log_p, scale):
    """The smallest entry of at least that share of the largest one's probability."""
    _, half, top, rate, _ = scale
    least = as_lanes(-math.inf)  # its negative
    for i in range(0, n, WIDTH):
        v = lanes_at(x, base + i, n - i, -math.inf)
        kept = (multiply_add(v, half, -top) * rate >= as_lanes(log_p)) & (v >= as_lanes(bound))
        least = larger(choose(kept, v * -1.0, as_lanes(-math.inf)), least)
    return -largest_of(least)


@inlined
def _bound(x, base, n, temperature, top_k, top_p, log_min_p, scratch, amounts):
    peak, bad = extent(x, base, n)
    if (bad != bad) | (peak == -math.inf):
        return -math.inf
    scale = safe_scale(peak, temperature, -math.inf)
    bound, _, _, _, sharing = scale
    if sharing & (bound == peak):
        return peak
    bound = -LARGEST
    if top_k < n:
        bound = _top_k(x, base, n, top_k, scratch, scale, amounts)
    if top_p < 1.0:
        bound = _top_p(x, base, n, bound, top_p, scratch, scale, amounts)
    if (log_min_p > -math.inf) & (not sharing):
        bound = _min_p(x, base, n, bound, log_min_p, scale)
    return bound


@inlined
def _bounds(first, last, n, x, temperatures, bounds, scratch, top_k, top_p, log_min_p):
    amounts = stack_doubles(BUCKETS)
    for k in range(first, last):
        bounds[k] = _bound(
            x, k * n, n, temperatures[k], top_k, top_p, log_min_p, scratch, amounts
        )  # fmt: skip


def bounds_float32(first, last, n, x, temperatures, bounds, scratch, top_k, top_p, log_min_p):
    _bounds(first, last, n, x, temperatures, bounds, scratch, top_k, top_p, log_min_p)


def bounds_float64(first, last, n, x, temperatures, bounds, scratch, top_k, top_p, log_min_p):
    _bounds(first, last, n, x, temperatures, bounds, scratch, top_k, top_p, log_min_p)
