"""Rows of sparsemax and of entmax at alpha = 1.5.

Both are max(u + c d, 0)**(1 / c) with d = x - max(x) <= 0 and c = alpha - 1, and the u, the height
of the largest entry above the threshold, that makes the sum 1. The norm of the entries,
sum(max(u + c d, 0)**(1 / c))**c, is a convex function of u. So Newton's method, from u = 1 on,
comes down to its root without ever passing it, and leaves entries that are below the threshold
for good: no sorting. For sparsemax it reaches the root in a finite number of steps.

Everything near the threshold is a difference of numbers near 1. Both are pairs of float64, so
that an entry of 1e-20 has all its digits.
"""

import math

from actfn.kernels.lanes import WIDTH, as_lanes, choose, load, multiply_add, sum_of
from actfn.kernels.row_math import add_lanes, below, extent, lanes_at, put, total
from actfn.kernels.two_float import _add_float, inlined, pack, square_root
from actfn.rowwise._kernels.entmax_reach import candidates, is_limit, limit_row

# For alpha = 1.5, heights are right to about 2**-103: less than this is nothing. Sparsemax's are
# exact wherever they cancel.
NOTHING = 2.0**-98
# Newton squares an error: after so small a step it is below 2**-100.
SETTLED = 2.0**-50


@inlined
def _height(v, peak, u, c, least):
    """u + c (v - peak) as a pair of lanes, for c = 1 or 1/2; what is not above `least` is 0."""
    hi, lo = below(v, peak, 1.0)
    hi, lo = hi * c, lo * c
    s = hi + u.hi
    back = s - hi
    rest = ((hi - (s - back)) + (u.hi - back)) + (lo + u.lo)
    h = s + rest
    above = h > least
    nothing = as_lanes(0.0)
    return choose(above, h, nothing), choose(above, (s - h) + rest, nothing)


@inlined
def _sparsemax_root(x, count, peak):
    """u = (1 - sum(d)) / k over the k entries above the threshold."""
    u, size = pack(1.0, 0.0), count + 1.0
    while True:
        sums, errors, counts = as_lanes(0.0), as_lanes(0.0), as_lanes(0.0)
        for i in range(0, count, WIDTH):
            v = load(x, i)
            h, _ = _height(v, peak, u, 1.0, 0.0)
            inside = h > 0.0
            hi, lo = below(v, peak, 1.0)
            sums, errors = add_lanes(sums, errors, choose(inside, hi, as_lanes(0.0)))
            errors = errors + choose(inside, lo, as_lanes(0.0))
            counts = counts + choose(inside, as_lanes(1.0), as_lanes(0.0))
        found = sum_of(counts)
        if found >= size:
            return u
        size = found
        u = _add_float(-total(sums, errors), 1.0) / size


@inlined
def _entmax15_root(x, count, peak):
    """u by Newton's method on sqrt(sum(h**2)) = 1, for the heights h above the threshold."""
    u = pack(1.0, 0.0)
    while True:
        sums, errors, slope = as_lanes(0.0), as_lanes(0.0), as_lanes(0.0)
        for i in range(0, count, WIDTH):
            h, rest = _height(load(x, i), peak, u, 0.5, NOTHING)
            square = h * h
            errors = errors + (multiply_add(h, h, square * -1.0) + 2.0 * h * rest)
            sums, errors = add_lanes(sums, errors, square)
            slope = slope + h
        s = total(sums, errors)
        norm = square_root(s.hi)
        step = (_add_float(s, -1.0).hi / (norm + 1.0)) * norm / sum_of(slope)
        u = _add_float(u, -step)
        if abs(step) <= SETTLED * u.hi:
            return u


@inlined
def _sparsemax_row(x, base, n, out, scratch):
    peak, bad = extent(x, base, n)
    if is_limit(peak, bad):
        limit_row(x, base, n, peak, bad, out)
        return
    u = _sparsemax_root(scratch, candidates(x, base, n, peak, 1.0, scratch), peak)
    for i in range(0, n, WIDTH):
        h, _ = _height(lanes_at(x, base + i, n - i, -math.inf), peak, u, 1.0, 0.0)
        put(out, base + i, n - i, h)


@inlined
def _entmax15_row(x, base, n, out, scratch):
    peak, bad = extent(x, base, n)
    if is_limit(peak, bad):
        limit_row(x, base, n, peak, bad, out)
        return
    u = _entmax15_root(scratch, candidates(x, base, n, peak, 2.0, scratch), peak)
    for i in range(0, n, WIDTH):
        h, rest = _height(lanes_at(x, base + i, n - i, -math.inf), peak, u, 0.5, NOTHING)
        put(out, base + i, n - i, multiply_add(h, h, 2.0 * h * rest))


def sparsemax_float32(first, last, n, x, out, scratch):
    for row in range(first, last):
        _sparsemax_row(x, row * n, n, out, scratch)


def sparsemax_float64(first, last, n, x, out, scratch):
    for row in range(first, last):
        _sparsemax_row(x, row * n, n, out, scratch)


def entmax15_float32(first, last, n, x, out, scratch):
    for row in range(first, last):
        _entmax15_row(x, row * n, n, out, scratch)


def entmax15_float64(first, last, n, x, out, scratch):
    for row in range(first, last):
        _entmax15_row(x, row * n, n, out, scratch)
