"""`sample` as a call: dtypes, temperatures, and what it says about mistakes."""

import ml_dtypes
import numpy as np
import pytest

import actfn
from actfn.errors import DTypeError, ShapeError

NAN, INF = np.nan, np.inf


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16, np.float64, np.int8, ">f4"])
@pytest.mark.parametrize("options", [{}, {"top_p": 0.8}, {"size": 3, "replace": False}], ids=str)
def test_dtypes(dtype, options):
    """The same numbers give the same draws in any type."""
    x = np.round(np.random.default_rng(5).normal(size=(700, 400)) * 3).astype(dtype)
    expected = actfn.sample(x.astype(np.float32), rng=6, **options)
    np.testing.assert_array_equal(actfn.sample(x, rng=6, **options), expected)


def test_temperature_of_each_row():
    x = np.random.default_rng(7).normal(size=(4, 5, 6))
    T = np.array([0.0, 0.5, 1.0, 2.0, INF])
    got = actfn.sample(x, axis=0, temperature=T[:, None], size=3, rng=8)
    for k, t in enumerate(T):
        whole = actfn.sample(x, axis=0, temperature=t, size=3, rng=8)
        np.testing.assert_array_equal(got[k], whole[k])


def test_more_entries_than_float32_can_count():
    """Beyond 2^24, where single-precision indices and sums stop."""
    x = np.full(2**24 + 1001, -INF, np.float32)
    x[[3, -1]] = 0.0
    draws = actfn.sample(x, size=100, rng=9)
    assert set(draws.tolist()) == {3, len(x) - 1}
    np.testing.assert_array_equal(np.sort(actfn.sample(x, size=2, replace=False)), [3, len(x) - 1])


# ---------------------------------------------------------------- mistakes

ROW = [0.0, 1.0, 2.0]
BAD = [
    ({"top_k": 0}, ValueError, "top_k must be 1 or more; received 0"),
    ({"top_k": -1}, ValueError, "top_k must be 1 or more; received -1"),
    ({"top_k": 2.0}, TypeError, "top_k must be an integer; received 2.0"),
    ({"top_p": 0}, ValueError, "top_p must lie above 0 and not above 1; received 0"),
    ({"top_p": 1.5}, ValueError, "top_p must lie above 0 and not above 1; received 1.5"),
    ({"top_p": NAN}, ValueError, "top_p must lie"),
    ({"min_p": -0.1}, ValueError, "min_p must lie in 0 to 1; received -0.1"),
    ({"min_p": 1.1}, ValueError, "min_p must lie in 0 to 1; received 1.1"),
    ({"size": -1}, ValueError, "size must be 0 or more; received -1"),
    ({"size": 1.5}, TypeError, "size must be an integer; received 1.5"),
    ({"size": 4, "replace": False}, ValueError, "cannot draw 4 different entries from a row of 3"),
    ({"size": 3, "replace": False, "top_k": 2}, ValueError, "only 2 entries that can be drawn"),
    ({"size": 2, "replace": False, "temperature": 0}, ValueError, "only 1 entries"),
    ({"temperature": -1}, ValueError, "temperature must be 0 or more, and inf at most; received"),
    ({"temperature": NAN}, ValueError, "temperature must be"),
    ({"temperature": [1, 2]}, ShapeError, r"shape \(2,\) does not broadcast to the rows, \(\)"),
    ({"rng": "7"}, TypeError, "rng must be None, an int or a numpy.random.Generator, not str"),
    ({"rng": np.random.RandomState(1)}, TypeError, "rng must be"),
    ({"rng": -1}, ValueError, r"a seed lies in 0 to 2\*\*128 - 1; received -1"),
    ({"axis": (0,)}, TypeError, r"works along one axis: an integer, not \(0,\)"),
    ({"axis": 1}, ShapeError, "axis 1 of an array with 1 axes"),
]


def _name(value):
    """Part of a test's name; of options none, whose text may hold an address in memory."""
    return None if isinstance(value, dict) else str(value)[:40]


@pytest.mark.parametrize("options, error, message", BAD, ids=_name)
def test_bad_options(options, error, message):
    with pytest.raises(error, match=message):
        actfn.sample(ROW, **options)


@pytest.mark.parametrize("options", [{}, {"top_p": 0.5}, {"size": 2, "replace": False}], ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_that_cannot_be_drawn_from(dtype, options):
    x = np.zeros((2, 3, 5), dtype)
    x[1, 2] = -INF
    with pytest.raises(ValueError, match="row 1, 2 has nothing to draw from, it is -inf everyw"):
        actfn.sample(x, **options)
    x[1, 0, 4] = NAN
    with pytest.raises(ValueError, match="row 1, 0 holds NaN"):
        actfn.sample(x, **options)
    with pytest.raises(ShapeError, match="empty"):
        actfn.sample(np.zeros((3, 0)), **options)
    with pytest.raises(ShapeError, match="works along an axis"):
        actfn.sample(1.0, **options)
    with pytest.raises(DTypeError, match="logits must be one of"):
        actfn.sample(["a"], **options)
