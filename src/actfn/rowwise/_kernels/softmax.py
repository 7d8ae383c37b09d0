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
    load,
    multiply_add,
)
from actfn.kernels.row_math import (
    QUICK_HIGH,
    QUICK_LEAST,
    QUICK_LOW,
    count_above,
    count_equal,
    exact_exp,
    exact_terms,
    extent,
    fill,
    mark_above,
    mark_equal,
    ordinary,
    plain_terms,
    put,
    quick_exp,
)
from actfn.kernels.two_float import _add_float, inlined, pack


@inlined
def _scale(scratch, out, base, n, factor):
    for i in range(0, n, WIDTH):
        put(out, base + i, n - i, load(scratch, i) * factor)


@inlined
def _quick_row(x, base, n, sink, gain, out, scratch, temperature):
    """One float32 row; whether it could be done so."""
    factor = 1.0 / temperature
    peak, s = plain_terms(x, base, n, temperature, scratch, True)
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
        s = exact_terms(x, base, n, peak, temperature, scratch, 0, True)
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
