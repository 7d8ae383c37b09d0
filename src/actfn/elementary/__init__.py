"""The scalar building blocks that kernels are written in.

A kernel in `functions/` is plain Python: `x * exp(x) / (1 + exp(x))`. What `x` *is* decides how
precisely it runs. Compiled for float32 it is a float64 and `exp` is one branch-free polynomial, of
no higher degree than float32 shows where the kernel is marked `short`; where it is marked `single`
it is a float32 and what is computed from it a `Pair`, the unevaluated sum of two. Compiled for
float64 and the 16-bit types it is a `TwoFloat`, such a sum of two float64 with about 100 correct
bits, and so is everything computed from it. Same text, every time.

Called from ordinary Python, as below, every function works on floats, so that a kernel can be
stepped through in a debugger. `actfn.kernels` replaces them when it compiles.
"""

import math
from dataclasses import dataclass

__all__ = [
    "Exact", "absolute", "copysign", "cos", "exp", "exp_tail", "expm1", "gauss_tail", "gelu_slope",
    "log", "log1p", "maximum", "minimum", "sin", "sin_product", "snap_reciprocal", "sqrt",
    "tanh_shrink_ratio", "where", "whole_reciprocal",
]  # fmt: skip


@dataclass(frozen=True)
class Exact:
    """A real constant kept to about 106 bits: `hi` is the nearest float64, `lo` what it misses.

    In float64 kernels it acts as `hi`, in `TwoFloat` kernels as `hi + lo`. Multiply it with what
    comes from the input first: next to a plain number (`-0.5 * ALPHA`) it is only `hi`.
    """

    hi: float
    lo: float

    def __mul__(self, other):
        return self.hi * other

    __rmul__ = __mul__

    def __add__(self, other):
        return self.hi + other

    __radd__ = __add__

    def __sub__(self, other):
        return self.hi - other

    def __rsub__(self, other):
        return other - self.hi

    def __truediv__(self, other):
        return self.hi / other

    def __rtruediv__(self, other):
        return other / self.hi

    def __neg__(self):
        return Exact(-self.hi, -self.lo)


def where(condition, if_true, if_false):
    """`if_true` or `if_false`, both computed, so that the loop around it can be vectorised."""
    return if_true if condition else if_false


def absolute(x):
    """|x|."""
    return abs(x)


def maximum(a, b):
    """The larger one; `a` if either is NaN."""
    return b if b > a else a


def minimum(a, b):
    """The smaller one; `a` if either is NaN."""
    return b if b < a else a


def copysign(magnitude, sign):
    """The magnitude of the first argument with the sign of the second."""
    return math.copysign(magnitude, sign)


def exp(x):
    """e**x; 0 and inf where float64 ends."""
    return math.inf if x > 709.78 else math.exp(x)


def expm1(x):
    """e**x - 1 without cancellation near 0, for x <= 709."""
    return math.expm1(x)


def log(x):
    """The natural logarithm; -inf at 0 and NaN below."""
    return math.log(x) if x > 0 else (-math.inf if x == 0 else math.nan)


def log1p(x):
    """log(1 + x) without cancellation, for -1/2 <= x <= 1."""
    return math.log1p(x)


def sqrt(x):
    """The square root; NaN below 0."""
    return math.sqrt(x) if x >= 0 else math.nan


def sin(x):
    """sin(x) for any x, however large; kernels that use it are `wide`."""
    return math.sin(x)


def cos(x):
    """cos(x) for any x, however large; kernels that use it are `wide`."""
    return math.cos(x)


def sin_product(a, b, turns):
    """sin(a * b + turns * pi/2) for a * b of any size, not rounded; turns a multiple of 1/2."""
    return math.sin(a * b + turns * (math.pi / 2))


def gauss_tail(t):
    """Phi(-t) * exp(t**2 / 2) for t >= 0: the Gaussian tail with its exponential factored out."""
    return 0.5 * math.erfc(t / math.sqrt(2)) * math.exp(min(t * t / 2, 700.0))


def gelu_slope(t):
    """Phi(-t) * exp(t**2 / 2) - t / sqrt(2 pi) for t >= 0: gelu'(-t) without its exponential."""
    return gauss_tail(t) - t / math.sqrt(2 * math.pi)


def tanh_shrink_ratio(x):
    """(x - tanh(x)) / x**3 for |x| <= 1/4."""
    return (x - math.tanh(x)) / x**3 if abs(x) > 1e-2 else 1 / 3 - 2 * x * x / 15


def exp_tail(x):
    """(e**x - 1 - x) / x**2 for |x| <= 0.346, half of ln(2)."""
    return (math.expm1(x) - x) / (x * x) if abs(x) > 1e-2 else 0.5 + x / 6 + x * x / 24


def whole_reciprocal(x):
    """n where `x` is the float64 nearest to 1/n (n up to a million), otherwise 1."""
    n = round(1 / x) if x > 5e-7 else 1
    return n if 1 <= n <= 1_000_000 and 1 / n == x else 1


def snap_reciprocal(x):
    """`x`, or exactly 1/n where `x` is the float64 nearest to 1/n (n up to a million)."""
    return x
