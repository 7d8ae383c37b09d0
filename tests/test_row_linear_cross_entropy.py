"""linear_cross_entropy: cross_entropy of a projection whose logits never exist as a whole."""

import tracemalloc
from functools import partial

import numpy as np
import pytest

import actfn

MEGABYTE = 2**20
LINEAR = [
    {},
    {"label_smoothing": 0.1, "z_loss": 1e-2},
    {"ignore_index": 3, "temperature": 2.0},
    {"class_weight": np.linspace(0.5, 2, 23), "reduction": "sum"},
    {"reduction": "none"},
]


def projection(bias=True, N=37, D=8, C=23):
    rng = np.random.default_rng(6)
    hidden, weight = rng.normal(size=(N, D)), rng.normal(size=(C, D))
    return hidden, weight, rng.integers(0, C, N), rng.normal(size=C) if bias else None


def near(got, expected, terms):
    """Sums of `terms` products, each rounded, in another order: so much of the largest entry."""
    got, expected = np.asarray(got), np.asarray(expected)
    assert got.shape == expected.shape
    scale = max(1.0, np.abs(expected).max(initial=0.0))
    assert np.abs(got - expected).max(initial=0.0) <= terms * 2.0**-50 * scale


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("options", LINEAR, ids=str)
def test_linear_cross_entropy(options, bias):
    """cross_entropy(hidden @ weight.T + bias) and its three gradients, for every chunk."""
    hidden, weight, target, b = projection(bias)
    logits = hidden @ weight.T + (0 if b is None else b)
    loss, by_logits = actfn.cross_entropy(logits, target, with_grad=True, **options)
    expected = [loss, by_logits @ weight, by_logits.T @ hidden]
    expected += [by_logits.sum(axis=0)] if bias else []
    terms = sum(weight.shape) + len(hidden)
    for chunk in (None, 1, 5, 36, 37, 1000):
        call = partial(
            actfn.linear_cross_entropy, hidden, weight, target, bias=b, chunk=chunk, **options
        )
        got = call(with_grad=True)
        assert len(got) == len(expected)
        for ours, plain in zip(got, expected, strict=True):
            near(ours, plain, terms)
        near(call(), loss, terms)


def test_linear_cross_entropy_with_soft_labels():
    hidden, weight, _, b = projection()
    soft = np.random.default_rng(7).dirichlet(np.ones(len(weight)), len(hidden))
    loss, by_logits = actfn.cross_entropy(hidden @ weight.T + b, soft, with_grad=True)
    got = actfn.linear_cross_entropy(hidden, weight, soft, bias=b, chunk=5, with_grad=True)
    near(got[0], loss, 100)
    near(got[1], by_logits @ weight, 100)


def test_linear_cross_entropy_never_holds_the_logits():
    hidden, weight, target, _ = projection(False, 2048, 16, 8000)
    hidden, weight = hidden.astype(np.float32), weight.astype(np.float32)
    call = partial(actfn.linear_cross_entropy, hidden, weight, target, with_grad=True)
    call()
    tracemalloc.start()
    try:
        loss, *gradients = call()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    logits = 4 * len(hidden) * len(weight)
    assert peak <= logits / 4 + sum(g.nbytes for g in gradients) + MEGABYTE
    assert np.asarray(loss).dtype == np.float32
    assert [g.dtype for g in gradients] == [np.float32] * 2


def test_linear_cross_entropy_mistakes():
    hidden, weight, target, b = projection()
    for arguments, options, message in (
        ((hidden[:, :3], weight, target), {}, "shape"),
        ((hidden, weight, target[:3]), {}, "shape"),
        ((hidden[0], weight, target), {}, "shape|dimension|axes"),
        ((hidden, weight, target), {"bias": b[:3]}, "bias"),
        ((hidden, weight, target), {"chunk": 0}, "chunk"),
        ((hidden, weight, target + 977), {}, "9[0-9][0-9]"),
        ((hidden, weight, target), {"reduction": "average"}, "reduction"),
    ):
        with pytest.raises(ValueError, match=message):
            actfn.linear_cross_entropy(*arguments, **options)
