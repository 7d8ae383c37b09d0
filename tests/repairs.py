"""A call that a usual form gets wrong, for the tests of the model answers."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

import exact

NAN, INF = math.nan, math.inf
DTYPES = (np.float16, np.float32, np.float64)
FLAG = FloatingPointError
NUMPY = 4.0  # ULP: what NumPy allows its own exp, expm1 and tanh; it depends on the processor
HALF = 0.5  # ULP: one rounding
ROUNDED_ONCE = HALF + 2**-10  # ULP: computed in float64, then rounded to float16 or float32


def f16(*values):
    return np.array(values, np.float16)


def f32(*values):
    return np.array(values, np.float32)


def f64(*values):
    return np.array(values, np.float64)


def i8(*values):
    return np.array(values, np.int8)


def same(y, expected):
    assert np.asarray(y).dtype == expected.dtype
    np.testing.assert_array_equal(y, expected)


@dataclass(frozen=True)
class Repair:
    """A call that a broken version gets wrong, and the right answer."""

    function: str
    fault: str
    arguments: tuple
    truth: Any  # an array: the same values in the same dtype; a list: true values to be near to
    caught: type[Exception] = AssertionError  # how the broken version fails
    bound: float = NUMPY  # ULP

    def check(self, implementation):
        y = getattr(implementation, self.function)(*self.arguments)
        if isinstance(self.truth, list):
            assert exact.distances(y, self.truth).max() <= self.bound
        else:
            same(y, self.truth)
