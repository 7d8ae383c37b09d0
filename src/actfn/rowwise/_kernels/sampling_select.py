"""The score down to which a row's largest entries are so many, or weigh so much, unsorted.

The range of what could still be that score is cut into up to 2048 buckets; each gets the number
(or the weight) of its entries, and the one in which the sum from the top reaches what was asked for
is the next range. Scores are compared as the integers that their bits make, so that every round
settles up to eleven bits more, whatever the scores and however many of them are equal.
"""

import math

import numpy as np

from actfn.kernels.building_blocks import bits_of, from_bits
from actfn.kernels.lanes import WIDTH, as_lanes, largest_of, load, multiply_add, store
from actfn.kernels.memory import stack_doubles
from actfn.kernels.row_math import ROOM, exact_exp, lanes_at
from actfn.kernels.two_float import inlined

BUCKETS = 1 << 11  # 16 KiB of sums
FEW = 32  # are sorted instead
ALL_BITS = 0x7FFFFFFFFFFFFFFF


@inlined
def _key(v):
    """An integer in the order of the scores. -0 is below 0, but as a bound it is the same."""
    bits = bits_of(v)
    return bits ^ ((bits >> 63) & ALL_BITS)


@inlined
def _score(key):
    return from_bits(key ^ ((key >> 63) & ALL_BITS))


@inlined
def _distance(high, low):
    """high - low, which can be beyond int64."""
    return np.uint64(high) - np.uint64(low)


@inlined
def exact_weights(v, scale):
    """exp((v - peak) / T) in float64's own accuracy; all 1 where everything shares."""
    _, half, top, rate, sharing = scale
    if sharing:
        return as_lanes(1.0)
    return exact_exp(multiply_add(v, half, -top) * rate, as_lanes(0.0))


@inlined
def gather(x, base, n, floor, scratch):
    """The entries from `floor` on, in a line; how many."""
    room, count = stack_doubles(ROOM), 0
    for i in range(0, n, WIDTH):
        v = lanes_at(x, base + i, n - i, -math.inf)
        if largest_of(v) >= floor:
            store(room, 0, v)
            for k in range(min(WIDTH, n - i)):
                scratch[count] = room[k]
                count += room[k] >= floor
    return count


@inlined
def _range(items, count):
    """(the largest, the smallest) as integers."""
    high = low = _key(items[0])
    for i in range(1, count):
        key = _key(items[i])
        high, low = max(high, key), min(low, key)
    return high, low


@inlined
def _narrowing(width, count):
    """By how many bits to shift so that a range of this width is about `count` buckets."""
    buckets, shift = np.uint64(min(BUCKETS, count) - 1), np.uint64(0)
    while (width >> shift) > buckets:
        shift += np.uint64(1)
    return shift


@inlined
def _measure(items, count, high, shift, last, amounts, weighted, scale):
    """How much is in each bucket."""
    room = stack_doubles(ROOM)
    for b in range(last + 1):
        amounts[b] = 0.0
    for i in range(0, count, WIDTH):
        if weighted:
            store(room, 0, exact_weights(load(items, i), scale))
        for k in range(min(WIDTH, count - i)):
            bucket = np.int64(_distance(high, _key(items[i + k])) >> shift)
            amounts[bucket] += room[k] if weighted else 1.0


@inlined
def crossing(amounts, last, need):
    """(the first bucket in which the sum reaches `need`, what is then still needed in it).

    Where rounding keeps the sum just below `need`: the last one that has something in it, all of
    which is then needed.
    """
    found = 0
    for bucket in range(last + 1):
        if amounts[bucket] >= need:
            return bucket, need
        if amounts[bucket] > 0.0:
            need -= amounts[bucket]
            found = bucket
    return found, math.inf


@inlined
def _keep_bucket(items, count, high, shift, bucket):
    kept = 0
    for i in range(count):
        v = items[i]
        items[kept] = v
        kept += np.int64(_distance(high, _key(v)) >> shift) == bucket
    return kept


@inlined
def _sort(items, count):
    """Downwards, by insertion."""
    for i in range(1, count):
        v, k = items[i], i
        while k > 0 and items[k - 1] < v:
            items[k] = items[k - 1]
            k -= 1
        items[k] = v


@inlined
def _reach(items, count, need, weighted, scale):
    """Of a few sorted entries, the one with which the sum reaches `need`."""
    room = stack_doubles(FEW)
    for i in range(0, count, WIDTH):
        store(room, i, exact_weights(load(items, i), scale))
    i, reached = 0, 0.0
    while i < count - 1:
        reached += room[i] if weighted else 1.0
        if reached >= need:
            break
        i += 1
    return items[i]


@inlined
def select_down_to(items, count, need, weighted, scale, amounts):
    """The largest score such that the entries from it on are `need` together, or the smallest."""
    while count > FEW:
        high, low = _range(items, count)
        if high == low:
            return _score(high)
        shift = _narrowing(_distance(high, low), count)
        last = np.int64(_distance(high, low) >> shift)
        _measure(items, count, high, shift, last, amounts, weighted, scale)
        bucket, need = crossing(amounts, last, need)
        count = _keep_bucket(items, count, high, shift, bucket)
    _sort(items, count)
    return _reach(items, count, need, weighted, scale)
