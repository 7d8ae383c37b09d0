"""Draws from softmax rows, in one pass over the row and a walk down a tree of sums.

The entries' weights are summed by blocks; a binary tree over the blocks, then one over the
entries of a single block, is walked from the root by a coin per node. A coin is thrown by the
smaller branch's share, which keeps all its digits: nothing is lost next to a heavy neighbour, as
in a cumulative sum, where whatever is below 2**-53 of what came before it can never be drawn.
"""

import math

from actfn.kernels.lanes import WIDTH, as_lanes, larger, largest_of, load, store, sum_of
from actfn.kernels.memory import stack_doubles
from actfn.kernels.row_math import QUICK_HIGH, QUICK_LEAST, extent, lanes_at, ordinary
from actfn.kernels.two_float import inlined
from actfn.rowwise._kernels.sampling_philox import happens, no_digits
from actfn.rowwise._kernels.sampling_scale import (
    FINE,
    HAS_NAN,
    IS_EMPTY,
    quick_scale,
    safe_scale,
    weights,
)

BLOCK = 64  # entries: the second pass over one of them is nothing next to the first over all
LEAVES = 2 * BLOCK  # a tree over a block, its leaves included


@inlined
def _power_of_two(count):
    """The least that is not below `count`."""
    power = 1
    while power < count:
        power *= 2
    return power


@inlined
def _add_up(tree, leaves):
    """From the leaves, which are the second half: node m + j is 2 m + j plus 3 m + j."""
    m = leaves // 2
    while m >= WIDTH:
        for j in range(0, m, WIDTH):
            store(tree, m + j, load(tree, 2 * m + j) + load(tree, 3 * m + j))
        m //= 2
    while m:
        for j in range(m):
            tree[m + j] = tree[2 * m + j] + tree[3 * m + j]
        m //= 2


@inlined
def _plant(x, base, n, scratch, scale, sparse):
    """The tree over the sums of the blocks, and the largest entry."""
    blocks, leaves = (n + BLOCK - 1) // BLOCK, _leaves_of_row(n)
    peak = as_lanes(-math.inf)
    for b in range(blocks):
        sums = as_lanes(0.0)
        for i in range(b * BLOCK, min(n, (b + 1) * BLOCK), WIDTH):
            v = lanes_at(x, base + i, n - i, -math.inf)
            if sparse and largest_of(v) < scale[0]:
                continue
            peak = larger(v, peak)
            sums = sums + weights(v, scale)
        scratch[leaves + b] = sum_of(sums)
    for b in range(leaves + blocks, 2 * leaves):
        scratch[b] = 0.0
    _add_up(scratch, leaves)
    return largest_of(peak)


@inlined
def _leaves_of_row(n):
    return _power_of_two((n + BLOCK - 1) // BLOCK)


@inlined
def _plant_block(x, base, n, block, room, scale):
    """The tree over the entries of one block; the number of its leaves."""
    first = block * BLOCK
    leaves = max(WIDTH, _power_of_two(min(BLOCK, n - first)))
    for i in range(0, leaves, WIDTH):
        v = lanes_at(x, base + first + i, n - first - i, -math.inf)
        store(room, leaves + i, weights(v, scale))
    _add_up(room, leaves)
    return leaves


@inlined
def _walk(tree, leaves, digits, stream, row, draw):
    """A leaf, with a probability proportional to what is in it."""
    m, j = 1, 0
    while m < leaves:
        a, b = tree[2 * m + j], tree[3 * m + j]
        found, digits = happens(min(a, b), a + b, digits, stream, row, draw)
        j += m * (found == (b < a))
        m *= 2
    return j, digits


@inlined
def _prepare(x, base, n, scratch, temperature, bound):
    """(what the row can be, its scale), with the tree over the blocks in `scratch`."""
    scale, quick, state = quick_scale(temperature, bound), ordinary(temperature), FINE
    while True:
        if not quick:
            peak, bad = extent(x, base, n)
            scale = safe_scale(peak, temperature, bound)
            state = HAS_NAN if bad != bad else (IS_EMPTY if peak == -math.inf else FINE)
        # Where a filter has seen the whole row, most of it need not be looked at closely.
        top = _plant(x, base, n, scratch, scale, bound > -math.inf) / temperature
        if not quick:
            return state, scale
        quick = (QUICK_LEAST <= top) & (top <= QUICK_HIGH) & (scratch[1] == scratch[1])
        if quick:
            return state, scale


@inlined
def _draw_row(x, base, n, row, stream, out, place, size, scratch, room, temperature, bound):
    state, scale = _prepare(x, base, n, scratch, temperature, bound)
    if state != FINE:
        for draw in range(size):
            out[place + draw] = state
        return
    blocks, held, leaves = _leaves_of_row(n), -1, 0
    for draw in range(size):
        block, digits = _walk(scratch, blocks, no_digits(), stream, row, draw)
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
