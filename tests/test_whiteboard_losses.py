"""The model answers' losses: true values and edges. The repairs are in test_whiteboard_rows.py."""

import numpy as np
import pytest

import exact
from actfn import whiteboard
from broken import usual
from repairs import DTYPES, INF, NAN, NUMPY, ROUNDED_ONCE, f64
from whiteboard_truths import binary, cross_entropy, divergence, mp, numbers

ROW, OTHER = f64(1, 2, 3), f64(3, 2.5, -1)
ROWS = np.random.default_rng(5).normal(size=(20, 7)) * 3
OTHERS = np.random.default_rng(6).normal(size=(20, 7))
dtypes = pytest.mark.parametrize("dtype", DTYPES, ids=lambda t: t.__name__)


@pytest.fixture(autouse=True)
def every_flag_raises():
    with np.errstate(all="raise", under="ignore"):
        yield


@dtypes
@pytest.mark.parametrize("y", [0.0, 1.0, 0.25])
def test_binary_cross_entropy_values(dtype, y):
    x = np.array([-1000, -40, -1, -1e-3, 0, 0.5, 20, 1000], dtype)
    loss = whiteboard.binary_cross_entropy_with_logits(x, y)
    truths = [binary(t, mp.mpf(y)) for t in numbers(x)]
    digits = ROUNDED_ONCE if dtype != np.float64 else 2 * NUMPY
    assert exact.distances(loss, truths).max() <= digits


def test_binary_cross_entropy_at_infinity():
    loss = whiteboard.binary_cross_entropy_with_logits([INF, INF, INF, -INF], [1, 0.5, 0, 0])
    assert loss.tolist() == [0, INF, INF, 0]


def test_cross_entropy_of_a_class_that_is_not_there():
    assert whiteboard.cross_entropy([0, -INF], 0) == 0
    assert whiteboard.cross_entropy([0, -INF], 1) == INF
    assert whiteboard.cross_entropy_grad([0, -INF], 1).tolist() == [1, -1]


LOSSES = {
    "kl_divergence": lambda x, y: divergence(x, y),
    "distillation_loss": lambda x, y: 16 * divergence(y, x, 4),
}


@pytest.mark.parametrize("name", LOSSES)
@dtypes
def test_divergence_values(name, dtype):
    x, y = ROWS.astype(dtype), OTHERS.astype(dtype)
    truths = [LOSSES[name](a, b) for a, b in zip(x, y, strict=True)]
    # The terms are differences of logs of up to 30, for divergences not far below 1.
    digits = ROUNDED_ONCE if dtype != np.float64 else 30 * NUMPY
    assert exact.distances(getattr(whiteboard, name)(x, y), truths).max() <= digits


@pytest.mark.parametrize("implementation", [whiteboard, usual])
def test_divergence_is_never_negative(implementation):
    rows = np.random.default_rng(2).normal(size=(1000, 10))
    divergence = implementation.kl_divergence(rows, rows * (1 + 1e-9))
    assert (divergence.min() >= 0) == (implementation is whiteboard)
    assert whiteboard.kl_divergence(rows, rows).max() == 0


def test_divergence_of_two_dtypes():
    for x, y in ((ROW, OTHER.astype(np.float32)), (ROW.astype(np.float32), OTHER)):
        assert whiteboard.kl_divergence(x, y).dtype == np.float64


def test_divergence_where_one_is_zero():
    assert whiteboard.kl_divergence([0, 0, -INF], [0, -INF, -INF]) == INF
    assert whiteboard.kl_divergence([0, -INF, -INF], [0, 0, -INF]) == -np.log(0.5)


@pytest.mark.parametrize("T", [16.0, 1e4])
def test_a_high_temperature_matches_logits(T):
    """T² times the divergence tends to half the variance of the logits' differences."""
    loss = whiteboard.distillation_loss(ROW, OTHER, T)
    limit = np.var(ROW - OTHER) / 2
    # The next term of the series is smaller by the spread of the logits over T.
    assert abs(loss - limit) <= np.ptp(ROW - OTHER) / T * limit
    truth = T**2 * divergence(OTHER, ROW, T)
    assert abs(loss - truth) <= NUMPY * np.finfo(float).eps * T * limit  # logs of 1 + 1 / T


@pytest.mark.parametrize("T", [0, -1, NAN, INF])
def test_distillation_refuses_other_temperatures(T):
    with pytest.raises(ValueError, match="finite and above 0"):
        whiteboard.distillation_loss(ROW, OTHER, T)


@pytest.mark.parametrize("labels", [2, -1, NAN])
def test_binary_labels(labels):
    with pytest.raises(ValueError, match=r"0\.\.1"):
        whiteboard.binary_cross_entropy_with_logits(1.0, labels)


@pytest.mark.parametrize("label_smoothing", [-0.1, 1.5, NAN])
def test_label_smoothing_is_a_fraction(label_smoothing):
    for function in (whiteboard.cross_entropy, whiteboard.cross_entropy_grad):
        with pytest.raises(ValueError, match=r"0\.\.1"):
            function(ROW, 0, label_smoothing)


def test_smoothing_of_float16_labels_is_not_rounded_to_float16():
    y = np.eye(3, dtype=np.float16)[0]
    assert whiteboard.cross_entropy(ROW, y, 0.1) == whiteboard.cross_entropy(ROW, 0, 0.1)


@dtypes
def test_smoothed_cross_entropy_values(dtype):
    x, labels, smoothing = ROWS.astype(dtype), np.arange(20) % 7, mp.mpf(0.1)
    y = [[(1 - smoothing) * int(k == c) + smoothing / 7 for k in range(7)] for c in labels]
    losses = whiteboard.cross_entropy(x, labels, 0.1)
    truths = [cross_entropy(row, target) for row, target in zip(x, y, strict=True)]
    assert exact.distances(losses, truths).max() <= 2 * NUMPY
    for row, target, gradient in zip(
        x, y, whiteboard.cross_entropy_grad(x, labels, 0.1), strict=True
    ):
        truths = [p - t for p, t in zip(exact.softmax(row), target, strict=True)]
        # Both p and the target are up to 1, and rounded there.
        rounding = 2 * NUMPY * np.finfo(np.float64).eps + np.finfo(dtype).eps / 2
        assert np.abs(gradient - np.array(truths, float)).max() <= rounding
