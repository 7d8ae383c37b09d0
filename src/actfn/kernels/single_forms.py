"""The building blocks in `Single` and `Pair`, and kernels compiled with them.

About 2**-27 in exp and its like: float32 rounds at 2**-24. Whether that is enough for a kernel,
its certificate says.
"""

import math
from functools import cache

import numpy as np
from numba.extending import overload

import actfn.kernels.single_operators  # noqa: F401 - registers arithmetic
from actfn import elementary
from actfn.elementary import coefficients
from actfn.kernels import single_gauss
from actfn.kernels.rewriting import rewritten
from actfn.kernels.single import (
    as_pair,
    as_single,
    constant,
    flipped,
    is_plain,
    is_single,
    joined,
    leading,
    pair,
    power_of_two,
    raw,
    rounded,
    sign_of,
)
from actfn.kernels.two_float import (
    JIT_OPTIONS,
    fma,
    inlined,
    magnitude,
    select,
    square_root,
    two_sum,
    with_sign,
)

ONE, TWO = np.float32(1.0), np.float32(2.0)
LOG2_E = np.float32(1.0 / math.log(2.0))
# n * LN2_HIGH is exact for |n| < 256.
LN2_HIGH = np.float32(float.fromhex("0x1.62e4p-1"))
LN2_LOW = np.float32(math.log(2.0) - float(LN2_HIGH))
# Adding and subtracting it rounds to the nearest integer n; the last bits of the sum are n + 127.
SHIFT = np.float32(1.5 * 2.0**23 + 127)
# Beyond it the second half of e**x or e**-x is subnormal.
EXP_RANGE = np.float32(80.0)
INFINITY = np.float32(math.inf)
C0, C1, C2, C3, C4, C5 = map(np.float32, coefficients.EXP_TAIL_SHORT)


def _horner(values):
    """The polynomial in float32 with these coefficients, lowest first."""
    names = [f"c{k}" for k in range(len(values))]
    expression = names[-1]
    for name in reversed(names[:-1]):
        expression = f"fma({expression}, x, {name})"
    scope = {"fma": fma, **dict(zip(names, map(np.float32, values), strict=True))}
    exec(f"def polynomial(x):\n    return {expression}", scope)  # noqa: S102 - our own text
    return inlined(scope["polynomial"])


_atanh_tail = _horner(coefficients.ATANH_TAIL_SINGLE)


def _grown(rest, s, x):
    """The rest of exp(x) - 1, to which the rest of a pair x adds exp(x) times itself."""
    raise NotImplementedError  # only inside compiled kernels


@overload(_grown, jit_options=JIT_OPTIONS)
def _grown_rest(rest, s, x):
    if is_single(x):
        return lambda rest, s, x: rest
    return lambda rest, s, x: rest + fma(as_pair(x).lo, s, as_pair(x).lo)


@inlined
def _power_and_rest(x):
    """2**n and exp(x - n ln2) - 1 in two parts; NaN, and a flag, for |x| > 80."""
    hi = leading(x)
    v = select(magnitude(hi) > EXP_RANGE, INFINITY, hi)
    shifted = fma(v, LOG2_E, SHIFT)
    n = shifted - SHIFT
    exact = fma(n, -LN2_HIGH, v)
    r = fma(n, -LN2_LOW, exact)
    u = r * r
    t = u * fma(fma(fma(C5, r, C4), u, fma(C3, r, C2)), u, fma(C1, r, C0))
    s = r + t
    rest = (t - (s - r)) + fma(n, -LN2_LOW, exact - r)
    return power_of_two(shifted), s, _grown(rest, s, x)


@inlined
def exp(x):
    """e**x."""
    scale, s, rest = _power_and_rest(x)
    hi = fma(s, scale, scale)
    return joined(hi, fma(rest, scale, fma(s, scale, scale - hi)))


@inlined
def expm1(x):
    """e**x - 1; to no more than float32 for x > 0."""
    scale, s, rest = _power_and_rest(x)
    below, scaled = scale - ONE, s * scale
    hi = below + scaled
    return joined(hi, (scaled - (hi - below)) + fma(rest, scale, scale - (below + ONE)))


@inlined
def _log1p(x):
    d, e = two_sum(TWO, x.hi)
    inverse = ONE / d
    s = x.hi * inverse
    s_rest = (fma(-s, d, x.hi) + fma(-s, e + x.lo, x.lo)) * inverse
    u = s * s
    t = (s * u) * _atanh_tail(u)
    hi = s + t
    return joined(TWO * hi, TWO * ((t - (hi - s)) + s_rest))


@inlined
def _sqrt(x):
    s = square_root(x.hi)
    return joined(s, (fma(-s, s, x.hi) + x.lo) / (s + s))


log1p = inlined(lambda x: _log1p(as_pair(x)))
sqrt = inlined(lambda x: _sqrt(as_pair(x)))


def where(condition, if_true, if_false):
    raise NotImplementedError  # only inside compiled kernels


@overload(where, jit_options=JIT_OPTIONS)
def _where(condition, if_true, if_false):
    if is_single(if_true) and is_single(if_false):
        return lambda condition, if_true, if_false: as_single(
            select(condition, raw(if_true), raw(if_false))
        )
    if is_plain(if_true) and is_plain(if_false):
        return lambda condition, if_true, if_false: select(condition, if_true, if_false)

    def pairs(condition, if_true, if_false):
        a, b = as_pair(if_true), as_pair(if_false)
        return joined(select(condition, a.hi, b.hi), select(condition, a.lo, b.lo))

    return pairs


def absolute(x):
    raise NotImplementedError  # only inside compiled kernels


@overload(absolute, jit_options=JIT_OPTIONS)
def _absolute(x):
    if is_single(x):
        return lambda x: as_single(magnitude(raw(x)))
    if x == pair:
        return lambda x: joined(magnitude(x.hi), flipped(x.lo, sign_of(x.hi)))
    return lambda x: abs(x)


def copysign(value, sign):
    raise NotImplementedError  # only inside compiled kernels


@overload(copysign, jit_options=JIT_OPTIONS)
def _copysign(value, sign):
    # A pair is rounded: in kernels that are single this comes last, and the sum of the two halves
    # of a zero would have the wrong sign.
    return lambda value, sign: as_single(with_sign(rounded(value), leading(sign)))


@inlined
def maximum(a, b):
    return where(b > a, b, a)


@inlined
def minimum(a, b):
    return where(b < a, b, a)


FORMS = (
    {
        getattr(elementary, form.__name__): form
        for form in (where, absolute, copysign, maximum, minimum)
    }
    | {
        elementary.exp: exp,
        elementary.expm1: expm1,
        elementary.log1p: log1p,
        elementary.sqrt: sqrt,
    }
    | single_gauss.FORMS
)


@cache
def in_singles(function):
    """The kernel, or a function it calls, with these forms of what it calls."""
    return rewritten(function, FORMS, in_singles, constant)
