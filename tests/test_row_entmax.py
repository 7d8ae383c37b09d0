"""sparsemax and entmax: true values, known values, sums."""

from fractions import Fraction

import numpy as np
import pytest
from flint import ctx

import actfn
import entmax_reference as truth
import row_reference as reference
from actfn import contract, ulp
from row_trials import SIXTEEN_BIT_ULP, dtypes

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
        np.array([[1, 1, 1, 1 - 2.0**-7, -3], [-5, -5.25, -6, -7, -np.inf]]),
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
    """With the threshold moved to 0, floats come as near to it as one likes."""
    rng = np.random.default_rng(8)
    for n in (1, 2, 5):
        x = (rng.normal(size=n) / alpha).astype(dtype)
        with ctx.workprec(300):
            x -= dtype.type(float(truth.threshold(reference.exact(x), alpha)))
            edge = float(truth.threshold(reference.exact(x), alpha))
        for more in (1e-4, 1e-7, 1e-9, 1e-12, 1e-16, -1e-16, 1e-20, 1e-30):
            accurate(np.append(x, dtype.type(edge + more))[None], alpha)


def rows_at_the_threshold(alpha, rng):
    """Heights h = p**a that are exact, of p = k / 2**8 or h = k / 2**8, and one that is 0."""
    a = alpha - 1
    while True:
        parts = rng.integers(1, 90, size=9)
        rest = 256 ** (1 if a >= 1 else 2) - (parts ** (1 if a >= 1 else 2)).sum()
        if rest > 0 and np.sqrt(rest) % 1 == 0:
            break
    parts = np.append(parts, rest if a >= 1 else np.sqrt(rest)) / 256
    heights = np.append(parts**a if a >= 1 else parts, [0, 0, -1 / 256])
    return heights / a, np.append(parts if a >= 1 else parts**2, [0, 0, 0])


@pytest.mark.parametrize("alpha", [1.5, 2.0, 3.0, 5.0])
def test_exactly_at_the_threshold(alpha):
    """An entry there is 0, and the others are what they would be without it."""
    rng = np.random.default_rng(12)
    for _ in range(60):
        x, p = rows_at_the_threshold(alpha, rng)
        order = rng.permutation(len(x))
        np.testing.assert_array_equal(actfn.entmax(x[order], alpha), p[order])


@pytest.mark.parametrize("alpha, lead", [(100, 1e-3), (100, 1e-20), (100, 1e-90), (1100, 1e-315)])
def test_wide_gaps(alpha, lead):
    """At alpha = 100, p = 0.1 is 1e-99 above the threshold, and all the same right."""
    accurate(np.array([[lead, 0.0], [0.0, lead]]), alpha)


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


def test_published_values():
    """The example of the package entmax's own description, to its four digits."""
    x = [-2, 0, 0.5]
    for alpha, expected in ((1.5, [0, 0.3260, 0.6740]), (2, [0, 0.25, 0.75])):
        np.testing.assert_allclose(actfn.entmax(x, alpha), expected, atol=5e-5)
    p = actfn.entmax([-1, 0, 0.5], 1.33)
    np.testing.assert_allclose(p, [0.0460, 0.3276, 0.6264], atol=5e-5)
    slope = actfn.entmax.alpha_gradient([1.0, 0, 0], [-1, 0, 0.5], p, 1.33)
    assert abs(slope + 0.2562) <= 5e-5


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
        np.testing.assert_array_equal(actfn.entmax(x, np.inf), actfn.softmax(x, temperature=0.0))
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
