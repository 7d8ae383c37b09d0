"""Rows of softmax.

Quick: exp of each entry as it is, without looking for the maximum first; float64's exponents have
room for what float32 rows usually hold, and the quotient decides. One pass to read and sum, one to
scale what was kept. Exact: shifted by the maximum, compensated.
"""

import math

from actfn.kernels.lanes import (
    WIDTH,
    as_lanes,
    lane,
    larger,
    largest_of,
    load,
    multiply_add,
    spread_single,
    store,
    sum_of,
    widen_lanes,
)
from actfn.kernels.row_math import (
    QUICK_HIGH,
    QUICK_LEAST,
    QUICK_LOW,
    count_above,
    count_equal,
    exact_exp,
    exact_sum,
    extent,
    fill,
    items_at,
    mark_above,
    mark_equal,
    ordinary,
    put,
    quick_exp,
)
from actfn.kernels.two_float import _add_float, inlined, pack


@inlined
def _scale(scratch, out, base, n, factor):
    for i in range(0, n, WIDTH):
        put(out, base + i, n - i, load(scratch, i) * factor)


@inlined
def _quick_terms(x, base, n, temperature, factor, scratch):
    """exp(x * factor) of a float32 row into scratch; the largest x, and the sum."""
    low = spread_single(QUICK_LOW * temperature)
    peak, sums = low, as_lanes(0.0)
    for i in range(0, n, WIDTH):
        v = items_at(x, base + i, n - i, -math.inf)
        peak = larger(v, peak)
        # -inf and everything far below the rest become a number that is 0 next to it. The
        # comparison is false for NaN, which therefore reaches the sum.
        e = quick_exp(widen_lanes(larger(low, v)) * factor)
        store(scratch, i, e)
        sums = sums + e
    return largest_of(peak), sum_of(sums)


@inlined
def _quick_row(x, base, n, sink, gain, out, scratch, temperature):
    """One float32 row; whether it could be done so."""
    factor = 1.0 / temperature
    if factor == 1.0:  # a loop of its own, without a product that changes nothing
        peak, s = _quick_terms(x, base, n, 1.0, 1.0, scratch)
    else:
        peak, s = _quick_terms(x, base, n, temperature, factor, scratch)
    top = max(peak, sink) * factor
    if not QUICK_LEAST <= top <= QUICK_HIGH:
        return False
    if sink > -math.inf:
        s += lane(quick_exp(as_lanes(max(sink * factor, QUICK_LOW))), 0)
    if s != s:
        return False
    _scale(scratch, out, base, n, gain / s)
    return True


@inlined
def _share_row(x, base, n, sink, gain, out, peak, temperature):
    """The limits: what there is belongs to the largest entries, or to all that are not -inf."""
    if temperature == math.inf:
        count = count_above(x, base, n, -math.inf) + (sink > -math.inf)
        mark_above(x, out, base, n, -math.inf, gain / count, 0.0)
    else:
        count = count_equal(x, base, n, peak) + (sink == peak)
        mark_equal(x, out, base, n, peak, gain / count, 0.0)


@inlined
def _exact_row(x, base, n, sink, gain, out, scratch, temperature):
    """Any row, times `gain`. `sink` is one more logit, which gets no entry; -inf for none."""
    peak, bad = extent(x, base, n)
    peak = max(peak, sink)
    if bad != bad or sink != sink:
        fill(out, base, n, math.nan)
    elif peak == -math.inf:
        fill(out, base, n, 0.0)
    elif peak == math.inf or temperature == 0.0 or temperature == math.inf:
        _share_row(x, base, n, sink, gain, out, peak, temperature)
    else:
        s = exact_sum(x, base, n, peak, temperature, scratch, True)
        if sink > -math.inf:
            drop = as_lanes((sink - peak) / temperature)
            s = _add_float(s, lane(exact_exp(drop, as_lanes(0.0)), 0))
        share = pack(gain, 0.0) / s
        for i in range(0, n, WIDTH):
            e = load(scratch, i)
            put(out, base + i, n - i, multiply_add(e, share.hi, e * share.lo))


@inlined
def _item(items, row, given, otherwise):
    return items[row] if given else otherwise


def softmax_float32(
    first, last, n, x, sinks, gains, out, scratch, temperature, with_sink, with_gain
):
    quick = ordinary(temperature)
    for row in range(first, last):
        base, sink = row * n, _item(sinks, row, with_sink, -math.inf)
        gain = _item(gains, row, with_gain, 1.0)
        if not (quick and _quick_row(x, base, n, sink, gain, out, scratch, temperature)):
            _exact_row(x, base, n, sink, gain, out, scratch, temperature)


def softmax_float64(
    first, last, n, x, sinks, gains, out, scratch, temperature, with_sink, with_gain
):
    for row in range(first, last):
        sink, gain = _item(sinks, row, with_sink, -math.inf), _item(gains, row, with_gain, 1.0)
        _exact_row(x, row * n, n, sink, gain, out, scratch, temperature)
