"""entmax_loss and sparsemax_loss: true values and gradients, labels, reductions, mistakes."""

from functools import partial

import numpy as np
import pytest

import actfn
import entmax_reference as truth
import row_reference as reference
from actfn import contract
from row_trials import BOUNDS, SIXTEEN_BIT_ULP, dtypes

INF, NAN = np.inf, np.nan
ALPHAS = (1.0, 1.0001, 1.2, 1.5, 1.9, 2.0, 2.5, 4.0, 10.0)
every = pytest.mark.parametrize("alpha", ALPHAS)
# float64 inside: p is rounded, powers multiply that by up to alpha, and some ten roundings follow.
# Labels and p that are close together have lost what they have in common.
FLOAT64_LOSS_ULP = 8.0


def bound_of(dtype, alpha):
    if dtype == np.float64:
        return FLOAT64_LOSS_ULP + alpha
    return SIXTEEN_BIT_ULP if dtype.itemsize == 2 else contract.FLOAT32_ULP


def logits(dtype, seed=1):
    """Rows that are unsure, sure and right, sure and wrong."""
    rng = np.random.default_rng(seed)
    for n in (1, 2, 3, 7, 20):
        for scale in (0.1, 1.0, 6.0):
            x = (scale * rng.normal(size=(5, n))).astype(dtype)
            target = rng.integers(n, size=5)
            target[:2] = x[:2].astype(float).argmax(axis=-1)
            yield x, target


def judge(x, target, alpha, size=0.0, **options):
    """Loss and gradient against the truth."""
    labels = np.asarray(target)
    true = reference.true(partial(truth.loss, target=labels, alpha=alpha, **options), x)
    got, gradient = actfn.entmax_loss(x, target, alpha, with_grad=True, **options)
    assert np.asarray(got).dtype == gradient.dtype == x.dtype
    assert (np.asarray(got) >= 0).all()
    bound = bound_of(x.dtype, alpha)
    reference.check(got, true.loss, bound, f"loss at {alpha}", size, 2.0**-50)
    soft = size if labels.ndim > 1 else 0.0
    reference.check(
        gradient, true.gradient, max(bound, BOUNDS[x.dtype]), f"gradient at {alpha}", soft, 2.0**-50
    )
    np.testing.assert_array_equal(actfn.entmax_loss(x, target, alpha, **options), got)
    if alpha == 2.0:
        again = actfn.sparsemax_loss(x, target, with_grad=True, **options)
        np.testing.assert_array_equal(again[0], got)
        np.testing.assert_array_equal(again[1], gradient)


@every
@dtypes()
def test_classes(dtype, alpha):
    """However small the loss: no term of both signs."""
    for x, target in logits(dtype):
        for reduction in ("none", "mean", "sum"):
            judge(x, target, alpha, reduction=reduction)


@every
@dtypes("float32 float64")
def test_labels(dtype, alpha):
    """Rows of probabilities, which count as if they summed to 1 exactly; zeros and ones among."""
    rng = np.random.default_rng(2)
    for x, target in logits(dtype, 3):
        y = rng.dirichlet(np.ones(x.shape[1]), size=5)
        y[0] = np.eye(x.shape[1])[target[0]]
        y[1] = np.where(y[1] < y[1].mean(), 0, y[1])
        y[1] /= y[1].sum()
        judge(x, y.astype(dtype), alpha, 1.0 if dtype == np.float64 else 0.0, reduction="none")


@pytest.mark.parametrize("alpha, lead", [(1.0, 30), (1.1, 9.5), (1.5, 1.9999), (2.0, 1 - 1e-6)])
def test_sure_labels_are_sure_classes(alpha, lead):
    """1 - p keeps its digits where labels are one-hot, too."""
    x = np.array([[lead, 0, -1], [-3, 0, lead]], np.float32)
    loss, gradient = actfn.entmax_loss(x, [0, 2], alpha, with_grad=True)
    again, same = actfn.entmax_loss(x, np.eye(3)[[0, 2]], alpha, with_grad=True)
    assert 0 < loss < 1e-9
    np.testing.assert_array_max_ulp(again, loss, 1)
    np.testing.assert_array_max_ulp(same, gradient, 1)


def test_known_values():
    """Of two classes the sparsemax loss is Huber's: (1 - lead)**2 / 4 within 1, -lead beyond."""
    for lead, loss in (
        (1.0, 0.0),
        (3.0, 0.0),
        (0.5, 1 / 16),
        (0.0, 0.25),
        (-1.0, 1.0),
        (-5.0, 5.0),
    ):
        assert actfn.sparsemax_loss(np.array([lead, 0.0]), 0) == loss
    got, gradient = actfn.sparsemax_loss(np.array([[0.5, 0.0]]), [1], with_grad=True)
    assert got == 0.25 * 1.5**2
    np.testing.assert_array_equal(gradient, [[0.75, -0.75]])
    assert actfn.entmax_loss(np.array([2.0, 0.0]), 0) == 0  # 1.5: the whole from a lead of 2 on
    assert actfn.entmax_loss(np.array([1.999, 0.0]), 0) > 0


def test_alpha_one_is_cross_entropy():
    for x, target in logits(np.float32):
        ours = actfn.entmax_loss(x, target, 1.0, with_grad=True)
        theirs = actfn.cross_entropy(x, target, with_grad=True)
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_array_max_ulp(a, b, 1)
    sure = actfn.entmax_loss(np.array([[40.0, 0.0]], np.float32), [0], 1.0)
    assert sure == np.float32(np.exp(-40.0))


@every
@dtypes("float32 float64")
def test_far_classes(dtype, alpha):
    """A class far outside of the support costs its distance; infinitely far, infinitely much."""
    x = np.array([[1e4, 0, -1e4], [0, -INF, 3], [-INF, 2, 2], [0, 1e30, 1]], dtype)
    judge(x[[0, 2]], np.array([2, 1]), alpha, reduction="none")
    got, gradient = actfn.entmax_loss(x, [0, 1, 0, 1], alpha, reduction="none", with_grad=True)
    np.testing.assert_array_equal(got, np.array([0, INF, INF, 0], dtype))
    np.testing.assert_array_equal(np.isfinite(gradient), True)
    y = np.array([[0.5, 0.5, 0], [0.5, 0, 0.5]], dtype)
    judge(x[:1], y[:1], alpha, 1.0)
    judge(np.array([[0.0, -INF, 0.5]], dtype), y[1:], alpha, 1.0)
    assert actfn.entmax_loss(np.array([[INF, 0.0]], dtype), [0], alpha) == 0
    assert actfn.entmax_loss(np.array([[INF, 0.0]], dtype), [1], alpha) == INF
    assert np.isnan(actfn.entmax_loss(np.array([[NAN, 0.0]], dtype), [1], alpha))


@pytest.mark.parametrize("alpha", [1.0, 1.5, 2.0, 3.0])
def test_layouts(alpha):
    """Any axis, one row, no rows; mean and sum are those of the rows."""
    x = np.random.default_rng(4).normal(size=(3, 5, 4))
    target = np.random.default_rng(5).integers(5, size=(3, 4))
    moved = np.ascontiguousarray(np.moveaxis(x, 1, -1))
    y = np.moveaxis(actfn.softmax(moved), -1, 1)
    for t, flat in ((target, target), (y, np.moveaxis(y, 1, -1))):
        rows, gradient = actfn.entmax_loss(x, t, alpha, axis=1, reduction="none", with_grad=True)
        assert rows.shape == (3, 4)
        again = actfn.entmax_loss(moved, flat, alpha, reduction="none", with_grad=True)
        np.testing.assert_array_equal(rows, again[0])
        np.testing.assert_array_equal(np.moveaxis(gradient, 1, -1), again[1])
        whole, scaled = actfn.entmax_loss(x, t, alpha, axis=1, with_grad=True)
        assert whole == rows.sum() * (1 / 12)
        np.testing.assert_array_equal(scaled, gradient * (1 / 12))
        assert actfn.entmax_loss(x, t, alpha, axis=1, reduction="sum") == rows.sum()
    one = actfn.entmax_loss(x[0, :, 0], target[0, 0], alpha)
    assert one == actfn.entmax_loss(x[:1, :, 0], target[:1, 0], alpha)
    none, gradient = actfn.entmax_loss(np.ones((0, 3)), np.ones(0, int), alpha, with_grad=True)
    assert none == 0
    assert gradient.shape == (0, 3)


@pytest.mark.parametrize(
    "loss", [actfn.entmax_loss, actfn.sparsemax_loss], ids=lambda f: f.__name__
)
def test_mistakes(loss):
    x = np.zeros((2, 3))
    for target, message in (
        ([0, 3], r"class 3 at \(1,\) is outside 0 \.\.\. 2"),
        ([-1, 0], r"class -1 at \(0,\)"),
        ([0, 1, 2], "shape"),
        (np.zeros((2, 2)), "shape"),
        ([[NAN, 1, 0], [0, 0, 1]], "not a probability"),
        ([[1, 0, 0], [1, 1, 0]], r"labels at \(1,\) sum to 2"),
        ([[1, 0, 0], [1.5, -0.5, 0]], r"label at \(1, 1\) is -0.5"),
        ([[1, 0, 0], [INF, 0, 0]], "sum to inf"),
    ):
        with pytest.raises(ValueError, match=message):
            loss(x, target)
    with pytest.raises(TypeError, match="integers"):
        loss(x, [0.0, 1.0])
    with pytest.raises(ValueError, match="reduction"):
        loss(x, [0, 1], reduction="average")
    with pytest.raises(ValueError, match="one axis"):
        loss(x, [0, 1], axis=(0, 1))
    with pytest.raises(ValueError, match="finite"):
        actfn.entmax_loss(x, [0, 1], INF)
