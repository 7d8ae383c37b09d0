"""The model answers that draw: frequencies, edges, and the usual mistakes caught."""

import inspect

import numpy as np
import pytest
from scipy.stats import chisquare

import exact
from actfn import whiteboard
from broken import usual
from repairs import FLAG, INF, NAN, ROUNDED_ONCE, f32

N = 20_000
LOGITS = np.array([0, 1, 2, 2, 0.5, -1, 1.5, -3])
DRAWING = {
    "sample_with_temperature": whiteboard.sample_with_temperature,
    "boltzmann": whiteboard.boltzmann,
    "epsilon_greedy": whiteboard.epsilon_greedy,
}
drawing = pytest.mark.parametrize("draw", DRAWING.values(), ids=DRAWING)


@pytest.fixture(autouse=True)
def every_flag_raises():
    with np.errstate(all="raise", under="ignore"):
        yield


def rows(values=LOGITS):
    return np.tile(values, (N, 1))


def assert_drawn_with(p, draws):
    """Nothing whose p is 0, and the rest as often as chance allows."""
    p, counts = np.array(p, float), np.bincount(draws, minlength=len(p))
    assert len(counts) == len(p)
    assert not counts[p == 0].any()
    if np.count_nonzero(p) == 1:
        return  # nothing is left to chance
    # Seeds are fixed, so this passes always or never; by chance it would fail in one of a million.
    assert chisquare(counts[p > 0], N * p[p > 0]).pvalue > 1e-6


# ---------------------------------------------------------------- filters


def filtered(logits, temperature=1.0, top_k=None, top_p=None, min_p=None):
    """The probabilities that the docstring describes, one entry at a time."""
    p = dict(enumerate(exact.softmax(logits, temperature)))
    ranked = sorted(p, key=lambda i: -p[i])

    def keep(kept):
        kept = [i for i in p if any(p[i] >= p[j] for j in kept)]
        return {i: p[i] / sum(p[j] for j in kept) for i in kept}

    if top_k is not None:
        p = keep(ranked[:top_k])
    if top_p is not None:
        size = next(n for n in range(1, len(p) + 1) if sum(p[i] for i in ranked[:n]) >= top_p)
        p = keep(ranked[:size])
    if min_p is not None:
        p = keep([i for i in p if p[i] >= min_p * max(p.values())])
    return [p.get(i, 0) for i in range(len(logits))]


FILTERS = {
    "none": {},
    "temperature": {"temperature": 2.5},
    "top_k": {"top_k": 3},
    "top_k = 1 of two": {"top_k": 1},
    "top_k of more than there are": {"top_k": 100},
    "top_p": {"top_p": 0.7},
    "top_p of one of two": {"top_p": 1e-9},
    "top_p = 1": {"top_p": 1.0},
    "min_p": {"min_p": 0.2},
    "min_p = 1": {"min_p": 1.0},
    "all": {"temperature": 3.0, "top_k": 5, "top_p": 0.75, "min_p": 0.22},
    "all, of two": {"temperature": 1.0, "top_k": 1, "top_p": 1.0, "min_p": 0.0},
    "all, min_p strict": {"temperature": 1.5, "top_k": 5, "top_p": 0.6, "min_p": 0.5},
}


@pytest.mark.parametrize("options", FILTERS.values(), ids=FILTERS)
def test_filters(options):
    draws = whiteboard.sample_with_temperature(rows(), **options, rng=11)
    assert draws.shape == (N,)
    assert draws.dtype == np.int64
    assert_drawn_with(filtered(LOGITS, **options), draws)


# each wrong one, and the filters with which it shows
WRONG = {
    usual.temperature_last: "all",
    usual.top_p_first: "all",
    usual.min_p_before_top_p: "all, min_p strict",
    usual.not_renormalised: "all",
    usual.stops_before_top_p: "all",
    usual.min_p_of_one: "all",
    usual.splits_equal_ones: "all, of two",
}


@pytest.mark.parametrize("wrong", WRONG, ids=lambda f: f.__name__)
def test_another_order_or_filter_is_caught(wrong):
    options = FILTERS[WRONG[wrong]]
    with pytest.raises(AssertionError):
        assert_drawn_with(filtered(LOGITS, **options), wrong(rows(), **options, rng=11))


@pytest.mark.parametrize(
    "option, message",
    [
        ({"top_k": 0}, "top_k must be at least 1"),
        ({"top_p": 0}, "top_p must lie above 0"),
        ({"top_p": 1.5}, "top_p must lie above 0"),
        ({"top_p": NAN}, "top_p must lie above 0"),
        ({"min_p": -0.1}, "min_p must lie in"),
        ({"temperature": -1}, "temperature must be 0 or more"),
    ],
)
def test_filters_out_of_range(option, message):
    with pytest.raises(ValueError, match=message):
        whiteboard.sample_with_temperature(LOGITS, **option)


# ---------------------------------------------------------------- drawing


@drawing
def test_one_index_for_each_row(draw):
    assert draw(LOGITS).shape == ()
    draws = draw(np.tile(LOGITS, (4, 5, 1)), rng=3)
    assert draws.shape == (4, 5)
    np.testing.assert_array_equal(draws, draw(np.tile(LOGITS, (4, 5, 1)), rng=3))
    assert len(np.unique(draws)) > 1


@drawing
@pytest.mark.parametrize("row", [[NAN, 1], [-INF, -INF], []], ids=str)
def test_a_row_with_nothing_to_draw(draw, row):
    with pytest.raises(ValueError, match="nothing to draw from"):
        draw(np.array([row, row]))


@drawing
@pytest.mark.parametrize("x", [[1j, 0], ["a", "b"]], ids=["complex", "text"])
def test_refuses_what_is_no_number(draw, x):
    with pytest.raises(TypeError):
        draw(np.array(x))


@drawing
def test_what_is_at_minus_infinity_is_never_drawn(draw):
    assert set(draw(rows([1, -INF, 0.5]), rng=0)) == {0, 2}


def test_top_p_is_enough_when_it_is_reached():
    first = float(whiteboard.softmax([1, 0])[0])
    assert set(whiteboard.sample_with_temperature(rows([1, 0]), top_p=first, rng=0)) == {0}


def test_float16_logits_are_not_drawn_in_float16():
    """Its running sum of 5000 shares of 1/5000 stops growing at 1/2."""
    draws = whiteboard.sample_with_temperature(np.zeros((500, 5000), np.float16), rng=1)
    assert draws.max() > 4500


class Always:
    """Stands for a generator that draws the same random number again and again."""

    def __init__(self, number):
        self.number = number

    def random(self, shape):
        return np.full(shape, self.number)


LAST = Always(1 - 2.0**-53)  # the largest number that a generator draws


def test_no_index_beyond_the_last(monkeypatch):
    """Ten times 0.1 sums to less than 1, and the last random number lies above it."""
    assert usual.ladder_without_its_end(np.full(10, 0.1), LAST) == 10
    monkeypatch.setattr(np.random, "default_rng", lambda rng: LAST)
    assert whiteboard.sample_with_temperature(np.zeros(10)) == 9
    assert whiteboard.sample_with_temperature(-np.arange(10.0), top_k=3) == 2


def test_zero_draws_nothing_impossible(monkeypatch):
    monkeypatch.setattr(np.random, "default_rng", lambda rng: Always(0.0))
    assert whiteboard.epsilon_greedy([1, 2, 3], 0) == 2


def test_boltzmann():
    for temperature in (0.5, 3.0):
        draws = whiteboard.boltzmann(rows(), temperature, rng=2)
        assert_drawn_with(exact.softmax(LOGITS, temperature), draws)
    assert whiteboard.boltzmann([1000, 0, -1000]) == 0
    with pytest.raises(FLAG):
        usual.boltzmann(np.array([1000, 0, -1000]))


def test_temperatures_0_and_inf():
    assert_drawn_with([0, 0, 0.5, 0.5, 0, 0, 0, 0], whiteboard.boltzmann(rows(), 0, rng=4))
    assert_drawn_with(np.full(8, 1 / 8), whiteboard.boltzmann(rows(), INF, rng=5))


@pytest.mark.parametrize("epsilon", [0.0, 0.3, 1.0])
def test_epsilon_greedy(epsilon):
    best = np.array([0, 0, 0.5, 0.5, 0, 0, 0, 0])
    draws = whiteboard.epsilon_greedy(rows(), epsilon, rng=6)
    assert_drawn_with((1 - epsilon) * best + epsilon / 8, draws)


def test_greedy_that_prefers_the_first_and_never_explores_it_is_caught():
    for values in (LOGITS, LOGITS + np.eye(8)[2]):
        best = (values == values.max()) / (values == values.max()).sum()
        p = 0.7 * best + 0.3 / 8
        assert_drawn_with(p, whiteboard.epsilon_greedy(rows(values), 0.3, rng=7))
        with pytest.raises(AssertionError):
            assert_drawn_with(p, usual.epsilon_greedy(rows(values), 0.3, rng=7))


@pytest.mark.parametrize("epsilon", [-0.1, 1.1, NAN])
def test_epsilon_is_a_fraction(epsilon):
    with pytest.raises(ValueError, match=r"epsilon must lie in 0\.\.1"):
        whiteboard.epsilon_greedy(LOGITS, epsilon)


# ---------------------------------------------------------------- Gumbel noise


@pytest.mark.parametrize("temperature", [0.1, 10.0])
def test_hard_rows_are_drawn_with_the_softmax(temperature):
    y = whiteboard.gumbel_softmax(rows(), temperature, hard=True, rng=8)
    assert (np.sort(y, axis=-1) == [0] * 7 + [1]).all()
    assert_drawn_with(exact.softmax(LOGITS), y.argmax(axis=-1))


def test_other_noise_is_caught():
    y = usual.noise_that_is_not_gumbel(rows(), rng=8)
    with pytest.raises(AssertionError):
        assert_drawn_with(exact.softmax(LOGITS), y.argmax(axis=-1))


@pytest.mark.parametrize("temperature", [0.5, 4.0])
def test_soft_row_is_the_softmax_of_logits_and_noise(temperature):
    y = whiteboard.gumbel_softmax(f32(*LOGITS), temperature, rng=9)
    noisy = LOGITS + np.random.default_rng(9).gumbel(size=8)
    assert y.dtype == np.float32
    assert exact.distances(y, exact.softmax(noisy, temperature)).max() <= ROUNDED_ONCE


def test_gumbel_temperatures_0_and_inf():
    hard = whiteboard.gumbel_softmax(rows(), hard=True, rng=10)
    np.testing.assert_array_equal(whiteboard.gumbel_softmax(rows(), 0, rng=10), hard)
    np.testing.assert_array_equal(whiteboard.gumbel_softmax(LOGITS, INF), np.full(8, 1 / 8))
    with pytest.raises(ValueError, match="temperature must be 0 or more"):
        whiteboard.gumbel_softmax(LOGITS, -1, hard=True)


def test_every_function_that_draws_takes_a_seed():
    for name in [*DRAWING, "gumbel_softmax"]:
        assert "rng" in inspect.signature(getattr(whiteboard, name)).parameters
