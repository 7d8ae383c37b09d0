"""Two-dimensional arrays of balls, and the functions that take a whole vector or matrix."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce
from typing import Any

import numpy as np
from flint import arb, fmpq

from actfn.interview.formulas import functions


def scalar(value: arb) -> np.ndarray:
    """Return a number as an array of one entry."""
    array = np.empty((1, 1), dtype=object)
    array[0, 0] = value
    return array


def balls(array: np.ndarray) -> np.ndarray:
    """Turn whole numbers into balls."""
    return np.frompyfunc(lambda v: arb(int(v)), 1, 1)(array)


def column(values: Sequence[Fraction]) -> np.ndarray:
    """Return a vector of balls; exact numbers become balls of the present precision."""
    array = np.empty((len(values), 1), dtype=object)
    array[:, 0] = [arb(fmpq(v.numerator, v.denominator)) for v in values]
    return array


def applied(function: Callable[..., arb], *arrays: np.ndarray) -> np.ndarray:
    """Apply a function of numbers entry by entry."""
    if all(array.size == 1 for array in arrays):
        return scalar(function(*(array.item() for array in arrays)))
    return np.frompyfunc(function, len(arrays), 1)(*arrays)


def _softmax(values: np.ndarray) -> np.ndarray:
    powers = applied(functions.exp, values)
    return powers / powers.sum()


def _logsumexp(values: np.ndarray) -> arb:
    return functions.log(applied(functions.exp, values).sum())


def _diag(value: np.ndarray) -> np.ndarray:
    if value.shape[0] == value.shape[1]:
        return np.diagonal(value).reshape(-1, 1)
    entries = value.ravel()
    matrix = balls(np.zeros((len(entries), len(entries)), dtype=int))
    for k, entry in enumerate(entries):
        matrix[k, k] = entry
    return matrix


def _product(values: list[arb]) -> arb:
    return reduce(lambda a, b: a * b, values)


WHOLE = {
    "softmax": _softmax,
    "log_softmax": lambda v: v - _logsumexp(v),
    "logsumexp": lambda v: scalar(_logsumexp(v)),
    "diag": _diag,
}
REDUCTIONS: dict[str, Callable[[list[arb]], Any]] = {
    "sum": sum,
    "mean": lambda values: sum(values) / len(values),
    "max": lambda values: reduce(functions.larger, values),
    "min": lambda values: reduce(functions.smaller, values),
    "prod": _product,
    "count": len,
}
CONSTANTS = {"pi": arb.pi, "e": arb.const_e, "inf": arb.pos_inf, "undefined": arb.nan}


def reduced(function: str, values: list[arb]) -> np.ndarray:
    """Return the sum, the mean, the largest ... of some numbers."""
    return scalar(arb(REDUCTIONS[function](values)))
