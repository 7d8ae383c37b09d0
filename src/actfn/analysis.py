"""How the facts are worked out: signs, cuts and ends of a `Landscape` become statements.

Everything rests on true values (`actfn.oracle`), so a sign is never rounding noise.
"""

import math
from fractions import Fraction

from flint import arb, ctx, fmpq

from actfn.facts import Extremum, Facts, Interval
from actfn.formula import Formula
from actfn.gains import moments
from actfn.landscape import FAR, MOST, Landscape

DIGITS = 20
SATURATED = 2.0**-10  # a unit whose |f'| is below this passes less than a thousandth on
_ZERO = 2.0**-250  # what remains of a 0 beside a cut
_ZERO_AT_EXTREMUM = 2.0**-130  # and at a place that is right to 22 digits


def analyse(record, parameters: dict[str, float]) -> Facts:
    """Return the facts about a function of one input."""
    with ctx.workprec(200):  # for the arithmetic here; the oracle chooses its own
        return _Analysis(record, parameters).gather()


class _Analysis:
    def __init__(self, record, parameters: dict[str, float]):
        self.record, self.parameters = record, parameters
        self.land = Landscape(record, parameters)
        self.inner = [c for c in self.land.cuts if self.land.low < c < self.land.high]
        self.jumps = [c for c in self.inner if not self.land.is_continuous(c, 0)]
        self.kinks = [c for c in self.inner if not self.land.is_continuous(c, 1)]
        self.zeros = [self.land.zeros(order) for order in range(3)]
        self.ends = self._limits()

    def gather(self) -> Facts:
        mean, forward, backward = moments(self.land)
        many = max(len(crossings) for crossings, _ in self.zeros)
        return Facts(
            parameters=self.parameters,
            domain=self._domain(),
            range=self._range(),
            limits=(_written_limit(self.ends[0][0]), _written_limit(self.ends[1][0])),
            monotone=self._monotone(),
            symmetry=self._symmetry(),
            mean=mean,
            zero_centred=mean is not None and abs(mean) < 1e-13,
            saturates=(self._saturation(-1), self._saturation(1)),
            roots=self._roots(0),
            derivative_roots=self._roots(1),
            extrema=self._extrema(0),
            derivative_extrema=self._extrema(1),
            oscillates=many > MOST,
            lipschitz=self._steepest(1, self.jumps),
            derivative_lipschitz=self._steepest(2, [*self.jumps, *self.kinks]),
            forward_gain=forward,
            backward_gain=backward,
            smoothness=self._smoothness(),
            saved=self.record.saved,
        )

    # ---- ends and range ---------------------------------------------------------------------

    def _limits(self) -> list[list[float]]:
        """f, f', f'' at both ends: limits at infinity, values at a finite end of the domain."""
        land, ends = self.land, []
        for end, segment in ((land.low, land.segments[0]), (land.high, land.segments[-1])):
            if math.isinf(end):
                jets = [land.oracle.value(end, k) for k in range(3)]
                ends.append([float(v) for v in jets])
            else:
                ends.append(list(segment[0 if end == land.low else -1][1:]))
        for side, text in enumerate(self.record.limits):
            declared = Formula.parse(text, self.parameters)
            ends[side][0] = declared.evaluate(**self.parameters)  # it tells -0 from 0
        return ends

    def _domain(self) -> Interval:
        low, high = self.land.low, self.land.high
        return Interval(_text(low), _text(high), math.isfinite(low), math.isfinite(high))

    def _range(self) -> Interval:
        attained = [self.land.ball(c, 0) for c in self.inner]
        attained += [self.land.ball(z.place, 0) for z in self.zeros[1][0][: 4 * MOST]]
        attained += [self.land.ball(_inside(flat), 0) for flat in self.zeros[1][1]]
        approached = [v for c in self.jumps for v in self.land.sides(c, 0)]
        for end, (value, *_) in zip((self.land.low, self.land.high), self.ends, strict=True):
            (approached if math.isinf(end) else attained).append(value)
        if math.isnan(self.ends[0][0]) or math.isnan(self.ends[1][0]):
            approached += [node[1] for node in self.land.nodes]
        low, low_attained = _extreme(min, attained, approached)
        high, high_attained = _extreme(max, attained, approached)
        return Interval(low, high, low_attained, high_attained)

    # ---- shape ------------------------------------------------------------------------------

    def _monotone(self) -> str:
        signs = {(v > 0) - (v < 0) for node in self.land.nodes if not math.isnan(v := node[2])}
        for cut in self.jumps:
            left, right = self.land.sides(cut, 0)
            middle = self.land.ball(cut, 0)
            signs |= {_order(left, middle), _order(middle, right)}
        if {-1, 1} <= signs:
            return "no"
        if not signs - {0}:
            return "constant"
        strict = not self.zeros[1][1]
        if 1 in signs:
            return "increasing" if strict else "non-decreasing"
        return "decreasing" if strict else "non-increasing"

    def _symmetry(self) -> str:
        if -self.land.low != self.land.high:
            return "none"
        values = {node[0]: node[1] for node in self.land.nodes if abs(node[0]) < FAR}
        values |= {cut: float(self.land.ball(cut, 0)) for cut in self.inner}
        pairs = [(v, values.get(-x)) for x, v in values.items()]
        if all(mirror == -v for v, mirror in pairs):
            return "odd"
        return "even" if all(mirror == v for v, mirror in pairs) else "none"

    def _saturation(self, side: int) -> float | None:
        end = self.land.high if side > 0 else self.land.low
        if math.isfinite(end) or not abs(self.ends[side > 0][1]) < SATURATED:
            return None
        outer = None
        for node in self.land.nodes[::-side]:
            if not abs(node[2]) < SATURATED:
                return None if outer is None else self._edge(node[0], outer[0])
            outer = node
        return -side * math.inf

    def _edge(self, steep: Fraction, flat: Fraction) -> float:
        """The place between two nodes from which |f'| is small, to float64."""
        cut = next((c for c in self.inner if min(steep, flat) < c < max(steep, flat)), None)
        if cut is not None and abs(flat - steep) < Fraction(1, 2**200):
            return float(cut)
        while abs(flat - steep) > abs(flat) / 2**53 and abs(flat - steep) > Fraction(1, 2**200):
            middle = (steep + flat) / 2
            if abs(float(self.land.ball(middle, 1))) < SATURATED:
                flat = middle
            else:
                steep = middle
        return float((steep + flat) / 2)

    def _smoothness(self) -> float:
        if self.jumps:
            return -1
        orders = (
            next((k for k in range(1, 7) if not self.land.is_continuous(cut, k)), math.inf)
            for cut in self.inner
        )
        return min(orders, default=math.inf) - 1

    # ---- places -----------------------------------------------------------------------------

    def _roots(self, order: int) -> tuple[str, ...]:
        crossings, flats = self.zeros[order]
        found = {crossing.place for crossing in crossings}
        if order < 2:  # a zero without a change of sign is an extremum
            touching = (crossing.place for crossing in self.zeros[order + 1][0])
            found |= {p for p in touching if self._value(p, order) == 0}
        broken = self.jumps if order == 0 else self.kinks
        for cut in self.inner:
            values = [self.land.ball(cut, 0)] if order == 0 else self.land.sides(cut, order)
            if (order == 0 or cut not in broken) and all(abs(float(v)) < _ZERO for v in values):
                found.add(cut)
        stretches = [(f.low, f.high) for f in flats]
        single = [(p, p) for p in found if not any(a <= p <= b for a, b in stretches)]
        merged = _merged(sorted([*stretches, *single]))
        nearest = sorted(merged, key=lambda ends: min(map(abs, ends)))[:MOST]
        return tuple(_text(a) if a == b else _stretch(a, b) for a, b in sorted(nearest))

    def _extrema(self, order: int) -> tuple[Extremum, ...]:
        """Extrema of f or f': where the next derivative changes its sign."""
        crossings, _ = self.zeros[order + 1]
        places = [(c.place, c.before, c.after) for c in crossings]
        broken = self.jumps if order == 0 else [*self.jumps, *self.kinks]
        for cut in self.inner:
            if cut not in broken:
                places.append((cut, *self.land.sides_of(cut, order + 1)))
        turning = [p for p in places if p[1] * p[2] < 0]
        nearest = sorted(turning, key=lambda p: abs(p[0]))[:MOST]
        return tuple(
            Extremum(
                "minimum" if before < 0 else "maximum",
                _text(place),
                _text(self._value(place, order)),
            )
            for place, before, after in sorted(nearest)
        )

    def _value(self, place: Fraction, order: int):
        if place in self.inner and order:
            return self.land.sides(place, order)[1]
        value = self.land.ball(place, order)
        return value if abs(float(value)) > _ZERO_AT_EXTREMUM else 0

    def _steepest(self, order: int, broken: list[Fraction]) -> str:
        """sup |f'| or sup |f''|: over its extrema, the sides of the cuts, and the ends."""
        ends = [end[order] for end in self.ends]
        if broken or any(math.isinf(end) for end in ends):
            return "inf"
        places = [c.place for c in self.zeros[2][0]] if order == 1 else self.land.bend_extrema()
        values = [self.land.ball(place, order) for place in places[: 4 * MOST]]
        values += [v for cut in self.inner for v in self.land.sides(cut, order)]
        values += [end for end in ends if not math.isnan(end)]
        sizes = [abs(v) for v in values]
        if any(math.isnan(end) for end in ends):  # no limit: does it grow on and on?
            far = max(abs(node[1 + order]) for node in self.land.nodes)
            if not far <= 2 * max(map(float, sizes), default=0.0):
                return "inf"
        if any(float(size) > 2.0**100 for size in sizes):
            return "inf"  # a slope like that of sqrt at 0
        return _text(max(sizes, key=float, default=0))


# ---- numbers as texts -----------------------------------------------------------------------


def _text(value) -> str:
    """Write a number with up to 20 digits; what is 0 but for the distance to a cut is 0."""
    if isinstance(value, Fraction):
        value = arb(fmpq(value.numerator, value.denominator))
    value = arb(value)
    if not value.is_finite():
        return repr(float(value))
    if abs(float(value)) < _ZERO:
        return "0"
    digits, _, exponent = value.str(DIGITS, radius=False).partition("e")
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return digits + (f"e{exponent}" if exponent else "")


def _written_limit(value: float) -> str:
    return "-0" if value == 0 and math.copysign(1.0, value) < 0 else _text(value)


def _stretch(low, high) -> str:
    left = "(-inf" if math.isinf(low) else f"[{_text(low)}"
    right = "inf)" if math.isinf(high) else f"{_text(high)}]"
    return f"{left}, {right}"


def _merged(stretches: list) -> list:
    """Join stretches that touch, as the two halves of [-1/2, 1/2] around a cut at 0."""
    merged: list[tuple] = []
    for low, high in stretches:
        if merged and low <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(high, merged[-1][1])
        else:
            merged.append((low, high))
    return merged


def _inside(flat) -> Fraction:
    low = Fraction(max(flat.low, -FAR))
    high = Fraction(min(flat.high, FAR))
    return (low + high) / 2


def _order(a, b) -> int:
    difference = float(b - a)
    return (difference > 2.0**-200) - (difference < -(2.0**-200))


def _extreme(choose, attained, approached) -> tuple[str, bool]:
    best = choose([*attained, *approached], key=float)
    text = _text(best)
    return text, "inf" not in text and any(_text(value) == text for value in attained)
