"""gumbel_softmax, epsilon_greedy and boltzmann: frequencies, limits, gradients, mistakes."""

import ml_dtypes
import numpy as np
import pytest

import actfn
from actfn.errors import DTypeError, ShapeError
from actfn.rowwise._sampling import noisy
from test_row_sampling import N, drawn_with, shares

NAN, INF = np.nan, np.inf
LOGITS = np.array([0, 1, 2, 0.5, -INF, -1])

# ---------------------------------------------------------------- gumbel_softmax


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("T", [0.0, 0.5, 3.0])
def test_hard_rows(dtype, T):
    """One-hot, and by softmax(logits) at any temperature."""
    rows = np.broadcast_to(LOGITS.astype(dtype), (N if T == 0.5 else N // 10, len(LOGITS)))
    y = actfn.gumbel_softmax(rows, T, hard=True, rng=1)
    assert y.dtype == dtype
    np.testing.assert_array_equal(np.sort(y, axis=1)[:, :-1], 0)
    np.testing.assert_array_equal(y.max(axis=1), 1)
    drawn_with(shares(LOGITS), y.argmax(axis=1))


WRONG = {
    "noise after the temperature": lambda x, g: x / 3 + g,
    "noise of the wrong sign": lambda x, g: x - g,
    "half the noise": lambda x, g: x + g / 2,
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_wrong_hard_rows_are_caught(wrong):
    noise = np.random.default_rng(2).gumbel(size=(N // 10, len(LOGITS)))
    with pytest.raises(AssertionError):
        drawn_with(shares(LOGITS), wrong(LOGITS, noise).argmax(axis=1))


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16, np.float32, np.float64])
@pytest.mark.parametrize("T", [0.0, 1e-3, 0.7, 5.0, INF])
def test_soft_rows(dtype, T):
    """softmax of the noisy scores; the hard row of the same seed is its largest entry."""
    x = (2 * np.random.default_rng(3).normal(size=(50, 30))).astype(dtype)
    p = actfn.gumbel_softmax(x, T, rng=4)
    assert p.dtype == dtype
    scores = noisy(x, (1,), (4, 0))
    np.testing.assert_array_equal(p, actfn.softmax(scores, temperature=T).astype(dtype))
    hard, soft = actfn.gumbel_softmax.straight_through(x, T, rng=4)
    np.testing.assert_array_equal(soft, p)
    np.testing.assert_array_equal(hard, actfn.gumbel_softmax(x, T, hard=True, rng=4))
    np.testing.assert_array_equal(hard.argmax(axis=1), scores.argmax(axis=1))
    if T == 0:
        np.testing.assert_array_equal(p, hard)


def test_noise_keeps_its_digits_far_from_zero():
    """Added to 1e6 in float32, it would come in steps of 1/16."""
    x = (LOGITS + 2.0**20).astype(np.float32)
    rows = np.broadcast_to(x, (N // 10, len(x)))
    p = actfn.gumbel_softmax(rows, 1.0, rng=5)
    np.testing.assert_array_equal(p, actfn.gumbel_softmax(rows - np.float32(2**20), 1.0, rng=5))
    coarse = np.float32(2**20) + np.random.default_rng(5).gumbel(size=(1000, 4)).astype(np.float32)
    assert (np.diff(np.sort(coarse, axis=1), axis=1) == 0).any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_limits_of_gumbel_softmax(dtype):
    nothing, inf, nan = np.array([[-INF] * 3, [0, INF, INF], [0, NAN, 1]], dtype)
    for T in (0.0, 1.0, INF):
        for hard in (False, True):
            draw = lambda x, T=T, hard=hard: actfn.gumbel_softmax(x, T, hard, rng=6)
            assert not draw(nothing).any()
            assert np.isnan(draw(nan)).all()
            several = draw(np.broadcast_to(inf, (100, 3)))
            assert not several[:, 0].any()
            np.testing.assert_array_equal(several.sum(axis=1), 1)
    huge = np.finfo(dtype).max * np.array([[-1, 1, 0.75]], dtype)
    np.testing.assert_array_equal(actfn.gumbel_softmax(huge, 1.0, rng=7), [[0, 1, 0]])


def test_gradient_of_gumbel_softmax():
    """By central differences of a call with the same seed: error O(h^2), and of rounding / h."""
    rng = np.random.default_rng(8)
    x, g, h = rng.normal(size=(3, 4)), rng.normal(size=(3, 4)), 2.0**-17
    p = actfn.gumbel_softmax(x, 0.6, rng=9)
    found = actfn.gumbel_softmax.backward(g, p, temperature=0.6)
    for at in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[at] = h
        rise = [actfn.gumbel_softmax(x + s * step, 0.6, rng=9) for s in (1, -1)]
        slope = (g * (rise[0] - rise[1])).sum() / (2 * h)
        assert abs(slope - found[at]) < 100 * h**2
    np.testing.assert_array_equal(found, actfn.softmax.backward(g, p, temperature=0.6))
    assert np.abs(found - actfn.softmax.backward(g, p)).max() > 100 * h**2  # 1 / T forgotten


def test_mistakes_with_gumbel_softmax():
    with pytest.raises(ValueError, match="temperature must be 0 or more"):
        actfn.gumbel_softmax([1.0, 2.0], -1)
    with pytest.raises(TypeError, match="gumbel_softmax: rng must be None, an int or"):
        actfn.gumbel_softmax([1.0, 2.0], rng=1.5)
    with pytest.raises(TypeError, match="works along one axis"):
        actfn.gumbel_softmax([[1.0, 2.0]], axis=(0, 1))
    with pytest.raises(DTypeError, match="logits must be one of"):
        actfn.gumbel_softmax([1j])


# ---------------------------------------------------------------- policies

VALUES = np.array([1.0, 3, 3, -INF, 2])


@pytest.mark.parametrize("epsilon", [0, 1e-3, 0.1, 0.7, 1])
def test_epsilon_greedy(epsilon):
    best, any_ = np.array([0, 0.5, 0.5, 0, 0]), np.array([0.25, 0.25, 0.25, 0, 0.25])
    rows = np.broadcast_to(VALUES, (N // 2, 5))
    actions = actfn.epsilon_greedy(rows, epsilon, rng=1)
    drawn_with((1 - epsilon) * best + epsilon * any_, actions)
    pairs = actions[::2] * 5 + actions[1::2]
    p = (1 - epsilon) * best + epsilon * any_
    drawn_with(np.outer(p, p).ravel(), pairs)


@pytest.mark.parametrize("wrong", [[0, 0.925, 0.025, 0, 0.025], [1 / 30, 0.45, 0.45, 0, 1 / 30]])
def test_wrong_epsilon_greedy_is_caught(wrong):
    """The first of two best ones; never a best one when exploring."""
    wrong = np.array(wrong) / np.sum(wrong)
    actions = np.random.default_rng(2).choice(5, N, p=wrong)
    with pytest.raises(AssertionError):
        drawn_with(0.9 * np.array([0, 0.5, 0.5, 0, 0]) + 0.1 * (VALUES > -INF) / 4, actions)


def test_rare_exploration():
    """An epsilon of 1e-12 is neither 0 nor the least step of a random number."""
    rows = np.broadcast_to(VALUES, (1000, 5))
    assert np.isin(actfn.epsilon_greedy(rows, 1e-12, rng=3), [1, 2]).all()


@pytest.mark.parametrize("T", [0.0, 0.5, 2.0, INF])
def test_boltzmann(T):
    rows = np.broadcast_to(VALUES, (N // 2, 5))
    actions = actfn.boltzmann(rows, T, rng=4)
    drawn_with(shares(VALUES, T), actions)
    np.testing.assert_array_equal(actions, actfn.sample(rows, temperature=T, rng=4))
    np.testing.assert_array_equal(actions[:9], actfn.boltzmann(rows[:9].T, T, axis=0, rng=4))


def test_mistakes_with_policies():
    for epsilon in (-0.1, 1.1, NAN):
        with pytest.raises(ValueError, match="epsilon must lie in 0 to 1; received"):
            actfn.epsilon_greedy(VALUES, epsilon)
    for policy in (actfn.epsilon_greedy, actfn.boltzmann):
        name = policy.__name__
        with pytest.raises(ValueError, match=f"{name}: row 1 holds NaN"):
            policy([[0, 1], [NAN, 1]])
        with pytest.raises(ValueError, match=f"{name}: the row has nothing to draw from"):
            policy([-INF, -INF])
        with pytest.raises(ShapeError, match="is empty"):
            policy(np.zeros((2, 0)))
        with pytest.raises(DTypeError, match="must be one of"):
            policy(["left", "right"])
        with pytest.raises(TypeError, match=f"{name}: rng must be"):
            policy(VALUES, rng="seed")
    with pytest.raises(ValueError, match="temperature must be"):
        actfn.boltzmann(VALUES, -1)
