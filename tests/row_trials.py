"""What the tests of the row-wise functions share: bounds, rows worth trying, stored cases."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import actfn
import row_loss_reference as losses
import row_reference as reference
from actfn import contract, ulp

SIXTEEN_BIT_ULP = contract.ROW_BOUNDS["float16"]
BOUNDS = {np.dtype(name): bound for name, bound in contract.ROW_BOUNDS.items()}
# Where terms of both signs cancel, what is left carries the rounding errors of the terms.
FLOAT64_TERMS = 2.0**-52  # of every term, where float64 itself is the dtype: two roundings each
INSIDE_FLOAT64 = 2.0**-45  # for the narrower dtypes: exp of arguments up to 104, sums over a row
FAMILY = ("softmax", "log_softmax", "logsumexp")

every = pytest.mark.parametrize("name", FAMILY)


def dtypes(names="float16 bfloat16 float32 float64"):
    return pytest.mark.parametrize("dtype", [np.dtype(n) for n in names.split()], ids=str)


def terms_error(dtype, n=1):
    """The error that is accepted, relative to the terms' size; a sum of n is rounded n times."""
    return n * FLOAT64_TERMS if dtype == np.float64 else INSIDE_FLOAT64


def log_of_sum(x):
    """What to subtract from rows for a logsumexp of nothing but the rounding of the rows."""
    return np.log(np.exp(x).sum(axis=-1, keepdims=True))


def kinds(dtype, batch=40) -> dict[str, list[np.ndarray]]:
    """Rows of each kind, as a list of matrices: the kinds on which softmax is known to go wrong."""
    rng, largest = np.random.default_rng(7), ulp.layout_of(dtype).maximum_exponent
    normal, few = rng.normal(size=(3, batch, 100)), rng.normal(size=(batch, 10))
    lead = np.zeros((5 * batch, 3))
    lead[:, 0] = np.linspace(0, 100, 5 * batch)
    lengths = [*range(1, 71), 1000, 4097]
    made = {
        "normal": [normal[0]],
        "wide": [10 * normal[1]],
        "confident": [100 * normal[2]],
        "leading": [lead],
        "far from zero": [1e4 + few],
        "near zero": [few[:, :8] / 16 - np.log(8), few - log_of_sum(few)],
        "huge": [few * 2.0 ** (largest - 2)],  # differences overflow
        "vocabulary": [3 * rng.normal(size=(max(1, batch // 20), 50257))],
        "lengths": [5 * rng.normal(size=(1, n)) for n in lengths],
    }
    return {kind: [m.astype(dtype) for m in matrices] for kind, matrices in made.items()}


KINDS = tuple(kinds(np.float32, 1))

STORED = Path(__file__).parent / "data" / "row_cases.json"
# torch's own error: sums of up to 100 terms below 16 in size, each rounded at 2^-53 of itself.
TORCH_ROUNDINGS = 2.0**-42
REFERENCES = ("input", "target", "class_weight")
RESULTS = ("output", "loss", "gradient")


def stored(*operators, document=None):
    """The stored cases of these operators, with arrays in place of names and lists."""
    document = json.loads(STORED.read_text()) if document is None else document
    for case in document["cases"]:
        if case["operator"] in operators:
            named = {k: document["inputs"][case[k]] for k in REFERENCES if case.get(k)}
            made = case | named
            yield {k: np.array(v) if k in named or k in RESULTS else v for k, v in made.items()}


def near_torch(got, expected) -> bool:
    got, expected = np.asarray(got), np.asarray(expected)
    largest = np.abs(expected).max(initial=1.0)
    return got.shape == expected.shape and np.abs(got - expected).max() <= TORCH_ROUNDINGS * largest


# ---------------------------------------------------------------- cross_entropy against the truth


def judge(logits, target, axis=-1, **options):
    """Loss and gradient, with and without `grad_out`, against the truth."""
    dtype = logits.dtype
    rows = np.moveaxis(logits, axis, -1)
    soft = np.shape(target) == logits.shape
    labels = np.moveaxis(target, axis, -1).reshape(-1, rows.shape[-1]) if soft else np.ravel(target)
    function = partial(losses.cross_entropy, target=labels, **options)
    truth = reference.true(function, rows.reshape(-1, rows.shape[-1]))
    with np.errstate(over="ignore"):  # a loss beyond the largest number is inf
        got, gradient = actfn.cross_entropy(logits, target, axis=axis, with_grad=True, **options)
        out = np.full_like(logits, 9)
        again, same = actfn.cross_entropy(logits, target, axis=axis, grad_out=out, **options)
        alone = actfn.cross_entropy(logits, target, axis=axis, **options)
    assert np.asarray(got).dtype == gradient.dtype == dtype
    assert np.shape(got) == (rows.shape[:-1] if options.get("reduction") == "none" else ())
    assert gradient.shape == logits.shape
    reference.check(
        np.ravel(got), [np.ravel(p) for p in truth.loss], BOUNDS[dtype], f"loss, {options}"
    )
    combined = soft or options.get("label_smoothing") or options.get("z_loss")
    reference.check(
        np.moveaxis(gradient, axis, -1).reshape(truth.gradient.hi.shape), truth.gradient,
        BOUNDS[dtype], f"gradient, {options}", truth.gradient_size.hi,
        terms_error(dtype) if combined else 0.0,
    )  # fmt: skip
    assert same is out
    np.testing.assert_array_equal(out, gradient)
    np.testing.assert_array_equal(again, got)
    np.testing.assert_array_equal(alone, got)
    return got, gradient
