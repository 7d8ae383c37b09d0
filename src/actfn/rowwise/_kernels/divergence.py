"""Rows of the Kullback-Leibler divergence of two softmaxes, with its gradients.

With d = log p - log q, sum p d has terms of both signs that cancel down to the second order of d
where the rows are close. But q = p exp(-d), and sum p = sum q, so that

    KL = sum p d = sum p (d + expm1(-d)),  and  q - p = p expm1(-d)

of which no term of the first is negative. d is the difference of the scores less that of the two
logarithms of sums, D. An error h of D moves the new sum by h^2/2 only; and since sum (q - p) is h
where it should be 0, h is known and taken out of the gradients too.
"""

import math

from actfn.elementary import coefficients
from actfn.kernels.building_blocks import LOG2_E, _log
from actfn.kernels.lanes import (
    WIDTH,
    as_lanes,
    choose,
    larger,
    largest_of,
    load,
    multiply_add,
    power_of_two,
    store,
    sum_of,
)
from actfn.kernels.row_math import (
    LN2_A,
    LN2_BC,
    QUICK_LOW,
    SHIFT,
    add_lanes,
    below,
    exact_terms,
    extent,
    fill,
    items_at,
    lanes_at,
    log_of_sum,
    ordinary,
    put,
    total,
)
from actfn.kernels.two_float import _add, _negative, inlined

_E = coefficients.EXP_TAIL
NEAR = -1.0  # below it q is more than e times p, and q - p needs no expm1
FAR = -60.0  # expm1 of it is -1
NOTHING = -1e300  # d of an entry with p = 0, which is multiplied by 0
LOWEST = -1e6  # so that the product with a p that is only nearly 0 is nothing too
CLOSE = 0.3465  # half of ln(2): up to there the polynomial of exp is enough
FAINT = 2.0**-24  # a smaller divergence deserves more digits of d


@inlined
def _reduced(c):
    """(n, r, (exp(r) - 1 - r) / r^2, 2**n) for lanes c = n ln2 + r in [-700, 700]."""
    shifted = multiply_add(c, LOG2_E, SHIFT)
    n = shifted - SHIFT
    r = multiply_add(n, -LN2_BC, multiply_add(n, -LN2_A, c))
    return n, r, _tail(r), power_of_two(shifted)


@inlined
def _tail(r):
    """(exp(r) - 1 - r) / r^2, for lanes up to ln(2) / 2 in size."""
    p = multiply_add(multiply_add(r, _E[9], _E[8]), r, _E[7])
    p = multiply_add(multiply_add(multiply_add(p, r, _E[6]), r, _E[5]), r, _E[4])
    p = multiply_add(multiply_add(multiply_add(p, r, _E[3]), r, _E[2]), r, _E[1])
    return multiply_add(p, r, _E[0])


# ---------------------------------------------------------------- ordinary rows, for float32


@inlined
def _peak(x, base, n):
    peak = items_at(x, base, n, -math.inf)
    for i in range(WIDTH, n, WIDTH):
        peak = larger(items_at(x, base + i, n - i, -math.inf), peak)
    return largest_of(peak)


@inlined
def _quick_terms(x, base, n, peak, factor, scratch, place):
    """exp((x - peak) / T) into scratch from `place` on; their sum. NaN stays NaN."""
    sums = as_lanes(0.0)
    for i in range(0, n, WIDTH):
        c = (lanes_at(x, base + i, n - i, -math.inf) - peak) * factor
        _, r, tail, scale = _reduced(choose(c < QUICK_LOW, as_lanes(QUICK_LOW), c))
        e = multiply_add(multiply_add(r * r, tail, r), scale, scale)
        sums = sums + e
        store(scratch, place + i, e)
    return sum_of(sums)


@inlined
def _quick_gap(p_logits, q_logits, base, i, n, peaks, D, factor):
    """log p - log q of lanes; of what is not there any number, since p is next to nothing."""
    a, b = lanes_at(p_logits, base + i, n - i, 0.0), lanes_at(q_logits, base + i, n - i, 0.0)
    # Against the peaks first: offsets of whole rows take no digits.
    d = multiply_add((a - peaks[0]) - (b - peaks[1]), factor, -D)
    return choose(d < LOWEST, as_lanes(LOWEST), d)


@inlined
def _quick_divergence(p_logits, q_logits, base, n, peaks, D, inverses, scratch, second, factor):
    """What `_divergence` does, in float64 alone."""
    sums, rests = as_lanes(0.0), as_lanes(0.0)
    for i in range(0, n, WIDTH):
        p, q = load(scratch, i) * inverses[0], load(scratch, second + i) * inverses[1]
        d = _quick_gap(p_logits, q_logits, base, i, n, peaks, D, factor)
        square = (d * d) * _tail(d * -1.0)
        near = larger(d, d * -1.0) < CLOSE
        change = choose(near, p * (square - d), q - p)
        sums = sums + choose(near, p * square, multiply_add(p, d, change))
        rests = rests + change
        store(scratch, i, p)
        store(scratch, second + i, change)
    h, kl = sum_of(rests), sum_of(sums)
    return (kl if kl >= FAINT else math.nan), h


# ---------------------------------------------------------------- any rows


@inlined
def _gap(p_logits, q_logits, base, i, n, peaks, D, temperature):
    """log p - log q of lanes: inf where only q is 0, NOTHING where p is."""
    a, low_a = below(lanes_at(p_logits, base + i, n - i, -math.inf), peaks[0], temperature)
    b, low_b = below(lanes_at(q_logits, base + i, n - i, -math.inf), peaks[1], temperature)
    d = (((a - b) - D.hi) + (low_a - low_b)) - D.lo
    d = choose(b == -math.inf, as_lanes(math.inf), d)
    return choose(a == -math.inf, as_lanes(NOTHING), d)


@inlined
def _expm1_and_rest(d):
    """expm1(-d) and expm1(-d) + d, for lanes d from NEAR on."""
    c = d * -1.0
    c = choose(c < FAR, as_lanes(FAR), c)
    c = choose(c > -NEAR, as_lanes(-NEAR), c)
    n, r, tail, scale = _reduced(c)
    square = tail * (r * r)
    m = multiply_add(square + r, scale, scale - 1.0)
    return m, choose(n == 0.0, square, m + d)


@inlined
def _divergence(p_logits, q_logits, base, n, peaks, D, wholes, scratch, second, temperature):
    """(KL, h); p goes into the first part of scratch and q - p into the second."""
    sums, errors = as_lanes(0.0), as_lanes(0.0)
    rests, rest_errors = as_lanes(0.0), as_lanes(0.0)
    for i in range(0, n, WIDTH):
        p, q = load(scratch, i) / wholes[0], load(scratch, second + i) / wholes[1]
        d = _gap(p_logits, q_logits, base, i, n, peaks, D, temperature)
        m, rest = _expm1_and_rest(d)
        apart = d < NEAR
        change = choose(apart, q - p, p * m)
        term = choose(apart, q + p * (d - 1.0), choose(d == math.inf, d, p * rest))
        sums, errors = add_lanes(sums, errors, term)
        rests, rest_errors = add_lanes(rests, rest_errors, change)
        store(scratch, i, p)
        store(scratch, second + i, change)
    h, plain = total(rests, rest_errors).hi, sum_of(sums)
    # An infinite sum has no second half.
    return (max(total(sums, errors).hi - 0.5 * h * h, 0.0) if plain < math.inf else plain), h


@inlined
def _write_q(base, n, h, scratch, second, out, factor):
    """(q - p) / T."""
    for i in range(0, n, WIDTH):
        p, change = load(scratch, i), load(scratch, second + i)
        put(out, base + i, n - i, multiply_add(p + change, -h, change) * factor)


@inlined
def _quick_row(p_logits, q_logits, base, n, scratch, by_p, by_q, with_p, with_q, options):
    """The divergence of two float32 rows; NaN if that will not do."""
    temperature, slope = options
    factor, second = 1.0 / temperature, n + WIDTH
    top_p, top_q = _peak(p_logits, base, n), _peak(q_logits, base, n)
    if (top_p - top_p) + (top_q - top_q) != 0.0:
        return math.nan
    s = _quick_terms(p_logits, base, n, top_p, factor, scratch, 0)
    t = _quick_terms(q_logits, base, n, top_q, factor, scratch, second)
    D, peaks = _log(s) - _log(t), (top_p, top_q)
    kl, h = _quick_divergence(
        p_logits, q_logits, base, n, peaks, D, (1.0 / s, 1.0 / t), scratch, second, factor
    )
    if not kl < math.inf:
        return math.nan
    if with_q:
        _write_q(base, n, h, scratch, second, by_q, slope)
    if with_p:
        for i in range(0, n, WIDTH):
            d = _quick_gap(p_logits, q_logits, base, i, n, peaks, D, factor)
            put(by_p, base + i, n - i, load(scratch, i) * (d + (h - kl)) * slope)
    return kl


@inlined
def _exact_row(p_logits, q_logits, base, n, scratch, by_p, by_q, with_p, with_q, options):
    """The divergence of any two rows."""
    temperature, slope = options
    top_p, bad_p = extent(p_logits, base, n)
    top_q, bad_q = extent(q_logits, base, n)
    if bad_p != bad_p or bad_q != bad_q or (top_p - top_p) + (top_q - top_q) != 0.0:
        if with_p:
            fill(by_p, base, n, math.nan)
        if with_q:
            fill(by_q, base, n, math.nan)
        return math.nan
    second, peaks = n + WIDTH, (top_p, top_q)
    s = exact_terms(p_logits, base, n, top_p, temperature, scratch, 0, True)
    t = exact_terms(q_logits, base, n, top_q, temperature, scratch, second, True)
    D = _add(log_of_sum(s), _negative(log_of_sum(t)))
    kl, h = _divergence(
        p_logits, q_logits, base, n, peaks, D, (s.hi, t.hi), scratch, second, temperature
    )
    if with_q:
        _write_q(base, n, h, scratch, second, by_q, slope)
    if with_p:
        for i in range(0, n, WIDTH):
            d = _gap(p_logits, q_logits, base, i, n, peaks, D, temperature)
            put(by_p, base + i, n - i, load(scratch, i) * (d + (h - kl)) * slope)
    return kl


def kl_divergence_float32(
    first, last, n, p_logits, q_logits, by_p, by_q, losses, scratch, length, with_p, with_q,
    temperature, slope, single,
):  # fmt: skip
    # n is the room in scratch for two rows, `length` is theirs.
    m, options = int(length), (temperature, slope)
    quick = single != 0.0 and ordinary(temperature)
    for row in range(first, last):
        kl, base = math.nan, row * m
        if quick:
            kl = _quick_row(
                p_logits, q_logits, base, m, scratch, by_p, by_q, with_p, with_q, options
            )
        if kl != kl:
            kl = _exact_row(
                p_logits, q_logits, base, m, scratch, by_p, by_q, with_p, with_q, options
            )
        losses[row] = kl


kl_divergence_float64 = kl_divergence_float32  # where `single` says that the numbers are float32's
