"""Arithmetic and comparisons of `Single` and `Pair`.

The error-free transformations are those of `actfn.kernels.two_float`, here without the step that
makes the second half small again.
"""

import operator

import numpy as np
from numba import types
from numba.extending import overload

from actfn.kernels.single import (
    as_pair,
    as_single,
    is_plain,
    is_single,
    joined,
    nearest4,
    pair,
    power,
    raw,
    rounded,
    subtract_bits,
)
from actfn.kernels.two_float import JIT_OPTIONS, bits_of, fma, from_bits, inlined, select, two_sum

_ONE = np.float32(1.0)


@inlined
def _add_singles(a, b):
    s, e = two_sum(raw(a), raw(b))
    return joined(s, e)


@inlined
def _add_single(a, b):
    s, e = two_sum(a.hi, raw(b))
    return joined(s, e + a.lo)


@inlined
def _add_pairs(a, b):
    s, e = two_sum(a.hi, b.hi)
    return joined(s, e + (a.lo + b.lo))


# What products and quotients miss is computed with the other sign and subtracted: +0.0 where it is
# nothing, so that a result that is zero keeps its sign, if the divisor is positive.
@inlined
def _multiply_singles(a, b):
    p = raw(a) * raw(b)
    return joined(p, -fma(-raw(a), raw(b), p))


@inlined
def _multiply_single(a, b):
    p = a.hi * raw(b)
    return joined(p, -fma(-a.lo, raw(b), fma(-a.hi, raw(b), p)))


@inlined
def _multiply_pairs(a, b):
    p = a.hi * b.hi
    return joined(p, -fma(-a.hi, b.lo, fma(-a.lo, b.hi, fma(-a.hi, b.hi, p))))


@inlined
def _scale_single(a, factor):
    return as_single(raw(a) * raw(factor))


@inlined
def _scale_pair(a, factor):
    return joined(a.hi * raw(factor), a.lo * raw(factor))


# The remainder is exact, as the first part differs from the quotient by a unit or two.
@inlined
def _divide_singles(a, b):
    inverse = _ONE / raw(b)
    q = raw(a) * inverse
    return joined(q, -(fma(q, raw(b), -raw(a)) * inverse))


@inlined
def _divide_by_pair(a, b):
    inverse = _ONE / b.hi
    q = raw(a) * inverse
    return joined(q, -(fma(q, b.lo, fma(q, b.hi, -raw(a))) * inverse))


@inlined
def _divide_pairs(a, b):
    inverse = _ONE / b.hi
    q = a.hi * inverse
    return joined(q, -((fma(q, b.lo, fma(q, b.hi, -a.hi)) - a.lo) * inverse))


def _is_ours(*kinds):
    return any(is_single(k) or k == pair for k in kinds)


def _commutative(a, b, of_singles, with_single, of_pairs):
    """Which of three functions computes a sum or a product."""
    if is_single(a) and is_single(b):
        return lambda a, b: of_singles(a, b)
    if is_single(b):
        return lambda a, b: with_single(as_pair(a), b)
    if is_single(a):
        return lambda a, b: with_single(as_pair(b), a)
    return lambda a, b: of_pairs(as_pair(a), as_pair(b))


@overload(operator.add, jit_options=JIT_OPTIONS)
def _add(a, b):
    if not _is_ours(a, b):
        return None
    return _commutative(a, b, _add_singles, _add_single, _add_pairs)


@overload(operator.sub, jit_options=JIT_OPTIONS)
def _subtract(a, b):
    if _is_ours(a, b):
        return lambda a, b: a + (-b)
    return None


@overload(operator.mul, jit_options=JIT_OPTIONS)
def _multiply(a, b):
    if not _is_ours(a, b):
        return None
    if a == power and b != power:
        return lambda a, b: b * a
    if b == power:
        if is_single(a):
            return lambda a, b: _scale_single(a, b)
        return lambda a, b: _scale_pair(as_pair(a), b)
    return _commutative(a, b, _multiply_singles, _multiply_single, _multiply_pairs)


@overload(operator.truediv, jit_options=JIT_OPTIONS)
def _divide(a, b):
    if not _is_ours(a, b):
        return None
    if b == power and is_single(a):
        return lambda a, b: as_single(raw(a) / raw(b))
    if is_single(a) and is_single(b):
        return lambda a, b: _divide_singles(a, b)
    if is_single(a):
        return lambda a, b: _divide_by_pair(a, as_pair(b))
    return lambda a, b: _divide_pairs(as_pair(a), as_pair(b))


@overload(operator.neg, jit_options=JIT_OPTIONS)
def _negative(a):
    if is_single(a):
        return lambda a: as_single(-raw(a))
    if a == pair:
        return lambda a: joined(-a.hi, -a.lo)
    return None


@inlined
def _next_down(bound, wide):
    """The largest float32 that is not above a float64, whose nearest float32 is given."""
    below = subtract_bits(
        bits_of(bound), select(bound > np.float32(0.0), np.int32(1), np.int32(-1))
    )
    tiny = from_bits(np.int32(-(2**31) + 1))
    lower = select(bound == np.float32(0.0), tiny, from_bits(below))
    return select(types.float64(bound) > wide, lower, bound)


@inlined
def _next_up(bound, wide):
    return -_next_down(-bound, -wide)


def _overload_comparison(operation, mirrored):
    # x < p for a float32 x and a float64 p is x < (p rounded up), and so on.
    edge = _next_up if operation in (operator.lt, operator.ge) else _next_down
    exact = operation in (operator.eq, operator.ne)

    @overload(operation, jit_options=JIT_OPTIONS)
    def implementation(a, b):
        if not _is_ours(a, b):
            return None
        if is_plain(b) and not exact:
            return lambda a, b: operation(rounded(a), edge(nearest4(b), types.float64(b)))
        if is_plain(b):
            return lambda a, b: operation(types.float64(rounded(a)), types.float64(b))
        if is_plain(a):
            return lambda a, b: mirrored(b, a)
        # The halves of a sum may be 0 and all that is left of it.
        return lambda a, b: operation(rounded(a), rounded(b))


for _operation, _mirrored in (
    (operator.lt, operator.gt),
    (operator.le, operator.ge),
    (operator.gt, operator.lt),
    (operator.ge, operator.le),
    (operator.eq, operator.eq),
    (operator.ne, operator.ne),
):
    _overload_comparison(_operation, _mirrored)
