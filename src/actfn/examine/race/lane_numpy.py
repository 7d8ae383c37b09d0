"""NumPy's lane: the record's formula, written with NumPy's functions."""

from collections.abc import Callable
from typing import Any

import numpy as np

from actfn.examine.race import rows_numpy
from actfn.examine.race.case import BACKWARD, BOTH, COPY, DERIVATIVE, FORWARD, Case
from actfn.examine.race.formulas import Missing, Written
from actfn.examine.race.rows import ROWS
from actfn.examine.race.ways import Arrays, Way, Ways, one_or_all
from actfn.symbolic import derivative

_SAME = "exp expm1 log log1p sqrt sin cos sinh cosh tanh abs sign clip where square".split()
_STEPS = "add subtract multiply divide negative positive".split()
FUNCTIONS: dict[str, Any] = {
    **{name: getattr(np, name) for name in (*_SAME, *_STEPS)},
    "max": np.maximum,
    "min": np.minimum,
    "atan": np.arctan,
    "scalar": lambda value, x: x.dtype.type(value),
    "relu": lambda x, out=None: np.maximum(x, 0.0, out=out),
    "softplus": lambda x, out=None: np.logaddexp(0.0, x, out=out),
}


def start(count: int) -> dict[str, Any]:
    """What is worth knowing about this installation; elementwise NumPy has one thread."""
    from numpy._core._multiarray_umath import (  # type: ignore[import-not-found]
        __cpu_features__,
    )

    wide = [name for name in ("AVX512F", "AVX2", "NEON") if __cpu_features__.get(name)]
    return {
        "version": np.__version__,
        "threads": 1,
        "instruction set": wide[0].lower() if wide else "baseline",
    }


def ways(case: Case) -> Ways:
    """The formula; nothing where NumPy lacks a function in it."""
    if case.name in ROWS:
        return rows_numpy.ways(case)
    arrays = Arrays(case)
    if case.name == COPY:
        return {"positive": Way(lambda: np.positive(arrays.x, out=arrays.y))}
    return formula_ways(case, arrays, FUNCTIONS, lambda used: True)


def formula_ways(
    case: Case, arrays: Arrays, functions: dict[str, Any], wanted: Callable[[set[str]], bool]
) -> Ways:
    """The formula in these functions, where `wanted` says yes to those that it uses."""
    record = case.record
    try:
        f, used = _function(record, record.tree, functions)
        if not wanted(used):
            return {}
        if case.operation == FORWARD:
            return {"formula": Way(lambda: f(*arrays.inputs, out=arrays.y))}
        slopes = [_function(record, derivative(record, by=n), functions)[0] for n in record.inputs]
    except Missing:
        return {}
    return {"formula": Way(operation(case.operation, f, slopes, arrays))}


def operation(name: str, f: Callable, slopes: list[Callable], arrays: Arrays) -> Callable[[], Any]:
    """An operation from a function and its derivatives, which take the inputs and `out=`."""

    def derivatives():
        pairs = zip(slopes, arrays.slopes, strict=True)
        return [slope(*arrays.inputs, out=out) for slope, out in pairs]

    def gradients():
        pairs = zip(derivatives(), arrays.gradients, strict=True)
        return one_or_all([np.multiply(arrays.dy, d, out=out) for d, out in pairs])

    def value():
        return f(*arrays.inputs, out=arrays.y)

    if name == DERIVATIVE:
        return lambda: one_or_all(derivatives())
    if name == BACKWARD:
        return gradients
    if name == BOTH:
        return lambda: (value(), one_or_all(derivatives()))
    return lambda: (value(), gradients())


def _function(record, formula, functions) -> tuple[Callable, set[str]]:
    written = Written(formula, record.inputs, record.defaults, functions)
    return written.function(), written.used
