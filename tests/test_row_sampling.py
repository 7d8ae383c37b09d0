"""What is drawn, and how often: filters, limits, policies, draws without replacement, Gumbel.

Statistical tests have fixed seeds, so they pass always or never; by chance, one of a correct
sampler would fail once in a million. Each is also shown to catch samplers that are wrong.
"""

from itertools import permutations

import numpy as np
import pytest
from scipy.stats import chisquare

import actfn
from actfn.rowwise._sampling_filters import bounds_of, filters_of

NAN, INF = np.nan, np.inf
P_VALUE = 1e-6
N = 10**6
LOGITS = np.array([0, 1, 2, 2, 0.5, -1, 1.5, -3, -INF, 1.5])


def drawn_with(p, draws):
    """Assert that nothing with p = 0 was drawn, and the rest as often as chance allows."""
    p, draws = np.asarray(p, float), np.ravel(draws)
    counts = np.bincount(draws, minlength=len(p))
    assert len(counts) == len(p)
    assert not counts[p == 0].any(), "something that is impossible"
    if np.count_nonzero(p) > 1:
        expected = len(draws) * p[p > 0] / p.sum()
        assert chisquare(counts[p > 0], expected).pvalue > P_VALUE, "too often, or too rarely"


def shares(x, T=1.0):
    """softmax(x / T), written down."""
    x = np.asarray(x, float)
    if T in (0.0, INF) or INF in x:
        e = (x == x.max() if T < INF else x > -INF).astype(float)
    else:
        e = np.exp((x - x.max()) / T)
    return e / e.sum()


def kept(x, p, top_k=None, top_p=None, min_p=None):
    """What is left of p after filters that sort and look at groups of equal scores one by one."""
    p = np.array(p, np.longdouble)
    levels = np.unique(x[p > 0])[::-1]
    if top_k is not None:
        rank = [np.sum((x >= v) & (p > 0)) for v in levels]
        levels = levels[: next((i + 1 for i, r in enumerate(rank) if r >= top_k), len(levels))]
        p = np.where(x >= levels[-1], p, 0) / p[x >= levels[-1]].sum()
    if top_p is not None and top_p < 1:
        reached = np.cumsum([p[x == v].sum() for v in levels])
        levels = levels[: np.argmax(reached >= np.longdouble(top_p)) + 1]
        p = np.where(x >= levels[-1], p, 0) / p[x >= levels[-1]].sum()
    if min_p is not None:
        p = np.where(p >= min_p * p.max(), p, 0)
    return (p / p.sum()).astype(float)


# ---------------------------------------------------------------- single rows and filters

FILTERS = {
    "plain": {},
    "cold": {"temperature": 0.4},
    "hot": {"temperature": 2.5},
    "zero": {"temperature": 0.0},
    "infinite": {"temperature": INF},
    "top_k": {"top_k": 5},
    "top_k in a tie": {"top_k": 3},
    "top_k of more than there are": {"top_k": 100},
    "top_p": {"top_p": 0.7},
    "top_p in a tie": {"top_p": 0.5},
    "top_p below the first": {"top_p": 1e-9},
    "top_p = 1": {"top_p": 1.0},
    "min_p": {"min_p": 0.2},
    "min_p = 0": {"min_p": 0.0},
    "min_p = 1": {"min_p": 1.0},
    "all": {"temperature": 1.5, "top_k": 7, "top_p": 0.85, "min_p": 0.3},
    "all at zero": {"temperature": 0.0, "top_k": 7, "top_p": 0.85, "min_p": 0.3},
    "all at infinity": {"temperature": INF, "top_k": 7, "top_p": 0.7, "min_p": 0.3},
}
filters = pytest.mark.parametrize("options", FILTERS.values(), ids=FILTERS)


@filters
def test_draws(options):
    others = dict(options)
    p = kept(LOGITS, shares(LOGITS, others.pop("temperature", 1.0)), **others)
    drawn_with(p, actfn.sample(LOGITS, size=N, rng=1, **options))
    rows = np.broadcast_to(LOGITS.astype(np.float32), (N // 10, len(LOGITS)))
    drawn_with(p, actfn.sample(rows, rng=2, **options))


WRONG = {
    "the temperature of the first draw": ({"temperature": 2.5}, lambda p: p),
    "top_p before top_k": (
        {"top_k": 4, "top_p": 0.62},
        lambda p: kept(LOGITS, kept(LOGITS, p, top_p=0.62), top_k=4),
    ),
    "min_p of all, not of the largest": ({"min_p": 0.2}, lambda p: np.where(p >= 0.2, p, 0)),
    "ties cut by index": ({"top_k": 5}, lambda p: np.where(np.arange(10) != 9, p, 0)),
    "no sum of 1 after top_k": ({"top_k": 3, "top_p": 0.6}, lambda p: kept(LOGITS, p, top_p=0.6)),
    "3 % too often": ({}, lambda p: p * (1 + 0.03 * (np.arange(10) == 2))),
}


@pytest.mark.parametrize("options, wrong", WRONG.values(), ids=WRONG)
def test_wrong_draws_are_caught(options, wrong):
    others = dict(options)
    p = kept(LOGITS, shares(LOGITS, others.pop("temperature", 1.0)), **others)
    mistaken = wrong(shares(LOGITS))
    draws = np.random.default_rng(3).choice(len(p), N, p=mistaken / mistaken.sum())
    with pytest.raises(AssertionError):
        drawn_with(p, draws)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_long_rows(dtype):
    """Many blocks, the last one not full."""
    x = np.random.default_rng(4).normal(size=3001).astype(dtype)
    drawn_with(shares(x), actfn.sample(x, size=N, rng=5))
    drawn_with(kept(x, shares(x), top_p=0.9), actfn.sample(x, size=N, rng=6, top_p=0.9))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n", [1, 2, 15, 16, 17, 33, 255, 256, 257, 273, 513])
def test_every_place(n, dtype):
    """Wherever a row's only entry stands."""
    rows = np.where(np.eye(n, dtype=bool), 0, -INF).astype(dtype)
    for options in ({}, {"top_k": 1}, {"top_p": 0.5}, {"size": 1, "replace": False}):
        np.testing.assert_array_equal(actfn.sample(rows, **options).ravel(), np.arange(n))


@pytest.mark.parametrize("T", [1e-40, 0.5, 1.0, 30.0, 1e38])
@pytest.mark.parametrize("x", [[0, 1e-40, -1e-40], [3e38, -3e38, 2.9e38], [1, INF, -INF, INF, 0],
                               [-1e3, -1001, -1003, -INF], [5.0]], ids=str)  # fmt: skip
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scores_of_any_size(x, T, dtype):
    x = np.array(x, dtype)
    drawn_with(shares(x, T), actfn.sample(x, size=N // 100, temperature=T, rng=6))
    several = np.count_nonzero(shares(x, T))
    both = actfn.sample(x, size=several, temperature=T, replace=False, rng=6)
    np.testing.assert_array_equal(np.sort(both), np.flatnonzero(shares(x, T)))


def test_float64_that_overflow():
    x = np.array([1.7e308, -1.7e308, 0])
    drawn_with(shares(x / 0.9e308), actfn.sample(x, size=N, temperature=0.9e308, rng=6))


def test_draws_are_independent():
    """Neighbouring rows, neighbouring draws, and the same row under the next seed."""
    p = shares(LOGITS[:4])
    pairs = np.outer(p, p).ravel()
    rows = np.broadcast_to(LOGITS[:4], (N // 2, 4))
    two = actfn.sample(rows, size=2, rng=7)
    drawn_with(pairs, two[:, 0] * 4 + two[:, 1])
    drawn_with(pairs, two[::2, 0] * 4 + two[1::2, 0])
    drawn_with(pairs, two[:, 0] * 4 + actfn.sample(rows, rng=8))


# ---------------------------------------------------------------- what top_p keeps


def many_rows(rng, n, count):
    """Rows with many ties, with -inf, and with a few entries far ahead."""
    x = rng.normal(size=(count, n)) * rng.choice([0.1, 1, 5, 30], size=(count, 1))
    kind = np.arange(count) % 4
    x[kind == 1] = np.round(x[kind == 1])
    x[kind == 2] = np.round(4 * x[kind == 2]) / 4
    x[kind == 2, 1:] = np.where(rng.random((sum(kind == 2), n - 1)) < 0.2, -INF, x[kind == 2, 1:])
    x[kind == 3, :2] += 40
    return x


def kept_by_sorting(x, T, top_p, ties=True, shift=0):
    """The set, from a stable sort and the running sum in more than float64's digits."""
    order = np.argsort(-x, kind="stable")
    reached = np.cumsum(np.exp((x[order] - x[order[0]]).astype(np.longdouble) / T))
    last = np.argmax(reached / reached[-1] >= np.longdouble(top_p)) + shift
    if ties:
        return x >= x[order[last]]
    return np.isin(np.arange(len(x)), order[: last + 1])


def sets(x, T, top_p):
    bounds = bounds_of(filters_of(None, top_p, None, ""), x, np.full(len(x), T))
    return x >= bounds[:, None]


@pytest.mark.parametrize("n, count", [(7, 5000), (40, 3000), (300, 1500), (2000, 500)])
def test_top_p_sets(n, count):
    """10,000 rows in all."""
    rng = np.random.default_rng(n)
    x = many_rows(rng, n, count)
    for dtype, T, top_p in ((np.float32, 1.0, 0.9), (np.float64, 0.7, rng.random())):
        rows = x.astype(dtype)
        wide = rows.astype(float)
        expected = np.array([kept_by_sorting(row, T, top_p) for row in wide])
        np.testing.assert_array_equal(sets(rows, T, top_p), expected)
        draws = actfn.sample(rows, temperature=T, top_p=top_p, size=20, rng=9)
        assert np.take_along_axis(expected, draws, axis=1).all()


@pytest.mark.parametrize("mistake", [{"shift": -1}, {"shift": 1}, {"ties": False}], ids=str)
def test_wrong_sets_are_caught(mistake):
    x = many_rows(np.random.default_rng(300), 300, 1500)
    wrong = np.array([kept_by_sorting(row, 1.0, 0.9, **mistake) for row in x])
    assert not np.array_equal(sets(x, 1.0, 0.9), wrong)


@pytest.mark.parametrize("n", [5, 60, 2000])
def test_top_k_sets(n):
    x = many_rows(np.random.default_rng(n), n, 300)
    x[::7, 0], x[3::7, 1:3] = -0.0, 0.0
    for k in (1, 2, 3, n // 2, n, n + 1):
        bounds = bounds_of(filters_of(k, None, None, ""), x, np.full(len(x), 1.0))
        least = -np.partition(-x, min(k, n) - 1, axis=1)[:, min(k, n) - 1]
        possible = x > -INF
        np.testing.assert_array_equal(
            (x >= bounds[:, None]) & possible, (x >= least[:, None]) & possible
        )


# ---------------------------------------------------------------- without replacement


def ordered(x, size, T=1.0):
    """{indices in order: probability} of draws without replacement."""
    p = shares(x, T)
    found = {}
    for order in permutations(range(len(x)), size):
        left, chance = 1.0, 1.0
        for i in order:
            chance *= p[i] / left
            left -= p[i]
        found[order] = chance
    return found


def as_numbers(draws, orders):
    """Which of the orders each row is."""
    base = 10 ** np.arange(draws.shape[-1])
    codes = [int(np.dot(order, base)) for order in orders]
    place = np.full(max(codes) + 1, -1)
    place[codes] = range(len(codes))
    return place[draws @ base]


@pytest.mark.parametrize("size, T", [(1, 1.0), (2, 1.0), (2, 2.5), (4, 1.0)])
def test_without_replacement(size, T):
    x = np.array([0, 1, 2, 0.5], np.float32)
    rows = np.broadcast_to(x, (N, 4))
    draws = actfn.sample(rows, size=size, replace=False, temperature=T, rng=11)
    orders = ordered(x, size, T)
    drawn_with(list(orders.values()), as_numbers(draws, orders))


def test_without_replacement_from_long_rows():
    """More entries than a heap holds: most are turned away by their uniform number alone."""
    x = np.random.default_rng(12).normal(size=200).astype(np.float32)
    draws = actfn.sample(np.broadcast_to(x, (N // 10, 200)), size=3, replace=False, rng=13)
    drawn_with(shares(x), draws[:, 0])
    assert (np.diff(np.sort(draws, axis=1), axis=1) > 0).all()
    filtered = actfn.sample(np.broadcast_to(x, (1000, 200)), size=3, top_k=5, replace=False, rng=13)
    assert np.isin(filtered, np.argsort(-x)[:5]).all()
    everything = actfn.sample(x, size=200, replace=False, rng=14)
    np.testing.assert_array_equal(np.sort(everything), np.arange(200))


NOISES = {
    "normal": lambda rng, shape: rng.normal(size=shape),
    "Gumbel of the smallest": lambda rng, shape: -rng.gumbel(size=shape),
    "exponential": lambda rng, shape: rng.exponential(size=shape),
    "the same for each row": lambda rng, shape: np.broadcast_to(rng.gumbel(size=shape[1]), shape),
}


@pytest.mark.parametrize("noise", NOISES.values(), ids=NOISES)
def test_wrong_noise_is_caught(noise):
    x = np.array([0, 1, 2, 0.5])
    keys = x + noise(np.random.default_rng(15), (N // 10, 4))
    orders = ordered(x, 2)
    with pytest.raises(AssertionError):
        drawn_with(list(orders.values()), as_numbers(np.argsort(-keys)[:, :2], orders))
    with pytest.raises(AssertionError):
        drawn_with(shares(x), keys.argmax(axis=1))
