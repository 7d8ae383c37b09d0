"""Draws without replacement: the entries with the largest keys, log-weight plus Gumbel noise.

A heap holds the best so far, keys in the scratch and indices where the result goes. Once it is
full, nearly every entry is turned away without its noise: its key can only be above the heap's
least if its uniform number is below exp(log-weight - least), since -log1p(-u) >= u.
"""

import math

from actfn.kernels.lanes import (
    WIDTH,
    as_lanes,
    choose,
    larger,
    largest_of,
    load,
    multiply_add,
    store,
)
from actfn.kernels.memory import stack_doubles
from actfn.kernels.row_math import QUICK_HIGH, QUICK_LOW, ROOM, extent, lanes_at, quick_exp
from actfn.kernels.two_float import inlined
from actfn.rowwise._kernels.sampling_log import gumbel
from actfn.rowwise._kernels.sampling_noise import WORDS, uniforms
from actfn.rowwise._kernels.sampling_scale import FINE, HAS_NAN, IS_EMPTY, LARGEST, safe_scale

NEARLY = 1.0 + 2.0**-30  # quick_exp is right to 2**-32
TOO_FEW = -3  # found in place of an index, less the number of entries that there are


@inlined
def _log_weights(v, scale, bound):
    """-inf for what cannot be drawn, and only for that."""
    cut, half, top, rate, sharing = scale
    if sharing:
        return choose(v < cut, as_lanes(-math.inf), as_lanes(0.0))
    d = larger(as_lanes(-LARGEST), multiply_add(v, half, -top) * rate)
    return choose(v < max(bound, -LARGEST), as_lanes(-math.inf), d)


@inlined
def _sink(keys, out, place, count, hole, key, index):
    """Put an entry where `hole` is, or below it."""
    child = 2 * hole + 1
    while child < count:
        if child + 1 < count and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= key:
            break
        keys[hole], out[place + hole] = keys[child], out[place + child]
        hole, child = child, 2 * child + 1
    keys[hole], out[place + hole] = key, index


@inlined
def _heap(keys, out, place, count):
    """The least on top."""
    for hole in range(count // 2 - 1, -1, -1):
        _sink(keys, out, place, count, hole, keys[hole], out[place + hole])


@inlined
def _sort(keys, out, place, count):
    """A heap becomes a line, the largest first."""
    for end in range(count - 1, 0, -1):
        key, index = keys[end], out[place + end]
        keys[end], out[place + end] = keys[0], out[place]
        _sink(keys, out, place, end, 0, key, index)


@inlined
def _offer(keys, out, place, size, count, key, index):
    """Take an entry in, if it is among the best; how many are in."""
    if count == size:
        if key > keys[0]:
            _sink(keys, out, place, size, 0, key, index)
        return size
    keys[count], out[place + count] = key, index
    if count == size - 1:
        _heap(keys, out, place, size)
    return count + 1


@inlined
def _all_lose(u, d, least):
    """Whether no entry can be above the heap's least."""
    ahead = larger(as_lanes(QUICK_LOW), d - least)
    chance = quick_exp(choose(ahead < as_lanes(QUICK_HIGH), ahead, as_lanes(QUICK_HIGH)))
    return largest_of(chance * NEARLY - u) < 0.0


@inlined
def _run(x, base, n, row, stream, out, place, size, keys, room, scale, bound):
    """How many entries took part, or `size` if that is less."""
    count = 0
    for i in range(0, n, WIDTH):
        d = _log_weights(lanes_at(x, base + i, n - i, -math.inf), scale, bound)
        uniforms(stream, row, i // WORDS, room)
        u = load(room, 0)
        if count == size and _all_lose(u, d, keys[0]):
            continue
        store(room, 0, d + gumbel(u))
        for k in range(min(WIDTH, n - i)):
            if room[k] > -math.inf:
                count = _offer(keys, out, place, size, count, room[k], i + k)
    return count


@inlined
def _race_row(x, base, n, row, stream, out, place, size, keys, room, temperature, bound):
    """What the row turned out to be."""
    peak, bad = extent(x, base, n)
    if bad != bad:
        return HAS_NAN
    if peak == -math.inf:
        return IS_EMPTY
    scale = safe_scale(peak, temperature, bound)
    count = _run(x, base, n, row, stream, out, place, size, keys, room, scale, bound)
    if count < size:
        return TOO_FEW - count
    _sort(keys, out, place, size)
    return FINE


@inlined
def _race(first, last, n, x, numbers, temperatures, bounds, stream, out, scratch, size, bounded):
    room, size = stack_doubles(ROOM), int(size)
    for k in range(first, last):
        place, bound = numbers[k] * size, bounds[k] if bounded else -math.inf
        state = _race_row(
            x, k * n, n, numbers[k], stream, out, place, size, scratch, room, temperatures[k],
            bound,
        )  # fmt: skip
        if state != FINE:
            for j in range(size):
                out[place + j] = state


def race_float32(
    first, last, n, x, numbers, temperatures, bounds, stream, out, scratch, size, bounded
):
    _race(first, last, n, x, numbers, temperatures, bounds, stream, out, scratch, size, bounded)


def race_float64(
    first, last, n, x, numbers, temperatures, bounds, stream, out, scratch, size, bounded
):
    _race(first, last, n, x, numbers, temperatures, bounds, stream, out, scratch, size, bounded)
