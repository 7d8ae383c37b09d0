"""The building blocks in `Single` and `Pair`, and kernels compiled with them.

About 2**-27 in exp and its like: float32 rounds at 2**-24. Whether that is enough for a kernel,
its certificate says.
"""

from functools import cache

import numpy as np
from numba.extending import overload

import actfn.kernels.single_operators  # noqa: F401 - registers arithmetic
from actfn import elementary
from actfn.elementary import coefficients
from actfn.elementary import single as blocks
from actfn.kernels import (
    single_exp_zeros,
    single_gauss,
    single_log,
    single_roots,
    single_sine,
    single_slopes,
    single_tanh,
)
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
    raw,
    rounded,
    sign_of,
)
from actfn.kernels.single_exponential import power_and_rest, put_together
from actfn.kernels.single_polynomials import in_turn, step
from actfn.kernels.two_float import (
    JIT_OPTIONS,
    fma,
    inlined,
    magnitude,
    select,
    square_root,
    with_sign,
)

ONE, HALF = np.float32(1.0), np.float32(0.5)
_atanh_tail = in_turn([c / 4.0 ** (k + 1) for k, c in enumerate(coefficients.ATANH_TAIL_SINGLE)])


@inlined
def exp(x):
    """e**x."""
    return put_together(*power_and_rest(x))


@inlined
def expm1(x):
    """e**x - 1; to no more than float32 for x > 0."""
    scale, s, rest = power_and_rest(x)
    below = scale - ONE
    hi = fma(s, scale, below)
    return joined(hi, fma(s, scale, below - hi) + fma(rest, scale, scale - (below + ONE)))


@inlined
def one_plus_exp(x):
    """1 + e**x."""
    scale, s, rest = power_and_rest(x)
    start = scale + ONE
    smaller, larger = select(scale > ONE, ONE, scale), select(scale > ONE, scale, ONE)
    hi = fma(s, scale, start)
    return joined(hi, fma(s, scale, start - hi) + fma(rest, scale, smaller - (start - larger)))


@inlined
def _log1p(x):
    # 2 atanh(s / 2) with s = x / (1 + x/2).
    d = fma(x.hi, HALF, ONE)
    d_rest = fma(x.lo, HALF, fma(x.hi, HALF, ONE - d))
    inverse = ONE / d
    s = x.hi * inverse
    s_rest = (fma(-s, d_rest, fma(-s, d, x.hi)) + x.lo) * inverse
    u = s * s
    cube, tail = s * u, _atanh_tail(u)
    hi = fma(cube, tail, s)
    return joined(hi, fma(cube, tail, s - hi) + s_rest)


@inlined
def _sqrt(x):
    s = square_root(x.hi)
    return joined(s, (fma(-s, s, x.hi) + x.lo) / (s + s))


@inlined
def log1p(x):
    return _log1p(as_pair(x))


@inlined
def sqrt(x):
    return _sqrt(as_pair(x))


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
def signed(value, x):
    return as_single(flipped(rounded(value), sign_of(leading(x))))


def scaled(factor, x):
    raise NotImplementedError  # only inside compiled kernels


@overload(scaled, jit_options=JIT_OPTIONS)
def _scaled(factor, x):
    # The halves of a parameter have one sign, and so have these two products.
    if is_single(x):
        return lambda factor, x: as_single(_product(as_pair(factor), raw(x)))
    return lambda factor, x: as_single(_product_of_pairs(as_pair(factor), as_pair(x)))


@inlined
def _product(factor, x):
    return fma(factor.hi, x, factor.lo * x)


@inlined
def _product_of_pairs(factor, x):
    return fma(factor.hi, x.hi, fma(factor.lo, x.hi, factor.hi * x.lo))


@inlined
def line(slope, x, offset):
    return step(raw(x), as_pair(slope), as_pair(offset))


@inlined
def nearest(value):
    return as_single(rounded(value))


@inlined
def fast_sum(a, b):
    return _fast_sum(as_pair(a), as_pair(b))


@inlined
def _fast_sum(a, b):
    s = a.hi + b.hi
    return joined(s, (b.hi - (s - a.hi)) + (a.lo + b.lo))


@inlined
def maximum(a, b):
    return where(b > a, b, a)


@inlined
def minimum(a, b):
    return where(b < a, b, a)


_GENERAL = (where, absolute, copysign, maximum, minimum, exp, expm1, log1p, sqrt)
_OWN = (one_plus_exp, fast_sum, line, nearest, scaled, signed)
FORMS = (
    {getattr(elementary, form.__name__): form for form in _GENERAL}
    | {getattr(blocks, form.__name__): form for form in _OWN}
    | single_gauss.FORMS
    | single_slopes.FORMS
    | single_exp_zeros.FORMS
    | single_log.FORMS
    | single_sine.FORMS
    | single_tanh.FORMS
    | single_roots.FORMS
)


@cache
def in_singles(function):
    """The kernel, or a function it calls, with these forms of what it calls."""
    return rewritten(function, FORMS, in_singles, constant)
