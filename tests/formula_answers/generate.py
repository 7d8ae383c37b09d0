"""Writes generated.txt: answers made mechanically from the model answers.

    PYTHONPATH=src python tests/formula_answers/generate.py

Right answers are rewritten step by step by algebra, near misses have one slip; each is written in
one of four notations.  mpmath says which is which, and the checker has no part in it.
"""

import random
import sys
from collections.abc import Iterator
from pathlib import Path

import mpmath as mp

sys.path.insert(0, str(Path(__file__).parents[1]))

from actfn.interview import formulas
from actfn.interview.formulas.points import Point, random_points
from actfn.interview.formulas.reader import read_answer
from actfn.interview.formulas.task import FormulaTask
from actfn.interview.formulas.tree import Name, Transposed, Tree, walk
from formula_answers.notation import NOTATIONS, Writer
from formula_answers.numbers_of import as_mpf, value
from formula_answers.rewriting import changed_once, equal_forms, near_misses

TARGET = Path(__file__).with_name("generated.txt")
EACH = 12  # right answers, and as many near misses, for every task
STEPS = (1, 1, 2, 2, 3, 4)  # of algebra
_LONGEST = 220  # characters
_TOLERANCE = mp.mpf("1e-15")


class Truth:
    """The values of a task's formulas by mpmath."""

    def __init__(self, task: FormulaTask):
        self.task = task
        self.points = [self.named(point) for point in random_points(task, 9)]

    def named(self, point: Point) -> dict:
        names = {name: as_mpf(v) for name, v in point.values.items()}
        for definition in self.task.definitions:
            try:
                names[definition.name] = value(read(self.task, definition.text), names, {})
            except NotImplementedError:
                continue  # a name that no model answer uses
        return names

    def values(self, tree: Tree) -> list:
        return [v for names in self.points for v in self.entries(tree, names)]

    def entries(self, tree: Tree, names: dict) -> Iterator:
        letters = self.task.indices
        rows = [v for v in names.values() if isinstance(v, list)]
        length = len(rows[0]) if rows else 1
        for place in range(length ** len(letters)):
            places = {c: place // length**k % length for k, c in enumerate(letters)}
            if self.wanted(list(places.values())):
                yield value(tree, names, places)

    def wanted(self, places: list[int]) -> bool:
        only = self.task.only_where
        return not only or (places[0] == places[1]) == ("!=" not in only)

    def distance(self, tree: Tree, other: Tree) -> mp.mpf:
        """Return the largest difference, relative where the values are large."""
        pairs = zip(self.values(tree), self.values(other), strict=True)
        return max(abs(mp.mpc(a - b)) / (1 + abs(b)) for a, b in pairs)


def read(task: FormulaTask, text: str) -> Tree:
    return read_answer(text, task.words).tree


def answers(task: FormulaTask, dice: random.Random, change, right: bool) -> Iterator[str]:
    """Yield different answers of a task."""
    truth, model, seen = Truth(task), read(task, task.expected), set()
    for _ in range(60 * EACH):
        tree = model
        for _ in range(dice.choice(STEPS) if right else 1):
            tree = changed_once(tree, change, dice) or tree
        if right is False and dice.random() < 0.5:
            tree = changed_once(tree, equal_forms, dice) or tree
        text = Writer(dice.choice(NOTATIONS)).text(tree)
        if text in seen or len(text) > _LONGEST or not fits(task, tree):
            continue
        seen.add(text)
        if is_right(truth, tree, model) is right:
            yield text


def fits(task: FormulaTask, tree: Tree) -> bool:
    """Leave out what refuses for another reason: functions and names that are not asked for."""
    functions = {node.function for node in walk(tree) if hasattr(node, "function")}
    names = {node.name for node in walk(tree) if isinstance(node, Name)}
    return not functions & set(task.forbidden) and not names & set(task.why_not)


def is_right(truth: Truth, tree: Tree, model: Tree) -> bool | None:
    try:
        distance = truth.distance(tree, model)
    except (ArithmeticError, ValueError, NotImplementedError, KeyError, TypeError):
        return None
    return True if distance < _TOLERANCE else False if distance > 1e-6 else None


def is_written_by_entries(task: FormulaTask) -> bool:
    """Tell whether the model answer has no matrices: those are written by hand."""
    return not any(isinstance(node, Transposed) for node in walk(read(task, task.expected)))


def text_of_all() -> str:
    """Return the content of generated.txt."""
    mp.mp.dps = 40
    lines = ["# Made by tests/formula_answers/generate.py from the model answers: do not edit."]
    for name in formulas.names():
        task, dice = formulas.get(name), random.Random(name)
        if not is_written_by_entries(task):
            continue
        lines += ["", f"[{name}]"]
        for sign, change in (("=", equal_forms), ("!", near_misses)):
            found = answers(task, dice, change, sign == "=")
            lines += [f"{sign} {text}" for _, text in zip(range(EACH), found, strict=False)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text_of_all(), encoding="utf-8")
