"""Rational and ball coefficients, and their rounding to pairs of doubles.

A pair ``(hi, lo)`` is the double nearest to the truth and the double nearest to what is left.
"""

import math
from fractions import Fraction

from flint import arb, ctx, fmpq

Real = float | Fraction
# In bits: a pair of doubles; one whose second half is a tiny input squared; exp(-x) beside 1 down
# to 2**-1130 for float32's and for float64's inputs; x - tanh(x) at the smallest inputs.
PRECISIONS = (160, 480, 1440, 2880, 16384)
_NEGLIGIBLE = arb((1, -1130))  # results below this count as zero: float64 ends at 2**-1074
_PAIR_BITS = 56  # relative accuracy of the second half of a pair


def exact(value: Real | arb) -> fmpq | arb:
    """Return a number without loss: a rational where it is finite."""
    if isinstance(value, arb):
        return value
    if isinstance(value, float) and not math.isfinite(value):
        return arb(value)
    return fmpq(*value.as_integer_ratio())


def is_nan(x: fmpq | arb) -> bool:
    """Tell whether a number is NaN."""
    return isinstance(x, arb) and x.is_nan()


def is_infinite(x: fmpq | arb) -> bool:
    """Tell whether a number is exactly inf or -inf."""
    return isinstance(x, arb) and x.is_exact() and not x.is_finite() and not x.is_nan()


def is_final(c: arb) -> bool:
    """Tell a genuine inf or NaN from a ball that has grown without bounds for want of bits."""
    return is_infinite(c) or (c.is_nan() and ctx.prec > PRECISIONS[0])


def all_pairs(
    coefficients: list[fmpq | arb], side_matters: bool = False
) -> list[tuple[float, float]] | None:
    """Round f, f', f'' from Taylor coefficients; None when one of them is uncertain."""
    pairs = []
    for k, c in enumerate(coefficients):
        pair = pair_of(c if k < 2 else c * math.factorial(k), side_matters)
        if pair is None:
            return None
        pairs.append(pair)
    return pairs


def pair_of(c: fmpq | arb, side_matters: bool = False) -> tuple[float, float] | None:
    """Round a number to hi + lo, or return None when the ball is too wide for that.

    Where ``hi`` is a tie of a narrower type, the side that the truth is on matters however close
    it is: then even a negligible rest is told by its sign, as the smallest float64.
    """
    if isinstance(c, fmpq):
        hi = _round(c)
        return hi, (_round(c - fmpq(*hi.as_integer_ratio())) if math.isfinite(hi) else 0.0)
    if c.rel_accuracy_bits() < _PAIR_BITS:
        return _without_accuracy(c)
    hi = float(c)
    if math.isinf(hi):
        return hi, 0.0
    rest = c - hi
    if rest.rel_accuracy_bits() >= _PAIR_BITS:
        if side_matters and hi and float(rest) == 0 and not rest.is_zero():
            return _by_side(hi, rest)
        return (hi, float(rest)) if hi or abs(c) > _NEGLIGIBLE else (hi, 0.0)
    if not abs(rest) < _NEGLIGIBLE:
        return None
    if side_matters and hi:
        return _by_side(hi, rest)
    return hi, -0.0 if rest < 0 else 0.0


def _by_side(hi: float, rest: arb) -> tuple[float, float] | None:
    if rest < 0 or rest > 0:
        return hi, math.copysign(5e-324, -1.0 if rest < 0 else 1.0)
    return (hi, 0.0) if ctx.prec == PRECISIONS[-1] else None


def _without_accuracy(c: arb) -> tuple[float, float] | None:
    if c.is_nan():
        return (math.nan, 0.0) if is_final(c) else None
    if is_infinite(c):
        return float(c), 0.0
    if not abs(c) < _NEGLIGIBLE:
        return None
    if c > 0 or c < 0 or ctx.prec == PRECISIONS[-1]:
        return (-0.0 if c < 0 else 0.0), 0.0
    return None


def _round(c: fmpq) -> float:
    try:
        return int(c.p) / int(c.q)  # Python divides whole numbers with correct rounding
    except OverflowError:
        return math.inf if c > 0 else -math.inf
