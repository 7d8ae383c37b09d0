"""Exponentials and sums over lanes, and the parts of a row that every softmax is made of.

Two exponentials: `quick_exp` has the 2**-32 that decide a float32, `exact_exp` about 0.7 ULP of
float64, of a difference known to twice the digits. The first serves ordinary float32 rows; the
second everything else: float64, and float32 rows with infinities, with NaN, with entries further
apart than float64's exponents, or with so sure a winner that only the sum of the others counts.
"""

import math

from actfn.elementary import coefficients
from actfn.kernels.building_blocks import LOG2_E, _log1p_wide, _log_wide
from actfn.kernels.lanes import (
    WIDTH,
    as_lanes,
    choose,
    larger,
    largest_of,
    load,
    load_part,
    multiply_add,
    power_of_two,
    spread_single,
    store,
    store_part,
    sum_of,
    widen_lanes,
)
from actfn.kernels.memory import stack_doubles
from actfn.kernels.two_float import _add_float, fast_two_sum, inlined, two_sum

LN2 = math.log(2.0)
LN2_A, LN2_B, LN2_C = coefficients.LN2
LN2_BC = LN2_B + LN2_C
# Adding and subtracting it rounds to an integer n; with the exponent's bias in it, the last bits
# of the sum are the exponent field of 2**n.
SHIFT = 1.5 * 2.0**52 + 1023.0
# exp(-QUICK_LOW) * 2**149 is still below 1/2: next to a row's largest entry it is 0 in float32.
QUICK_LOW, QUICK_HIGH, QUICK_LEAST = -690.0, 600.0, -580.0
# Temperatures whose multiples by the bounds above are ordinary float32 numbers.
COLDEST, HOTTEST = 1e-30, 1e35
ROOM = 2 * WIDTH
# Below it the others' sum has lost digits to the 1 it was added to.
SURE = 2.0**-24
EXACT_LOW = -760.0  # exp() of it is 0

_Q0, _Q1, _Q2, _Q3, _Q4, _Q5 = coefficients.EXP_TAIL_SHORT
_E = coefficients.EXP_TAIL


@inlined
def quick_exp(d):
    """exp(d) to 2**-32, for lanes in [-700, 700]; NaN stays NaN."""
    shifted = multiply_add(d, LOG2_E, SHIFT)
    r = multiply_add(shifted - SHIFT, -LN2, d)
    p = multiply_add(multiply_add(r, _Q5, _Q4), r, _Q3)
    p = multiply_add(multiply_add(multiply_add(p, r, _Q2), r, _Q1), r, _Q0)
    scale = power_of_two(shifted)
    return multiply_add(multiply_add(r * r, p, r), scale, scale)


@inlined
def exact_exp(hi, lo):
    """exp(hi + lo) for lanes up to 700; subnormal results included."""
    far = hi < EXACT_LOW
    v, rest = choose(far, as_lanes(EXACT_LOW), hi), choose(far, as_lanes(0.0), lo)
    n = multiply_add(v, LOG2_E, SHIFT) - SHIFT
    r = multiply_add(n, -LN2_BC, multiply_add(n, -LN2_A, v)) + rest
    p = multiply_add(multiply_add(r, _E[9], _E[8]), r, _E[7])
    p = multiply_add(multiply_add(multiply_add(p, r, _E[6]), r, _E[5]), r, _E[4])
    p = multiply_add(multiply_add(multiply_add(p, r, _E[3]), r, _E[2]), r, _E[1])
    p = multiply_add(p, r, _E[0])
    y = multiply_add(r * r, p, r) + 1.0
    # Two factors: 2**n alone leaves the normal range before the result does.
    half = multiply_add(n, 0.5, SHIFT)
    return (y * power_of_two(half)) * power_of_two((n - (half - SHIFT)) + SHIFT)


@inlined
def below(v, peak, temperature):
    """(v - peak) / temperature as a pair of lanes; -inf stays -inf."""
    hi = v - peak
    back = hi - v
    lo = (v - (hi - back)) - (peak + back)
    if temperature != 1.0:
        q = hi / temperature
        lo = (multiply_add(q, -temperature, hi) + lo) / temperature
        hi = q
    return hi, choose((hi > -math.inf) & (lo == lo), lo, as_lanes(0.0))


@inlined
def items_at(x, place, count, fill):
    """`count` neighbours, sixteen of them wherever that many are left; `fill` beyond."""
    if count >= WIDTH:
        return load(x, place)
    return load_part(x, place, count, fill)


@inlined
def lanes_at(x, place, count, fill):
    """The same as float64."""
    return widen_lanes(items_at(x, place, count, fill))


@inlined
def put(out, place, count, value):
    """The way back."""
    if count >= WIDTH:
        store(out, place, value)
    else:
        store_part(out, place, count, value)


@inlined
def extent(x, base, n):
    """(the largest entry, NaN if there is one in the row)."""
    peak, bad = as_lanes(-math.inf), as_lanes(0.0)
    for i in range(0, n, WIDTH):
        v = lanes_at(x, base + i, n - i, -math.inf)
        peak = larger(v, peak)
        bad = choose(v == v, bad, v)
    return largest_of(peak), total(bad, as_lanes(0.0)).hi


@inlined
def total(sums, errors):
    """The sum over the lanes of a compensated sum, as a TwoFloat."""
    room = stack_doubles(ROOM)
    store(room, 0, sums)
    store(room, WIDTH, errors)
    s, e = 0.0, 0.0
    for k in range(WIDTH):
        s, error = two_sum(s, room[k])
        e += error + room[WIDTH + k]
    return fast_two_sum(s, e)


@inlined
def add_lanes(sums, errors, value):
    """One more term: what the addition loses goes into `errors`."""
    s = sums + value
    back = s - sums
    return s, errors + ((sums - (s - back)) + (value - back))


@inlined
def count_equal(x, base, n, value):
    """How many entries are equal to `value`."""
    count = as_lanes(0.0)
    for i in range(0, n, WIDTH):
        v = lanes_at(x, base + i, n - i, math.nan)
        count = count + choose(v == value, as_lanes(1.0), as_lanes(0.0))
    return total(count, as_lanes(0.0)).hi


@inlined
def count_above(x, base, n, value):
    """How many entries are greater than `value`."""
    count = as_lanes(0.0)
    for i in range(0, n, WIDTH):
        v = lanes_at(x, base + i, n - i, -math.inf)
        count = count + choose(v > value, as_lanes(1.0), as_lanes(0.0))
    return total(count, as_lanes(0.0)).hi


@inlined
def fill(out, base, n, value):
    """One value everywhere."""
    for i in range(0, n, WIDTH):
        put(out, base + i, n - i, as_lanes(value))


@inlined
def mark_equal(x, out, base, n, value, inside, outside):
    """`inside` where x is `value`, else `outside`."""
    for i in range(0, n, WIDTH):
        v = lanes_at(x, base + i, n - i, math.nan)
        put(out, base + i, n - i, choose(v == value, as_lanes(inside), as_lanes(outside)))


@inlined
def mark_above(x, out, base, n, value, inside, outside):
    """`inside` where x is greater than `value`, else `outside`."""
    for i in range(0, n, WIDTH):
        v = lanes_at(x, base + i, n - i, -math.inf)
        put(out, base + i, n - i, choose(v > value, as_lanes(inside), as_lanes(outside)))


@inlined
def _quick_loop(x, base, n, low, factor, shift, scratch, keep):
    floor = spread_single(low)
    peak, sums = floor, as_lanes(0.0)
    for i in range(0, n, WIDTH):
        v = items_at(x, base + i, n - i, -math.inf)
        peak = larger(v, peak)
        # -inf and everything far below the rest become a number that is 0 next to it. The
        # comparison is false for NaN, which therefore reaches the sum.
        e = quick_exp(multiply_add(widen_lanes(larger(floor, v)), factor, shift))
        if keep:
            store(scratch, i, e)
        sums = sums + e
    return largest_of(peak), sum_of(sums)


@inlined
def quick_terms(x, base, n, low, factor, shift, scratch, keep):
    """(the largest x, sum exp(x * factor + shift)) of a float32 row; x below `low` counts as that.

    The terms go to `scratch` if `keep`.
    """
    if factor == 1.0:  # a loop of its own, without a product that changes nothing
        return _quick_loop(x, base, n, low, 1.0, shift, scratch, keep)
    return _quick_loop(x, base, n, low, factor, shift, scratch, keep)


@inlined
def plain_terms(x, base, n, temperature, scratch, keep):
    """The same of exp(x / T), not shifted: what float64's exponents have room for."""
    # Adding -0.0 changes no number, which adding 0.0 does.
    return quick_terms(x, base, n, QUICK_LOW * temperature, 1.0 / temperature, -0.0, scratch, keep)


@inlined
def exact_terms(x, base, n, peak, temperature, scratch, place, keep):
    """Sum of exp((x - peak) / T) as a TwoFloat; the terms go to scratch from `place` if `keep`."""
    sums, errors = as_lanes(0.0), as_lanes(0.0)
    for i in range(0, n, WIDTH):
        hi, lo = below(lanes_at(x, base + i, n - i, -math.inf), peak, temperature)
        e = exact_exp(hi, lo)
        sums, errors = add_lanes(sums, errors, e)
        if keep:
            store(scratch, place + i, e)
    return total(sums, errors)


@inlined
def log_of_sum(s):
    """log(s) as a TwoFloat for s >= 1, however close to 1."""
    rest = _add_float(s, -1.0)
    return _log1p_wide(rest) if rest.hi <= 1.0 else _log_wide(s)


@inlined
def ordinary(temperature):
    """Whether the quick exponential will do."""
    return (temperature >= COLDEST) & (temperature <= HOTTEST)
