"""cross_entropy as it is called: edges, in place, memory, threads, mistakes."""

import tracemalloc
from functools import partial

import ml_dtypes
import numpy as np
import pytest

import actfn
from row_trials import KINDS, dtypes, judge, kinds

REDUCTIONS = ("none", "mean", "sum")
MEGABYTE = 2**20

# ---------------------------------------------------------------- edges


@dtypes()
def test_minus_infinity(dtype):
    """A class with logit -inf has p = 0, and no part in the loss of another."""
    x = np.array([[0, -np.inf, 1], [-np.inf, -np.inf, 3]], dtype)
    judge(x, np.array([2, 2]), reduction="none")
    loss, gradient = judge(x, np.array([1, 0]), reduction="none")
    assert (np.asarray(loss) == np.inf).all()
    assert np.array_equal(gradient[[0, 1], [1, 0]].astype(float), [-1, -1])
    judge(x, np.array([[0.5, 0, 0.5], [0, 0, 1]], dtype), reduction="none")


@pytest.mark.parametrize("reduction", REDUCTIONS)
@dtypes()
def test_the_largest_numbers(dtype, reduction):
    """Differences that no number holds: a loss that overflows is inf, over T = 4 it is finite."""
    largest = ml_dtypes.finfo(dtype).max
    x = np.array([[largest, -largest, 0], [-largest, largest, largest]], dtype)
    for T in (1.0, 4.0):
        loss, gradient = judge(x, np.array([1, 0]), temperature=T, reduction=reduction)
        assert (np.asarray(loss) == np.inf).all() == (T == 1)
        assert np.isfinite(gradient.astype(float)).all()


@dtypes()
def test_nan_logits(dtype):
    x = np.array([[0, np.nan, 1], [1, 2, 3]], dtype)
    loss, gradient = actfn.cross_entropy(x, [0, 1], reduction="none", with_grad=True)
    assert np.isnan(loss.astype(float)).tolist() == [True, False]
    assert np.isnan(gradient.astype(float)).all(axis=1).tolist() == [True, False]
    assert np.isfinite(gradient[1].astype(float)).all()
    assert np.isnan(float(actfn.cross_entropy(x, [0, 1])))
    ignored = actfn.cross_entropy(x, [7, 1], ignore_index=7, with_grad=True)
    assert np.isfinite(float(ignored[0]))
    assert (ignored[1][0] == 0).all()


@pytest.mark.parametrize("z", [0.0, 0.1])
@dtypes()
def test_nothing_counted(dtype, z):
    """No row, no counted row, no weight: 0, and a gradient of zeros."""
    x = np.ones((3, 4), dtype)
    for logits, target, options in (
        (x, [5, 5, 5], {"ignore_index": 5}),
        (x, [1, 2, 1], {"class_weight": [1, 0, 0, 1]}),
        (x[:0], np.zeros(0, int), {}),
        (x[:0], np.zeros((0, 4)), {}),
    ):
        out = np.full_like(logits, 9)
        loss, gradient = actfn.cross_entropy(logits, target, z_loss=z, grad_out=out, **options)
        assert loss == 0
        assert loss.dtype == dtype
        assert (gradient == 0).all()


def test_one_class_and_one_row():
    loss, gradient = actfn.cross_entropy(np.array([[3.0], [-2.0]]), [0, 0], with_grad=True)
    assert loss == 0
    assert (gradient == 0).all()
    row = np.float32([1, 2, 3])
    assert np.shape(actfn.cross_entropy(row, 2, reduction="none")) == ()
    assert actfn.cross_entropy(row, 2) == actfn.cross_entropy(row[None], [2])


@pytest.mark.parametrize("integer", [np.int8, np.uint8, np.int32, np.uint64])
def test_integer_dtypes(integer):
    x = np.random.default_rng(5).normal(size=(4, 3))
    expected = actfn.cross_entropy(x, [0, 2, 1, 1])
    assert actfn.cross_entropy(x, np.array([0, 2, 1, 1], integer)) == expected
    assert actfn.cross_entropy((8 * x).astype(np.int64), [0, 2, 1, 1]).dtype == np.float64


# ---------------------------------------------------------------- in place, memory, threads


@dtypes()
def test_in_place(dtype):
    x = (5 * np.random.default_rng(6).normal(size=(50, 33))).astype(dtype)
    soft = np.random.default_rng(6).dirichlet(np.ones(33), 50).astype(dtype)
    for target in (np.arange(50) % 33, soft):
        expected, gradient = actfn.cross_entropy(x, target, with_grad=True, label_smoothing=0.1)
        logits = x.copy()
        loss, same = actfn.cross_entropy(logits, target, grad_out=logits, label_smoothing=0.1)
        assert same is logits
        assert loss == expected
        np.testing.assert_array_equal(logits, gradient)
    columns = np.asfortranarray(x)
    actfn.cross_entropy(columns, soft, grad_out=columns, label_smoothing=0.1)
    np.testing.assert_array_equal(columns, gradient)


def peak(function):
    """Bytes allocated at once while `function` runs, beyond what was there before."""
    function()  # compiled code is loaded, and stays
    tracemalloc.start()
    try:
        function()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("options", [{}, {"label_smoothing": 0.1, "z_loss": 1e-4}], ids=str)
def test_memory(options):
    """The gradient and nothing else; in place less than 1 % of the logits."""
    x = np.random.default_rng(7).normal(size=(512, 8000)).astype(np.float32)
    target = np.arange(512)
    call = partial(actfn.cross_entropy, x, target, **options)
    assert peak(call) <= MEGABYTE
    assert peak(partial(call, with_grad=True)) <= x.nbytes + MEGABYTE
    assert peak(partial(call, grad_out=x)) <= x.nbytes / 100 + MEGABYTE


@pytest.mark.parametrize("reduction", REDUCTIONS)
@dtypes()
def test_same_bits(dtype, reduction):
    """On one thread and two; and every row alone."""
    x = (8 * np.random.default_rng(8).normal(size=(3000, 45))).astype(dtype)
    target = np.arange(3000) % 45
    before, results = actfn.get_num_threads(), []
    try:
        for count in (1, 2):
            actfn.set_num_threads(count)
            results.append(actfn.cross_entropy(x, target, reduction=reduction, with_grad=True))
    finally:
        actfn.set_num_threads(before)
    for one, two in zip(*results, strict=True):
        np.testing.assert_array_equal(one, two)
    if reduction == "none":
        for k in (0, 1, 2, 1499, 1500, 2999):
            loss, gradient = actfn.cross_entropy(x[k : k + 1], target[k : k + 1], with_grad=True)
            assert loss == results[0][0][k]
            np.testing.assert_array_equal(gradient[0], results[0][1][k])


@pytest.mark.parametrize("kind", KINDS)
def test_silent(kind):
    for x in kinds(np.float32, 4)[kind]:
        with np.errstate(all="ignore"):
            finite = np.isfinite(actfn.cross_entropy(x, np.zeros(len(x), int), reduction="none"))
        with np.errstate(all="raise", under="ignore"):
            actfn.cross_entropy(x[finite], np.zeros(finite.sum(), int), with_grad=True)


# ---------------------------------------------------------------- mistakes

X = np.random.default_rng(9).normal(size=(4, 3)).astype(np.float32)
SOFT = np.full((4, 3), 1 / 3, np.float32)
BAD_SOFT = SOFT.copy()
BAD_SOFT[2, 1] = np.nan
MISTAKES = {
    "class beyond": ((X, [0, 1, 977, 2]), {}, ValueError, r"977.*2|2.*977"),
    "class below": ((X, [0, 1, 2, -55]), {}, ValueError, r"-55.*3|3.*-55"),
    "first bad class": ((X, [0, 88, 977, 2]), {"ignore_index": -100}, ValueError, "88"),
    "ignore_index with soft labels": ((X, SOFT), {"ignore_index": 1}, ValueError, "ignore_index"),
    "NaN label": ((X, BAD_SOFT), {}, ValueError, "(?i)nan"),
    "target's length": ((X, [0, 1, 2]), {}, ValueError, "shape"),
    "target's shape": ((X, np.zeros((4, 1), int)), {}, ValueError, "shape"),
    "soft labels' shape": ((X, SOFT[:, :2]), {}, ValueError, "shape"),
    "soft labels for one row": ((X, SOFT[0]), {}, ValueError, "shape"),
    "complex logits": ((X.astype(complex), [0] * 4), {}, TypeError, "complex"),
    "text target": ((X, ["a"] * 4), {}, TypeError, "target|str|<U"),
    "weights' length": ((X, [0] * 4), {"class_weight": [1, 2]}, ValueError, "class_weight"),
    "weights' shape": ((X, [0] * 4), {"class_weight": np.ones((4, 3))}, ValueError, "class_weight"),
    "smoothing above 1": ((X, [0] * 4), {"label_smoothing": 1.5}, ValueError, "label_smoothing"),
    "smoothing below 0": ((X, [0] * 4), {"label_smoothing": -0.1}, ValueError, "label_smoothing"),
    "smoothing NaN": ((X, [0] * 4), {"label_smoothing": np.nan}, ValueError, "label_smoothing"),
    "T below 0": ((X, [0] * 4), {"temperature": -1.0}, ValueError, "temperature"),
    "T NaN": ((X, [0] * 4), {"temperature": np.nan}, ValueError, "temperature"),
    "reduction": ((X, [0] * 4), {"reduction": "average"}, ValueError, "reduction.*average"),
    "axis": ((X, [0] * 4), {"axis": 2}, ValueError, "axis"),
    "no classes": ((X[:, :0], [0] * 4), {}, ValueError, "empty|length 0|no entries|no class"),
    "scalar logits": ((np.float32(1), 0), {}, ValueError, "axis"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes(mistake):
    """An error that names the argument, before anything is written."""
    (logits, target), options, error, message = MISTAKES[mistake]
    out = np.full(np.shape(logits), 7, np.asarray(logits).dtype)
    with pytest.raises(error, match=message):
        actfn.cross_entropy(logits, target, grad_out=out, **options)
    assert (out == 7).all()
    with pytest.raises(error, match=message):
        actfn.cross_entropy(logits, target, **options)


def test_wrong_grad_out():
    frozen = X.copy()
    frozen.flags.writeable = False
    for out in (X[:3].copy(), X[:, :2].copy(), X.T.copy(), X.astype(float), X.tolist(), frozen):
        before = np.array(out)
        with pytest.raises((ValueError, TypeError), match="grad_out"):
            actfn.cross_entropy(X, [0] * 4, grad_out=out)
        np.testing.assert_array_equal(out, before)


def test_nothing_else_is_modified():
    x, soft, weight = X.copy(), SOFT.copy(), np.float32([1, 2, 3])
    for array in (x, soft, weight):
        array.flags.writeable = False
    actfn.cross_entropy(x, soft, class_weight=weight, with_grad=True)
    actfn.cross_entropy(x, [0, 1, 2, 0], class_weight=weight, label_smoothing=0.1, with_grad=True)
    np.testing.assert_array_equal(x, X)
