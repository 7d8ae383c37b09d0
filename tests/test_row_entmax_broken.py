"""The comparison with the truth can fail: usual mistakes in sparsemax and entmax are caught."""

from functools import partial

import numpy as np
import pytest

import entmax_reference as truth
import row_reference as reference
from actfn import contract


def sorted_sparsemax(x, shift, size_of):
    """Martins & Astudillo's algorithm 1, in the dtype of x."""
    x = x - x.max(axis=-1, keepdims=True) if shift else x
    z = -np.sort(-x, axis=-1)
    k = np.arange(1, x.shape[-1] + 1, dtype=x.dtype)
    sums = z.cumsum(axis=-1, dtype=x.dtype)
    size = size_of(1 + k * z > sums)
    tau = (np.take_along_axis(sums, size - 1, axis=-1) - 1) / size.astype(x.dtype)
    return np.maximum(x - tau, 0)


def counted(inside):
    return inside.sum(axis=-1, keepdims=True)


def no_shift(x):
    return sorted_sparsemax(x, False, counted)


def threshold_in_float32(x):
    return sorted_sparsemax(x, True, counted)


def support_too_small(x):
    return sorted_sparsemax(x, True, lambda inside: np.maximum(counted(inside) - 1, 1))


def support_too_large(x):
    return sorted_sparsemax(x, True, lambda inside: np.minimum(counted(inside) + 1, x.shape[-1]))


def bisected(x, alpha, dtype=np.float64, normalise=True, steps=50):
    """Bisection of the threshold, and a division by the sum for what is left."""
    z = x.astype(dtype) * dtype(alpha - 1)
    low, high = z.max(axis=-1, keepdims=True) - 1, z.max(axis=-1, keepdims=True)
    for _ in range(steps):
        middle = (low + high) / 2
        p = np.maximum(z - middle, 0) ** dtype(1 / (alpha - 1))
        above = p.sum(axis=-1, keepdims=True) >= 1
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    p = np.maximum(z - low, 0) ** dtype(1 / (alpha - 1))
    return (p / p.sum(axis=-1, keepdims=True) if normalise else p).astype(x.dtype)


def judge(function, x, alpha):
    true = reference.rows(truth.entmax, x, alpha=alpha)
    with np.errstate(all="ignore"):
        reference.check(function(x), true, contract.FLOAT32_ULP, function.__name__)


def normal(scale, shape=(4, 12), offset=0.0):
    x = offset + scale * np.random.default_rng(1).normal(size=shape)
    return np.round(x * 64) / 64 if offset else x


FAULTS = [
    (no_shift, 2.0, normal(0.5, offset=1e4)),
    (threshold_in_float32, 2.0, normal(0.3)),
    (support_too_small, 2.0, normal(0.3)),
    (support_too_large, 2.0, normal(0.3)),
    (partial(bisected, alpha=2.0, dtype=np.float32), 2.0, normal(0.3)),
    (partial(bisected, alpha=2.0, steps=20), 2.0, normal(0.3)),
    (partial(bisected, alpha=1.5, normalise=False, steps=20), 1.5, normal(0.3)),
    (partial(bisected, alpha=1.0001, dtype=np.float32), 1.0001, normal(1.0)),
    (partial(bisected, alpha=1 + 1e-9), 1 + 1e-9, normal(1.0)),
    (partial(bisected, alpha=10.0, dtype=np.float32), 10.0, normal(1e-3)),
    (partial(bisected, alpha=100.0), 100.0, np.array([[1e-9, 0.0], [1e-30, 0.0]])),
    (partial(bisected, alpha=2.0), 2.0, np.array([[1.0, 1e-20]])),
]


@pytest.mark.parametrize("function, alpha, x", FAULTS)
def test_caught(function, alpha, x):
    function.__name__ = getattr(function, "__name__", "bisected")
    with pytest.raises(AssertionError, match="ULP off"):
        judge(function, x.astype(np.float32), alpha)


def test_right_forms_pass():
    """The same algorithms in float64, on rows that do not need more."""
    sparsemax = lambda x: threshold_in_float32(x.astype(np.float64)).astype(np.float32)
    judge(sparsemax, normal(0.3).astype(np.float32), 2.0)
    bisection = lambda x: bisected(x, 1.5)
    judge(bisection, normal(0.3).astype(np.float32), 1.5)
