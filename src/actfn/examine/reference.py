"""A reference for sweeping all 2^32 float32 inputs, derived from the formula alone.

The line of float32 is cut into segments, each with a Taylor polynomial whose coefficients and
whose remainder come from ball arithmetic. Nothing is shared with the kernels that are judged: no
algebra, no constant, no table.
"""

import math
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import flint
import numpy as np

from actfn.examine.segments import DEGREE, INDEX_SHIFT, Reference

# A truth with 38 right bits moves a float32 distance by 2^-14 ULP: 0.5001 is told from 0.5.
RELATIVE_ERROR = 2.0**-38
# Results under 2^-126 are spaced 2^-149 apart; this is as small a part of that step.
ABSOLUTE_ERROR = 2.0**-165
# Every float32 result is at most 2^128: beyond this only the sign matters.
OVERFLOW = 2.0**130
# The enclosure of exp over a whole binade up here is [0, inf): see `Reference.proven`.
SATURATED = 2.0**7
MOST_SEGMENTS = 20_000

_BINADE = 1 << 23
_SIGN = 1 << 31
_INFINITY = 0xFF << 23


def build_reference(oracle, order: int = 0, kinks=(), domain=(-math.inf, math.inf)) -> Reference:
    """Cut the float32 line into segments with polynomials.

    Parameters
    ----------
    oracle : Oracle
        Knows true values and Taylor coefficients, at numbers and over balls.
    order : int
        0 for the function, 1 and 2 for its derivatives.
    kinks : iterable of number
        Where the formula changes branch: segments end there, and a kink that is a float32 is a
        segment of its own, with the value that the oracle declares.
    domain : pair of numbers
        Outside it the truth is NaN.

    Returns
    -------
    Reference

    Raises
    ------
    ArithmeticError
        When too many segments would be needed, as for sin(x) at 2^60.
    """
    builder = _Builder(oracle, order, kinks, domain)
    for first, stop in pairwise(builder.cuts()):
        builder.cover(first, stop - 1)
    return builder.reference()


@dataclass(frozen=True)
class _Segment:
    """One segment; `scale` 0 where the value is constant."""

    first: int
    coefficients: list[float]
    centre: float = 0.0
    scale: float = 0.0
    proven: bool = True


class _Builder:
    """Collects segments from the first pattern to the last."""

    def __init__(self, oracle, order, kinks, domain):
        self.oracle = oracle
        self.order = order
        self.domain = domain
        ends = [end for end in domain if math.isfinite(end)]
        # Zero is a point of its own: on the two sides of it the patterns are not neighbours.
        self.marks = {Fraction(0), *(Fraction(mark) for mark in (*kinks, *ends))}
        self.segments: list[_Segment] = []

    def cuts(self) -> list[int]:
        """First patterns of the stretches that are smooth and lie in one binade; then 2^32."""
        cuts = set(range(0, 2**32 + 1, _BINADE))
        cuts |= {_INFINITY + 1, _SIGN + _INFINITY + 1, _SIGN, _SIGN + 1}
        for mark in self.marks:
            below, exact = _pattern_at_most(mark)
            cuts |= {below, below + 1} if exact else {below + 1}
        return sorted(cuts)

    def cover(self, first: int, last: int) -> None:
        """Halve the stretch until each part has a polynomial that is good enough."""
        pending = [(first, last)]
        while pending:
            first, last = pending.pop()
            segment = self.segment(first, last)
            if segment is not None:
                self.segments.append(segment)
                continue
            middle = (first + last) // 2
            pending += [(middle + 1, last), (first, middle)]
            if len(self.segments) > MOST_SEGMENTS:
                message = f"the reference needs too many segments near x = {_value(middle)!r}"
                raise ArithmeticError(message)

    def segment(self, first: int, last: int) -> _Segment | None:
        """A segment for these patterns, or None if they are too many for one."""
        low = _value(first)
        if math.isnan(low) or not self.domain[0] <= low <= self.domain[1]:
            return _Segment(first, [math.nan])
        if first == last:
            return _Segment(first, [float(self.oracle.value(low, order=self.order))])
        found = self.prove(first, last)
        if found is not None or abs(low) < SATURATED:
            return found
        # Where shorter stretches can be proven they are to be preferred.
        shorter = self.prove(first, first + (last - first) // 8)
        return self.compare(first, last) if shorter is None else None

    def prove(self, first: int, last: int) -> _Segment | None:
        """A Taylor polynomial whose remainder is bounded over all the reals between the ends."""
        centre, radius, exponent, reach = _span(first, last)
        try:
            ball = self.taylor(flint.arb(centre, radius), DEGREE + 2, exponent)
        except (ArithmeticError, ValueError):  # the branch or the sign is undecided
            return None
        constant = _constant(float(ball[0].lower()), float(ball[0].upper()))
        if constant is not None:
            return _Segment(first, [constant])
        remainder = float(ball[DEGREE + 1].abs_upper()) * reach ** (DEGREE + 1)
        if not remainder < float(ball[0].abs_upper()) * RELATIVE_ERROR + ABSOLUTE_ERROR:
            return None
        coefficients = _shortest(self.expand(centre, DEGREE + 1, exponent), remainder, reach)
        if coefficients is None:
            return None
        return _Segment(first, coefficients, centre, math.ldexp(1.0, -exponent))

    def compare(self, first: int, last: int) -> _Segment | None:
        """A polynomial that agrees with the oracle at nine points, without a proof."""
        centre, radius, exponent, reach = _span(first, last)
        points = [centre + radius * k / 4 for k in range(-4, 5)]
        balls = [self.expand(point, 1, 0)[0] for point in points]
        truths = [float(ball) for ball in balls]
        constant = _constant(float(np.min(truths)), float(np.max(truths)))
        if constant is not None:
            return _Segment(first, [constant], proven=False)
        scale = math.ldexp(1.0, -exponent)
        # Saturated functions are straight lines, often level, and of the coefficients that do
        # not matter little is known there.
        for length in (1, 2, DEGREE + 1):
            coefficients = _shortest(self.expand(centre, length, exponent), 0.0, reach)
            if coefficients is not None and all(
                _agrees(_horner(coefficients, (point - centre) * scale), ball)
                for point, ball in zip(points, balls, strict=True)
            ):
                return _Segment(first, coefficients, centre, scale, proven=False)
        return None

    def expand(self, x: float, length: int, exponent: int) -> list[flint.arb]:
        """Coefficients at a number, as many digits as can be had."""
        try:
            return self.taylor(x, length, exponent)
        except ArithmeticError:
            # Far out some coefficients are too small for the oracle to know their digits. It
            # takes a ball as it is; those coefficients are then uncertain, which is counted.
            return self.taylor(flint.arb(x, abs(x) * 2.0**-150), length, exponent)

    def taylor(self, x, length: int, exponent: int) -> list[flint.arb]:
        """Coefficients of the wanted derivative at x, in the variable (X - x) / 2^exponent."""
        jet = self.oracle.jet(x, digits=25, length=length + self.order)
        power, unit = flint.arb(1), flint.arb(2) ** exponent
        coefficients = []
        for k in range(length):
            coefficients.append(jet[k + self.order] * math.perm(k + self.order, self.order) * power)
            power *= unit
        return coefficients

    def reference(self) -> Reference:
        """The segments as arrays."""
        first = np.array([s.first for s in self.segments], dtype=np.uint32)
        starts = np.append(np.arange(0, 2**32, 1 << INDEX_SHIFT), 2**32 - 1)
        coefficients = np.zeros((first.size, DEGREE + 1))
        for row, segment in zip(coefficients, self.segments, strict=True):
            row[: len(segment.coefficients)] = segment.coefficients
        return Reference(
            first=first,
            index=(np.searchsorted(first, starts, side="right") - 1).astype(np.int32),
            centre=np.array([s.centre for s in self.segments]),
            scale=np.array([s.scale for s in self.segments]),
            coefficients=coefficients,
            degree=np.array([len(s.coefficients) - 1 for s in self.segments], dtype=np.int8),
            proven=np.array([s.proven for s in self.segments]),
        )


def _value(pattern: int) -> float:
    """The float32 with this bit pattern."""
    return float(np.uint32(pattern).view(np.float32))


def _pattern_at_most(mark: Fraction) -> tuple[int, bool]:
    """The pattern of the float32 next to `mark` towards zero, and whether it is `mark` itself."""
    # Beyond the range of float32 nothing is cut.
    nearest = np.float32(min(max(float(mark), -3.5e38), 3.5e38))
    pattern = int(nearest.view(np.uint32))
    if Fraction(float(nearest)) == mark:
        return pattern, True
    return (pattern - 1 if abs(Fraction(float(nearest))) > abs(mark) else pattern), False


def _span(first: int, last: int) -> tuple[float, float, int, float]:
    """Centre and radius of a stretch; then the radius again, as 2^exponent times a reach <= 1."""
    low, high = _value(first), _value(last)
    radius = abs(high - low) / 2
    reach, exponent = math.frexp(radius)
    return (low + high) / 2, radius, exponent, reach


def _agrees(value: float, ball: flint.arb) -> bool:
    allowed = RELATIVE_ERROR * abs(float(ball)) + ABSOLUTE_ERROR
    return float((value - ball).abs_upper()) <= allowed


def _constant(smallest: float, largest: float) -> float | None:
    """What to store where every value overflows float32 or is next to nothing; else None.

    NaN for either bound, an enclosure that says nothing, gives None.
    """
    if smallest > OVERFLOW or largest < -OVERFLOW:
        return math.copysign(OVERFLOW, largest)
    return 0.0 if smallest > -ABSOLUTE_ERROR and largest < ABSOLUTE_ERROR else None


def _shortest(balls: list[flint.arb], remainder: float, reach: float) -> list[float] | None:
    """The coefficients without a negligible tail; None if they do not give the wanted accuracy.

    The sum of all |c_k| reach^k bounds the rounding errors of Horner's rule: 2^-52 of it for each
    of the at most DEGREE steps. With the value at least an eighth of the constant coefficient,
    that is below 2^-43 of the value.
    """
    coefficients = [float(c) for c in balls]
    remainder += sum(float(c.rad()) for c in balls)
    sizes = [abs(c) * reach**k for k, c in enumerate(coefficients)]
    if not all(map(math.isfinite, sizes)):
        return None
    smallest = sizes[0] - sum(sizes[1:]) - remainder
    relative = smallest >= sizes[0] / 8
    allowed = max(smallest * RELATIVE_ERROR if relative else 0.0, ABSOLUTE_ERROR)
    rounding = 0.0 if relative else sum(sizes) * DEGREE * 2.0**-52
    length = len(sizes)
    dropped = remainder + rounding
    while length > 2 and dropped + sizes[length - 1] <= allowed:
        length -= 1
        dropped += sizes[length]
    return coefficients[:length] if dropped <= allowed else None


def _horner(coefficients: list[float], t: float) -> float:
    value = 0.0
    for c in reversed(coefficients):
        value = value * t + c
    return value
