"""SciPy's lane: its own functions, and formulas that need them."""

from typing import Any

import numpy as np
import scipy
from scipy import special

from actfn.examine import peers
from actfn.examine.race import lane_numpy, rows_scipy
from actfn.examine.race.case import COPY, FORWARD, Case
from actfn.examine.race.rows import ROWS
from actfn.examine.race.ways import Arrays, Way, Ways

_OWN = {
    "sigmoid": special.expit,
    "softplus": special.softplus,
    "erf": special.erf,
    "erfc": special.erfc,
}
FUNCTIONS: dict[str, Any] = {**lane_numpy.FUNCTIONS, **_OWN}


def start(count: int) -> dict[str, Any]:
    """What is worth knowing about this installation; SciPy's functions have one thread."""
    return {"version": scipy.__version__, "numpy": np.__version__, "threads": 1}


def ways(case: Case) -> Ways:
    """The function by its own name, and the formula where a special function occurs in it."""
    if case.name in ROWS:
        return rows_scipy.ways(case)
    if case.name == COPY:
        return {}
    arrays = Arrays(case)
    found = lane_numpy.formula_ways(case, arrays, FUNCTIONS, lambda used: bool(used & _OWN.keys()))
    spelling = peers.spelling(case.record, "scipy")
    if spelling is not None and case.operation == FORWARD:
        f = spelling.load()
        if isinstance(f, np.ufunc):
            found[spelling.spec] = Way(lambda: f(arrays.x, out=arrays.y))
        else:
            found[spelling.spec] = Way(lambda: f(arrays.x))
    return found
