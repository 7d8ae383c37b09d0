"""The course of a function: where it and its derivatives change sign, break, or stay flat.

The line is cut at every place where the formula switches; between two cuts the function is
smooth, so a sign change of f' on a grid of true values is an extremum, and bisection with balls
finds its place.  The grid is dense around 0, where activations do what they do, and geometric
outwards to 2**40: a pair of roots closer together than the grid would be missed.
"""

import math
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from actfn.formula import Formula, kink_candidates

DENSE = 8.0  # the grid is equidistant up to here ...
STEP = 1 / 16
FAR = 2.0**40  # ... and ends here
_BESIDE = Fraction(1, 2**300)  # so near to a cut that one-sided limits are right to 80 digits
_VANISHING = 2.0**-250  # the limit 0 beside a cut, or 0 itself
_PLACE_BITS = 75  # of an extremum or root: 22 digits
MOST = 12  # more sign changes than this are an oscillation

# A node: x, then f, f', f'' there rounded to float64.
Node = tuple[Any, float, float, float]


@dataclass(frozen=True)
class Crossing:
    """A zero of f, f' or f'': its place and the signs on both sides of it."""

    place: Fraction
    before: int
    after: int


@dataclass(frozen=True)
class Flat:
    """A stretch on which f, f' or f'' is exactly 0."""

    low: Fraction | float
    high: Fraction | float


class Landscape:
    """Nodes between the cuts of one function with its parameters fixed."""

    def __init__(self, record, parameters: dict[str, float]):
        self.oracle = record.oracle(**parameters)
        values = record.exact_values(**parameters)
        self.low, self.high = (
            float(Formula.parse(end, values).evaluate(**values)) for end in record.domain
        )
        self.cuts = sorted(_cuts(record, values, self.oracle, self.low, self.high))
        self.segments = [self._segment(a, b) for a, b in self._pieces()]
        self.nodes = [node for segment in self.segments for node in segment]

    def _pieces(self):
        inner = [c for c in self.cuts if self.low < c < self.high]
        return list(zip([self.low, *inner], [*inner, self.high], strict=True))

    def _segment(self, low, high) -> list[Node]:
        x = np.array([g for g in _grid() if low < g < high])
        values = self.oracle.jets(x)[:, 0].T.tolist() if x.size else []
        nodes = [(Fraction(p), *v) for p, v in zip(x.tolist(), values, strict=True)]
        if math.isfinite(low):
            nodes.insert(0, self.node(Fraction(low) + _BESIDE))
        if math.isfinite(high):
            nodes.append(self.node(Fraction(high) - _BESIDE))
        return nodes

    def node(self, x: Fraction) -> Node:
        """Return f, f' and f'' at any point."""
        f, slope, bend = (float(self.ball(x, order)) for order in range(3))
        return x, f, slope, bend

    def ball(self, x: Fraction, order: int):
        """Return a ball around f, f', f'', ... at a point that is not a kink.

        Where the formula cancels to exactly 0 the oracle cannot decide; just beside it can.
        """
        try:
            return self.oracle.value(x, order, digits=24)
        except ArithmeticError:
            return self.oracle.value(x + _BESIDE, order, digits=24)

    def sides(self, cut: Fraction, order: int):
        """Return the one-sided limits of f, f', ... at a cut."""
        return [self.ball(cut + side * _BESIDE, order) for side in (-1, 1)]

    def is_continuous(self, cut: Fraction, order: int) -> bool:
        """Tell whether f, f', ... is the same on both sides of a cut (and at it, for f)."""
        values = self.sides(cut, order)
        if order == 0:
            values.append(self.ball(cut, 0))
        size = max(1.0, *(abs(float(v)) for v in values))
        return all(abs(float(v - values[0])) <= 2.0**-70 * size for v in values)

    # ---- sign changes -----------------------------------------------------------------------

    def zeros(self, order: int) -> tuple[list[Crossing], list[Flat]]:
        """Return where f, f' or f'' is 0 between the cuts, in ascending order."""
        crossings, flats = [], []
        for segment in self.segments:
            for run in _nearest(_runs(segment, order)):
                if run.is_flat and self._is_exactly_zero(min(run.zeros, key=_size), order):
                    flats.append(_flat(segment))
                elif run.is_flat:
                    pass  # underflow: the sign is that of the neighbour
                elif run.zeros:
                    crossings.append(Crossing(run.zeros[0][0], run.before, run.after))
                elif run.left and run.right:
                    place = self.bisect(order, run.left[0], run.right[0], run.before)
                    crossings.append(Crossing(place, run.before, run.after))
        return crossings, flats

    def _is_exactly_zero(self, node: Node, order: int) -> bool:
        try:
            return self.oracle.value(node[0], order, digits=1) == 0
        except ArithmeticError:  # too small for 10,000 bits, but not 0
            return False

    def bisect(self, order: int, low: Fraction, high: Fraction, before: int) -> Fraction:
        """Return the place between two nodes where f, f', f'' or f''' changes its sign."""
        while high - low > max(abs(low), abs(high)) / 2**_PLACE_BITS:
            middle = (low + high) / 2
            value = self.ball(middle, order)
            if value == 0:
                return middle
            if (value > 0) == (before > 0):
                low = middle
            else:
                high = middle
            if abs(low) < 2**-80 and abs(high) < 2**-80:
                return Fraction(0)
        return (low + high) / 2

    def bend_extrema(self) -> list[Fraction]:
        """Return the places where f'' has its extrema between the cuts."""
        places: list[Fraction] = []
        for segment in self.segments:
            turn, rising = segment[0], 0  # the last node before the present direction
            for left, right in pairwise(segment):
                direction = _sign(right[3] - left[3])
                if direction * rising < 0 and len(places) < MOST:
                    places.append(self.bisect(3, turn[0], right[0], rising))
                if direction:
                    turn, rising = left, direction
        return places

    def sides_of(self, cut: Fraction, order: int) -> tuple[int, int]:
        """Return the signs of f, f' or f'' nearest to a cut, 0 where a whole piece is flat."""
        position = [c for c in self.cuts if self.low < c < self.high].index(cut)
        left, right = self.segments[position], self.segments[position + 1]
        return _first_sign(reversed(left), order), _first_sign(right, order)


def _flat(segment: list[Node]) -> Flat:
    """Between cuts a function is smooth: where it is flat, it is flat on the whole piece."""
    low, high = segment[0][0], segment[-1][0]
    return Flat(
        -math.inf if low <= -FAR else _rounded(low),
        math.inf if high >= FAR else _rounded(high),
    )


# ---- the grid and the cuts ------------------------------------------------------------------


def _grid() -> list[float]:
    right = [2.0**-k for k in (30, 20, 10, 7)]
    right += [k * STEP for k in range(1, int(DENSE / STEP) + 1)]
    while right[-1] < 2.0**10:
        right.append(right[-1] * 1.08)
    while right[-1] < FAR:
        right.append(min(right[-1] * 4, FAR))
    return [*(-x for x in reversed(right)), 0.0, *right]


def _cuts(record, values, oracle, low, high) -> set[Fraction]:
    from actfn.derived import exact_value

    declared = {Fraction(exact_value(place, values)) for place in record.kinks}
    floats = {name: float(value) for name, value in values.items()}
    found = set(declared)
    for tree in kink_candidates(record.tree.tree):
        switch = Formula("", tree, record.tree.names)
        for place in _switches(lambda x, f=switch: f.evaluate(**{**floats, "x": x})):
            if low <= place <= high and not any(_near(place, d) for d in found):
                found.add(_rounded(Fraction(place)))
    return found


def _near(a, b) -> bool:
    return abs(a - b) <= 1e-9 * max(1, abs(b))


def _rounded(place: Fraction) -> Fraction:
    """Return the simplest number so near that a float64 cannot tell: 3, not 3 ± 2**-300."""
    simple = place.limit_denominator(10**6)
    return simple if abs(simple - place) <= abs(place) / 2**50 + Fraction(1, 2**200) else place


def _switches(function):
    """Yield where a switch's two sides meet."""
    last_x, last = math.nan, math.nan
    for x in _grid():
        value = function(x)
        if value == 0 and last != 0:
            yield x
        elif value * last < 0:
            a, b = last_x, x
            while (middle := (a + b) / 2) not in (a, b):
                a, b = (middle, b) if function(middle) * last > 0 else (a, middle)
            yield b
        last_x, last = x, value


# ---- runs of signs --------------------------------------------------------------------------


@dataclass
class _Run:
    """Neighbouring nodes between which a sign changes, and the zeros between them."""

    left: Node | None
    zeros: list[Node]
    right: Node | None
    before: int
    after: int

    @property
    def is_flat(self) -> bool:
        return len(self.zeros) > 1 or (bool(self.zeros) and None in (self.left, self.right))


def _nearest(runs) -> list[_Run]:
    """Keep the runs nearest to 0: an oscillation has as many as the grid has nodes."""
    runs = list(runs)
    if len(runs) > MOST:
        runs = sorted(runs, key=lambda run: _size((run.zeros or [run.left])[0]))[: MOST + 1]
    return sorted(runs, key=lambda run: (run.zeros or [run.left])[0][0])


def _runs(segment: list[Node], order: int):
    left, zeros = None, []
    for node in [*segment, None]:
        value = 0.0 if node is None else node[1 + order]
        if math.isnan(value):
            continue
        if node is not None and abs(value) < _VANISHING:  # 0, or the limit 0 beside a cut
            zeros.append(node)
            continue
        before = _sign(left[1 + order]) if left else 0
        after = _sign(value) if node else 0
        if zeros or (left and node and before != after):
            yield _Run(left, zeros, node, before, after)
        left, zeros = node, []


def _size(node: Node) -> Fraction:
    return abs(node[0])


def _first_sign(nodes, order: int) -> int:
    values = (node[1 + order] for node in nodes)
    return next((_sign(v) for v in values if abs(v) >= _VANISHING), 0)


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
