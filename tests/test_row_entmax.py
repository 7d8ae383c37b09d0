"""sparsemax and entmax: true values, known values, edges, sums, layouts, mistakes."""

from fractions import Fraction

import numpy as np
import pytest

import actfn
import entmax_reference as truth
import row_reference as reference
from actfn import contract, ulp
from row_trials import SIXTEEN_BIT_ULP, dtypes

NAN, INF = np.nan, np.inf
ALPHAS = (1.0001, 1.01, 1.25, 1.5, 1.9, 2.0, 2.5, 3.0, 10.0, 100.0)
every = pytest.mark.parametrize("alpha", ALPHAS)
# Rounded once; what float64's pairs add to half an ULP does not show (measured: 0.5000).
ROUNDED_ONCE = contract.FLOAT32_ULP
# What pairs of float64 are worth next to 1, which shows in entries that are hardly above the
# threshold: 2**-104 for each of some sums, and 2**-88 for the powers of other alphas.
PAIRS, POWERS = 2.0**-100, 2.0**-86


def absolute_error(alpha):
    return PAIRS if alpha in (1.5, 2.0) else POWERS


def accurate(x, alpha):
    """Within half an ULP, or the error of pairs where an entry is next to the threshold."""
    y = actfn.entmax(x, alpha)
    assert y.dtype == x.dtype
    bound = SIXTEEN_BIT_ULP if x.dtype.itemsize == 2 else ROUNDED_ONCE
    true = reference.rows(truth.entmax, x, alpha=alpha)
    reference.check(y, true, bound, f"entmax at alpha={alpha}", 1.0, absolute_error(alpha))
    return y


def trials(dtype):
    """Rows of all lengths, scales and shapes; differences that alphas from 1 to 100 tell apart."""
    rng = np.random.default_rng(5)
    lengths = (1, 2, 3, 5, 9, 16, 17, 33, 64, 65, 100)
    made = [scale * rng.normal(size=(2, n)) for n in lengths for scale in (0.02, 0.5, 5)]
    made += [
        np.zeros((1, 7)),
        np.repeat(rng.normal(size=(3, 4)) / 9, 5, axis=1),  # ties
        1e4 + rng.integers(-30, 30, size=(3, 20)) / 16,  # far from 0
        1 - 2.0 ** -np.arange(24.0)[None],  # ever nearer to the largest
        np.array([[1, 1, 1, 1 - 2.0**-7, -3], [-5, -5.25, -6, -7, -INF]]),
    ]
    return [m.astype(dtype) for m in made]


@every
@dtypes()
def test_values(dtype, alpha):
    for x in trials(dtype):
        accurate(x, alpha)


@pytest.mark.parametrize("alpha", [1.05, 1.5, 2.0, 3.0])
@dtypes("float32 float64")
def test_long_rows(dtype, alpha):
    rng = np.random.default_rng(6)
    accurate((3 * rng.normal(size=(1, 10_000))).astype(dtype), alpha)
    accurate((1e-4 * rng.normal(size=(1, 3_000))).astype(dtype), alpha)


@pytest.mark.parametrize("alpha", [1 + 2.0**-52, 1 + 1e-12, 1 + 1e-9, 1.0009, 1.11, 1e3, 1e6])
@dtypes("float32 float64")
def test_far_alphas(dtype, alpha):
    """Other implementations divide by alpha - 1, or raise to powers that vanish."""
    for scale in (1.0, 1 / alpha, 20.0):
        accurate((scale * np.random.default_rng(7).normal(size=(3, 30))).astype(dtype), alpha)


@every
@dtypes("float32 float64")
def test_next_to_the_threshold(dtype, alpha):
    """The threshold moved to 0, and one more entry as near to it as floats can be."""
    rng = np.random.default_rng(8)
    for n in (1, 2, 5):
        x = (rng.normal(size=n) / alpha).astype(dtype)
        for _ in range(2):
            p = actfn.entmax(x.astype(float), alpha)
            edge = x.max() - p.max() ** (alpha - 1) / (alpha - 1)
            x = (x - edge).astype(dtype)
        for more in (0.0, 1e-4, 1e-7, 1e-9, 1e-12, 1e-16, -1e-16, 1e-20, 1e-30):
            accurate(np.append(x, x.dtype.type(more))[None], alpha)


def test_wide_gap():
    """At alpha = 100, p = 0.1 is 1e-99 above the threshold, and all the same right."""
    for lead in (1e-3, 1e-6, 1e-20, 1e-40, 1e-90):
        accurate(np.array([[lead, 0.0], [0.0, lead]]), 100.0)


# ---------------------------------------------------------------- known values

KNOWN = [  # worked out by hand
    (2.0, [3.0, 2.5, -1.0], [0.75, 0.25, 0.0]),
    (2.0, [1.0, 0.0], [1.0, 0.0]),  # exactly at the threshold
    (2.0, [1.0, 1e-20], [1.0, 5e-21]),
    (2.0, [0.5] * 4 + [0.25, 0.25], [0.25] * 4 + [0.0, 0.0]),
    (1.5, [2.0, 0.0], [1.0, 0.0]),
    (1.5, [1.0, 1.0, 1.0, 1.0, 0.0], [0.25] * 4 + [0.0]),
    (1.5, [7.0, 7.0], [0.5, 0.5]),
    (3.0, [0.25, 0.0], [0.75, 0.25]),  # p_1**2 - p_2**2 = 2 (x_1 - x_2)
    (3.0, [0.5, 0.0], [1.0, 0.0]),
    (5.0, [5 / 64, 0.0], [0.75, 0.25]),
    (9.0, [205 / 16384, 0.0], [0.75, 0.25]),
    (9.0, [205 / 16384, 0.0, -1.0], [0.75, 0.25, 0.0]),
    (100.0, [0.1, 0.1, 0.0], [0.5, 0.5, 0.0]),
    (2000.0, [0.0, 0.0, -1.0], [0.5, 0.5, 0.0]),  # 0.5**1999 is no float64
    (1e300, [0.0, -1e-290], [1.0, 0.0]),
]


@pytest.mark.parametrize("alpha, x, expected", KNOWN)
def test_known_values(alpha, x, expected):
    for dtype in (np.float32, np.float64):
        row = np.array([x], dtype)
        if (row == x).all():
            y = actfn.entmax(row, alpha)[0]
            reference.check(y, (expected, np.zeros(len(x))), ROUNDED_ONCE, "entmax")
            assert ((y == 0) == (np.array(expected) == 0)).all()


def test_decimals():
    """tau = (0.3 + 0.1 - 0.2 - 1) / 3; and sqrt(p) = 0.8, 0.6. The decimals are rounded, too."""
    y = actfn.sparsemax([0.3, 0.1, -0.2])
    np.testing.assert_allclose(y, [17 / 30, 11 / 30, 2 / 30], rtol=8 * np.finfo(float).eps)
    y = actfn.entmax([0.4, 0.0])
    np.testing.assert_allclose(y, [0.64, 0.36], rtol=4 * np.finfo(float).eps)


def test_ends_are_the_same_functions():
    """alpha = 1 is softmax, 2 is sparsemax and inf the argmax that ties share: the same bits."""
    for x in trials(np.float32):
        np.testing.assert_array_equal(actfn.entmax(x, 1), actfn.softmax(x))
        np.testing.assert_array_equal(actfn.entmax(x, 2), actfn.sparsemax(x))
        np.testing.assert_array_equal(actfn.entmax(x, INF), actfn.softmax(x, temperature=0.0))
        np.testing.assert_array_equal(actfn.entmax(x), actfn.entmax(x, alpha=1.5))


def test_continuous_in_alpha():
    """The kernels of 1.5 and 2 and the general one meet: p moves by less than |log(p)| p per 1."""
    x = np.random.default_rng(9).normal(size=(50, 20))
    for alpha in (1.5, 2.0):
        for beside in (np.nextafter(alpha, 0), np.nextafter(alpha, 9)):
            apart = np.abs(actfn.entmax(x, beside) - actfn.entmax(x, alpha))
            assert apart.max() <= 4 * abs(beside - alpha)


# ---------------------------------------------------------------- sums


@every
@dtypes("float32 float64")
def test_sums(dtype, alpha):
    """Half an ULP of every entry is at most half an ULP of 1 in all, for exact sums."""
    half = Fraction(2) ** -ulp.layout_of(dtype).precision * Fraction(ROUNDED_ONCE * 2)
    for x in trials(dtype):
        for row in actfn.entmax(x, alpha):
            assert abs(sum(map(Fraction, row.tolist())) - 1) <= half


def test_no_sum_is_better():
    """Equal entries stay equal, though three thirds are not 1 in any float."""
    y = actfn.sparsemax(np.zeros(3, np.float32))
    assert len(set(y.tolist())) == 1
    assert sum(map(Fraction, y.tolist())) == 1 + Fraction(1, 2**25)


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


@pytest.mark.parametrize("alpha", [1.0, 1.0001, *ALPHAS[3:8], 1e9, INF])
@dtypes()
def test_edges(dtype, alpha):
    for row, expected in EDGES:
        batch = np.tile(np.linspace(-1, 1, len(row)), (70, 1))
        batch[33] = row
        for x in (np.array([row]), batch):
            y = actfn.entmax(x.astype(dtype), alpha)
            np.testing.assert_array_equal(y[33 if len(x) > 1 else 0].astype(float), expected)


@every
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
