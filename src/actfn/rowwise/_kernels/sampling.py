"""Draws from softmax rows, in one pass over the row and a walk down two trees of sums.

The entries' weights are summed by groups of sixteen: lane l of sixteen vectors in a row. A binary
tree over the groups, then one over the entries of a single group, is walked from the root by a
coin per node. A coin is thrown by the smaller branch's share, which keeps all its digits: nothing
is lost next to a heavy neighbour, as in a running sum, where whatever is below 2**-53 of what came
before it can never be drawn.
"""

import math

from actfn.kernels.lanes import WIDTH, as_lanes, larger, largest_of, load, store
from actfn.kernels.memory import stack_doubles
from actfn.kernels.row_math import QUICK_HIGH, QUICK_LEAST, extent, lanes_at, ordinary
from actfn.kernels.two_float import inlined
from actfn.rowwise._kernels.sampling_philox import happens, no_digits
from actfn.rowwise._kernels.sampling_scale import (
    FINE,
    HAS_NAN,
    IS_EMPTY,
    STRETCH,
    quick_scale,
    safe_scale,
    weights,
)

LEAVES = 2 * WIDTH  # a tree over sixteen, its leaves included


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
def _groups(n):
    """How many leaves the tree over the groups has."""
    return _power_of_two((n + STRETCH - 1) // STRETCH) * WIDTH


@inlined
def _plant(x, base, n, tree, scale, sparse):
    """The tree over the sums of the groups; the largest entry."""
    place, leaves = _groups(n), _groups(n)
    peak = as_lanes(-math.inf)
    for start in range(0, n, STRETCH):
        sums = as_lanes(0.0)
        for i in range(start, min(n, start + STRETCH), WIDTH):
            v = lanes_at(x, base + i, n - i, -math.inf)
            if sparse and largest_of(v) < scale[0]:
                continue
            peak = larger(v, peak)
            sums = sums + weights(v, scale)
        store(tree, place, sums)
        place += WIDTH
    for i in range(place, 2 * leaves, WIDTH):
        store(tree, i, as_lanes(0.0))
    _add_up(tree, leaves)
    return largest_of(peak)


@inlined
def _plant_group(x, base, n, first, room, scale):
    """The tree over the entries of the group that begins with `first`."""
    for k in range(WIDTH):
        i = first + k * WIDTH
        room[WIDTH + k] = x[base + i] if i < n else -math.inf
    store(room, WIDTH, weights(load(room, WIDTH), scale))
    _add_up(room, WIDTH)


@inlined
def _walk(tree, leaves, digits, stream, row, draw):
    """A leaf, with a probability proportional to what is in it."""
    m, j = 1, 0
    while m < leaves:
        a, b = tree[2 * m + j], tree[3 * m + j]
        less, found = min(a, b), False
        if less > 0.0:
            found, digits = happens(less, a + b, digits, stream, row, draw)
        j += m * (found == (b < a))
        m *= 2
    return j, digits


@inlined
def _prepare(x, base, n, tree, temperature, bound):
    """(what the row can be, its scale), with the tree over the groups made."""
    scale, quick, state = quick_scale(temperature, bound), ordinary(temperature), FINE
    while True:
        if not quick:
            peak, bad = extent(x, base, n)
            scale = safe_scale(peak, temperature, bound)
            state = HAS_NAN if bad != bad else (IS_EMPTY if peak == -math.inf else FINE)
        # A filter has seen the whole row: most of it need not be looked at closely.
        top = _plant(x, base, n, tree, scale, bound > -math.inf) / temperature
        if not quick:
            return state, scale
        quick = (QUICK_LEAST <= top) & (top <= QUICK_HIGH) & (tree[1] == tree[1])
        if quick:
            return state, scale


@inlined
def _draw_row(x, base, n, row, stream, out, place, size, tree, room, temperature, bound):
    state, scale = _prepare(x, base, n, tree, temperature, bound)
    if state != FINE:
        for draw in range(size):
            out[place + draw] = state
        return
    held = -1
    for draw in range(size):
        group, digits = _walk(tree, _groups(n), no_digits(), stream, row, draw)
        index = group // WIDTH * STRETCH + group % WIDTH
        if index + WIDTH < n:  # there is more than one entry in the group
            if index != held:
                _plant_group(x, base, n, index, room, scale)
                held = index
            k, digits = _walk(room, WIDTH, digits, stream, row, draw)
            index += k * WIDTH
        out[place + draw] = index


@inlined
def _draw(first, last, n, x, numbers, temperatures, bounds, stream, out, scratch, size, bounded):
    room = stack_doubles(LEAVES)
    # A short row has no room for a tree in its scratch, and no need for a second one.
    tree = scratch if n > WIDTH else room
    for k in range(first, last):
        bound = bounds[k] if bounded else -math.inf
        _draw_row(
            x, k * n, n, numbers[k], stream, out, numbers[k] * int(size), int(size), tree, room,
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
