"""Decides whether two formulas are equal, on balls with at least 40 digits.

Two balls that do not overlap are a proof that the formulas differ.  Where they overlap the
precision is raised until they agree to 40 digits, relative to their size.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from flint import arb, ctx

from actfn.balls import Undecided
from actfn.interview.formulas.edges import beside, edges, far
from actfn.interview.formulas.forms import Calculator, Entries, Form, forms
from actfn.interview.formulas.points import Point, nice_points, random_points
from actfn.interview.formulas.reader import Answer, read_answer
from actfn.interview.formulas.shapes import readings
from actfn.interview.formulas.task import FormulaTask
from actfn.interview.formulas.tree import Comparison, Index, Tree
from actfn.interview.formulas.values import Budget

DIGITS = 40
POINTS = 15  # five of each length of a vector
PRECISIONS = (192, 512, 2048)  # bits; the last is enough for 1 - tanh at x = 700
_MAX_READINGS = 32
_NEAR = 60
_KEPT = 5000  # values of forms at points
_RELATIVE = arb((1, -133))  # 40 digits
_NOTHING = arb((1, -600))  # what is below it at the last precision is 0 that was left by cancelling


@dataclass(frozen=True)
class Difference:
    """The first entry at a point where two formulas differ; ``got`` is None where undefined."""

    point: Point
    place: tuple[int, ...]
    got: arb | None
    expected: arb
    tied: bool
    truth: Entries


class Judge:
    """Compares answers with the model answer of one task."""

    def __init__(self, task: FormulaTask):
        self.task = task
        self._forms: dict[str, Form] = {}
        self._points = random_points(task, POINTS)
        self._far = far(task, self._points)
        self._entries: dict[tuple[int, int, int], tuple[Form, Point, Entries]] = {}
        shapes = dict(task.shapes)
        self.definitions: dict[str, Tree] = {}
        for d in task.definitions:
            tree = read_answer(d.text, task.words).tree
            self.definitions[d.name] = next(readings(tree, shapes))[0]
        only = self.condition(task.only_where)
        self.calculator = Calculator(task, self.definitions, only)
        self.truth = self.form(task.expected)
        self._edges = edges(self.truth, self.calculator, self._points)
        self._places: dict[int, tuple[Form, list[Point]]] = {}

    def condition(self, text: str) -> Tree | None:
        if not text:
            return None
        symbol = "!=" if "!=" in text else "=="
        i, j = (self.index(letter) for letter in self.task.indices)
        return Comparison(symbol, i, j)

    def index(self, letter: str) -> Tree:
        return Index(letter)

    def form(self, text: str) -> Form:
        """Read a text of the task itself."""
        if text not in self._forms:
            answer = read_answer(text, self.task.words)
            self._forms[text] = forms(answer.tree, answer, self.task)[0]
        return self._forms[text]

    # ---- comparing --------------------------------------------------------------------------

    def points(self, form: Form) -> list[Point]:
        key = id(form)
        if key not in self._places:
            if len(self._places) >= _KEPT:
                self._places.clear()
            found = edges(form, self.calculator, self._points) | self._edges
            self._places[key] = (
                form,
                [*self._points, *self._far, *beside(self.task, self._points, found)],
            )
        return self._places[key][1]

    def entries(self, form: Form, point: Point, budget: Budget) -> Entries:
        """Compute a form at a point; what was computed before is kept, for a while."""
        key = id(form), id(point), ctx.prec
        if key not in self._entries:
            if len(self._entries) >= _KEPT:
                self._entries.clear()
            # The form and the point are kept with it, so that no other object gets their id.
            entries = self.calculator.entries(form, point, budget)
            self._entries[key] = form, point, entries
        return self._entries[key][2]

    def difference(self, form: Form, budget: Budget) -> Difference | None:
        """Return the first difference at the random points; None when the form is right."""
        compared = 0
        for point in self.points(form):
            found = self.compare(form, point, budget)
            if isinstance(found, Difference):
                return found
            compared += found is True
        return None if compared >= POINTS // 2 else self.nowhere(budget)

    def is_defined(self, form: Form, budget: Budget) -> bool:
        """Tell whether a form has values: log(x)/log(x) is 1 by algebra, and for x < 0 nothing."""
        found = [self.compare(form, point, budget) for point in self._points]
        return True in found and not any(isinstance(f, Difference) for f in found)

    def nowhere(self, budget: Budget) -> Difference:
        """Return a difference for a form that can hardly be computed anywhere."""
        point = self._points[0]
        with ctx.workprec(PRECISIONS[0]):
            truth = self.entries(self.truth, point, budget)
        return Difference(point, truth.places[0], None, truth.values[0], False, truth)

    def compare(
        self, form: Form, point: Point, budget: Budget, other: Form | None = None
    ) -> "Difference | bool | None":
        """Compare at one point: True when equal, None when nothing can be said there."""
        for bits in PRECISIONS:
            with ctx.workprec(bits):
                try:
                    truth = self.entries(other or self.truth, point, budget)
                    mine = self.entries(form, point, budget)
                except Undecided:
                    continue
                found = _compared(mine, truth, point, bits == PRECISIONS[-1])
                if found is not None:
                    return found
        return None

    def same(self, one: Form, other: Form, budget: Budget) -> bool:
        """Tell whether two forms agree at all random points."""
        found = (self.compare(one, p, budget, other) for p in self.points(other))
        decided = 0
        for result in found:
            if isinstance(result, Difference):
                return False
            decided += result is True
        return decided >= POINTS // 2

    def nicest(self, form: Form, budget: Budget, fallback: Difference) -> Difference:
        """Return a difference at a point that can be checked by hand."""
        for point in nice_points(self.task):
            found = self.compare(form, point, budget)
            if isinstance(found, Difference) and not found.tied:
                return found
        return fallback

    def values(self, form: Form, budget: Budget) -> list[tuple[Point, list[arb], list[arb]]]:
        """Return the entries of a form and of the truth, where neither is vanishingly small."""
        found = []
        for point in filter(_is_near, self._points):
            try:
                mine = self.entries(form, point, budget)
                truth = self.entries(self.truth, point, budget)
            except Undecided:
                continue
            found.append((point, mine.values, truth.values))
        return found


def _is_near(point: Point) -> bool:
    return all(abs(v) <= _NEAR for v in point.values.values() if isinstance(v, Fraction))


def _compared(
    mine: Entries, truth: Entries, point: Point, last: bool
) -> "Difference | bool | None":
    tied = mine.tied or truth.tied
    decided = False
    for place, a, b in zip(truth.places, mine.values, truth.values, strict=True):
        if b.is_nan():
            continue
        if not a.is_finite() and (a.is_nan() or a.is_exact()):
            return Difference(point, place, None, b, tied, truth)
        same = _same(a, b, last)
        if same is False:
            return Difference(point, place, a, b, tied, truth)
        if same is None:
            return None
        decided = True
    return True if decided else None


def _same(a: arb, b: arb, last: bool) -> bool | None:
    """Tell whether two balls are one number; None when more bits are needed to say so."""
    difference = a - b
    if not difference.contains(0):
        return False
    size = max(abs(a).mid(), abs(b).mid())
    if difference.rad() <= _RELATIVE * size or (last and difference.rad() <= _NOTHING):
        return True
    return True if difference.is_zero() else None


def read_all(text: str, task: FormulaTask) -> Iterable[tuple[Answer, frozenset[str]]]:
    """Yield an answer in every way it can be read, the usual one first."""
    first = read_answer(text, task.words)
    yield first, frozenset()
    kinds = sorted(first.met)
    for chosen in range(1, min(2 ** len(kinds), _MAX_READINGS)):
        loose = frozenset(kind for k, kind in enumerate(kinds) if chosen >> k & 1)
        yield read_answer(text, task.words, loose), loose
