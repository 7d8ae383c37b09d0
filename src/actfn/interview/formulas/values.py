"""Computes a resolved tree at one point, on balls.

Every value is a two-dimensional array of balls: a number is 1 by 1, a vector n by 1, a row 1 by n.
Conditions are arrays of bool.
"""

from collections.abc import Mapping, Sequence
from functools import reduce

import numpy as np
from flint import arb, fmpq

from actfn.errors import FormulaError
from actfn.interview.formulas import arrays, functions
from actfn.interview.formulas.functions import ELEMENTWISE
from actfn.interview.formulas.tree import (
    Call,
    Comparison,
    Constant,
    Index,
    Indexed,
    Logic,
    Name,
    Negative,
    Number,
    Operation,
    Over,
    Transposed,
    Tree,
    is_index,
)

MAX_STEPS = 300_000  # function values of one answer: some seconds, where 2000 are usual
_COMPARE = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


class Budget:
    """Counts the steps of one answer, so that nested sums end."""

    def __init__(self, steps: int = MAX_STEPS):
        self.left = steps

    def spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise FormulaError("the formula takes too long to compute: write it more simply")


class Evaluator:
    """The values of names at one point, and the trees of those that are defined by others.

    Parameters
    ----------
    values : arrays of the names; they have to be made anew for another precision.
    definitions : resolved trees of further names.
    length : the number n of entries of the vectors.
    """

    def __init__(
        self,
        values: Mapping[str, np.ndarray],
        definitions: Mapping[str, Tree],
        length: int,
        budget: Budget,
    ):
        self.values = dict(values)
        self.definitions = definitions
        self.length = length
        self.budget = budget
        self.letters: dict[str, int] = {}
        self.tied = False

    def value(self, tree: Tree) -> np.ndarray:
        self.budget.spend(1)
        match tree:
            case Number(value):
                return arrays.scalar(arb(fmpq(value.numerator, value.denominator)))
            case Constant(name):
                return arrays.scalar(arrays.CONSTANTS[name]())
            case Name(name):
                return self.named(name)
            case Negative(operand):
                return -self.value(operand)
            case Transposed(operand):
                return self.value(operand).T
            case Indexed():
                return self.indexed(tree)
            case Over():
                return self.over(tree)
            case Operation(symbol, left, right):
                return self.operation(symbol, self.value(left), self.value(right))
            case Call():
                return self.call(tree)
        raise TypeError(f"not a value: {tree!r}")

    def named(self, name: str) -> np.ndarray:
        if name not in self.values:
            letters, self.letters = self.letters, {}
            self.values[name] = self.value(self.definitions[name])
            self.letters = letters
        return self.values[name]

    def operation(self, symbol: str, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        self.budget.spend(left.size + right.size)
        match symbol:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case "@":
                return left @ right
            case "/":
                return arrays.applied(functions.divide, left, right)
        return arrays.applied(functions.power, left, right)

    # ---- indices ----------------------------------------------------------------------------

    def index(self, tree: Tree) -> int:
        """Return which entry is meant, counted from 0."""
        match tree:
            case Index(letter):
                return self.letters[letter]
            case Number(value):
                return int(value) - 1
            case Call("argmax", (body,)):
                return self.largest(list(self.value(body).ravel()))
            case Over("argmax", letter, body):
                return self.largest([v.item() for v in self.each(letter, body, None)])
        return self.largest(
            list(self.value(tree).ravel())
        )  # the class that a one-hot vector stands for

    def largest(self, values: Sequence[arb]) -> int:
        best = max(range(len(values)), key=lambda k: float(values[k].mid()))
        self.tied |= any(values[best].overlaps(v) for k, v in enumerate(values) if k != best)
        return best

    def indexed(self, tree: Indexed) -> np.ndarray:
        base = self.value(tree.base)
        places = [self.index(index) for index in tree.indices]
        place = tuple(places) if len(places) == 2 else self.place(base, places[0])
        inside = all(k < size for k, size in zip(place, base.shape, strict=True))
        return arrays.scalar(base[place] if inside else arb.nan())  # z_3 of a vector of two entries

    def place(self, base: np.ndarray, k: int) -> tuple[int, int]:
        return (k, 0) if base.shape[1] == 1 else (0, k)

    def each(self, letter: str, body: Tree, skipped: Tree | None) -> list[np.ndarray]:
        """Return the body for every value of an index letter."""
        before = self.letters
        left_out = None if skipped is None else self.index(skipped)
        found = []
        for k in range(self.length):
            if k != left_out:
                self.letters = {**before, letter: k}
                found.append(self.value(body))
        self.letters = before
        return found

    def over(self, tree: Over) -> np.ndarray:
        values = [v.item() for v in self.each(tree.letter, tree.body, tree.skipped)]
        return arrays.reduced(tree.function, values)

    # ---- functions --------------------------------------------------------------------------

    def call(self, tree: Call) -> np.ndarray:
        function, arguments = tree.function, tree.arguments
        if function == "where":
            return self.where(*arguments)
        if function == "onehot":
            return self.onehot(self.index(arguments[0]))
        if function in ("eye", "ones"):
            n = self.length
            return arrays.balls(np.eye(n, dtype=int) if function == "eye" else np.ones((n, 1), int))
        values = [self.value(argument) for argument in arguments]
        self.budget.spend(sum(value.size for value in values))
        if function in ("tall", "wide"):
            return values[0].reshape((-1, 1) if function == "tall" else (1, -1))
        if function in arrays.WHOLE:
            return arrays.WHOLE[function](values[0])
        if len(values) == 1 and (function in arrays.REDUCTIONS or function == "count"):
            return arrays.reduced(function, list(values[0].ravel()))
        return arrays.applied(ELEMENTWISE[function], *values)

    def onehot(self, place: int) -> np.ndarray:
        return arrays.balls(np.arange(self.length)[:, None] == place)

    def where(self, condition: Tree, yes: Tree, no: Tree) -> np.ndarray:
        holds = self.truth(condition)
        if holds.size == 1:
            return self.value(yes if holds.item() else no)
        return np.where(holds, self.value(yes), self.value(no))

    def truth(self, tree: Tree) -> np.ndarray:
        match tree:
            case Constant("true"):
                return np.array([[True]])
            case Logic(word, parts):
                join = np.logical_and if word == "and" else np.logical_or
                return reduce(join, map(self.truth, parts))
            case Comparison(symbol, left, right) if is_index(left) or is_index(right):
                a, b = self.index(left), self.index(right)
                return np.array([[_holds(symbol, a, b)]])
        return self.compared(tree.symbol, self.value(tree.left), self.value(tree.right))

    def compared(self, symbol: str, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Compare entry by entry; two balls that overlap are equal."""
        differences = left - right
        truths = np.empty(differences.shape, dtype=bool)
        for place, difference in np.ndenumerate(differences):
            truths[place] = not difference.is_nan() and self.holds(symbol, difference)
        return truths

    def holds(self, symbol: str, difference: arb) -> bool:
        side = 0 if difference.contains(0) else 1 if difference > 0 else -1
        self.tied |= side == 0
        return _holds(symbol, side, 0)


def _holds(symbol: str, a: int, b: int) -> bool:
    if symbol in ("==", "!="):
        return (a == b) == (symbol == "==")
    return _COMPARE[symbol](a, b)
