"""Where the random numbers come from: Philox, tiny probabilities, the same (seed, row)."""

import numpy as np
import pytest
from numba import njit

import actfn
from actfn.rowwise._kernels import sampling_philox
from actfn.rowwise._sampling import _RACE, NOISE, RACE, draws, noisy, stream_of

INF = np.inf
WORD = 2**64
MASK = WORD - 1

# ---------------------------------------------------------------- Philox

# Of the generator's authors (Random123 1.14, kat_vectors, "philox4x64 10"): counter, key, words.
PUBLISHED = (
    ("0 0 0 0", "0 0", "16554d9eca36314c db20fe9d672d0fdc d7e772cee186176b 7e68b68aec7ba23b"),
    (" ".join(["f" * 16] * 4), " ".join(["f" * 16] * 2),
     "87b092c3013fe90b 438c3c67be8d0224 9cc7d7c69cd777b6 a09caebf594f0ba0"),
    ("243f6a8885a308d3 13198a2e03707344 a4093822299f31d0 082efa98ec4e6c89",
     "452821e638d01377 be5466cf34e90c6c",
     "a528f45403e61d95 38c72dbd566e9788 a5a1610e72fd18b5 57bd43b5e52b7fe6"),
)  # fmt: skip


def numpy_words(counter, key):
    """NumPy's generator adds 1 to its counter before it uses it."""
    whole = sum(word << 64 * k for k, word in enumerate(counter))
    state = {"key": np.array(key, np.uint64), "counter": (whole - 1) % 2**256}
    return [int(word) for word in np.random.Philox(**state).random_raw(4)]


def unmixed(words, key):
    """The counter that gives these words: Philox backwards."""
    m0, m1 = int(sampling_philox.M0), int(sampling_philox.M1)
    a, b, c, d = words
    for round_ in reversed(range(10)):
        k0 = (key[0] + round_ * int(sampling_philox.W0)) & MASK
        k1 = (key[1] + round_ * int(sampling_philox.W1)) & MASK
        c0, c2 = d * pow(m0, -1, WORD) & MASK, b * pow(m1, -1, WORD) & MASK
        a, b, c, d = c0, a ^ (m1 * c2 >> 64) ^ k0, c2, c ^ (m0 * c0 >> 64) ^ k1
    return a, b, c, d


def forced(words, key=(3, 5)):
    """A stream whose very first words are these."""
    return np.array([*key, *unmixed(words, key)], np.uint64).view(np.int64)


def counters():
    rng = np.random.default_rng(0)
    words = rng.integers(0, WORD, size=(50, 6), dtype=np.uint64)
    words[:20] >>= rng.integers(0, 64, size=(20, 6), dtype=np.uint64)
    return [([int(w) for w in row[:4]], [int(w) for w in row[4:]]) for row in words]


def test_philox():
    ours = njit(lambda c0, c1, c2, c3, k0, k1: sampling_philox.philox(c0, c1, c2, c3, k0, k1))
    for counter, key, words in PUBLISHED:
        numbers = [[int(word, 16) for word in text.split()] for text in (counter, key, words)]
        assert [int(w) for w in ours(*map(np.uint64, numbers[0] + numbers[1]))] == numbers[2]
    for counter, key in counters():
        words = numpy_words(counter, key)
        assert [int(w) for w in ours(*map(np.uint64, counter + key))] == words
        assert list(unmixed(words, key)) == counter


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_noise_by_the_book(dtype):
    """-log(-log1p(-u)) of word j % 4 of block j // 4.

    A few roundings; those of the inner logarithm become an absolute error.
    """
    noise, key = noisy(np.zeros((3, 50), dtype), (1,), (2**63 + 9, 7)), (2**63 + 9, 7)
    for row, block in np.ndindex(3, 12):
        words = np.array(numpy_words((row, 0, block, NOISE), key), np.uint64)
        expected = -np.log(-np.log1p((words >> np.uint64(11)) * -(2.0**-53)))
        got = noise[row, 4 * block : 4 * block + 4]
        few = 4 * np.finfo(dtype).eps
        np.testing.assert_allclose(got, expected, rtol=few, atol=few)


# ---------------------------------------------------------------- tiny probabilities

TINY = [1e-3, 1e-8, 1e-12, 1e-16, 1e-17, 1e-20, 1e-25, 1e-30]
# Where the rare and the certain entry are: next to each other, in one group of sixteen that are
# summed together, in different ones, near and far, in either order.
PLACES = [(0, 1), (1, 0), (0, 15), (2, 8), (5, 21), (21, 5), (300, 3), (3, 300), (599, 0)]


def digits(u):
    """Four words whose digits of 32 bits, the low half of a word first, are those of u."""
    scaled = int(u * 2.0**200) << 56
    return [scaled >> 64 * k + 32 & 0xFFFFFFFF | (scaled >> 64 * k & 0xFFFFFFFF) << 32
            for k in reversed(range(4))]  # fmt: skip


@pytest.mark.parametrize("p", TINY)
@pytest.mark.parametrize("places", PLACES, ids=str)
def test_tiny_probabilities(places, p):
    """There is one coin to throw, and it is the rare entry's for u < p / (1 + p)."""
    rare, certain = places
    x = np.full(600, -INF)
    x[rare], x[certain] = np.log(p), 0.0
    edge = p / (1 + p)
    for dtype in (np.float64, np.float32):
        # A float32 logit moves p by up to 2^-24 of log(p), here 69; weights are right to 2^-32.
        near = 1e-8 if dtype == np.float64 else 1e-5
        below, above = (forced(digits(edge * f)) for f in (1 - near, 1 + near))
        assert draws("sample", x.astype(dtype), below) == rare
        assert draws("sample", x.astype(dtype), above) == certain


def test_tiny_probabilities_get_lost_in_sums():
    """What the test above is about: the usual inverse of the running sum."""
    reached = np.cumsum([1.0, 1e-17])
    assert np.searchsorted(reached / reached[-1], 1 - 2.0**-53, side="right") == 0


@pytest.mark.parametrize("key", [(1, 2), (3, 4)])
def test_tiny_probabilities_in_a_race(key):
    """Entry 1 wins if E_1 / p < E_0, with E_1 = u_1 from 128 bits, the first 64 of them 0."""
    stream = forced([2**63, 0, 9, 9], key)
    stream_words = [int(w) for w in stream.view(np.uint64)]
    counter = [*stream_words[2:5], stream_words[5] + 1]
    further = numpy_words(counter, key)[1]
    edge = (further + 0.5) * 2.0**-128 / -np.log1p(-0.5)
    assert edge < 1e-19
    for factor, winner in ((1 - 1e-9, 0), (1 + 1e-9, 1)):
        x = np.array([0.0, np.log(edge * factor)])
        y = draws("sample", x, stream, size=1, kernel=_RACE)
        assert y.tolist() == [winner]
    # With 53 bits, the smallest u above 0 would not do: the entry could never win.
    assert 2.0**-53 / edge > -np.log1p(-0.5)


@pytest.mark.parametrize("size", [1, 2, 40, 1000])
def test_a_race_is_won_by_the_largest_sums(size):
    """Nothing that should be in the heap is turned away: by the same words, all sums, sorted."""
    x, key = np.random.default_rng(1).normal(size=(40, 1000)), (5, 6)
    expected = np.argsort(-noisy(x, (1,), key), axis=1)[:, :size]
    got = draws("sample", x, stream_of(key, NOISE), size=size, kernel=_RACE)
    np.testing.assert_array_equal(got, expected)


# ---------------------------------------------------------------- reproducible

DRAWING = {
    "sample": lambda x, **o: actfn.sample(x, rng=3, **o),
    "filtered": lambda x, **o: actfn.sample(x, rng=3, top_k=30, top_p=0.9, min_p=0.01, **o),
    "several": lambda x, **o: actfn.sample(x, rng=3, size=4, **o),
    "different": lambda x, **o: actfn.sample(x, rng=3, size=4, replace=False, **o),
    "boltzmann": lambda x, **o: actfn.boltzmann(x, 0.7, rng=3, **o),
    "epsilon_greedy": lambda x, **o: actfn.epsilon_greedy(x, 0.5, rng=3, **o),
    "gumbel_softmax": lambda x, **o: actfn.gumbel_softmax(x, 0.7, rng=3, **o),
    "hard": lambda x, **o: actfn.gumbel_softmax(x, 0.7, True, rng=3, **o),
}


@pytest.fixture(autouse=True)
def threads():
    before = actfn.get_num_threads()
    yield
    actfn.set_num_threads(before)


def reproducible(function):
    """The same (seed, row) gives the same, whatever is around."""
    x = np.random.default_rng(1).normal(size=(120, 400)).astype(np.float32)
    actfn.set_num_threads(1)
    expected = function(x)
    actfn.set_num_threads(2)
    same = np.testing.assert_array_equal
    same(function(x), expected, "threads")
    same(function(x[:7]), expected[:7], "fewer rows")
    other = x[::-1].copy()
    other[50] = x[50]
    same(function(other)[50], expected[50], "other rows around it")
    wide = np.zeros((120, 1201), np.float32)
    wide[:, 1::3] = x
    same(function(wide[:, 1::3]), expected, "strides")
    same(function(x.reshape(4, 30, 400)).reshape(expected.shape), expected, "more axes")
    same(function(np.asfortranarray(x)), expected, "memory layout")
    moved = function(x.T, axis=0)
    same(moved.T if moved.shape == x.T.shape else moved, expected, "axis")


@pytest.mark.parametrize("function", DRAWING.values(), ids=DRAWING)
def test_reproducible(function):
    reproducible(function)


def one_generator(x, axis=-1):
    """Noise in the array's own shape."""
    return (x + np.random.default_rng(3).gumbel(size=x.shape)).argmax(axis)


def one_generator_per_thread(x, axis=-1):
    count = actfn.get_num_threads()
    parts = np.array_split(np.moveaxis(x, axis, -1), count)
    seeds = np.random.SeedSequence(3).spawn(count)
    found = [part + np.random.default_rng(s).gumbel(size=part.shape)
             for part, s in zip(parts, seeds, strict=True)]  # fmt: skip
    return np.concatenate(found).argmax(-1)


@pytest.mark.parametrize("function", [one_generator, one_generator_per_thread])
def test_what_depends_on_its_surroundings_is_caught(function):
    with pytest.raises(AssertionError):
        reproducible(function)


@pytest.mark.parametrize("function", DRAWING.values(), ids=DRAWING)
def test_parts_know_their_rows(function):
    """An array that is copied part by part, across its longest axis, which is not the first."""
    x = np.random.default_rng(2).normal(size=(3, 700, 400)).astype(np.float32)
    np.testing.assert_array_equal(function(np.repeat(x, 2, -1)[..., ::2]), function(x))


def test_first_of_many():
    x = np.random.default_rng(3).normal(size=(50, 90))
    many = actfn.sample(x, size=9, rng=4)
    np.testing.assert_array_equal(actfn.sample(x, size=2, rng=4), many[:, :2])
    np.testing.assert_array_equal(actfn.sample(x, rng=4), many[:, 0])
    assert actfn.sample(x, size=0, rng=4).shape == (50, 0)
    assert actfn.sample(x, size=0, rng=4, replace=False).shape == (50, 0)
    assert actfn.sample(np.zeros((0, 4))).shape == (0,)
    assert actfn.sample(x[0], rng=4).shape == ()
    assert actfn.sample(x, rng=4).dtype == np.int64


def test_seeds():
    x = np.zeros((1000, 50))
    draw = lambda rng: actfn.sample(x, rng=rng).tolist()
    assert draw(5) == draw(np.int8(5)) == draw(5)
    seeds = (0, 5, 5 + 2**64, 2**128 - 1)
    assert len({tuple(draw(seed)) for seed in seeds}) == len(seeds)
    assert draw(None) != draw(None)
    first, second = np.random.default_rng(6), np.random.default_rng(6)
    one, two = draw(first), draw(first)
    assert one != two
    assert one == draw(second)
    words = np.random.default_rng(6).integers(0, WORD, size=2, dtype=np.uint64)
    assert one == draw(int(words[0]) + int(words[1]) * WORD)
    assert stream_of((1, 2), RACE).tolist() == [1, 2, 0, 0, 0, RACE]
    assert actfn.boltzmann(x, rng=5).tolist() == draw(5)
