"""The model answers: every repair holds, and the page's own code is caught by the same check."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

import exact
from actfn import ulp, whiteboard
from broken import page
from repairs import DTYPES, FLAG, HALF, INF, NAN, Repair, f16, f32, f64, i8, same

MAX = np.finfo(np.float64).max
NEAR_1 = f32(0.999, 1 - 2**-24)
DOWN = f32(-5, -5.5, -8)
SMALL = f32(-1e-9, -1e-4, -0.3)
ROWS = f64([1, 2, 3], [3, 1, 1])
SURE, FIRST = f64(0, -40, -50), f64(1, 0, 0)
LONG = np.tile(f32([0], [-0.1]), (2000, 1))
SHARES = exact.softmax(LONG[:2, 0])
P_SURE = exact.softmax(SURE)

REPAIRS = [
    Repair("relu", "integers stay integers", (i8(-1, 2),), f64(0, 2)),
    Repair("relu_grad", "float64 from float32", (f32(-1, 2),), f32(0, 1)),
    Repair("relu_grad", "NaN becomes 0", (f64(NAN, 1),), f64(NAN, 1)),
    Repair("relu_grad", "no lists", ([-1, 2],), f64(0, 1), TypeError),
    Repair("sigmoid", "clip too wide for float16", (f16(-400),), f16(0), FLAG),
    Repair("sigmoid", "clip too wide for float32", (f32(-400),), f32(0), FLAG),
    Repair(
        "sigmoid", "clip too narrow for float64", (f64(-600),), exact.values(exact.sigmoid, [-600])
    ),
    Repair("sigmoid", "float16 from int8", (i8(0),), f64(0.5)),
    Repair("tanh", "float16 from int8", (i8(0),), f64(0)),
    Repair(
        "tanh_grad",
        "cancellation",
        (NEAR_1,),
        exact.values(lambda y: 1 - y * y, NEAR_1),
        bound=3 * HALF,
    ),
    Repair("softmax", "no lists", ([1, 1],), f64(0.5, 0.5), AttributeError),
    Repair("softmax", "int8 wraps around", (i8(-100, 100),), exact.softmax([-100, 100]), FLAG),
    Repair("softmax", "gap beyond float64", (f64(-MAX, MAX),), f64(0, 1), FLAG),
    Repair(
        "softmax", "sum beyond float16", (f16(*[0] * 70_000),), f16(*[1 / 70_000] * 70_000), FLAG
    ),
    Repair(
        "softmax",
        "float32 sum drifts",
        (LONG, 0),
        [p / 2000 for p in SHARES] * 2000,
        bound=HALF + 2**-10,
    ),
    Repair("leaky_relu", "no lists", ([-1.0, 2.0], 0.5), f64(-0.5, 2), TypeError),
    Repair("leaky_relu", "overflow in the branch not taken", (f64(MAX), 2.0), f64(MAX), FLAG),
    Repair("leaky_relu", "float64 from a float64 slope", (f32(2), np.float64(0.1)), f32(2)),
    Repair("leaky_relu_grad", "float64 from float32", (f32(-1, 2), 0.5), f32(0.5, 1)),
    Repair("leaky_relu_grad", "NaN becomes alpha", (f64(NAN),), f64(NAN)),
    Repair("elu", "exp(x) - 1", (SMALL,), exact.values(exact.mp.expm1, SMALL)),
    Repair("elu", "overflow in the branch not taken", (f64(1000),), f64(1000), FLAG),
    Repair("gelu", "float64 from float32", (f32(0),), f32(0)),
    Repair("gelu", "1 + tanh(u)", (DOWN,), exact.values(exact.gelu_tanh, DOWN)),
    Repair("gelu", "overflow of the cube", (f16(50),), f16(50), FLAG),
    Repair("gelu", "NaN at -inf", (f64(-INF),), f64(-0.0), FLAG),
    Repair("softmax_with_temperature", "no shift", (f64(1000, 0),), f64(1, 0), FLAG),
    Repair("softmax_with_temperature", "0 / 0 far down", (f64(-1e4, -1e4),), f64(0.5, 0.5), FLAG),
    Repair(
        "softmax_with_temperature",
        "one sum for all rows",
        (ROWS,),
        exact.softmax(ROWS[0]) + exact.softmax(ROWS[1]),
    ),
    Repair("softmax_with_temperature", "T = 0", (f64(1, 5, 5), 0), f64(0, 0.5, 0.5), FLAG),
    Repair("softmax_with_temperature", "T near 0", (f64(1, 5), 1e-320), f64(0, 1), FLAG),
    Repair("softmax_with_temperature", "T = inf", (ROWS[:, 1:], INF), f64([0.5, 0.5], [0.5, 0.5])),
    Repair("softmax_with_temperature", "float64 T", (f32(1, 1), np.float64(2)), f32(0.5, 0.5)),
    Repair("cross_entropy", "0 log 0", (f64(0, -1000), f64(1, 0)), np.float64(0), FLAG),
    Repair("cross_entropy", "log(1 + tiny)", (SURE, FIRST), [-exact.mp.log(P_SURE[0])]),
    Repair("cross_entropy_grad", "p rounds to 1", (SURE, FIRST), [P_SURE[0] - 1, *P_SURE[1:]]),
]
repairs = pytest.mark.parametrize("repair", REPAIRS, ids=lambda r: f"{r.function}: {r.fault}")


@pytest.fixture(autouse=True)
def every_flag_raises():
    with np.errstate(all="raise", under="ignore"):
        yield


@repairs
def test_repair_holds(repair):
    repair.check(whiteboard)


@repairs
def test_page_is_caught(repair):
    with pytest.raises(repair.caught):
        repair.check(page)


def test_jacobian_of_the_page_is_caught():
    truth = exact.values(lambda p: p * (1 - p), NEAR_1)
    assert exact.distances(np.diag(whiteboard.softmax_jacobian(NEAR_1)), truth).max() <= 2 * HALF
    assert exact.distances(np.diag(page.softmax_jacobian(NEAR_1)), truth).max() > 2 * HALF


# ---------------------------------------------------------------- the contract, for all of them


@dataclass(frozen=True)
class Case:
    """A function of x alone, and the interval that its input comes from."""

    call: Callable
    low: float = -INF
    high: float = INF


ELEMENTWISE = {
    "relu": Case(whiteboard.relu),
    "relu_grad": Case(whiteboard.relu_grad),
    "sigmoid": Case(whiteboard.sigmoid),
    "sigmoid_grad": Case(whiteboard.sigmoid_grad, 0, 1),
    "tanh": Case(whiteboard.tanh),
    "tanh_grad": Case(whiteboard.tanh_grad, -1, 1),
    "leaky_relu": Case(whiteboard.leaky_relu),
    "leaky_relu_grad": Case(whiteboard.leaky_relu_grad),
    "prelu": Case(lambda x: whiteboard.prelu(x, 0.25)),
    "elu": Case(whiteboard.elu),
    "gelu": Case(whiteboard.gelu),
    "binary_cross_entropy": Case(lambda x: whiteboard.binary_cross_entropy_with_logits(x, 0.25)),
}
SOFTMAX = {
    "softmax": Case(whiteboard.softmax),
    "softmax_with_temperature-0": Case(lambda x: whiteboard.softmax_with_temperature(x, 0)),
    "softmax_with_temperature-0.1": Case(lambda x: whiteboard.softmax_with_temperature(x, 0.1)),
    "softmax_with_temperature-inf": Case(lambda x: whiteboard.softmax_with_temperature(x, INF)),
}
ROWWISE = SOFTMAX | {
    "softmax_jacobian": Case(whiteboard.softmax_jacobian, 0, 1),
    "softmax_backward": Case(lambda p: whiteboard.softmax_backward(p, p), 0, 1),
    "softmin": Case(whiteboard.softmin),
    "hardmax": Case(whiteboard.hardmax),
    "masked_softmax": Case(lambda x: whiteboard.masked_softmax(x, np.arange(np.size(x)) % 2 == 0)),
    "softmax_with_sink": Case(lambda x: whiteboard.softmax_with_sink(x, 1.0)),
    "sparsemax": Case(whiteboard.sparsemax),
    "entmax15": Case(whiteboard.entmax15),
    "gumbel_softmax": Case(lambda x: whiteboard.gumbel_softmax(x, rng=0)),
    "gumbel_softmax-hard": Case(lambda x: whiteboard.gumbel_softmax(x, hard=True, rng=0)),
    "logsumexp": Case(whiteboard.logsumexp),
    # What grows with the gap between two entries has to stay within float16.
    "log_softmax": Case(whiteboard.log_softmax, -1000, 1000),
    "kl_divergence": Case(lambda x: whiteboard.kl_divergence(x, x[::-1]), -1000, 1000),
    "distillation_loss": Case(
        lambda x: whiteboard.distillation_loss(x, np.zeros(np.shape(x))), -1000, 1000
    ),
    "cross_entropy_grad": Case(lambda x: whiteboard.cross_entropy_grad(x, 0)),
    "cross_entropy_grad-smoothed": Case(lambda x: whiteboard.cross_entropy_grad(x, 0, 0.1)),
}
CASES = ELEMENTWISE | ROWWISE | {"cross_entropy": Case(lambda x: whiteboard.cross_entropy(x, 0))}


def cases(table):
    return pytest.mark.parametrize("case", table.values(), ids=table.keys())


dtypes = pytest.mark.parametrize("dtype", DTYPES, ids=lambda t: t.__name__)


def finite(case, dtype):
    """Inputs of every exponent and both signs, the largest and the smallest included."""
    x = ulp.sample(dtype, 500, around=(0.0, 1.0, -1.0), rng=np.random.default_rng(7))
    return x[np.isfinite(x) & (x >= case.low) & (x <= case.high)]


@cases(ELEMENTWISE | ROWWISE)
@dtypes
def test_keeps_the_dtype_and_raises_no_flag(case, dtype):
    x = finite(case, dtype)
    before = x.copy()
    y = case.call(x)
    assert y.dtype == dtype
    assert np.isfinite(y).all()
    np.testing.assert_array_equal(x, before)


@cases(CASES)
@dtypes
def test_nan_stays(case, dtype):
    assert np.isnan(np.ravel(case.call(np.array([NAN, 0], dtype)))[0])


@cases(CASES)
@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint8, np.int64], ids=lambda t: t.__name__)
def test_integers_become_float64(case, dtype):
    same(case.call(np.array([0, 1], dtype)), case.call(f64(0, 1)))


@cases(CASES)
def test_lists(case):
    same(case.call([0, 1]), case.call(f64(0, 1)))


@cases(ELEMENTWISE | SOFTMAX)
def test_one_number_and_no_number(case):
    assert case.call(1) == case.call(f64(1))[0]
    assert case.call(np.empty((3, 0), np.float32)).shape == (3, 0)


@cases(CASES)
@pytest.mark.parametrize("x", [[1j, 0], ["a", "b"], [None, None]], ids=["complex", "text", "none"])
def test_refuses_what_is_no_number(case, x):
    with pytest.raises(TypeError):
        case.call(np.array(x))
