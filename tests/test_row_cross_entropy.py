"""cross_entropy: the true loss and gradient, for every combination of options."""

import importlib.util
import itertools
import math
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from flint import ctx

import actfn
import row_loss_reference as losses
import row_reference as reference
from actfn import ulp
from row_trials import BOUNDS, KINDS, STORED, dtypes, judge, kinds, near_torch, stored

REDUCTIONS = ("none", "mean", "sum")


def labels_for(x, rng):
    """Random classes; every other row's is the largest entry, the confident case."""
    target = rng.integers(0, x.shape[-1], len(x))
    target[::2] = x[::2].astype(float).argmax(axis=-1)
    return target


# ---------------------------------------------------------------- the truth itself

OPTIONS = {
    "class_weight": (None, np.array([0.5, 1.25, 0.0, 2.0], np.float32)),
    "label_smoothing": (0.0, 0.1, 1.0),
    "temperature": (1.0, 0.5, 3.0),
    "z_loss": (0.0, 1e-2),
    "reduction": REDUCTIONS,
}
TARGETS = {
    "classes": (np.array([0, 3, 1, 2, 1]), None),
    "ignored": (np.array([0, 3, -1, 2, -1]), -1),
    "ignored class": (np.array([0, 3, 1, 2, 1]), 1),
    "soft": (np.array([[0, 1, 0, 0], [0.5, 0.25, 0.25, 0], [0, 0, 0, 1], [0.1, 0.2, 0.3, 0.4],
                       [1, 1, 0, 0.5]], np.float32), None),
}  # fmt: skip
COMBINATIONS = [dict(zip(OPTIONS, v, strict=True)) for v in itertools.product(*OPTIONS.values())]
kinds_of_target = pytest.mark.parametrize("kind", TARGETS)


@kinds_of_target
def test_reference_gradient(kind):
    """The gradient that is written down agrees with finite differences of the loss."""
    target, ignore = TARGETS[kind]
    with ctx.workprec(reference.DIFFERENCES):
        x = reference.exact(np.random.default_rng(0).normal(size=(5, 4)))
        for options in COMBINATIONS:
            # Temperature and reduction are factors: one value of each but 1 says everything.
            if options["reduction"] == "mean" and options["temperature"] == 0.5:
                function = partial(
                    losses.cross_entropy, target=target, ignore_index=ignore, **options
                )
                slopes = reference.finite_difference(lambda x, f=function: f(x).loss, x)
                assert reference.agree(function(x).gradient, slopes), options


def test_reference_is_torchs():
    """The same losses and gradients as the stored ones."""
    for case in stored("cross_entropy"):
        x, target = (np.moveaxis(case[k], 1, -1) if case[k].ndim == case["input"].ndim else case[k]
                     for k in ("input", "target"))  # fmt: skip
        flat = x.reshape(-1, x.shape[-1])
        target = target.reshape(flat.shape if target.shape == x.shape else -1)
        options = {k: case.get(k) for k in ("class_weight", "ignore_index", "reduction")}
        truth = reference.true(
            partial(losses.cross_entropy, target=target, label_smoothing=case["label_smoothing"],
                    **options), flat)  # fmt: skip
        assert near_torch(truth.loss.hi.reshape(case["loss"].shape), case["loss"])
        gradient = np.moveaxis(truth.gradient.hi.reshape(x.shape), -1, 1)
        assert near_torch(gradient, case["gradient"])


# ---------------------------------------------------------------- accuracy


@dtypes("float32 float64")
@pytest.mark.parametrize("m", [10, 16, 17, 40, 80])
def test_two_classes_far_apart(m, dtype):
    """[m, 0]: loss log1p(exp(-m)), gradient -+ 1 / (1 + exp(m)): never 0."""
    x = np.array([[m, 0]], dtype)
    loss, gradient = judge(x, np.array([0]))
    assert loss > 0
    assert gradient[0, 0] < 0 < gradient[0, 1]
    assert abs(gradient.sum()) <= np.spacing(gradient[0, 1])
    expected = {10: 4.53989e-5, 16: 1.1254e-7, 17: 4.1399e-8, 40: 4.2484e-18, 80: 1.8049e-35}
    assert float(f"{loss:.4e}") == float(f"{expected[m]:.4e}")
    judge(x, np.array([1]))


@pytest.mark.parametrize("m", [10, 16, 17, 40, 80])
def test_the_usual_formula_is_caught(m):
    """-log p and p - 1, in float32: wrong from m = 10 on, 0 from m = 17."""
    x = np.array([[m, 0]], np.float32)
    e = np.exp(x - x.max())
    p = e / e.sum()
    truth = reference.true(partial(losses.cross_entropy, target=[0], reduction="none"), x)
    for got, exact in ((-np.log(p[:, 0]), truth.loss), (p - np.float32([1, 0]), truth.gradient)):
        with pytest.raises(AssertionError, match="ULP off"):
            reference.check(got, exact, BOUNDS[x.dtype], "the usual formula")


@pytest.mark.parametrize("T", [1.0, 0.25, 4.0])
@pytest.mark.parametrize("kind", KINDS)
def test_float32(kind, T):
    for x in kinds(np.float32, 40 if T == 1 else 10)[kind]:
        x = x if T == 1 else x[:, :5000]
        target = labels_for(x, np.random.default_rng(1))
        judge(x, target, temperature=T, reduction="none")


@pytest.mark.parametrize("kind", KINDS)
@dtypes("float16 bfloat16 float64")
def test_other_dtypes(kind, dtype):
    for x in kinds(dtype, 10)[kind]:
        x = x[:, :5000]
        target = labels_for(x, np.random.default_rng(1))
        judge(x, target, reduction="none")
        # The mean of losses beyond the dtype may be within it; one row's loss is inf all the same.
        judge(x, target, temperature=0.3, reduction="none" if kind == "huge" else "mean")


@pytest.mark.parametrize("kind", KINDS)
def test_gradient_sums_to_zero(kind):
    """Each row, within 1 ULP of its largest entry; so the label's entry is 0 with the others."""
    for x in kinds(np.float32, 60)[kind]:
        target = labels_for(x, np.random.default_rng(2))
        for reduction in ("sum", "mean"):
            with np.errstate(over="ignore"):  # of the loss
                _, gradient = actfn.cross_entropy(x, target, reduction=reduction, with_grad=True)
            for k, row in enumerate(gradient):
                largest = ulp.ulp_of(np.abs(row).max().astype(float), np.float32)
                total = math.fsum(row.astype(float))  # exact
                assert row[target[k]] < 0 or not row.any()
                assert abs(total) <= largest, f"row {k} sums to {total / largest:.3g} ULP"


@pytest.mark.parametrize("target", TARGETS)
@dtypes("float32 float64")
def test_every_combination(target, dtype):
    labels, ignore = TARGETS[target]
    x = (4 * np.random.default_rng(3).normal(size=(5, 4))).astype(dtype)
    x[0] = [30, 0, -1, 2]
    for options in COMBINATIONS:
        judge(x, labels, ignore_index=ignore, **options)


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -3])
@dtypes()
def test_axes(axis, dtype):
    """The class axis anywhere, for both kinds of target, in any layout."""
    rng = np.random.default_rng(4)
    x = (3 * rng.normal(size=(3, 4, 5))).astype(dtype)
    target = rng.integers(0, x.shape[axis], np.delete(x.shape, axis))
    for reduction in REDUCTIONS:
        options = {"axis": axis, "reduction": reduction}
        expected = judge(x, target, **options)
        for other in (np.asfortranarray(x), x[::-1, :, ::-1].copy()[::-1, :, ::-1]):
            for got, same in zip(
                actfn.cross_entropy(other, target, with_grad=True, **options), expected, strict=True
            ):
                np.testing.assert_array_equal(got, same)
    if np.dtype(dtype).itemsize > 2:  # 16-bit soft labels: nothing promised where terms cancel
        judge(x, rng.random(x.shape).astype(dtype), axis=axis, label_smoothing=0.2)


def test_stored_operators():
    """ONNX's SoftmaxCrossEntropyLoss and torch's cross_entropy, in float64."""
    for case in stored("log_prob"):
        assert near_torch(actfn.log_softmax(case["input"], axis=1), case["output"])
    for case in stored("SoftmaxCrossEntropyLoss", "cross_entropy"):
        options = ("class_weight", "ignore_index", "label_smoothing", "reduction")
        loss, gradient = actfn.cross_entropy(
            case["input"], case["target"], axis=1, with_grad=True,
            **{k: case[k] for k in options if k in case},
        )  # fmt: skip
        assert near_torch(loss, case["loss"]), case
        assert near_torch(gradient, case.get("gradient", gradient)), case


def test_torch_still_says_so():
    """The generator makes the stored file again, up to torch's rounding on this machine."""
    pytest.importorskip("torch")
    place = Path(__file__).parent.parent / "tools" / "row_cases.py"
    spec = importlib.util.spec_from_file_location("row_cases_tool", place)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    made = tool.document()
    operators = sorted({case["operator"] for case in made["cases"]})
    pairs = zip(stored(*operators), stored(*operators, document=made), strict=True)
    for kept, new in pairs:
        for key in kept:
            if key in ("output", "loss", "gradient"):
                assert near_torch(new[key], kept[key]), "run: python tools/row_cases.py"
            else:
                assert np.array_equal(new[key], kept[key]), "run: python tools/row_cases.py"
    assert STORED.stat().st_size < 300_000
