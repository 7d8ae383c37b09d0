"""Cases derived from the records: every activation, its oracle, and the inputs worth trying."""

from functools import cache

import ml_dtypes
import numpy as np
import pytest

import actfn
from actfn import ulp
from actfn.formula import Formula
from actfn.gated import Gated
from actfn.oracle import Oracle

DTYPES = {
    "float16": np.dtype(np.float16),
    "bfloat16": np.dtype(ml_dtypes.bfloat16),
    "float32": np.dtype(np.float32),
    "float64": np.dtype(np.float64),
}
ALL = [actfn.get(name) for name in actfn.names()]
GATED = [record for record in ALL if isinstance(record, Gated)]
ELEMENTWISE = [record for record in ALL if not isinstance(record, Gated)]


def parametrize(argument, values):
    """pytest.mark.parametrize with readable ids such as `gelu`."""
    return pytest.mark.parametrize(argument, values, ids=lambda v: getattr(v, "name", str(v)))


@cache
def oracle_of(record, values: tuple[str, ...] = ()) -> Oracle:
    """The oracle for parameter texts (the defaults where none are given)."""
    return record.oracle(**dict(zip(record.parameter_names, numbers(record, values), strict=True)))


def numbers(record, values: tuple[str, ...] = ()) -> tuple[float, ...]:
    """Parameter texts as float64."""
    if not values:
        return tuple(record.defaults.values())
    return tuple(Formula.parse(text, ()).evaluate() for text in values)


def parameter_cases(record):
    """The defaults, then each parameter's further test values with the others at default."""
    yield tuple(record.defaults.values())
    for k, parameter in enumerate(record.parameters):
        for text in parameter.test_values:
            case = list(record.defaults.values())
            case[k] = Formula.parse(text, ()).evaluate()
            if tuple(case) != tuple(record.defaults.values()):
                yield tuple(case)


def special_points(record, parameters) -> list[float]:
    """Kinks, ends of the domain, the zeros of f and f' in [-20, 20], and round numbers."""
    values = dict(zip(record.parameter_names, parameters, strict=True))
    texts = [*record.kinks, *record.domain]
    places = [Formula.parse(t, record.parameter_names).evaluate(**values) for t in texts]
    places += zeros(record, parameters)
    return [p for p in places if np.isfinite(p)] + [0.5, 1.0, 2.0, 3.0, 6.0, 17.0, 88.7, 104.0]


@cache
def zeros(record, parameters) -> tuple[float, ...]:
    """The float64 nearest to each zero of f and f' in [-20, 20] where the sign changes."""
    found = []
    grid = np.linspace(-20.0, 20.0, 4001) + 1 / 3000
    with np.errstate(all="ignore"):
        for operation in (record, record.derivative):
            heights = operation(grid, *parameters)
            for k in np.flatnonzero(heights[1:] * heights[:-1] < 0):
                low, high = grid[k], grid[k + 1]
                for _ in range(60):
                    middle = (low + high) / 2
                    same = operation(middle, *parameters) * heights[k] > 0
                    low, high = (middle, high) if same else (low, middle)
                found.append(float(low))
    return tuple(found)


def sample(record, dtype, count, parameters, seed=0, neighbours=4) -> np.ndarray:
    """Inputs by bit pattern, inside and outside the domain, around the special points."""
    places = special_points(record, parameters)
    rng = np.random.default_rng(seed)
    return ulp.sample(DTYPES[dtype], count, places, rng, neighbours)
