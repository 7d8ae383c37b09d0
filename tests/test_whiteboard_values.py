"""The model answers against true values, their gradients against differences of themselves."""

import math

import numpy as np
import pytest

import exact
from actfn import ulp, whiteboard

NUMPY = 4.0  # ULP: what NumPy allows its own exp, expm1 and tanh; it depends on the processor
HALF = 0.5  # ULP: one rounding
ROWS = np.array([[1.0, 2, 3], [3, 1, 1]])

# function: true value, largest |x|, bound in ULP = NumPy's function and each rounding after it
VALUES = {
    "sigmoid": (exact.sigmoid, 800, NUMPY + 2 * HALF),
    "sigmoid_grad": (lambda y: y * (1 - y), 1, 3 * HALF),
    "tanh": (exact.mp.tanh, 800, NUMPY),
    "tanh_grad": (lambda y: 1 - y * y, 1, 3 * HALF),
    "elu": (lambda x: x if x > 0 else exact.mp.expm1(x), 800, NUMPY),
    "leaky_relu": (lambda x: x if x > 0 else x / 4, 800, HALF),
}
dtypes = pytest.mark.parametrize(
    "dtype", [np.float16, np.float32, np.float64], ids=lambda t: t.__name__
)


@pytest.mark.parametrize("name", VALUES)
@dtypes
def test_values(name, dtype):
    truth, largest, bound = VALUES[name]
    x = ulp.sample(dtype, 500, around=(0.0, 1.0), rng=np.random.default_rng(7))
    x = np.concatenate([x[np.abs(x) <= largest], np.linspace(-1, 1, 101, dtype=dtype)])
    slope = (0.25,) if name == "leaky_relu" else ()  # 0.01 is itself rounded
    y = getattr(whiteboard, name)(x, *slope)
    assert exact.distances(y, exact.values(truth, x)).max() <= bound


@dtypes
def test_gelu_values(dtype):
    x = np.linspace(-20, 20, 401, dtype=dtype)
    # float16 and float32 are computed in float64 and rounded once. In float64 exp(u) turns the
    # relative error of u, seven roundings of up to one ULP each, into |u| times as much.
    u = np.abs(1.6 * x * (1 + 0.045 * x * x), dtype=np.float64)
    bound = NUMPY + 7 * u if dtype == np.float64 else HALF + 2**-10
    assert (exact.distances(whiteboard.gelu(x), exact.values(exact.gelu_tanh, x)) <= bound).all()


@pytest.mark.parametrize("T", [0.5, 1.0, 4.0])
def test_softmax_values(T):
    row = np.float32([0, 3.5, -40, 20, -3])  # computed in float64, so rounded once
    y = whiteboard.softmax_with_temperature(row, T)
    assert exact.distances(y, exact.softmax(row, T)).max() <= HALF + 2**-10


def test_temperature_as_large_as_the_logits():
    row = np.array([1.7e308, -1.7e308])  # the gap overflows, gap / T does not
    y = whiteboard.softmax_with_temperature(row, 1e308)
    assert exact.distances(y, exact.softmax(row, 1e308)).max() <= NUMPY * 2


@dtypes
@pytest.mark.parametrize("scale", [1, 100, 1e4])
def test_softmax_rows_sum_to_one(dtype, scale):
    x = (scale * np.random.default_rng(1).normal(size=(50, 100))).astype(dtype)
    for p in (whiteboard.softmax(x), whiteboard.softmax(x.T, axis=0).T):
        sums = np.array([math.fsum(row) for row in p])
        # Half an eps for every level of the pairwise sum over 100 entries, and for the division.
        assert np.abs(sums - 1).max() <= np.finfo(dtype).eps / 2 * (7 + 1)


def test_softmax_leaves_a_masked_entry_out():
    p = whiteboard.softmax([1, -math.inf, 2])
    assert p.tolist() == np.insert(whiteboard.softmax([1, 2]), 1, 0).tolist()


def test_cross_entropy_takes_class_numbers_and_probabilities():
    for function in (whiteboard.cross_entropy, whiteboard.cross_entropy_grad):
        np.testing.assert_array_equal(function(ROWS, [2, 0]), function(ROWS, np.eye(3)[[2, 0]]))


@pytest.mark.parametrize("labels", [[0], [3, 0], [-1, 0], [0.0, 1.0]])
def test_cross_entropy_refuses_other_labels(labels):
    with pytest.raises(ValueError, match=r"labels must be|class numbers must"):
        whiteboard.cross_entropy(ROWS, labels)


@pytest.mark.parametrize("T", [-1.0, math.nan])
def test_temperature_must_not_be_negative(T):
    with pytest.raises(ValueError, match="temperature must be 0 or more"):
        whiteboard.softmax_with_temperature([1.0, 2.0], T)


def test_prelu_weight_broadcasts():
    y = whiteboard.prelu(np.float32([[-1, 2], [-4, -6]]), [[0.5], [0.25]])
    assert y.dtype == np.float32
    assert y.tolist() == [[-0.5, 2], [-1, -1.5]]


# ---------------------------------------------------------------- gradients

STEP = np.finfo(np.float64).eps ** (1 / 3)  # balances the formula's error against the rounding
# The formula's error is STEP² times a sixth of the third derivative, at most 1/3 here, and that
# of the rounding eps |f| / STEP = STEP² |f|, with |f| below 5.
DIFFERENCE = 6 * STEP**2


def slope(function, x):
    return (function(x + STEP) - function(x - STEP)) / (2 * STEP)


def slopes(function, row):
    """Column j holds the derivative by row[j]."""
    columns = [slope(lambda t, e=e: function(row + t * e), 0.0) for e in np.eye(len(row))]
    return np.stack(columns, axis=-1)


GRADIENTS = {
    "relu": (whiteboard.relu, whiteboard.relu_grad),
    "sigmoid": (whiteboard.sigmoid, lambda x: whiteboard.sigmoid_grad(whiteboard.sigmoid(x))),
    "tanh": (whiteboard.tanh, lambda x: whiteboard.tanh_grad(whiteboard.tanh(x))),
    "leaky_relu": (whiteboard.leaky_relu, whiteboard.leaky_relu_grad),
}


@pytest.mark.parametrize("function, gradient", GRADIENTS.values(), ids=GRADIENTS)
def test_gradient(function, gradient):
    x = np.arange(-4.75, 5, 0.5)  # no kink within a step
    assert np.abs(gradient(x) - slope(function, x)).max() <= DIFFERENCE


def test_softmax_jacobian():
    jacobians = whiteboard.softmax_jacobian(whiteboard.softmax(ROWS))
    assert jacobians.shape == (2, 3, 3)
    for row, jacobian in zip(ROWS, jacobians, strict=True):
        assert np.abs(jacobian - slopes(whiteboard.softmax, row)).max() <= DIFFERENCE


@pytest.mark.parametrize("y", [1, [0.2, 0.3, 0.5]], ids=["class", "probabilities"])
def test_cross_entropy_grad(y):
    row = ROWS[0]
    difference = slopes(lambda logits: whiteboard.cross_entropy(logits, y), row)
    assert np.abs(whiteboard.cross_entropy_grad(row, y) - difference).max() <= DIFFERENCE


# ---------------------------------------------------------------- initial weights


@pytest.mark.parametrize("a", [0.0, 0.7])
def test_kaiming_keeps_the_scale_through_many_layers(a):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(200, 500)) * math.sqrt(2 / (1 + a**2))
    before = np.mean(x**2)
    for _ in range(10):
        x = whiteboard.leaky_relu(x, a) @ whiteboard.kaiming_init(500, 500, rng, a)
    # Without the 2 it would shrink by 2**10, without the slope's term grow by 1.49**10 = 54.
    assert 1 / 2 < np.mean(x**2) / before < 2


def test_kaiming_shape_and_seed():
    weights = whiteboard.kaiming_init(3, 5, rng=0)
    assert weights.shape == (3, 5)
    np.testing.assert_array_equal(weights, whiteboard.kaiming_init(3, 5, np.random.default_rng(0)))
    assert not np.array_equal(whiteboard.kaiming_init(3, 5), whiteboard.kaiming_init(3, 5))


def test_kaiming_refuses_a_layer_without_inputs():
    with pytest.raises(ValueError, match="at least 1"):
        whiteboard.kaiming_init(0, 5)
