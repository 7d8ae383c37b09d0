"""An answer made ready to be computed: its names, shapes and free indices are checked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from flint import arb

from actfn.errors import FormulaError
from actfn.interview.formulas.arrays import column
from actfn.interview.formulas.points import Point
from actfn.interview.formulas.reader import MAX_DEPTH, Answer
from actfn.interview.formulas.shapes import COLUMN, MATRIX, SCALAR, readings
from actfn.interview.formulas.task import FormulaTask
from actfn.interview.formulas.tree import (
    Index,
    Name,
    Tree,
    changed,
    depth,
    free_letters,
    walk,
)
from actfn.interview.formulas.values import Budget, Evaluator

_KINDS = {SCALAR: "a number", COLUMN: "a vector", MATRIX: "a matrix"}
_LIKE = {"row": COLUMN, "tall": COLUMN, "wide": COLUMN}


class AnotherKind(FormulaError):
    """A formula that can be read, but is a vector where a matrix is asked for, or the like."""


@dataclass(frozen=True)
class Form:
    """A resolved formula with the definitions of the names in it."""

    tree: Tree
    shape: str
    definitions: Mapping[str, Tree] = field(default_factory=dict)
    shapes: Mapping[str, str] = field(default_factory=dict)

    @property
    def parts(self) -> Iterator[Tree]:
        """Every node, those of the answer's own definitions included."""
        yield from walk(self.tree)
        for definition in self.definitions.values():
            yield from walk(definition)


def forms(tree: Tree, answer: Answer, task: FormulaTask) -> list[Form]:
    """Return every reading of an answer that fits what is asked; the usual one first.

    Raises
    ------
    FormulaError
        When none does: unknown indices, shapes that do not go together, another kind of answer.
    """
    shapes = dict(task.shapes)
    indexed = {name: d for name, d in answer.definitions.items() if free_letters(d)}
    tree = _inlined(tree, indexed)
    others = {n: _inlined(d, indexed) for n, d in answer.definitions.items() if n not in indexed}
    definitions = _resolved(others, shapes, task)
    found: list[Form] = []
    refusal = None
    for resolved, shape in readings(tree, shapes, task.samples):
        try:
            fitting = _with_task_letters(resolved, shape, task)
            found.append(Form(fitting, shape, definitions, shapes))
        except FormulaError as error:
            refusal = refusal or error
    if refusal is not None and not found:
        raise refusal
    return found


def _inlined(tree: Tree, definitions: Mapping[str, Tree]) -> Tree:
    """Put definitions such as a = p_i into a formula: their index belongs to the place of use."""
    for _ in definitions:
        tree = changed(tree, lambda n: definitions.get(getattr(n, "name", ""), n))
        if depth(tree) > MAX_DEPTH:
            raise FormulaError("the formula has too many levels")
    return tree


def _resolved(definitions: Mapping[str, Tree], shapes: dict, task: FormulaTask) -> dict[str, Tree]:
    """Resolve the names that the answer introduces, in an order in which that is possible."""
    waiting = dict(definitions)
    for name in waiting:
        if name in {v.name for v in task.variables}:
            raise FormulaError(f"{name} is given by the question and cannot be defined anew")
        shapes.pop(name, None)
    found: dict[str, Tree] = {}
    while waiting:
        ready = [n for n, tree in waiting.items() if all(m in shapes for m in _names(tree))]
        if not ready:
            raise FormulaError(f"{' and '.join(waiting)} is defined by itself or never defined")
        for name in ready:
            found[name], shapes[name] = next(readings(waiting.pop(name), shapes, task.samples))
    return found


def _names(tree: Tree) -> Iterator[str]:
    return (node.name for node in walk(tree) if isinstance(node, Name))


def _with_task_letters(tree: Tree, shape: str, task: FormulaTask) -> Tree:
    """Check the free indices and the kind of the answer; a vector's entry may use any letter."""
    letters = free_letters(tree)
    if shape in ("index", "truth") or shape.startswith("truth"):
        raise FormulaError("that is a condition or an index, not a formula")
    if shape == SCALAR:
        return _renamed(tree, letters, task)
    if letters:
        raise FormulaError(f"the index {min(letters)} stands beside a whole vector or matrix")
    if _LIKE.get(shape, shape) != task.answer:
        what = f"its entry ({', '.join(task.indices)})" if task.indices else "a number"
        raise AnotherKind(
            f"That is {_KINDS[_LIKE.get(shape, shape)]}, asked is {_KINDS[task.answer]}"
            + (f" or {what}." if task.indices else ".")
        )
    return tree


def _renamed(tree: Tree, letters: frozenset[str], task: FormulaTask) -> Tree:
    extra = letters - set(task.indices)
    if not extra:
        return tree
    if len(task.indices) == 1 and len(letters) == 1:
        return changed(tree, lambda n: Index(task.indices) if n == Index(min(extra)) else n)
    if not task.indices:
        raise FormulaError(f"the index {min(extra)} runs nowhere: sum over it or leave it out")
    raise FormulaError(
        f"the index {min(extra)} runs nowhere: the entry asked for has "
        f"{' and '.join(task.indices)}, any other index is summed over"
    )


class Calculator:
    """Computes forms of one task at points, all entries at once."""

    def __init__(self, task: FormulaTask, definitions: Mapping[str, Tree], only: Tree | None):
        self.task = task
        self.definitions = definitions
        self.only = only

    def entries(self, form: Form, point: Point, budget: Budget) -> "Entries":
        """Return the entries of a form; the indices that are not asked for are left out."""
        values = {name: _array(value) for name, value in point.values.items()}
        definitions = {**self.definitions, **form.definitions}
        evaluator = Evaluator(values, definitions, point.length, budget)
        places = list(self.places(evaluator))
        if form.shape != SCALAR:
            whole = evaluator.value(form.tree)
            flat = whole.ravel() if len(self.task.indices) == 1 else None
            found = [whole[p] if flat is None else flat[p[0]] for p in places]
        else:
            found = [self.entry(form.tree, evaluator, place) for place in places]
        return Entries(places, found, evaluator.tied, evaluator)

    def number(self, form: Form, point: Point, budget: Budget) -> arb:
        """Return the value of a form that is one number, whatever the task asks for."""
        values = {name: _array(value) for name, value in point.values.items()}
        definitions = {**self.definitions, **form.definitions}
        return Evaluator(values, definitions, point.length, budget).value(form.tree).item()

    def places(self, evaluator: Evaluator) -> Iterator[tuple[int, ...]]:
        sizes = [evaluator.length] * len(self.task.indices)
        for place in np.ndindex(*sizes):
            evaluator.letters = dict(zip(self.task.indices, place, strict=True))
            if self.only is None or evaluator.truth(self.only).item():
                yield place
        evaluator.letters = {}

    def entry(self, tree: Tree, evaluator: Evaluator, place: tuple[int, ...]) -> arb:
        evaluator.letters = dict(zip(self.task.indices, place, strict=True))
        return evaluator.value(tree).item()


@dataclass
class Entries:
    """The values of a form at one point, and whether a comparison was at its edge."""

    places: list[tuple[int, ...]]
    values: list[arb]
    tied: bool
    evaluator: Evaluator


def _array(value) -> np.ndarray:
    return column(list(value)) if isinstance(value, tuple) else column([value])
