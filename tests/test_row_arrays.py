"""The row-wise functions on arrays: axes, layouts, out, dtypes, threads, flags."""

import numpy as np
import pytest

import actfn
from row_trials import KINDS, dtypes, every, kinds

# ---------------------------------------------------------------- axes, layouts, out


@dtypes()
@every
def test_axes(name, dtype):
    """Any axis, from the front or the back, one or several: the rows in order along the last."""
    x = (3 * np.random.default_rng(4).normal(size=(3, 4, 5))).astype(dtype)
    function = getattr(actfn, name)
    for axis in (0, 1, 2, -1, -2, -3):
        last = function(np.ascontiguousarray(np.moveaxis(x, axis, -1)))
        expected = last if name == "logsumexp" else np.moveaxis(last, -1, axis)
        np.testing.assert_array_equal(function(x, axis=axis), expected)
    for axes in ((0, 1), (1, 2), (2, 0), (-1, -3), (0, 1, 2), (1,), (2, 1, 0)):
        at = sorted(a % 3 for a in axes)
        back = range(3 - len(at), 3)
        moved = np.moveaxis(x, at, back)
        outer = moved.shape[: 3 - len(at)]
        last = function(moved.reshape(*outer, -1))
        expected = last
        if name != "logsumexp":
            expected = np.moveaxis(last.reshape(moved.shape), back, at)
        np.testing.assert_array_equal(function(x, axis=axes), expected)


def test_keepdims():
    x = np.random.default_rng(5).normal(size=(3, 4, 5))
    for axis in (0, -1, (0, 2)):
        y = actfn.logsumexp(x, axis=axis, keepdims=True)
        assert y.shape == np.sum(x, axis=axis, keepdims=True).shape
        np.testing.assert_array_equal(y.ravel(), actfn.logsumexp(x, axis=axis).ravel())
    assert actfn.logsumexp(x[0, 0]).shape == ()


@pytest.mark.parametrize("axis", [2, -3, (0, 5), (0, 0), (1, -1), 1.5, ()])
@every
def test_axes_that_are_none(name, axis):
    with pytest.raises((ValueError, TypeError), match="ax"):
        getattr(actfn, name)(np.ones((2, 3)), axis=axis)


def layouts(x):
    """The same numbers, elsewhere in memory."""
    wide = np.zeros((x.shape[0], 3 * x.shape[1]), x.dtype)
    wide[:, ::3] = x
    yield wide[:, ::3]
    yield np.asfortranarray(x)
    yield x[::-1, ::-1].copy()[::-1, ::-1]
    odd = np.zeros(x.nbytes + 1, np.uint8)[1:].view(x.dtype).reshape(x.shape)
    odd[...] = x
    yield odd
    frozen = x.copy()
    frozen.flags.writeable = False
    yield frozen


@dtypes()
@every
def test_layouts(name, dtype):
    x = (3 * np.random.default_rng(6).normal(size=(23, 37))).astype(dtype)
    function = getattr(actfn, name)
    expected, before = function(x), x.copy()
    for other in layouts(x):
        np.testing.assert_array_equal(function(other), expected)
    np.testing.assert_array_equal(x, before)
    repeated = function(np.broadcast_to(x[5], (50, 37)))
    np.testing.assert_array_equal(repeated, np.broadcast_to(expected[5], repeated.shape))
    one_value = function(np.broadcast_to(x[5, 5], (4, 6)))
    np.testing.assert_array_equal(one_value, function(np.full((4, 6), x[5, 5])))
    np.testing.assert_array_equal(function(x.astype(object).tolist()), function(x.astype(float)))


@dtypes()
@every
def test_out(name, dtype):
    """`out` is filled and returned: of any layout, and over the input or a part of it."""
    x = (3 * np.random.default_rng(8).normal(size=(23, 37))).astype(dtype)
    function = getattr(actfn, name)
    expected = function(x)
    out = np.full(expected.shape, 9, dtype)
    assert function(x, out=out) is out
    np.testing.assert_array_equal(out, expected)
    strided = np.full([2 * n for n in expected.shape], 9, dtype)
    function(x, out=strided[(slice(None, None, 2),) * expected.ndim])
    np.testing.assert_array_equal(strided[(slice(None, None, 2),) * expected.ndim], expected)
    assert (strided[1::2] == 9).all()
    if name != "logsumexp":
        same = x.copy()
        function(same, out=same)
        np.testing.assert_array_equal(same, expected)
        shared = np.zeros(x.size + 37, dtype)
        shared[: x.size] = x.ravel()
        function(shared[: x.size].reshape(x.shape), out=shared[37:].reshape(x.shape))
        np.testing.assert_array_equal(shared[37:].reshape(x.shape), expected)
        columns = x.copy()
        np.testing.assert_array_equal(function(columns, axis=0, out=columns), function(x, axis=0))


@pytest.mark.parametrize("axis", [-1, 0])
@every
def test_wrong_out(name, axis):
    """An error before anything is written."""
    x = np.random.default_rng(9).normal(size=(3, 4)).astype(np.float32)
    right = getattr(actfn, name)(x, axis=axis)
    frozen = np.full(right.shape, 7, np.float32)
    frozen.flags.writeable = False
    wrong = (
        np.full((*right.shape, 1), 7, np.float32),
        np.full(np.array(right.shape) + 1, 7, np.float32),
        np.full((5, *right.shape), 7, np.float32),
        np.full(right.shape, 7, np.float16),
        np.full(right.shape, 7, np.int32),
        frozen,
        right.tolist(),
    )
    for out in wrong:
        with pytest.raises((ValueError, TypeError), match="out"):
            getattr(actfn, name)(x, axis=axis, out=out)
        assert isinstance(out, list) or (out == 7).all()


@every
def test_empty(name):
    function = getattr(actfn, name)
    for shape, axis in (((0,), -1), ((3, 0), 1), ((0, 3), 0), ((2, 0, 3), (0, 1))):
        with pytest.raises(ValueError, match=r"empty|length 0|no entries"):
            function(np.ones(shape, np.float32), axis=axis)
    assert function(np.ones((0, 3), np.float32)).shape == ((0,) if name == "logsumexp" else (0, 3))
    with pytest.raises(ValueError, match="ax"):
        function(np.float32(1.0))


@every
def test_dtypes(name):
    function = getattr(actfn, name)
    for dtype in (np.int8, np.uint8, np.int16, np.int32, np.int64, bool):
        x = np.array([[0, 1, 1], [1, 0, 0]], dtype)
        promoted = actfn.silu(x).dtype  # whatever the elementwise functions make of it
        y = function(x)
        assert y.dtype == promoted
        np.testing.assert_array_equal(y, function(x.astype(promoted)))
    for wrong in (np.ones(3, complex), np.array(["a"]), np.array([{}]), np.array([None, 1.0])):
        with pytest.raises(actfn.errors.DTypeError):
            function(wrong)


# ---------------------------------------------------------------- the same bits, no flags


@pytest.fixture
def threads():
    before = actfn.get_num_threads()
    yield actfn.set_num_threads
    actfn.set_num_threads(before)


@dtypes()
@every
def test_same_bits(name, dtype, threads):
    """A row gives the same bits alone, in a batch, at any place of it and on two threads."""
    x = (8 * np.random.default_rng(10).normal(size=(3000, 45))).astype(dtype)
    long = x.reshape(1, -1)
    function = getattr(actfn, name)
    results = []
    for count in (1, 2):
        threads(count)
        results.append((function(x), function(long), function(x.T.copy(), axis=0)))
    for one, two in zip(*results, strict=True):
        np.testing.assert_array_equal(one, two)
    whole, _, columns = results[0]
    np.testing.assert_array_equal(columns if name == "logsumexp" else columns.T, whole)
    for k in (0, 1, 2, 3, 5, 7, 1499, 1500, 2998, 2999):
        np.testing.assert_array_equal(function(x[k]), whole[k])
        np.testing.assert_array_equal(function(x[k : k + 3])[0], whole[k])


@dtypes()
@pytest.mark.parametrize("kind", KINDS)
@every
def test_silent(name, kind, dtype):
    """No floating-point flag for finite rows whose result is finite."""
    for x in kinds(dtype, 2)[kind]:
        with np.errstate(all="ignore"):
            y = np.asarray(getattr(actfn, name)(x)).astype(float)
        finite = np.isfinite(y if name == "logsumexp" else y.all(axis=-1))
        with np.errstate(all="raise", under="ignore"):
            getattr(actfn, name)(x[finite])
