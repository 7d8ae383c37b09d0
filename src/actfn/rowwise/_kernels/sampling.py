"""Draws from softmax rows, in one pass over the row and a walk down a tree of sums.

The entries' weights are summed by blocks; a binary tree over the blocks, then one over the
entries of a single block, is walked from the root by a coin per node. A coin is thrown by the
smaller branch's share, which keeps all its digits: nothing is lost next to a heavy neighbour, as
in a cumulative sum, where whatever is below 2**-53 of what came before it can never be drawn.
"""

import math

from actfn.kernels.lanes import WIDTH, as_lanes, choose, larger, largest_of, multiply_add, store, sum_of
from actfn.kernels.memory import stack_doubles
from actfn.kernels.row_math import (
    QUICK_HIGH,
    QUICK_LEAST,
    QUICK_LOW,
    extent,
    lanes_at,
    ordinary,
    quick_exp,
)
from actfn.kernels.two_float import inlined
from actfn.rowwise._kernels.sampling_philox import block_of, digits_from, happens

BLOCK = 128  # entries: the second pass over one of them is nothing next to the first over all
LEAVES = 2 * BLOCK  # a tree over a block, its leaves included
LARGEST = 1.7976931348623157e308
# What a row can be: found in place of indices.
FINE, HAS_NAN, IS_EMPTY = 0, -1, -2


@inlined
def weights(v, scale):
    """exp((v - peak) / T) of lanes, up to a factor; 0 for what is below the cut."""
    cut, half, top, rate, sharing = scale
    if sharing:
        return choose(v < cut, as_lanes(0.0), as_lanes(1.0))
    d = larger(as_lanes(QUICK_LOW), multiply_add(v, half, -top) * rate)
    return choose(v < cut, as_lanes(0.0), quick_exp(d))


@inlined
def quick_scale(temperature, bound):
    """Without the maximum: float64's exponents have room for ordinary rows as they are."""
    return max(bound, QUICK_LOW * temperature), 1.0, 0.0, 1.0 / temperature, False


@inlined
def safe_scale(peak, temperature, bound):
    """For any row. Halves, so that no difference overflows that a temperature makes small again."""
    if temperature == math.inf:
        return max(bound, -LARGEST), 1.0, 0.0, 0.0, True
    if temperature == 0.0 or peak == math.inf:
        return peak, 1.0, 0.0, 0.0, True
    half = 0.5 if temperature > 1.0 else 1.0
    rate = min(1.0 / temperature / half, LARGEST)
    lowest = (half * peak + QUICK_LOW / rate) / half
    return max(bound, max(lowest, -LARGEST)), half, half * peak, rate, False


@inlined
def _plant(x, base, n, scratch, scale):
    """The tree over the sums of the blocks: node i has the children 2 i and 2 i + 1."""
    blocks = (n + BLOCK - 1) // BLOCK
    peak = as_lanes(-math.inf)
    for b in range(blocks):
        sums = as_lanes(0.0)
        for i in range(b * BLOCK, min(n, (b + 1) * BLOCK), WIDTH):
            v = lanes_at(x, base + i, n - i, -math.inf)
            peak = larger(v, peak)
            sums = sums + weights(v, scale)
        scratch[blocks + b] = sum_of(sums)
    _add_up(scratch, blocks)
    return largest_of(peak)


@inlined
def _add_up(tree, leaves):
    for i in range(leaves - 1, 0, -1):
        tree[i] = tree[2 * i] + tree[2 * i + 1]


@inlined
def _plant_block(x, base, n, block, room, scale):
    """The tree over the entries of one block; the number of its leaves."""
    first = block * BLOCK
    leaves = (min(BLOCK, n - first) + WIDTH - 1) // WIDTH * WIDTH
    for i in range(0, leaves, WIDTH):
        v = lanes_at(x, base + first + i, n - first - i, -math.inf)
        store(room, leaves + i, weights(v, scale))
    _add_up(room, leaves)
    return leaves


@inlined
def _walk(tree, leaves, digits, stream, row, draw):
    """A leaf, with a probability proportional to what is in it."""
    node = 1
    while node < leaves:
        a, b = tree[2 * node], tree[2 * node + 1]
        less = min(a, b)
        found, digits = happens(less / (a + b), digits, stream, row, draw)
        node = 2 * node + (found == (b < a))
    return node - leaves, digits


@inlined
def _prepare(x, base, n, scratch, temperature, bound):
    """(what the row can be, its scale), with the tree over the blocks in `scratch`."""
    if ordinary(temperature):
        scale = quick_scale(temperature, bound)
        top = _plant(x, base, n, scratch, scale) / temperature
        if (QUICK_LEAST <= top) & (top <= QUICK_HIGH) & (scratch[1] == scratch[1]):
            return FINE, scale
    peak, bad = extent(x, base, n)
    scale = safe_scale(peak, temperature, bound)
    if bad != bad:
        return HAS_NAN, scale
    if peak == -math.inf:
        return IS_EMPTY, scale
    _plant(x, base, n, scratch, scale)
    return FINE, scale


@inlined
def _draw_row(x, base, n, row, stream, out, place, size, scratch, room, temperature, bound):
    state, scale = _prepare(x, base, n, scratch, temperature, bound)
    if state != FINE:
        for draw in range(size):
            out[place + draw] = state
        return
    blocks, held, leaves = (n + BLOCK - 1) // BLOCK, -1, 0
    for draw in range(size):
        digits = digits_from(block_of(stream, row, draw, 0), 0)
        block, digits = _walk(scratch, blocks, digits, stream, row, draw)
        if block != held:
            leaves = _plant_block(x, base, n, block, room, scale)
            held = block
        index, digits = _walk(room, leaves, digits, stream, row, draw)
        out[place + draw] = block * BLOCK + index


@inlined
def _draw(first, last, n, x, numbers, temperatures, bounds, stream, out, scratch, size, bounded):
    room = stack_doubles(LEAVES)
    for k in range(first, last):
        bound = bounds[k] if bounded else -math.inf
        _draw_row(
            x, k * n, n, numbers[k], stream, out, numbers[k] * int(size), int(size), scratch, room,
            temperatures[k], bound,
        )  # fmt: skip


def draw_float32(
    first, last, n, x, numbers, temperatures, bounds, stream, out, scratch, size, bounded
):
    _draw(first, last, n, x, numbers, temperatures, bounds, stream, out, scratch, size, bounded)


def draw_float64(
    first, last, n, x, numbers, temperatures, bounds, stream, out, scratch, size, bounded
):
    _draw(first, last, n, x, numbers, temperatures, bounds, stream, out, scratch, size, bounded)
