"""backward, jacobian, jvp and the second order of the softmax family, and softmax's relatives."""

from functools import partial

import numpy as np
import pytest
from flint import arb, ctx

import actfn
import row_reference as reference
from actfn import contract
from row_trials import BOUNDS, KINDS, dtypes, every, kinds, terms_error

FOUR = ("softmax", "log_softmax", "softmin", "logsumexp")
four = pytest.mark.parametrize("name", FOUR)
temperatures = pytest.mark.parametrize("T", [1.0, 0.4])
SMALL = [kind for kind in KINDS if kind not in ("vocabulary", "lengths", "huge")]


def probabilities(name, x, T):
    x = x.astype(np.float64)
    return np.asarray(actfn.softmax(-x if name == "softmin" else x, temperature=T))


def directional_size(name, p, v, T):
    """Sizes of the terms of J v (J is symmetric for softmax, so of backward too)."""
    v = np.abs(v.astype(np.float64))
    mean = (p * v).sum(axis=-1, keepdims=True)
    if name == "logsumexp":
        return mean[..., 0] / T
    return (v + mean if name == "log_softmax" else p * (v + mean)) / T


def rows_and(seed, kind, dtype, batch=6):
    rng = np.random.default_rng(seed)
    for x in kinds(dtype, batch)[kind]:
        yield x, rng.normal(size=x.shape).astype(dtype)


def backward_size(name, g, y, T):
    g, y = np.abs(g.astype(np.float64)), y.astype(np.float64)
    if name == "log_softmax":
        return (g + np.exp(y) * g.sum(axis=-1, keepdims=True)) / T
    return directional_size(name, y, g, T)


@temperatures
@pytest.mark.parametrize("kind", SMALL)
@dtypes()
@pytest.mark.parametrize("name", ["softmax", "log_softmax", "softmin"])
def test_backward(name, dtype, kind, T):
    """From the output that is given, whatever rounding made of it."""
    record = getattr(actfn, name)
    for x, g in rows_and(1, kind, dtype):
        y = record(x, temperature=T)
        truth = reference.rows(getattr(reference, f"{name}_backward"), g, y, T=T)
        got = record.backward(g, y, temperature=T)
        assert got.dtype == dtype
        bound = max(BOUNDS[dtype], contract.BACKWARD_ULP)
        size, error = backward_size(name, g, y, T), terms_error(dtype, x.shape[-1])
        reference.check(got, truth, bound, f"{name}.backward", size, error)


@temperatures
@pytest.mark.parametrize("kind", SMALL)
@dtypes()
def test_logsumexp_backward(dtype, kind, T):
    for x, g in rows_and(2, kind, dtype):
        truth = reference.rows(reference.logsumexp_backward, np.broadcast_to(g[:, :1], x.shape),
                               x, T=T)  # fmt: skip
        got = actfn.logsumexp.backward(g[:, 0], x, temperature=T)
        bound = max(BOUNDS[dtype], contract.BACKWARD_ULP)
        reference.check(got, truth, bound, "logsumexp.backward")
        kept = actfn.logsumexp.backward(g[:, :1], x, temperature=T, keepdims=True)
        np.testing.assert_array_equal(kept, got)


@temperatures
@pytest.mark.parametrize("kind", SMALL)
@dtypes("float32 float64")
@four
def test_jacobian(name, dtype, kind, T):
    for x in kinds(dtype, 4)[kind]:
        x = x[:, :12]
        truth = reference.rows(getattr(reference, f"{name}_jacobian"), x, T=T)
        got = getattr(actfn, name).jacobian(x, temperature=T)
        assert got.dtype == dtype
        reference.check(got, truth, BOUNDS[dtype], f"{name}.jacobian")


@temperatures
@pytest.mark.parametrize("kind", SMALL)
@dtypes("float32 float64")
@four
def test_jvp(name, dtype, kind, T):
    jacobian = getattr(reference, f"{name}_jacobian")
    for x, v in rows_and(3, kind, dtype, 3):
        x, v = x[:, :12], v[:, :12]
        truth = reference.rows(lambda a, b: jacobian(a, T) @ b, x, v)
        size = directional_size(name, probabilities(name, x, T), v, T)
        got = getattr(actfn, name).jvp(x, v, temperature=T)
        assert got.dtype == dtype
        error = terms_error(dtype, x.shape[-1])
        reference.check(got, truth, BOUNDS[dtype], f"{name}.jvp", size, error)


@temperatures
@pytest.mark.parametrize("kind", SMALL)
@dtypes("float32 float64")
@four
def test_backward_jacobian(name, dtype, kind, T):
    second = getattr(reference, f"{name}_backward_jacobian")
    for x, g in rows_and(4, kind, dtype, 3):
        x, g = x[:, :8], g[:, :8]
        if name == "logsumexp":
            truth = reference.rows(second, np.broadcast_to(g[:, :1], x.shape), x, T=T)
            g = g[:, 0]
        else:
            truth = reference.rows(second, g, x, T=T)
        p = probabilities(name, x, T)
        size = second_size(name, p, np.abs(g.astype(float)), T)
        got = getattr(actfn, name).backward_jacobian(g, x, temperature=T)
        assert got.dtype == dtype
        error = terms_error(dtype, x.shape[-1])
        reference.check(got, truth, BOUNDS[dtype], f"{name}.backward_jacobian", size, error)


def second_size(name, p, g, T):
    jacobian = p[..., :, None] * (np.eye(p.shape[-1]) + p[..., None, :])
    if name == "logsumexp":
        return g[..., None, None] * jacobian / T**2
    if name == "log_softmax":
        return g.sum(-1)[..., None, None] * jacobian / T**2
    lead = g + (g * p).sum(-1, keepdims=True)
    return (jacobian * lead[..., :, None] + p[..., :, None] * (p * lead)[..., None, :]) / T**2


@pytest.mark.parametrize("axis", [0, 1, -1, (0, 2), (1, -1)])
@four
def test_axes(name, axis):
    """backward and jvp take the axes that the function takes."""
    x, v, g = np.random.default_rng(5).normal(size=(3, 3, 4, 5))
    record = getattr(actfn, name)
    at = [axis % 3] if isinstance(axis, int) else [a % 3 for a in axis]
    back = list(range(3 - len(at), 3))

    def flat(a):
        moved = np.moveaxis(a, at, back)
        return moved.reshape(*moved.shape[: 3 - len(at)], -1), moved.shape

    (rows, shape), (tangents, _), (gradients, _) = flat(x), flat(v), flat(g)
    unflat = lambda a: np.moveaxis(a.reshape(shape), back, at)
    jvp = record.jvp(rows, tangents)
    expected = jvp if name == "logsumexp" else unflat(jvp)
    np.testing.assert_array_equal(record.jvp(x, v, axis=axis), expected)
    if name == "logsumexp":
        expected = unflat(record.backward(gradients[..., 0], rows))
        np.testing.assert_array_equal(record.backward(gradients[..., 0], x, axis=axis), expected)
    else:
        expected = unflat(record.backward(gradients, record(rows)))
        np.testing.assert_array_equal(record.backward(g, record(x, axis=axis), axis=axis), expected)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "softmin"])
def test_backward_in_place(name):
    g, x = np.random.default_rng(6).normal(size=(2, 7, 9)).astype(np.float32)
    record = getattr(actfn, name)
    y = record(x)
    expected = record.backward(g, y)
    for reused in (g.copy(), y.copy(), np.empty_like(g)):
        arrays = [reused if np.array_equal(reused, a) else a for a in (g, y)]
        assert record.backward(*arrays, out=reused) is reused
        np.testing.assert_array_equal(reused, expected)


@four
def test_mistakes(name):
    record = getattr(actfn, name)
    x = np.full((2, 3), 0.25)
    g = np.ones(2) if name == "logsumexp" else np.ones((2, 3))
    for T in (-1.0, np.nan):
        for call in (
            partial(record.backward, g, x),
            partial(record.jvp, x, x),
            partial(record.jacobian, x),
            partial(record.backward_jacobian, g, x),
        ):
            with pytest.raises(ValueError, match="temperature"):
                call(temperature=T)
    with pytest.raises(ValueError, match="shape"):
        record.backward(np.ones((5, 3)), x)
    with pytest.raises(ValueError, match="shape"):
        record.jvp(x, np.ones((5, 3)))
    out = np.full((3, 3), 7.0)
    with pytest.raises(ValueError, match="out"):
        record.backward(g, x, out=out)
    assert (out == 7).all()


# ---------------------------------------------------------------- relatives


@dtypes()
def test_softmin(dtype):
    x = kinds(dtype, 4)["normal"][0]
    np.testing.assert_array_equal(
        actfn.softmin(x, temperature=0.5), actfn.softmax(-x, temperature=0.5)
    )


@dtypes()
def test_hardmax(dtype):
    """One-hot of the first maximum; softmax at T = 0 shares instead."""
    x = np.array([[1, 3, 3, 2], [5, 5, 5, 5], [-np.inf, 0, -1, 0], [np.inf, 1, np.inf, 2]], dtype)
    first = np.eye(4)[[1, 0, 1, 0]]
    y = actfn.hardmax(x)
    assert y.dtype == dtype
    np.testing.assert_array_equal(y.astype(float), first)
    np.testing.assert_array_equal(actfn.hardmax(x.T, axis=0).astype(float), first.T)
    kept = np.ones((4, 4), bool)
    kept[0, 1], kept[1] = False, False
    masked = actfn.hardmax(x, where=kept).astype(float)
    np.testing.assert_array_equal(masked[:2], [[0, 0, 1, 0], [0, 0, 0, 0]])
    assert np.isnan(actfn.hardmax(np.array([1, np.nan], dtype)).astype(float)).all()


@temperatures
@dtypes("float32 float64")
def test_softmax_with_sink(dtype, T):
    """One more entry, which gets its share and is not shown."""
    for x in (kinds(dtype, 5)["normal"][0], kinds(dtype, 5)["confident"][0]):
        sinks = np.linspace(-30, 300, len(x)).astype(dtype)
        whole = np.concatenate([x, sinks[:, None]], axis=1)
        truth = [part[:, :-1] for part in reference.rows(reference.softmax, whole, T=T)]
        got = actfn.softmax_with_sink(x, sinks, temperature=T)
        reference.check(got, truth, BOUNDS[dtype], "softmax_with_sink")
        alone = actfn.softmax_with_sink(x[2], sinks[2], temperature=T)
        np.testing.assert_array_equal(alone, got[2])
    nothing = actfn.softmax_with_sink(x, -np.inf)
    np.testing.assert_array_equal(nothing, actfn.softmax(x))
    assert (actfn.softmax_with_sink(np.full(3, -np.inf), 0.0) == 0).all()


@pytest.mark.parametrize("scale", [1.0, 0.43])
def test_scaled_softmax(scale):
    """softmax(s log(n) x): the exponent is as exact as float64 makes s log(n)."""
    for n in (1, 2, 7, 100):
        x = np.random.default_rng(n).normal(size=(20, n)).astype(np.float32)
        truth = reference.rows(
            lambda row, k=n: reference.softmax(row * arb(scale) * arb(k).log()), x
        )
        reference.check(actfn.scaled_softmax(x, scale), truth, BOUNDS[x.dtype], "scaled_softmax")


@every
def test_reference_is_torchs(name):
    """So that the truth is the function that everybody means."""
    torch = pytest.importorskip("torch")
    x = np.random.default_rng(11).normal(size=(5, 6)) * 3
    theirs = getattr(torch, name)(torch.tensor(x) / 0.5, -1).numpy()
    truth = reference.rows(getattr(reference, name), x, T=0.5).hi
    # torch's own float64 roundings, of numbers of the size of the row's
    assert np.abs(theirs - truth).max() <= 64 * np.finfo(float).eps


def test_reference_raises_its_precision():
    """A winner ahead by 700 leaves 1e-304: beyond 1000 bits of cancellation, still exact."""
    truth = reference.rows(reference.log_softmax, np.array([[700.0, 0.0]]))
    assert truth.hi[0, 0] == -float((-arb(700)).exp())
    with ctx.workprec(64):
        assert not reference.settled(reference.log_softmax(reference.exact([700.0, 0.0]))[0])
