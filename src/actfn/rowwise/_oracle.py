"""The oracle of the softmax family: true values of a row's function and of its Jacobian.

The formula is evaluated in ball arithmetic, once for every entry, with the precision raised until
every digit that is wanted is certain. Derivatives come from the formula alone: entry j is made
the seed of a power series, and the second coefficients of the result are column j of the Jacobian.

python-flint is needed; nothing imports this module unless somebody asks for true values.
"""

import math
from collections.abc import Callable, Mapping
from functools import reduce
from typing import NamedTuple

import numpy as np
from flint import arb, fmpq

from actfn import balls
from actfn.balls import Series, Undecided
from actfn.jets import Branches, compile_tree
from actfn.oracle import flint_context
from actfn.pairs import PRECISIONS, Real, exact, pair_of
from actfn.rowwise._formula import ENTRY, LENGTH, RowFormula
from actfn.rowwise._threshold import Threshold

Number = fmpq | arb


class Pair(NamedTuple):
    """True values as hi + lo, two float64 each: what `actfn.ulp.distance` takes."""

    hi: np.ndarray
    lo: np.ndarray


class RowOracle:
    """True values of one formula of rows with its parameters fixed.

    Parameters
    ----------
    formula : RowFormula
        The definition.
    parameters : mapping of str to number
        A value for every parameter of the formula; a float stands for exactly that double.
    number : bool
        Whether the result is one number for a row, not one for every entry.
    """

    def __init__(self, formula: RowFormula, parameters: Mapping[str, Real], number: bool = False):
        self.formula, self.number = formula, number
        self.parameters = dict(parameters)
        self._exact = {name: exact(value) for name, value in parameters.items()}
        self._reductions = [(r, compile_tree(r.argument)) for r in formula.reductions]
        self._outer = compile_tree(formula.outer)
        self._threshold = Threshold(formula, self._outer) if formula.threshold else None

    def value(self, x) -> Pair:
        """f of every row along the last axis.

        Entries may be -inf where the formula has a value there, and must be finite otherwise: what
        a function does at infinity, and in a row of -inf only, is a limit or a convention.

        Returns
        -------
        Pair : (..., n), or (...) for a function with one number per row.

        Raises
        ------
        ArithmeticError
            Where the formula has no value, such as at temperature 0.
        """
        return self._of_rows(x, 0, self._values)

    def jacobian(self, x) -> Pair:
        """d f_i / d x_j for every row along the last axis: (..., n, n), or (..., n)."""
        return self._of_rows(x, 1, self._slopes)

    def _of_rows(self, x, order: int, compute: Callable[[list[Number]], list[Number]]) -> Pair:
        x = np.asarray(x).astype(np.float64)
        if x.ndim == 0 or x.shape[-1] == 0:
            raise ValueError(f"a row has at least one entry; received the shape {x.shape}")
        n, outer = x.shape[-1], x.shape[:-1]
        shape = (n,) * (order + 1 - self.number)
        rows = x.reshape(-1, n).tolist()
        length = 2 if self._threshold else order + 1  # a threshold is found with its slope
        unknown = [(np.nan, 0.0)] * math.prod(shape)
        found = [
            unknown if np.isnan(row).any() else self._certain(row, length, compute) for row in rows
        ]
        pairs = np.array(found).reshape(*outer, *shape, 2)
        return Pair(pairs[..., 0], pairs[..., 1])

    def _certain(self, row: list[float], length: int, compute) -> list[tuple[float, float]]:
        """Raise the precision until every number of the result is certain."""
        for precision in PRECISIONS:
            with flint_context(length, precision):
                try:
                    found = [pair_of(_sharp(c)) for c in compute([exact(x) for x in row])]
                except Undecided:
                    continue
            pairs = [pair for pair in found if pair is not None]
            if np.isnan(pairs).any():
                raise self._refusal(row, "has no value: what the function does there is a limit")
            if len(pairs) == len(found):
                return pairs
        raise self._refusal(row, "is undecided at every precision")

    def _refusal(self, row: list[float], why: str) -> ArithmeticError:
        return ArithmeticError(f"{self.formula.text!r} {why}, at {row}, {self.parameters}")

    # ---- one row at one precision -----------------------------------------------------------

    def _values(self, row: list[Number]) -> list[Number]:
        xs = [balls.constant(x) for x in row]
        known = self._known(xs)
        if self._threshold is None:
            return self._coefficients(xs, known, 0)
        return self._threshold.values(xs, known)

    def _slopes(self, row: list[Number]) -> list[Number]:
        if self._threshold is not None:
            xs = [balls.constant(x) for x in row]
            return self._threshold.slopes(row, self._known(xs))
        columns = []
        for j in range(len(row)):
            xs = [(balls.seed if i == j else balls.constant)(x) for i, x in enumerate(row)]
            columns.append(self._coefficients(xs, self._known(xs), 1))
        return [column[i] for i in range(len(columns[0])) for column in columns]

    def _known(self, xs: list[Series]) -> dict[str, Series]:
        """Everything but the entry: parameters, the length of the row, reductions."""
        known = {name: balls.constant(value) for name, value in self._exact.items()}
        known[LENGTH] = balls.constant(fmpq(len(xs)))
        for reduction, evaluate in self._reductions:
            terms = [evaluate({**known, ENTRY: x}, Branches()) for x in xs]
            known[reduction.name] = reduce(_REDUCED[reduction.kind], terms)
        return known

    def _coefficients(self, xs: list[Series], known: dict[str, Series], order: int):
        entries = xs[:1] if self.number else xs
        return [self._outer({**known, ENTRY: x}, Branches())[order] for x in entries]


def _larger(a: Series, b: Series) -> Series:
    return a if balls.sign(balls.subtract(a, b)[0]) >= 0 else b


_REDUCED = {"sum": balls.add, "max": _larger}


def _sharp(c: Number) -> Number:
    """-inf less an uncertain finite number is exactly -inf."""
    if isinstance(c, arb) and c.rad().is_finite() and not c.mid().is_finite():
        return c.mid()
    return c
