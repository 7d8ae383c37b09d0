"""The exponential in float32: 2**n, the rest of it, and what that misses."""

import math

import numpy as np
from numba.extending import overload

from actfn.elementary import coefficients
from actfn.kernels.single import as_pair, is_single, joined, leading, power_of_two
from actfn.kernels.two_float import JIT_OPTIONS, fma, inlined

LOG2_E = np.float32(1.0 / math.log(2.0))
LN2_HIGH = np.float32(math.log(2.0))
LN2_LOW = np.float32(math.log(2.0) - float(LN2_HIGH))
# Adding and subtracting it rounds to the nearest integer n; the last bits of the sum are n + 127.
SHIFT = np.float32(1.5 * 2.0**23 + 127)
# e**x for |x| up to 80: beyond, its second half or that of 1 / e**x would be subnormal, and the
# product with this one overflows, which ends in NaN and a flag.
TO_THE_EDGE = np.float32(2.0**128 / 80)
LOG2_E_FROM_THERE = np.float32(80 / 2.0**128 / math.log(2.0))
C0, C1, C2, C3, C4, C5 = map(np.float32, coefficients.EXP_TAIL_SHORT)


def _completed(rest, n, s, x):
    """The rest of exp(x) - 1, with what n LN2_LOW and the rest of a pair x add to it."""
    raise NotImplementedError  # only inside compiled kernels


@overload(_completed, jit_options=JIT_OPTIONS)
def _completed_rest(rest, n, s, x):
    if is_single(x):
        return lambda rest, n, s, x: fma(fma(n, s, n), -LN2_LOW, rest)

    def of_pair(rest, n, s, x):
        missing = fma(n, -LN2_LOW, as_pair(x).lo)
        return fma(missing, s, missing + rest)

    return of_pair


@inlined
def reduced(n, x):
    """exp(x - n ln2) - 1 in two parts."""
    r = fma(n, -LN2_HIGH, leading(x))  # exact: a multiple of 2**-24, or x itself
    u = r * r
    tail = fma(fma(fma(C5, r, C4), u, fma(C3, r, C2)), u, fma(C1, r, C0))
    s = fma(tail, u, r)
    return s, _completed(fma(tail, u, r - s), n, s, x)


@inlined
def power_and_rest(x):
    """2**n and exp(x - n ln2) - 1 in two parts; NaN, and a flag, for |x| > 80."""
    shifted = fma(leading(x) * TO_THE_EDGE, LOG2_E_FROM_THERE, SHIFT)
    s, rest = reduced(shifted - SHIFT, x)
    return power_of_two(shifted), s, rest


@inlined
def lifted_power_and_rest(x, shift):
    """The same without a limit; 2**n is multiplied by what the shift has beyond the above."""
    shifted = fma(leading(x), LOG2_E, shift)
    s, rest = reduced(shifted - shift, x)
    return power_of_two(shifted), s, rest


@inlined
def put_together(scale, s, rest):
    """scale * (1 + s + rest)."""
    hi = fma(s, scale, scale)
    return joined(hi, fma(rest, scale, fma(s, scale, scale - hi)))
