"""Points to compare two formulas at: random ones that decide, and nice ones to show.

All values are rational, so that they are the same at every precision; the random ones depend on
the task alone, and an answer is always compared at the same points.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, product

from actfn.interview.formulas.task import ROWS, FormulaTask, Variable

Value = Fraction | tuple[Fraction, ...]
LENGTHS = (2, 3, 4)
_PRIME = 997  # a denominator that no formula has
_WIDTHS = (
    3,
    3,
    3,
    8,
    3,
    3,
    25,
    3,
    3,
    300,
    3,
    1500,
)  # of the interval that a real variable is drawn from
_NICE = {
    "real": "1 -1 2 -2 0 1/2 -1/2 3 -3 5 -5 10 -10",
    "positive": "1 2 1/2 3 4 10 1/10",
    "unit": "1/2 1/4 3/4 1/10 9/10",
    "signed unit": "1/2 -1/2 0 3/4 -3/4",
    "count": "1 2 3 4 10 100",
}
_NICE_ROWS = {
    2: ((0, 0), (1, 0), (0, 1), (1, 2), (2, -1)),
    3: ((0, 0, 0), (1, 0, 0), (1, 2, 3), (0, 1, -1)),
}
_NICE_DISTRIBUTIONS = {
    2: ("1/2 1/2", "3/4 1/4", "1/4 3/4"),
    3: ("1/2 1/4 1/4", "1/4 1/4 1/2"),
}
_MAX_NICE = 250


@dataclass(frozen=True)
class Point:
    """A value for every variable, and the number of entries of the vectors."""

    values: dict[str, Value]
    length: int


def random_points(task: FormulaTask, count: int) -> list[Point]:
    """Return points for a task: the same ones every time."""
    dice = random.Random(task.name)
    points = []
    for k in range(count):
        length = LENGTHS[k % len(LENGTHS)]
        values = {v.name: _drawn(v.kind, dice, length, k) for v in task.variables}
        points.append(Point(values, length))
    return points


def _drawn(kind: str, dice: random.Random, length: int, turn: int) -> Value:
    match kind:
        case "real":
            return _between(dice, _WIDTHS[turn % len(_WIDTHS)], signed=True)
        case "positive":
            return _between(dice, 3, signed=False)
        case "unit":
            return _between(dice, 1, signed=False)
        case "signed unit":
            return _between(dice, 1, signed=True)
        case "count":
            return Fraction(dice.randint(2, 60))
        case "length":
            return Fraction(length)
        case "row":
            return tuple(_between(dice, 3, signed=True) for _ in range(length))
        case "distribution":
            weights = [Fraction(dice.randint(1, _PRIME)) for _ in range(length)]
            return tuple(weight / sum(weights) for weight in weights)
        case "onehot":
            return _one_hot(length, dice.randrange(length))
    raise ValueError(f"unknown kind {kind!r}")


def _between(dice: random.Random, width: int, signed: bool) -> Fraction:
    low = -width * _PRIME if signed else 1
    return Fraction(dice.randint(low, width * _PRIME - 1) or 1, _PRIME)


def _one_hot(length: int, place: int) -> tuple[Fraction, ...]:
    return tuple(Fraction(int(k == place)) for k in range(length))


# ---- nice points ----------------------------------------------------------------------------


def nice_points(task: FormulaTask) -> Iterator[Point]:
    """Yield points that a person can check by hand, the simplest first."""
    for length in (2, 3):
        kinds = [_nice(v, length) for v in task.variables]
        ranked = sorted(product(*map(enumerate, kinds)), key=lambda c: sum(k for k, _ in c))
        for choice in islice(ranked, _MAX_NICE):
            names = (v.name for v in task.variables)
            yield Point(dict(zip(names, (value for _, value in choice), strict=True)), length)
        if not any(v.kind in ROWS for v in task.variables):
            return


def _nice(variable: Variable, length: int) -> list[Value]:
    match variable.kind:
        case "row":
            return [tuple(map(Fraction, row)) for row in _NICE_ROWS[length]]
        case "distribution":
            return [tuple(map(Fraction, row.split())) for row in _NICE_DISTRIBUTIONS[length]]
        case "onehot":
            return [_one_hot(length, place) for place in range(length)]
        case "length":
            return [Fraction(length)]
    return [Fraction(text) for text in _NICE[variable.kind].split()]
