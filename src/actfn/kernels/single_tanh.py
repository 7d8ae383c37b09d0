"""What kernels with tanh are made of, in float32: mostly one number, where no rest is needed.

The exponential is taken with the factor 2**-64, so that far out nothing is subnormal before the
last step.
"""

import math

import numpy as np
from numba.extending import overload

from actfn import elementary
from actfn.elementary import coefficients
from actfn.elementary import single as blocks
from actfn.kernels.single import (
    as_pair,
    as_single,
    constant,
    is_single,
    joined,
    leading,
    power_of_two,
    raw,
)
from actfn.kernels.single_polynomials import in_turn
from actfn.kernels.two_float import JIT_OPTIONS, fma, inlined

WHOLE, HALVED, DOWN = np.float32(1.0), np.float32(0.5), np.float32(2.0**-64)
HALVED_DOWN = np.float32(2.0**-65)
NOTHING_ADDED = constant(-0.0)
A_THIRD = np.float32(1 / 3)
A_THIRD_REST = np.float32(1 / 3 - float(A_THIRD))
TWO_LOG2_E = np.float32(2.0 / math.log(2.0))
# n * HALF_LN2_HIGH is exact for n < 256.
HALF_LN2_HIGH = np.float32(float.fromhex("0x1.62e4p-2"))
HALF_LN2_LOW = np.float32(0.5 * math.log(2.0) - float(HALF_LN2_HIGH))
# Adding and subtracting it rounds to the nearest integer n; the last bits of the sum are
# n + 127 - 64.
DOWN_SHIFT = np.float32(1.5 * 2.0**23 + 127 - 64)
D0, D1, D2, D3, D4, D5 = (
    np.float32(c * 2.0 * 2.0**k) for k, c in enumerate(coefficients.EXP_TAIL_SHORT)
)


_tanh_bend = in_turn(coefficients.TANH_BEND)
SLOPE_AT_0 = np.float32(coefficients.TANH_RATIO_SLOPE[0])
_tanh_ratio_further = in_turn(coefficients.TANH_RATIO_SLOPE[1:])
_logcosh_bend = in_turn(coefficients.LOGCOSH_BEND)
_gap_log = in_turn(coefficients.GAP_LOG)


def _single_or_pair(value):
    """A parameter as a Pair, others as they are."""
    raise NotImplementedError  # only inside compiled kernels


@overload(_single_or_pair, jit_options=JIT_OPTIONS)
def _single_or_pair_of(value):
    if is_single(value):
        return lambda value: value
    return lambda value: as_pair(value)


def _with_rest(a, b, start):
    """start, and what the rest of a makes of b."""
    raise NotImplementedError  # only inside compiled kernels


@overload(_with_rest, jit_options=JIT_OPTIONS)
def _with_rest_of(a, b, start):
    if is_single(a):
        return lambda a, b, start: start
    return lambda a, b, start: fma(a.lo, leading(b), start)


def _onto(a, b, c):
    """a * b + c, rounded once for a c without a rest."""
    raise NotImplementedError  # only inside compiled kernels


@overload(_onto, jit_options=JIT_OPTIONS)
def _product_onto(a, b, c):
    if is_single(c):

        def once(a, b, c):
            rest = _with_rest(a, b, _with_rest(b, a, raw(c)))
            return as_single(fma(leading(a), leading(b), rest))

        return once

    def beside_rest(a, b, c):
        rest = _with_rest(a, b, _with_rest(b, a, c.lo))
        return as_single(c.hi + fma(leading(a), leading(b), rest))

    return beside_rest


@inlined
def fused(a, b, c):
    return _onto(_single_or_pair(a), _single_or_pair(b), _single_or_pair(c))


@inlined
def product(a, b):
    return fused(a, b, NOTHING_ADDED)


def _reduced_half(exact, n, z):
    """z - n ln2 / 2 in one float32, when n HALF_LN2_HIGH is taken away already."""
    raise NotImplementedError  # only inside compiled kernels


@overload(_reduced_half, jit_options=JIT_OPTIONS)
def _reduced_half_argument(exact, n, z):
    if is_single(z):
        return lambda exact, n, z: fma(n, -HALF_LN2_LOW, exact)
    return lambda exact, n, z: exact + fma(n, -HALF_LN2_LOW, z.lo)


@inlined
def _mean_of_exp(z):
    """2**-64 (1 + e**(2z)) / 2 in two parts, and what the exponential misses."""
    v = leading(z)
    shifted = fma(v, TWO_LOG2_E, DOWN_SHIFT)
    n = shifted - DOWN_SHIFT
    r = _reduced_half(fma(n, -HALF_LN2_HIGH, v), n, z)
    u = r * r
    tail = fma(fma(fma(D5, r, D4), u, fma(D3, r, D2)), u, fma(D1, r, D0))
    s = fma(tail, u, r)
    scale = power_of_two(shifted)
    start = fma(scale, HALVED, HALVED_DOWN)
    mean = fma(s, scale, start)
    missed = fma(fma(tail, u, r - s), scale, fma(scale, HALVED, -start) + HALVED_DOWN)
    return mean, fma(s, scale, start - mean), missed


@inlined
def _gap(z):
    """2**64 (1 - tanh(z)), and what is missing relatively."""
    mean, rest, _ = _mean_of_exp(z)
    c = WHOLE / mean
    return c, fma(-c, rest, fma(-c, mean, WHOLE))


@inlined
def tanh_gap(z):
    c, missing = _gap(z)
    return as_single(fma(c, missing, c) * DOWN)


@inlined
def _far_out(size, z):
    # The rest of the size goes into the gap: size.hi (1 - gap) is rounded once.
    c, missing = _gap(z)
    c, rest = c * DOWN, size.lo / size.hi
    return as_single(fma(-(c + fma(c, missing, fma(c, rest, -rest))), size.hi, size.hi))


@inlined
def far_tanh(size, z):
    return _far_out(as_pair(size), z)


@inlined
def sech_square(z):
    mean, rest, missed = _mean_of_exp(z)
    # With c = 1 - tanh(z), here times 2**64, it is c (2 - c).
    c = WHOLE / mean
    missing = fma(-c, missed, fma(-c, rest, fma(-c, mean, WHOLE)))
    twice, down = c + c, c * DOWN
    hi = fma(-down, c, twice)
    slope = fma(-down, twice, twice)
    return joined(hi, fma(missing, slope, fma(-down, c, twice - hi)))


@inlined
def tanh_bend(u):
    return as_single(_tanh_bend(raw(u)))


@inlined
def tanh_shrink_ratio(x):
    """For |x| <= 1.03."""
    u = raw(x) * raw(x)
    further = _tanh_ratio_further(u)
    slope = fma(further, u, SLOPE_AT_0)
    slope_rest = fma(further, u, SLOPE_AT_0 - slope)
    hi = fma(slope, u, A_THIRD)
    # What u misses counts a little, and what the third does.
    rest = fma(slope_rest, u, fma(slope, fma(raw(x), raw(x), -u), A_THIRD_REST))
    return joined(hi, fma(slope, u, A_THIRD - hi) + rest)


@inlined
def logcosh_bend(u):
    return as_single(_logcosh_bend(raw(u)))


@inlined
def gap_log(c):
    return as_single(_gap_log(raw(c)))


FORMS = {elementary.tanh_shrink_ratio: tanh_shrink_ratio} | {
    getattr(blocks, form.__name__): form
    for form in (
        far_tanh,
        fused,
        gap_log,
        logcosh_bend,
        product,
        sech_square,
        tanh_bend,
        tanh_gap,
    )
}
