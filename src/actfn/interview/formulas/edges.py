"""Where a formula changes its case, so that both sides of every edge are compared.

A case for x > 50 is only noticed by a point beyond 50, and one for 50 < x < 50.1 only by a point
between the two.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import islice, pairwise

from flint import ctx

from actfn.balls import Undecided
from actfn.interview.formulas.forms import Calculator, Form
from actfn.interview.formulas.points import Point, Value
from actfn.interview.formulas.shapes import SCALAR
from actfn.interview.formulas.task import ROWS, FormulaTask
from actfn.interview.formulas.tree import (
    ZERO,
    Call,
    Comparison,
    Operation,
    Tree,
    is_index,
    is_truth,
    number,
)
from actfn.interview.formulas.values import Budget

_BITS = 64
_MAX_PAIRS = 12  # comparisons of one answer that are looked at
_NEAREST, _FARTHEST = -7, 14  # the scan for edges goes from 2**-7 to 2**14
_GRID = sorted(
    sign * Fraction(step, 4) * Fraction(2) ** k
    for sign in (-1, 1)
    for k in range(_NEAREST, _FARTHEST + 1)
    for step in (4, 6)
)
_HALVINGS = 30
_FAR = tuple(Fraction(n, 7) for n in (-100, 130, -700, 600, -9_500, 9_000))
_FAR_ENTRY = 200  # exponentials of logits are taken, and more says no more
_NEAR = Fraction(1, 7)


def edges(form: Form, calculator: Calculator, points: Sequence[Point]) -> set[Fraction]:
    """Return the values of the real variables at which a formula changes its case."""
    pairs = list(islice(_compared(form), _MAX_PAIRS))
    found = {value for pair in pairs for side in pair if (value := number(side)) is not None}
    variables = calculator.task.variables
    if not any(v.kind in ROWS for v in variables):
        budget = Budget()
        for left, right in pairs:
            inner = Form(Operation("-", left, right), SCALAR, form.definitions, form.shapes)
            for name in (v.name for v in variables if v.kind == "real"):
                found |= set(_crossings(inner, name, calculator, points, budget))
    return {edge for edge in found if abs(edge) < 10**6}


def _compared(form: Form) -> Iterator[tuple[Tree, Tree]]:
    for node in form.parts:
        match node:
            case Comparison(_, left, right) if is_truth(left) or is_index(left) or is_index(right):
                pass  # truths and places of entries have no difference
            case Comparison(_, left, right):
                yield left, right
            case Call("max" | "min", (left, right)):
                yield left, right
            case Call("clip", (value, low, high)):
                yield from ((value, low), (value, high))
            case Call("abs" | "sign" | "step" | "relu", (value,)):
                yield value, ZERO


def _crossings(
    inner: Form, name: str, calculator: Calculator, points: Sequence[Point], budget: Budget
) -> Iterator[Fraction]:
    """Yield the zeros of a difference as a function of one variable, at two sets of the others."""
    for base in points[:2]:

        def side(x: Fraction, base: Point = base) -> int:
            point = Point({**base.values, name: x}, base.length)
            with ctx.workprec(_BITS):
                try:
                    value = calculator.number(inner, point, budget)
                except Undecided:
                    return 0
            return 1 if value > 0 else -1 if value < 0 else 0

        sides = [side(x) for x in _GRID]
        for k, (before, after) in enumerate(pairwise(sides)):
            if before * after < 0:
                yield _zero(side, _GRID[k], _GRID[k + 1], before)


def _zero(side: Callable[[Fraction], int], low: Fraction, high: Fraction, below: int) -> Fraction:
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if side(middle) == below:
            low = middle
        else:
            high = middle
    return high.limit_denominator(10**6)


# ---- points ---------------------------------------------------------------------------------


def beside(task: FormulaTask, points: Sequence[Point], found: Iterable[Fraction]) -> list[Point]:
    """Return points on both sides of the edges, between them, and far beyond.

    The other variables are edges too: a case may begin at x > α.
    """
    places = _places(sorted(found))
    moved = []
    for k, variable in enumerate(task.variables):
        base = points[k % len(points)]
        if variable.kind == "real":
            others = [v for n, v in base.values.items() if n != variable.name]
            near = [v + d for v in others if isinstance(v, Fraction) for d in (-_NEAR, _NEAR)]
            moved += [_with(base, variable.name, x) for x in [*places, *near]]
        elif variable.kind == "row":
            row = base.values[variable.name]
            assert isinstance(row, tuple)
            moved += [_with(base, variable.name, (x, *row[1:])) for x in places]
    return moved


def far(task: FormulaTask, points: Sequence[Point]) -> list[Point]:
    """Return points far from the origin: not every change of a formula shows in its form."""
    found = []
    for variable in task.variables:
        for k, x in enumerate(_FAR):
            base = points[k % len(points)]
            value = base.values[variable.name]
            if variable.kind == "real":
                found.append(_with(base, variable.name, x))
            elif variable.kind == "row" and isinstance(value, tuple) and abs(x) < _FAR_ENTRY:
                found.append(_with(base, variable.name, (x, *value[1:])))
    return found


def _places(found: Sequence[Fraction]) -> list[Fraction]:
    near = [edge + shift for edge in found for shift in (-_NEAR, _NEAR)]
    between = [(51 * a + 46 * b) / 97 for a, b in pairwise(found)]  # nearly: 0 may be an edge too
    beyond = [3 * edge + sign * _NEAR for edge in found for sign in (-1, 1)]
    return [*near, *between, *beyond]


def _with(base: Point, name: str, value: Value) -> Point:
    return Point({**base.values, name: value}, base.length)
