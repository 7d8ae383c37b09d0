"""sparsemax and entmax: edges, layouts, masks, mistakes."""

import subprocess
import sys

import numpy as np
import pytest

import actfn
from row_trials import dtypes

NAN, INF = np.nan, np.inf


# ---------------------------------------------------------------- edges

EDGES = [
    ([-INF, -INF], [0, 0]),
    ([-INF], [0]),
    ([INF], [1]),
    ([1, 1, INF], [0, 0, 1]),
    ([INF, 1, INF], [0.5, 0, 0.5]),
    ([INF, -INF], [1, 0]),
    ([0, -INF], [1, 0]),
    ([5], [1]),
    ([2, NAN, 1], [NAN] * 3),
    ([INF, NAN, 1], [NAN] * 3),
    ([-INF, NAN], [NAN] * 2),
]


@pytest.mark.parametrize("alpha", [1.0, 1.0001, 1.5, 1.9, 2.0, 2.5, 3.0, 1e9, INF])
@dtypes()
def test_edges(dtype, alpha):
    for row, expected in EDGES:
        batch = np.tile(np.linspace(-1, 1, len(row)), (70, 1))
        batch[33] = row
        for x in (np.array([row]), batch):
            y = actfn.entmax(x.astype(dtype), alpha)
            np.testing.assert_array_equal(y[33 if len(x) > 1 else 0].astype(float), expected)


@pytest.mark.parametrize("alpha", [1.0, 1.01, 1.5, 1.9, 2.0, 3.0, 100.0])
def test_huge_numbers(alpha):
    """Differences that overflow are far enough."""
    largest = np.finfo(np.float64).max
    x = np.array([[largest, -largest, largest], [0, -largest, 0], [-largest, -largest, -INF]])
    half = [[0.5, 0, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]]
    np.testing.assert_array_equal(actfn.entmax(x, alpha), half)


# ---------------------------------------------------------------- layouts and masks


@pytest.mark.parametrize("alpha", [1.2, 1.5, 2.0, 3.0])
@dtypes()
def test_layouts(dtype, alpha):
    """Any axis, strides, out, mask: the same bits as contiguous rows."""
    rng = np.random.default_rng(10)
    x = rng.normal(size=(3, 5, 7)).astype(dtype)
    for axis in (0, 1, -1, (0, 2), (2, 0)):
        at = [a % 3 for a in (axis if isinstance(axis, tuple) else (axis,))]
        moved = np.moveaxis(x, at, range(-len(at), 0))
        rows = np.ascontiguousarray(moved).reshape(*moved.shape[: 3 - len(at)], -1)
        expected = np.moveaxis(
            actfn.entmax(rows, alpha).reshape(moved.shape), range(-len(at), 0), at
        )
        np.testing.assert_array_equal(actfn.entmax(x, alpha, axis=axis), expected)
        out = np.full_like(x, 9)
        assert actfn.entmax(x, alpha, axis=axis, out=out) is out
        np.testing.assert_array_equal(out, expected)
        own = x.copy()
        actfn.entmax(own, alpha, axis=axis, out=own)
        np.testing.assert_array_equal(own, expected)
    np.testing.assert_array_equal(
        actfn.entmax(x[::2, ::-1, ::3], alpha), actfn.entmax(x[::2, ::-1, ::3].copy(), alpha)
    )
    kept = rng.random((5, 7)) < 0.6
    kept[2] = False
    masked = actfn.entmax(np.where(kept, x, x.dtype.type(NAN)), alpha, where=kept)
    np.testing.assert_array_equal(
        masked, actfn.entmax(np.where(kept, x, x.dtype.type(-INF)), alpha)
    )
    assert (masked[:, 2] == 0).all()


@pytest.mark.parametrize("alpha", [1.01, 1.5, 2.0, 3.0])
def test_the_same_bits_everywhere(alpha):
    """A row does not depend on the rows around it, nor on the number of threads."""
    x = np.random.default_rng(11).normal(size=(200, 333)).astype(np.float32)
    y, count = actfn.entmax(x, alpha), actfn.get_num_threads()
    for k in (0, 1, 50, 199):
        np.testing.assert_array_equal(actfn.entmax(x[k], alpha), y[k])
    try:
        actfn.set_num_threads(3 if count != 3 else 2)
        np.testing.assert_array_equal(actfn.entmax(x, alpha), y)
    finally:
        actfn.set_num_threads(count)


ANEW = """
import sys
import numpy as np
import actfn

x = np.linspace(-1, 1, 60).reshape(2, 30)
for dtype in (np.float32, np.float64):
    for alpha in (1.3, 1.5, 2.0, 3.0):
        p = actfn.entmax(x.astype(dtype), alpha)
        print(p.tobytes().hex(), actfn.entmax.backward(x.astype(dtype), p, alpha).tobytes().hex())
print("numba" in sys.modules)
"""


def test_compiled_code_is_loaded():
    """A second process runs what the first has left on disk, and needs no compiler for it."""
    run = lambda: (
        subprocess.run(
            [sys.executable, "-c", ANEW], capture_output=True, text=True, check=True
        ).stdout
    )
    first, second = run(), run()
    assert second.splitlines()[-1] == "False"
    assert second.splitlines()[:-1] == first.splitlines()[:-1]


# ---------------------------------------------------------------- mistakes


@pytest.mark.parametrize("alpha", [0.99, 0.0, -1.0, NAN, -INF])
def test_alphas_that_are_none(alpha):
    out = np.full((2, 3), 7.0)
    calls = (
        lambda: actfn.entmax(np.ones((2, 3)), alpha, out=out),
        lambda: actfn.entmax.backward(np.ones((2, 3)), np.ones((2, 3)), alpha, out=out),
        lambda: actfn.entmax.jacobian(np.ones((2, 3)), alpha),
        lambda: actfn.entmax.jvp(np.ones((2, 3)), np.ones((2, 3)), alpha),
        lambda: actfn.entmax.alpha_gradient(np.ones(3), np.ones(3), None, alpha),
        lambda: actfn.entmax_loss(np.ones((2, 3)), [0, 1], alpha),
    )
    for call in calls:
        with pytest.raises(ValueError, match="alpha"):
            call()
    assert (out == 7).all()


@pytest.mark.parametrize("function", [actfn.sparsemax, actfn.entmax], ids=lambda f: f.name)
def test_mistakes(function):
    for x, axis in (
        (np.ones((2, 0)), -1),
        (np.float64(1.0), -1),
        (np.ones(3), 1),
        (np.ones(3), ()),
    ):
        with pytest.raises(ValueError, match=function.name):
            function(x, axis=axis)
    for x in (np.ones(3, complex), np.array(["a"]), np.array([None])):
        with pytest.raises(TypeError, match="float64"):
            function(x)
    with pytest.raises(ValueError, match="out"):
        function(np.ones((2, 3)), out=np.ones((3, 2)))
    with pytest.raises(TypeError, match="out"):
        function(np.ones((2, 3)), out=np.ones((2, 3), np.float32))
    with pytest.raises(ValueError, match="where"):
        function(np.ones((2, 3)), where=np.ones((2, 2), bool))
    with pytest.raises(ValueError, match="shape"):
        function.backward(np.ones(3), np.ones(4))
    assert function(np.arange(3)).dtype == np.float64
    assert function(np.arange(3, dtype=np.int8)).dtype == np.float16
