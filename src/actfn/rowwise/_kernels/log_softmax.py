"""Rows of log_softmax and logsumexp.

With m the maximum, log sum exp(x) = m + log1p(the others' exp(x - m)): however sure the winner is,
its own entry keeps all its digits. Peers take log(1 + others), which is 0 from a lead of 17 on.
"""

import math

from actfn.kernels.building_blocks import _exp_wide, _log, _log1p, _log_wide
from actfn.kernels.lanes import (
    WIDTH,
    as_lanes,
    larger,
    sum_of,
)
from actfn.kernels.row_math import (
    QUICK_HIGH,
    QUICK_LEAST,
    QUICK_LOW,
    SURE,
    below,
    count_above,
    count_equal,
    exact_terms,
    extent,
    fill,
    lanes_at,
    log_of_sum,
    mark_above,
    mark_equal,
    ordinary,
    plain_terms,
    put,
    quick_exp,
)
from actfn.kernels.two_float import fma, inlined, magnitude, pack, two_sum

# The quick exponential's 2**-32 is nothing to logarithms of this size.
UNSURE = 2.0**-5
# Where maximum and logarithm add up to less than this part of the maximum, digits are missing.
CANCELLED = 2.0**-2


@inlined
def _plain_log(x, base, n, temperature):
    """(the largest x, log sum exp(x / T)) of a float32 row; NaN where float64 has no room."""
    factor = 1.0 / temperature
    peak, s = plain_terms(x, base, n, temperature, x, False)
    fits = (QUICK_LEAST <= peak * factor) & (peak * factor <= QUICK_HIGH)
    return peak, _log(s) if fits else math.nan


@inlined
def _quick_log_of_sum(x, base, n, peak, factor):
    """log sum exp((x - peak) * factor) of a float32 row; NaN where that is not good enough."""
    sums = as_lanes(0.0)
    for i in range(0, n, WIDTH):
        d = (lanes_at(x, base + i, n - i, -math.inf) - peak) * factor
        sums = sums + quick_exp(larger(as_lanes(QUICK_LOW), d))
    s = sum_of(sums)
    rest = s - 1.0
    if rest <= 1.0:
        return _log1p(rest) if rest >= SURE else math.nan
    return _log(s)


@inlined
def _shared_log(x, base, n, peak, temperature):
    """log of the number of entries that share everything in the limit."""
    if temperature == math.inf:
        return _log(count_above(x, base, n, -math.inf))
    return _log(count_equal(x, base, n, peak))


@inlined
def _is_limit(peak, temperature):
    return (peak == math.inf) | (temperature == 0.0) | (temperature == math.inf)


@inlined
def _exact_log_softmax(x, base, n, out, temperature):
    peak, bad = extent(x, base, n)
    if bad != bad:
        fill(out, base, n, math.nan)
    elif peak == -math.inf:
        fill(out, base, n, -math.inf)
    elif _is_limit(peak, temperature):
        share = -_shared_log(x, base, n, peak, temperature)
        if temperature == math.inf:
            mark_above(x, out, base, n, -math.inf, share, -math.inf)
        else:
            mark_equal(x, out, base, n, peak, share, -math.inf)
    else:
        log = log_of_sum(exact_terms(x, base, n, peak, temperature, x, 0, False))
        for i in range(0, n, WIDTH):
            v = lanes_at(x, base + i, n - i, -math.inf)
            hi, lo = below(v, peak, temperature)
            put(out, base + i, n - i, hi - log.hi + (lo - log.lo))


@inlined
def _exact_logsumexp(x, base, n, temperature):
    peak, bad = extent(x, base, n)
    if bad != bad:
        return math.nan
    if peak == -math.inf or peak == math.inf:
        return peak
    if _is_limit(peak, temperature):
        # peak / 0: only its sign is left; peak / inf: only the number of entries.
        return _limit_of_logsumexp(x, base, n, peak, temperature)
    q = peak / temperature
    lead = pack(q, fma(-q, temperature, peak) / temperature)
    if q - q != 0.0:
        return q
    value = lead + log_of_sum(exact_terms(x, base, n, peak, temperature, x, 0, False))
    if magnitude(value.hi) < CANCELLED * magnitude(q):
        # Maximum and logarithm cancel: the terms are wanted to twice the digits.
        value = lead + _log_wide(_wide_sum(x, base, n, peak, temperature))
    return value.hi


@inlined
def _wide_sum(x, base, n, peak, temperature):
    """Sum of exp((x - peak) / T) with every term a TwoFloat: for the few rows that need it."""
    total = pack(0.0, 0.0)
    for i in range(n):
        s, e = two_sum(1.0 * x[base + i], -peak)
        if s - s == 0.0:
            total = total + _exp_wide(pack(s, e) / pack(temperature, 0.0))
    return total


@inlined
def _limit_of_logsumexp(x, base, n, peak, temperature):
    if temperature == math.inf:
        return _log(count_above(x, base, n, -math.inf))
    if peak == 0.0:
        return _log(count_equal(x, base, n, peak))
    return math.inf if peak > 0.0 else -math.inf


@inlined
def _write_logs(x, base, n, peak, factor, log, out):
    """out = (x - peak) * factor - log."""
    for i in range(0, n, WIDTH):
        v = lanes_at(x, base + i, n - i, 0.0)
        put(out, base + i, n - i, (v - peak) * factor - log)


def log_softmax_float32(first, last, n, x, out, temperature):
    quick, factor = ordinary(temperature), 1.0 / temperature
    for row in range(first, last):
        base = row * n
        peak, log = 0.0, math.nan
        if quick:
            peak, log = _plain_log(x, base, n, temperature)
        if log - peak * factor >= UNSURE:
            _write_logs(x, base, n, 0.0, factor, log, out)
            continue
        if log == log:  # a sure winner: only the others' sum has its digits
            log = _quick_log_of_sum(x, base, n, peak, factor)
        if log == log:
            _write_logs(x, base, n, peak, factor, log, out)
        else:
            _exact_log_softmax(x, base, n, out, temperature)


def log_softmax_float64(first, last, n, x, out, temperature):
    for row in range(first, last):
        _exact_log_softmax(x, row * n, n, out, temperature)


def logsumexp_float32(first, last, n, x, out, temperature):
    quick = ordinary(temperature)
    for row in range(first, last):
        base, value = row * n, math.nan
        if quick:
            value = _plain_log(x, base, n, temperature)[1]
        # Next to 0 the quick exponential's error is one of many ULP.
        if not abs(value) >= 0.5:
            value = _exact_logsumexp(x, base, n, temperature)
        out[row] = value


def logsumexp_float64(first, last, n, x, out, temperature):
    for row in range(first, last):
        out[row] = _exact_logsumexp(x, row * n, n, temperature)
