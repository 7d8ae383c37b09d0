"""Rows of cross-entropy: the loss and, in the same visit, its gradient.

With u = x / T, s = sum exp(u - u_y) and nll_c = log(s) - (u_c - u_y), a row's loss is

    sum_c a_c nll_c + z lse^2,  a_c = w_c (smoothing / C + (1 - smoothing) [c = y])

and its gradient by x_c is (b p_c - a_c) / T with b = sum(a) + 2 z lse. The label's own entry is
written (b - a_y) - b (1 - p_y), with 1 - p_y summed from the others: subtracting p_y from 1 would
leave nothing once p_y has rounded to 1.
"""

import math

from actfn.kernels.building_blocks import _log, _log1p
from actfn.kernels.lanes import (
    WIDTH,
    as_lanes,
    choose,
    load,
    multiply_add,
    store,
)
from actfn.kernels.row_math import (
    QUICK_HIGH,
    QUICK_LOW,
    SURE,
    add_lanes,
    below,
    count_equal,
    exact_terms,
    extent,
    fill,
    lanes_at,
    log_of_sum,
    ordinary,
    put,
    quick_terms,
    total,
)
from actfn.kernels.two_float import _add_float, fma, inlined, pack, two_sum

# Where `options` holds what.
TEMPERATURE, SMOOTHING, Z_LOSS, SCALE, WEIGHTS = range(5)
MODERATE = 1e4  # labels up to here, in units of T, leave float32 room for the lower bound


@inlined
def _smoothed(x, base, n, label, nll, weights, options):
    """sum_c w_c nll_c, with nll_c = nll - (x_c - label) / T."""
    sums, errors = as_lanes(0.0), as_lanes(0.0)
    for i in range(0, n, WIDTH):
        v, w = lanes_at(x, base + i, n - i, label), lanes_at(weights, i, n - i, 0.0)
        term = as_lanes(nll) - (v - label) / options[TEMPERATURE]
        # What has no weight does not count, even where the score is -inf.
        sums, errors = add_lanes(sums, errors, choose(w == 0.0, as_lanes(0.0), w * term))
    return total(sums, errors).hi


@inlined
def _write(scratch, out, base, n, factor, weights, offset):
    """out = factor * e - offset * w, with the factor a TwoFloat."""
    if offset == 0.0:
        for i in range(0, n, WIDTH):
            put(out, base + i, n - i, scaled(load(scratch, i), factor))
    else:
        for i in range(0, n, WIDTH):
            w = lanes_at(weights, i, n - i, 0.0)
            put(out, base + i, n - i, scaled(load(scratch, i), factor) - w * offset)


@inlined
def scaled(e, factor):
    """e * factor, rounded once."""
    return multiply_add(e, factor.hi, e * factor.lo)


@inlined
def _finish(x, base, n, y, found, weights, out, scratch, options, with_grad):
    """The loss; and the gradient from the terms in scratch.

    found = (score of the label, its nll, 1 - p of it, sum of the terms, log of the row's sum); the
    third and fourth are TwoFloat.
    """
    label, nll, rest, terms, log_sum = found
    smoothing, z_loss = options[SMOOTHING], options[Z_LOSS]
    w, each = weights[y], smoothing / n
    loss = (1.0 - smoothing) * w * nll if smoothing < 1.0 and w != 0.0 else 0.0
    if smoothing > 0.0:
        loss += each * _smoothed(x, base, n, label, nll, weights, options)
    own, whole = ((1.0 - smoothing) + each) * w, (1.0 - smoothing) * w + each * options[WEIGHTS]
    if z_loss != 0.0:
        loss += z_loss * log_sum * log_sum
        whole += 2.0 * z_loss * log_sum
    if with_grad:
        factor = pack(options[SCALE], 0.0) / pack(options[TEMPERATURE], 0.0)
        _write(scratch, out, base, n, factor * whole / terms, weights, each * factor.hi)
        own_part = factor * (whole - own) + (rest * (factor * -whole))
        out[base + y] = own_part.hi
    return loss


@inlined
def _quick_row(x, base, n, y, weights, out, scratch, options, with_grad):
    """The loss of one float32 row, shifted by the label's own score; NaN if that will not do."""
    label, factor = float64_of(x, base + y), 1.0 / options[TEMPERATURE]
    scaled = abs(label * factor)
    if not scaled <= MODERATE:
        return math.nan
    low, shift = label + QUICK_LOW * options[TEMPERATURE], -label * factor
    peak, s = quick_terms(x, base, n, low, factor, shift, scratch, True)
    rest = s - 1.0
    if not (peak - label) * factor <= QUICK_HIGH:
        return math.nan
    if not rest >= SURE * (1.0 + scaled):
        return math.nan
    nll = _log1p(rest) if rest <= 1.0 else _log(s)
    terms = pack(s, 0.0)
    found = (label, nll, pack(rest, 0.0) / terms, terms, label * factor + nll)
    return _finish(x, base, n, y, found, weights, out, scratch, options, with_grad)


@inlined
def _exact_row(x, base, n, y, weights, out, scratch, options, with_grad):
    """The loss of any row, shifted by its maximum."""
    label, temperature = float64_of(x, base + y), options[TEMPERATURE]
    peak, bad = extent(x, base, n)
    if bad != bad or peak == -math.inf:
        if with_grad:
            fill(out, base, n, math.nan)
        return math.nan
    if peak == math.inf:
        s, nll, log_sum = _limit_terms(x, base, n, label, scratch)
    else:
        s = exact_terms(x, base, n, peak, temperature, scratch, 0, True)
        log = log_of_sum(s)
        nll, log_sum = _above_label(peak, label, temperature, log), peak / temperature + log.hi
    found = (label, nll, _add_float(s, -scratch[y]) / s, s, log_sum)
    return _finish(x, base, n, y, found, weights, out, scratch, options, with_grad)


@inlined
def _limit_terms(x, base, n, label, scratch):
    """With +inf in the row: those at infinity share."""
    count = count_equal(x, base, n, math.inf)
    for i in range(0, n, WIDTH):
        v = lanes_at(x, base + i, n - i, 0.0)
        store(scratch, i, choose(v == math.inf, as_lanes(1.0), as_lanes(0.0)))
    return pack(count, 0.0), _log(count) if label == math.inf else math.inf, math.inf


@inlined
def _above_label(peak, label, temperature, log):
    """(peak - label) / T + log, rounded once."""
    if label == -math.inf:
        return math.inf
    # Halves: the difference itself may be beyond float64 where its quotient is not.
    hi, lo = two_sum(0.5 * peak, -0.5 * label)
    q = hi / temperature
    if 2.0 * q == math.inf:
        return math.inf
    lo = (fma(-q, temperature, hi) + lo) / temperature
    s, error = two_sum(2.0 * q, log.hi)
    return s + (error + (2.0 * lo + log.lo))


@inlined
def float64_of(x, place):
    """One item as float64."""
    return 1.0 * x[place]


def class_cross_entropy_float32(
    first, last, n, x, target, weights, out, losses, scratch, options, with_grad
):
    quick = ordinary(options[TEMPERATURE])
    for row in range(first, last):
        base, y = row * n, target[row]
        if y < 0:
            losses[row] = _skip(out, base, n, with_grad)
            continue
        loss = math.nan
        if quick:
            loss = _quick_row(x, base, n, y, weights, out, scratch, options, with_grad)
        if loss != loss:
            loss = _exact_row(x, base, n, y, weights, out, scratch, options, with_grad)
        losses[row] = loss


def class_cross_entropy_float64(
    first, last, n, x, target, weights, out, losses, scratch, options, with_grad
):
    for row in range(first, last):
        base, y = row * n, target[row]
        if y < 0:
            losses[row] = _skip(out, base, n, with_grad)
        else:
            losses[row] = _exact_row(x, base, n, y, weights, out, scratch, options, with_grad)


@inlined
def _skip(out, base, n, with_grad):
    """An ignored row."""
    if with_grad:
        fill(out, base, n, 0.0)
    return 0.0


@inlined
def _soft_row(x, t, base, n, weights, out, scratch, options, with_grad):
    """The loss of a row whose target is a row of probabilities."""
    peak, bad = extent(x, base, n)
    if bad != bad or peak - peak != 0.0:
        if with_grad:
            fill(out, base, n, math.nan)
        return math.nan
    temperature, z_loss = options[TEMPERATURE], options[Z_LOSS]
    s = exact_terms(x, base, n, peak, temperature, scratch, 0, True)
    log = log_of_sum(s)
    sums, errors = as_lanes(0.0), as_lanes(0.0)
    masses, mass_errors = as_lanes(0.0), as_lanes(0.0)
    for i in range(0, n, WIDTH):
        hi, lo = below(lanes_at(x, base + i, n - i, -math.inf), peak, temperature)
        a = _mass(t, base, i, n, weights, options)
        nll = (as_lanes(log.hi) - hi) + (as_lanes(log.lo) - lo)
        sums, errors = add_lanes(sums, errors, choose(a == 0.0, as_lanes(0.0), a * nll))
        masses, mass_errors = add_lanes(masses, mass_errors, a)
    loss, whole = total(sums, errors).hi, total(masses, mass_errors).hi
    if z_loss != 0.0:
        log_sum = peak / temperature + log.hi
        loss += z_loss * log_sum * log_sum
        whole += 2.0 * z_loss * log_sum
    if with_grad:
        # Where a term is 1 the entry may have nearly all: 1 - p is what the others have.
        rest, factor = whole * (_add_float(s, -1.0).hi / s.hi), pack(whole, 0.0) / s
        for i in range(0, n, WIDTH):
            a, e = _mass(t, base, i, n, weights, options), load(scratch, i)
            top = (as_lanes(whole) - a) - as_lanes(rest)
            g = choose(e == 1.0, top, scaled(e, factor) - a)
            put(out, base + i, n - i, g * (options[SCALE] / temperature))
    return loss


@inlined
def _mass(t, base, i, n, weights, options):
    """w_c ((1 - smoothing) t_c + smoothing / C); 0 in lanes that are not there."""
    smoothing = options[SMOOTHING]
    a = lanes_at(t, base + i, n - i, 0.0) * (1.0 - smoothing) + smoothing / n
    return a * lanes_at(weights, i, n - i, 0.0)


def soft_cross_entropy_float32(
    first, last, n, x, target, weights, out, losses, scratch, options, with_grad
):
    for row in range(first, last):
        losses[row] = _soft_row(x, target, row * n, n, weights, out, scratch, options, with_grad)


def soft_cross_entropy_float64(
    first, last, n, x, target, weights, out, losses, scratch, options, with_grad
):
    for row in range(first, last):
        losses[row] = _soft_row(x, target, row * n, n, weights, out, scratch, options, with_grad)
