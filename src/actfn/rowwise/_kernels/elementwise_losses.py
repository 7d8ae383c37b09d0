"""Binary cross-entropy and the focal loss, element by element, with their slopes and their sum.

Both are written down once, in the building blocks of `actfn.elementary`: float32 runs them on
lanes of float64, float64 in two-floats. With e = exp(-|x|) every number is a sum of terms of one
sign, unless the target itself lies between 0 and 1:

    softplus(x) = max(x, 0) + log1p(e),   sigmoid(x) = (1 or e) / (1 + e)

A "row" is a run of n elements that has a sum of its own.
"""

import math

import mpmath
from numba.extending import overload

from actfn.elementary import absolute, exp, log, log1p, where
from actfn.kernels.building_blocks import _log
from actfn.kernels.lanes import (
    WIDTH,
    as_lanes,
    choose,
    doubles,
    larger,
    largest_of,
    load,
    multiply_add,
    store,
    sum_of,
)
from actfn.kernels.memory import stack_doubles
from actfn.kernels.row_math import QUICK_LOW, add_lanes, lanes_at, put, quick_exp, total
from actfn.kernels.two_float import JIT_OPTIONS, inlined, magnitude, narrow, select, widen

BLOCK = 256  # float64 is worked on in blocks that stay in the first cache
# Where `options` holds what. The two factors are numbers, or arrays that vary with the element.
SIZE, SCALE, WITH_GRAD, WITH_LOSSES, FIRST, SECOND, FIRST_VARIES, SECOND_VARIES = range(8)
GAMMA, FLOOR = 8, 9
HUGE = 1e290  # logits beyond it are infinite to float32, and too large a factor for two-floats


# ---------------------------------------------------------------- the building blocks on lanes


def _log1p_quotient():
    """log1p(e) / e on [0, 1] as a polynomial, lowest power first; worst relative error 2**-32."""
    with mpmath.workdps(40):
        found = mpmath.chebyfit(lambda e: mpmath.log1p(e) / e if e else 1, [0, 1], 12)
        return tuple(float(c) for c in reversed(found))


_L = _log1p_quotient()


@inlined
def _quick_log1p(e):
    """log1p(e) to 2**-32, for lanes in [0, 1]."""
    p = multiply_add(multiply_add(multiply_add(e, _L[11], _L[10]), e, _L[9]), e, _L[8])
    p = multiply_add(multiply_add(multiply_add(p, e, _L[7]), e, _L[6]), e, _L[5])
    p = multiply_add(multiply_add(multiply_add(p, e, _L[4]), e, _L[3]), e, _L[2])
    return multiply_add(multiply_add(p, e, _L[1]), e, _L[0]) * e


@inlined
def _low_exp(d):
    """exp(d) for lanes up to 0; of what is far below, a number that is 0 in float32."""
    return quick_exp(choose(d < QUICK_LOW, as_lanes(QUICK_LOW), d))


@inlined
def _rare_log(v):
    """log(v), for lanes that are mostly all 1."""
    if largest_of(larger(v - 1.0, 1.0 - v)) == 0.0:
        return as_lanes(0.0)
    room = stack_doubles(WIDTH)
    store(room, 0, v)
    for k in range(WIDTH):
        room[k] = _log(room[k])
    return load(room, 0)


def _on_lanes(stub, form):
    """Let a building block take lanes too."""

    @overload(stub, jit_options=JIT_OPTIONS)
    def implementation(x):
        return (lambda x: form(x)) if x == doubles else None


_on_lanes(exp, _low_exp)
_on_lanes(log1p, _quick_log1p)
_on_lanes(log, _rare_log)
_on_lanes(absolute, inlined(lambda x: larger(x, x * -1.0)))
_on_lanes(narrow, inlined(lambda x: x))


def pick(condition, if_true, if_false):
    """`where`, which knows no lanes, for lanes too."""
    raise NotImplementedError  # only inside compiled kernels


@overload(pick, jit_options=JIT_OPTIONS)
def _pick(condition, if_true, if_false):
    if doubles in (if_true, if_false):
        return lambda condition, if_true, if_false: choose(
            condition, as_lanes(if_true), as_lanes(if_false)
        )
    return lambda condition, if_true, if_false: where(condition, if_true, if_false)


def settled(value, factor, x):
    """The value, or factor * |x| where x is beyond what two-floats can be multiplied with."""
    raise NotImplementedError  # only inside compiled kernels


@overload(settled, jit_options=JIT_OPTIONS)
def _settled(value, factor, x):
    if value == doubles:
        return lambda value, factor, x: value  # HUGE is inf in float32
    return lambda value, factor, x: _plain_if_huge(narrow(value), narrow(factor), narrow(x))


@inlined
def _plain_if_huge(value, factor, x):
    size = magnitude(x)
    return select(size > HUGE, select(factor == 0.0, 0.0, factor * size), value)


# ---------------------------------------------------------------- the two losses


@inlined
def _size(x):
    size = absolute(x)
    return pick(size > HUGE, HUGE, size)


@inlined
def _binary(x, t, weight, pos_weight, scale, gamma, floor):
    """a softplus(-x) + b softplus(x) with a = weight pos_weight t, b = weight (1 - t)."""
    a, b = weight * pos_weight * t, weight * (1.0 - t)
    size, right = _size(x), x > 0.0
    e, wrong, other = exp(-1.0 * size), pick(right, b, a), pick(right, a, b)
    loss = settled(wrong * size + (a + b) * log1p(e), wrong, x)
    top = wrong - other * e
    return loss, narrow(pick(right, top, -1.0 * top) / (1.0 + e) * scale)


@inlined
def _focal(x, t, positive, negative, scale, gamma, floor):
    """c q^gamma bce, where 1 - q is the probability of the label and c its weight.

    The slope is c q^gamma (bce' + gamma q' bce / q). With labels of 0 and 1, q is sigmoid(-x) or
    sigmoid(x), its logarithm needs no subtraction, and q' / q is what the other sigmoid is.
    """
    u, size, right = 1.0 - t, _size(x), x > 0.0
    e, wrong, other = exp(-1.0 * size), pick(right, u, t), pick(right, t, u)
    none, hard, near = wrong == 0.0, t * u == 0.0, log1p(e)
    bce = wrong * size + near
    q = pick(hard, 1.0, wrong + other * e)  # times 1 + e
    log_q = pick(hard, pick(none, -1.0 * size, 0.0), log(q)) - near
    power = (positive * t + negative * u) * exp(gamma * pick(log_q < floor, floor, log_q))
    loss = settled(power * bce, power * wrong, x)
    share = pick(hard, pick(none, 1.0, e), e / q)
    top = wrong - other * e + gamma * (wrong - other) * share * bce
    return loss, narrow(power * pick(right, top, -1.0 * top) / (1.0 + e) * scale)


# ---------------------------------------------------------------- the loops


@inlined
def _factor(array, place, count, varies, number):
    return lanes_at(array, place, count, 1.0) if varies else as_lanes(number)


def _on_rows_of_lanes(rule):
    """The kernel that runs a rule on lanes; each is read before it is written, as in place."""

    @inlined
    def run(first_row, last_row, n, x, target, first, second, out, losses, sums, options):
        for row in range(first_row, last_row):
            end, whole = min(row * n + n, int(options[SIZE])), as_lanes(0.0)
            for i in range(row * n, end, WIDTH):
                value, slope = rule(
                    # Lanes that are not there are sure and right: they add nothing.
                    lanes_at(x, i, end - i, -math.inf),
                    lanes_at(target, i, end - i, 0.0),
                    _factor(first, i, end - i, options[FIRST_VARIES] != 0.0, options[FIRST]),
                    _factor(second, i, end - i, options[SECOND_VARIES] != 0.0, options[SECOND]),
                    options[SCALE], options[GAMMA], options[FLOOR],
                )  # fmt: skip
                whole = whole + value
                if options[WITH_LOSSES] != 0.0:
                    put(losses, i, end - i, value)
                if options[WITH_GRAD] != 0.0:
                    put(out, i, end - i, slope)
            sums[2 * row], sums[2 * row + 1] = sum_of(whole), 0.0

    return run


@inlined
def _move(source, start, target, place, count):
    for i in range(count):
        target[place + i] = source[start + i]


def _on_rows_of_two_floats(rule):
    """The kernel that runs a rule on two-floats.

    Copies of a block let the compiler make vectors of a loop without asking what overlaps.
    """

    @inlined
    def run(first_row, last_row, n, x, target, first, second, out, losses, sums, options):
        xs, ts, value = stack_doubles(BLOCK), stack_doubles(BLOCK), stack_doubles(BLOCK)
        slope, f, s = stack_doubles(BLOCK), stack_doubles(BLOCK), stack_doubles(BLOCK)
        scale, gamma, floor = options[SCALE], options[GAMMA], options[FLOOR]
        for i in range(BLOCK):
            f[i], s[i] = options[FIRST], options[SECOND]
        for row in range(first_row, last_row):
            end = min(row * n + n, int(options[SIZE]))
            whole, errors = as_lanes(0.0), as_lanes(0.0)
            for start in range(row * n, end, BLOCK):
                count = min(BLOCK, end - start)
                _move(x, start, xs, 0, count)
                _move(target, start, ts, 0, count)
                if options[FIRST_VARIES] != 0.0:
                    _move(first, start, f, 0, count)
                if options[SECOND_VARIES] != 0.0:
                    _move(second, start, s, 0, count)
                for i in range(count):
                    value[i], slope[i] = rule(
                        widen(xs[i]), widen(ts[i]), widen(f[i]), widen(s[i]), scale, gamma, floor
                    )
                for i in range(0, count, WIDTH):
                    v = lanes_at(value, i, count - i, 0.0)
                    whole, errors = add_lanes(whole, errors, v)
                if options[WITH_LOSSES] != 0.0:
                    _move(value, 0, losses, start, count)
                if options[WITH_GRAD] != 0.0:
                    _move(slope, 0, out, start, count)
            found, plain = total(whole, errors), sum_of(whole)
            # Of an infinite sum only the plain one is not NaN.
            sums[2 * row] = found.hi if abs(plain) < math.inf else plain
            sums[2 * row + 1] = found.lo if abs(plain) < math.inf else 0.0

    return run


binary_cross_entropy_float32 = _on_rows_of_lanes(_binary)
binary_cross_entropy_float64 = _on_rows_of_two_floats(_binary)
focal_float32 = _on_rows_of_lanes(_focal)
focal_float64 = _on_rows_of_two_floats(_focal)
