"""softmax, log_softmax and logsumexp: true values, edges, temperatures, masks, stored values."""

from functools import partial

import numpy as np
import pytest
from flint import ctx

import actfn
import row_reference as reference
from actfn import contract
from row_trials import BOUNDS, FAMILY, KINDS, dtypes, every, kinds, near_torch, stored

NAN, INF = np.nan, np.inf


# ---------------------------------------------------------------- the truth itself


@pytest.mark.parametrize("T", [1.0, 0.25])
def test_reference_derivatives(T):
    """Each derivative that is written down agrees with finite differences."""
    rng = np.random.default_rng(1)
    with ctx.workprec(reference.DIFFERENCES):
        g, x = map(reference.exact, rng.normal(size=(2, 4)))
        for name in (*FAMILY, "softmin"):
            function = partial(getattr(reference, name), T=T)
            jacobian = getattr(reference, f"{name}_jacobian")(x, T)
            assert reference.agree(jacobian, reference.finite_difference(function, x)), name
        for name in ("softmax", "softmin", "log_softmax"):
            backward = getattr(reference, f"{name}_backward")
            assert reference.agree(
                backward(g, getattr(reference, name)(x, T), T),
                g @ getattr(reference, f"{name}_jacobian")(x, T),
            ), name
            by_input = lambda x, n=name, b=backward: b(g, getattr(reference, n)(x, T), T)
            second = getattr(reference, f"{name}_backward_jacobian")(g, x, T)
            assert reference.agree(second, reference.finite_difference(by_input, x)), name


# ---------------------------------------------------------------- accuracy


def accurate(name, x, T=1.0):
    with np.errstate(all="ignore"):  # a result may overflow; then the truth does too
        y = getattr(actfn, name)(x, temperature=T)
    assert y.dtype == x.dtype
    truth = reference.rows(getattr(reference, name), x, T=T)
    # Beside a zero of a float64 result the contract asks for what the input's own ULP allow.
    beside = x.dtype == np.float64 and name == "logsumexp"
    window = np.abs(truth.hi) < contract.FLOAT64_WINDOW if beside else 0.0
    inputs = window * np.abs(x.astype(float)).max(axis=-1) / T if beside else 0.0
    error = contract.FLOAT64_INPUT_ULP * np.finfo(float).eps
    reference.check(y, truth, BOUNDS[x.dtype], f"{name} at T={T}", inputs, error)


@pytest.mark.parametrize("T", [1.0, 0.25, 4.0, 1e-40])
@pytest.mark.parametrize("kind", KINDS)
@every
def test_float32(name, kind, T):
    for x in kinds(np.float32, 40 if T == 1 else 10)[kind]:
        accurate(name, x if T == 1 else x[:, :5000], T)


@pytest.mark.parametrize("T", [1.0, 0.3])
@pytest.mark.parametrize("kind", KINDS)
@every
def test_float64(name, kind, T):
    for x in kinds(np.float64, 10)[kind]:
        accurate(name, x if T == 1 else x[:, :5000], T)


@pytest.mark.parametrize("kind", KINDS)
@dtypes("float16 bfloat16")
@every
def test_sixteen_bits(name, dtype, kind):
    for x in kinds(dtype, 10)[kind]:
        accurate(name, x[:, :5000])


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_the_winner_is_not_rounded_away(name):
    """From 17 ahead on the winner's log is below half an ULP of 1: it is no zero."""
    x = np.zeros((1, 2), np.float32)
    for lead in (17, 40, 80, 100):
        x[0, 0] = lead
        accurate(name, x)
    assert actfn.log_softmax(x)[0, 0] < 0


# ---------------------------------------------------------------- edges

THIRD = 1 / 3
EDGES = [  # row, temperature, softmax, log_softmax, logsumexp
    ([1, 3, 2], 0.0, [0, 1, 0], [-INF, 0, -INF], INF),
    ([3, -1, 3, 3], 0.0, [THIRD, 0, THIRD, THIRD], [-np.log(3), -INF, -np.log(3), -np.log(3)], INF),
    ([-2, -1], 0.0, [0, 1], [-INF, 0], -INF),
    ([0, -1, 0], 0.0, [0.5, 0, 0.5], [-np.log(2), -INF, -np.log(2)], np.log(2)),
    ([1, 3, 500, -9], INF, [0.25] * 4, [-np.log(4)] * 4, np.log(4)),
    ([1, -INF, 7], INF, [0.5, 0, 0.5], [-np.log(2), -INF, -np.log(2)], np.log(2)),
    ([-INF, -INF], 1.0, [0, 0], [-INF, -INF], -INF),
    ([-INF, -INF], 0.0, [0, 0], [-INF, -INF], -INF),
    ([-INF, -INF], INF, [0, 0], [-INF, -INF], -INF),
    ([-INF], 1.0, [0], [-INF], -INF),
    ([1, 1, INF], 1.0, [0, 0, 1], [-INF, -INF, 0], INF),
    ([INF, 1, INF], 1.0, [0.5, 0, 0.5], [-np.log(2), -INF, -np.log(2)], INF),
    ([INF, -INF], 2.0, [1, 0], [0, -INF], INF),
    ([INF, 5, INF], 0.0, [0.5, 0, 0.5], [-np.log(2), -INF, -np.log(2)], INF),
    ([INF], 1.0, [1], [0], INF),
    ([0, -INF], 1.0, [1, 0], [0, -INF], 0),
    ([5], 1.0, [1], [0], 5),
    ([5, 4], 5e-324, [1, 0], [0, -INF], INF),
    ([2, NAN, 1], 1.0, [NAN] * 3, [NAN] * 3, NAN),
    ([INF, NAN, 1], 1.0, [NAN] * 3, [NAN] * 3, NAN),
    ([-INF, NAN], 1.0, [NAN] * 2, [NAN] * 2, NAN),
    ([2, NAN, 1], 0.0, [NAN] * 3, [NAN] * 3, NAN),
    ([2, NAN, 1], INF, [NAN] * 3, [NAN] * 3, NAN),
]


@dtypes()
@pytest.mark.parametrize(
    "row, T, p, log_p, lse", [pytest.param(*edge, id=f"{edge[0]} at {edge[1]}") for edge in EDGES]
)
def test_edges(row, T, p, log_p, lse, dtype):
    """The same values to one rounding, alone and between ordinary rows."""
    batch = np.tile(np.linspace(-1, 1, len(row)), (70, 1))
    batch[33] = row
    for x in (np.array([row]), batch):
        for name, expected in zip(FAMILY, (p, log_p, lse), strict=True):
            with np.errstate(all="ignore"):
                y = getattr(actfn, name)(x.astype(dtype), temperature=T)[33 if len(x) > 1 else 0]
            assert y.dtype == dtype
            reference.check(y, (expected, np.zeros_like(expected, float)), 1.0, f"{name} of {row}")


@pytest.mark.parametrize("T", [-1.0, -1e-300, -INF, NAN])
@every
def test_temperatures_that_are_none(name, T):
    out = np.full((2, 3) if name != "logsumexp" else 2, 7.0)
    with pytest.raises(ValueError, match="temperature"):
        getattr(actfn, name)(np.ones((2, 3)), temperature=T, out=out)
    assert (out == 7).all()


# ---------------------------------------------------------------- masks


@dtypes()
@every
def test_where(name, dtype):
    """What is masked takes no part, NaN and infinities included."""
    rng = np.random.default_rng(2)
    x = (3 * rng.normal(size=(20, 9))).astype(dtype)
    kept = rng.random((20, 9)) < 0.6
    kept[3] = False
    kept[4] = True
    expected = getattr(actfn, name)(np.where(kept, x, x.dtype.type(-INF)))
    dirty = np.where(kept, x, np.array([NAN, INF, 1e4] * 3).astype(dtype))
    for array in (x, dirty):
        np.testing.assert_array_equal(getattr(actfn, name)(array, where=kept), expected)
    nothing = {"softmax": 0.0, "log_softmax": -INF, "logsumexp": -INF}[name]
    assert (np.asarray(expected[3]) == nothing).all()
    if name == "softmax":
        np.testing.assert_array_equal(actfn.masked_softmax(dirty, kept), expected)


@every
def test_masks_broadcast(name):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(4, 5, 6)).astype(np.float32)
    function = getattr(actfn, name)
    for mask in (rng.random(6) < 0.5, rng.random((5, 1)) < 0.5, rng.random((4, 1, 6)) < 0.5, True):
        full = np.broadcast_to(mask, x.shape)
        for axis in (-1, 0, (1, 2)):
            np.testing.assert_array_equal(
                function(x, axis=axis, where=mask), function(x, axis=axis, where=full)
            )
    with pytest.raises(ValueError, match=r"where|mask"):
        function(x, where=np.ones((2, 6), bool))


# ---------------------------------------------------------------- stored values


def test_stored_operators():
    """Softmax (opset 13), LogSoftmax and Hardmax as ONNX defines them, in float64."""
    names = {"Softmax": "softmax", "LogSoftmax": "log_softmax", "Hardmax": "hardmax"}
    for case in stored(*names):
        y = getattr(actfn, names[case["operator"]])(case["input"], axis=case["axis"])
        assert near_torch(y, case["output"]), case
