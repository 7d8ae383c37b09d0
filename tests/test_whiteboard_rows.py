"""The model answers of the softmax family: true values, edges, and the usual forms caught."""

import numpy as np
import pytest

import exact
from actfn import ulp, whiteboard
from broken import page, usual
from repairs import DTYPES, FLAG, HALF, INF, NAN, NUMPY, ROUNDED_ONCE, Repair, f16, f32, f64
from whiteboard_truths import (
    backward,
    binary,
    cross_entropy,
    divergence,
    entmax15,
    log_softmax,
    mp,
    numbers,
    sparsemax,
    with_sink,
)

dtypes = pytest.mark.parametrize("dtype", DTYPES, ids=lambda t: t.__name__)


@pytest.fixture(autouse=True)
def every_flag_raises():
    with np.errstate(all="raise", under="ignore"):
        yield


# ---------------------------------------------------------------- the repairs

FAR = f64(0, -1000)
SURE = f64(0, -40, -50)
P_SURE = whiteboard.softmax(SURE)
ROW, OTHER = f64(1, 2, 3), f64(3, 2.5, -1)
NEAR = ROW + f64(1e-6, 0, -1e-6)
SMOOTH = [mp.mpf(0.1) / 3, mp.mpf(0.1) / 3, 1 - mp.mpf(0.1) + mp.mpf(0.1) / 3]
# The logs of p and q are of size 1, and their difference of size 1e-6: it has lost 20 bits.
LOST = 2.0**22

REPAIRS = [
    Repair("log_softmax", "log(0)", (FAR,), f64(0, -1000), FLAG),
    Repair("log_softmax", "log(1 + tiny)", (SURE,), log_softmax(SURE)),
    Repair("logsumexp", "overflow", (f64(1000, 1000),), [1000 + mp.log(2)], FLAG),
    Repair("logsumexp", "log(0)", (f64(-1000, -1000),), [mp.log(2) - 1000], FLAG),
    Repair("softmin", "unsigned bytes", (np.uint8([0, 1, 2]),), exact.softmax([0, -1, -2]), FLAG),
    Repair("hardmax", "several maxima", (f32(1, 2, 2),), f32(0, 1, 0)),
    Repair("hardmax", "NaN becomes 0", (f32(NAN, 2, 2),), f32(NAN, NAN, NAN)),
    Repair("masked_softmax", "nothing left", (ROW, ROW < 0), f64(0, 0, 0)),
    Repair(
        "masked_softmax", "logits as large as the mask", (f64(-2e9, 0), f64(1, 0) > 0), f64(1, 0)
    ),
    Repair("masked_softmax", "NaN below the mask", (f64(NAN, 1, 1), ROW > 1), f64(0, 0.5, 0.5)),
    Repair("masked_softmax", "beyond float16", (f16(1, 1), np.array([True, False])), f16(1, 0)),
    Repair("softmax_with_sink", "sink not shifted", (ROW, 1.0), with_sink(ROW, 1)),
    Repair("softmax_with_sink", "exp(sink)", (ROW, 1000.0), f64(0, 0, 0), FLAG),
    Repair("softmax_with_temperature", "x / T", (f64(1e300, 0), 1e-40), f64(1, 0), FLAG),
    Repair(
        "softmax_with_temperature", "-inf / inf", (f64(1, 1, -INF), INF), f64(0.5, 0.5, 0), FLAG
    ),
    Repair("softmax_backward", "1 - p", (f64(1, 0, 0), P_SURE), backward([1, 0, 0], SURE)),
    Repair("sparsemax", "not shifted", (f64(1e16, 1e16),), f64(0.5, 0.5), FLAG),
    Repair(
        "entmax15", "not shifted", (f64(1e9, 1e9 - 1),), entmax15([1e9, 1e9 - 1]), bound=8 * HALF
    ),
    Repair(
        "cross_entropy", "smoothed over the others", (ROW, 2, 0.1), [cross_entropy(ROW, SMOOTH)]
    ),
    Repair(
        "cross_entropy_grad",
        "smoothed over the others",
        (ROW, 2, 0.1),
        [p - y for p, y in zip(exact.softmax(ROW), SMOOTH, strict=True)],
    ),
    Repair("binary_cross_entropy_with_logits", "log(0)", (f64(800), f64(0)), f64(800), FLAG),
    Repair("binary_cross_entropy_with_logits", "exp(1000)", (f64(-1000), f64(0)), f64(0), FLAG),
    Repair("binary_cross_entropy_with_logits", "log(1 + tiny)", (f64(20), f64(1)), [binary(20, 1)]),
    Repair("kl_divergence", "p / 0", (f64(0, 0), FAR), [500 - mp.log(2)], FLAG),
    Repair("kl_divergence", "0 log 0", (FAR, f64(0, 0)), [mp.log(2)], FLAG),
    Repair("kl_divergence", "cancellation", (ROW, NEAR), [divergence(ROW, NEAR)], bound=LOST),
    Repair("distillation_loss", "T² and mean", (OTHER, ROW), [16 * divergence(ROW, OTHER, 4)]),
]
repairs = pytest.mark.parametrize("repair", REPAIRS, ids=lambda r: f"{r.function}: {r.fault}")


@repairs
def test_repair_holds(repair):
    repair.check(whiteboard)


@repairs
def test_usual_form_is_caught(repair):
    with pytest.raises(repair.caught):
        repair.check(usual)


def test_no_function_goes_without():
    drawing = {"boltzmann", "epsilon_greedy", "gumbel_softmax", "sample_with_temperature"}
    added = set(whiteboard.__all__) - set(vars(page)) - {"kaiming_init", "prelu"} - drawing
    assert added <= {repair.function for repair in REPAIRS}


def bound(dtype, row):
    """Of a softmax in ULP."""
    # In float64 the gap to the maximum is rounded, by half an ULP, and exp makes a relative error
    # of its argument x into |x| times as much. NumPy's exp and its sum come on top.
    return ROUNDED_ONCE if dtype != np.float64 else 2 * NUMPY + float(np.ptp(row))


ROWS = np.random.default_rng(5).normal(size=(20, 7)) * 3
G = np.random.default_rng(6).normal(size=(20, 7))
VALUES = {
    "log_softmax": log_softmax,
    "logsumexp": lambda row: [mp.log(sum(mp.exp(x) for x in numbers(row)))],
    "softmin": lambda row: exact.softmax(-row),
    "softmax_with_sink": lambda row: with_sink(row, 0),
}


@pytest.mark.parametrize("name", VALUES)
@dtypes
def test_values(name, dtype):
    for row in ROWS.astype(dtype):
        y = getattr(whiteboard, name)(row)
        assert y.dtype == dtype
        assert exact.distances(y, VALUES[name](row)).max() <= bound(dtype, row)


@pytest.mark.parametrize("name, truth", [("sparsemax", sparsemax), ("entmax15", entmax15)])
@dtypes
def test_sparse_values(name, truth, dtype):
    zeros = 0
    for row in np.concatenate([ROWS, ROWS / 10]).astype(dtype):
        y, truths = getattr(whiteboard, name)(row), np.array(truth(row), float)
        zeros += (y == 0).sum()
        np.testing.assert_array_equal(y == 0, truths == 0)
        # x - τ is rounded where it is up to 1, also if it ends near 0; so is each of 7 sums.
        absolute = HALF * ulp.ulp_of(truths, dtype) + 7 * np.finfo(np.float64).eps
        assert (np.abs(y - truths) <= absolute).all()
    assert 0 < zeros < 2 * ROWS.size


@dtypes
def test_backward_values(dtype):
    for g, row in zip(G.astype(dtype), ROWS.astype(dtype), strict=True):
        truths = np.array(backward(g, row), float)
        p = np.array(exact.softmax(row), float).astype(dtype)
        # Each p and the result are rounded once; p times g differences, of which there are 7.
        absolute = 7 * HALF * np.finfo(dtype).eps * np.ptp(g) * p.max()
        assert np.abs(whiteboard.softmax_backward(g, p) - truths).max() <= absolute


# ---------------------------------------------------------------- edges

INFINITE = {
    "softmax": ([0.5, 0, 0.5], [0, 0, 0]),
    "log_softmax": ([-np.log(2), -INF, -np.log(2)], [-INF, -INF, -INF]),
    "logsumexp": (INF, -INF),
    "hardmax": ([1, 0, 0], [0, 0, 0]),
    "softmax_with_sink": ([0.5, 0, 0.5], [0, 0, 0]),
    "sparsemax": ([0.5, 0, 0.5], [0, 0, 0]),
    "entmax15": ([0.5, 0, 0.5], [0, 0, 0]),
}


@pytest.mark.parametrize("name", INFINITE)
def test_infinities(name):
    """Entries at +inf take everything; where all are -inf there is nothing to take."""
    function = getattr(whiteboard, name)
    for row, truth in zip(([INF, 3, INF], [-INF] * 3), INFINITE[name], strict=True):
        np.testing.assert_allclose(function(row), truth, rtol=NUMPY * np.finfo(float).eps)
        alone = function([row, [0, 1, 2]])  # and no row disturbs another
        np.testing.assert_array_equal(alone[0], function(row))
        np.testing.assert_array_equal(alone[1], function([0, 1, 2]))


@pytest.mark.parametrize("name", INFINITE)
def test_what_is_at_minus_infinity_is_not_there(name):
    y, without = (getattr(whiteboard, name)(row) for row in ([1, -INF, 1.5], [1, 1.5]))
    absent = -INF if name == "log_softmax" else 0
    expected = without if name == "logsumexp" else np.insert(without, 1, absent)
    np.testing.assert_array_equal(y, expected)


@pytest.mark.parametrize(
    "T, expected",
    [
        (0, [0.5, 0, 0, 0.5]),
        (1e-320, [0.5, 0, 0, 0.5]),
        (4, [0.5, 0, 0, 0.5]),
        (INF, [1 / 3, 1 / 3, 0, 1 / 3]),
    ],
)
def test_infinities_at_a_temperature(T, expected):
    y = whiteboard.softmax_with_temperature([[INF, 3, -INF, INF], [-INF] * 4, [NAN, 1, 2, 3]], T)
    np.testing.assert_array_equal(y, [expected, [0] * 4, [NAN] * 4])


@pytest.mark.parametrize("name", INFINITE)
def test_nan_takes_its_row(name):
    y = np.reshape(getattr(whiteboard, name)([[1, NAN, 2], [1, 2, 3]]), (2, -1))
    assert np.isnan(y).all(axis=1).tolist() == [True, False]
    assert not np.isnan(y[1]).any()


@pytest.mark.parametrize("name", ["log_softmax", "logsumexp", "softmin", "hardmax"])
def test_axis(name):
    function = getattr(whiteboard, name)
    expected = np.moveaxis(function(ROWS), 0, -1)
    np.testing.assert_array_equal(function(ROWS.T, axis=0), expected)


def test_axis_of_the_others():
    mask = ROWS > 0
    y = whiteboard.masked_softmax(ROWS.T, mask.T, axis=0)
    np.testing.assert_array_equal(y, whiteboard.masked_softmax(ROWS, mask).T)
    y = whiteboard.softmax_backward(G.T, whiteboard.softmax(ROWS).T, axis=0)
    np.testing.assert_array_equal(y, whiteboard.softmax_backward(G, whiteboard.softmax(ROWS)).T)


@pytest.mark.parametrize("mask", [[1, 0], [0.0, -INF]], ids=["integers", "to be added"])
def test_a_mask_is_of_true_and_false(mask):
    with pytest.raises(TypeError, match="True takes part"):
        whiteboard.masked_softmax([1.0, 2.0], mask)


def test_one_sink_for_each_row():
    y = whiteboard.softmax_with_sink(ROWS, np.arange(20))
    np.testing.assert_array_equal(y[3], whiteboard.softmax_with_sink(ROWS[3], 3))
    np.testing.assert_array_equal(whiteboard.softmax_with_sink(ROW, -INF), whiteboard.softmax(ROW))


def test_a_sink_between_two_float16_numbers():
    y = whiteboard.softmax_with_sink(f16(2000, 1999), 2000.3)
    assert exact.distances(y, with_sink([2000, 1999], 2000.3)).max() <= ROUNDED_ONCE


def test_backward_is_the_jacobian_times_g():
    p = whiteboard.softmax(ROWS)
    product = (whiteboard.softmax_jacobian(p) @ G[..., None])[..., 0]
    rounding = 7 * np.finfo(float).eps * np.abs(G).max()
    assert np.abs(whiteboard.softmax_backward(G, p) - product).max() <= rounding


def test_softmax_minimises_where_hardmax_maximises():
    np.testing.assert_array_equal(
        whiteboard.hardmax([[1, 3, 3], [5, 5, 5]]), [[0, 1, 0], [1, 0, 0]]
    )
