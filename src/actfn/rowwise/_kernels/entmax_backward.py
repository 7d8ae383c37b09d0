"""Backward of entmax from its output: s (g - sum(s g) / sum(s)), s = p**(2 - alpha) where p > 0.

One entry's s may be larger than all others by any factor: for alpha > 2 that of the smallest p,
for alpha < 2 that of the largest. Its own g is then the mean, up to roundings, and what is left of
the difference is noise, times that factor. So gradients are counted from the g of this entry, k:
with h = g - g_k and T = sum(s h), in which its own term is 0, the results are s (h - T / sum(s)),
and for k itself -T s_k / sum(s).
"""

import math

from actfn.kernels.building_blocks import _exp, _log
from actfn.kernels.lanes import WIDTH, as_lanes, choose, load, store
from actfn.kernels.memory import stack_doubles
from actfn.kernels.row_math import add_lanes, extent, fill, lanes_at, put, total
from actfn.kernels.two_float import inlined, pack, select, square_root
from actfn.rowwise._kernels.entmax_powers import BLOCK, power, whole_lanes

ROOM = 2 * BLOCK  # weights, and the p they are of


@inlined
def _weigh(room, count, exponent, unit, exact):
    """(p / unit)**exponent where p > 0, for the p in the room's second half."""
    scale, exponents = pack(1.0, 0.0) / unit, pack(exponent, 0.0)
    for j in range(count):
        live = room[BLOCK + j] > 0.0
        v = scale * select(live, room[BLOCK + j], unit)
        if exponent == 0.0:
            w = 1.0
        elif exponent == 0.5:
            w = square_root(v.hi)
        elif exact:
            w = power(v, exponents).hi
        else:
            w = _exp(exponent * _log(v.hi))
        room[j] = select(live, w, 0.0)


@inlined
def _weights(p, place, size, room, exponent, unit, exact):
    """The same for a block of the row."""
    for i in range(0, size, WIDTH):
        store(room, BLOCK + i, lanes_at(p, place + i, size - i, 0.0))
    _weigh(room, whole_lanes(size), exponent, unit, exact)


@inlined
def _heaviest(p, base, n, peak, exponent):
    """Where the largest weight is, and the unit of p: the one with the next."""
    first, second, place = math.inf, math.inf, 0
    for k in range(n):
        v = float(p[base + k])
        if exponent >= 0.0 and v == peak:
            return k, 1.0  # no weight is above 1: no unit is needed
        if 0.0 < v < first:
            first, second, place = v, first, k
        elif 0.0 < v < second:
            second = v
    return place, second if second < math.inf else first


@inlined
def _sums(gradient, p, base, n, room, place, exponent, unit, exact):
    """sum(s h), and sum(s) less the heaviest, in units."""
    own, zero = float(gradient[base + place]), as_lanes(0.0)
    terms, missed, weights, lost = zero, zero, zero, zero
    for start in range(0, n, BLOCK):
        size = min(BLOCK, n - start)
        _weights(p, base + start, size, room, exponent, unit, exact)
        if start <= place < start + size:
            room[place - start] = 0.0
        for i in range(0, size, WIDTH):
            s = load(room, i)
            h = lanes_at(gradient, base + start + i, size - i, 0.0) - own
            terms, missed = add_lanes(terms, missed, choose(s > 0.0, s * h, zero))
            weights, lost = add_lanes(weights, lost, s)
    return total(terms, missed).hi, total(weights, lost).hi


@inlined
def _write(gradient, p, base, n, out, room, own, mean, exponent, exact):
    """s (h - mean)."""
    zero = as_lanes(0.0)
    for start in range(0, n, BLOCK):
        size = min(BLOCK, n - start)
        _weights(p, base + start, size, room, exponent, 1.0, exact)
        for i in range(0, size, WIDTH):
            s = load(room, i)
            h = lanes_at(gradient, base + start + i, size - i, 0.0) - own - mean
            put(out, base + start + i, size - i, choose((s > 0.0) & (h != 0.0), s * h, zero))


@inlined
def _row(gradient, p, base, n, out, room, exponent, exact):
    peak, bad = extent(p, base, n)
    if (bad != bad) | (peak <= 0.0):
        fill(out, base, n, bad)
        return
    place, unit = _heaviest(p, base, n, peak, exponent)
    own = float(gradient[base + place])
    t, others = _sums(gradient, p, base, n, room, place, exponent, unit, exact)
    _weights(p, base + place, 1, room, exponent, unit, exact)
    whole = others + room[0]
    share = room[0] / whole if whole < math.inf else 1.0
    room[BLOCK] = unit
    _weigh(room, 1, exponent, 1.0, exact)
    heaviest = -t * share * room[0]
    _write(gradient, p, base, n, out, room, own, t / whole, exponent, exact)
    out[base + place] = heaviest


def entmax_backward_float32(first, last, n, gradient, p, out, exponent):
    room = stack_doubles(ROOM)
    for row in range(first, last):
        _row(gradient, p, row * n, n, out, room, exponent, False)


def entmax_backward_float64(first, last, n, gradient, p, out, exponent):
    room = stack_doubles(ROOM)
    for row in range(first, last):
        _row(gradient, p, row * n, n, out, room, exponent, True)
