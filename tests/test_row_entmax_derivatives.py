"""sparsemax and entmax: backward, jacobian, jvp, and the derivative by alpha."""

from functools import partial

import numpy as np
import pytest
from flint import arb, ctx

import actfn
import entmax_reference as truth
import row_reference as reference
from actfn import contract
from row_trials import BOUNDS, dtypes, terms_error

ALPHAS = (1.0, 1.0001, 1.1, 1.5, 1.8, 2.0, 2.5, 3.0, 10.0)
every = pytest.mark.parametrize("alpha", ALPHAS)


def rows_and(dtype, alpha, seed=1):
    """Rows with a support of several entries, and a second array."""
    rng = np.random.default_rng(seed)
    for n in (1, 2, 3, 8, 20, 70):
        for scale in (0.1, 1.0):
            x, g = rng.normal(size=(2, 3, n))
            yield (scale * x / alpha).astype(dtype), g.astype(dtype)


# ---------------------------------------------------------------- the truth itself


@pytest.mark.parametrize("alpha", [1.0, 1.25, 1.5, 2.0, 3.0, 7.5])
def test_reference_derivatives(alpha):
    """Every formula agrees with finite differences of the definition, at 2000 bits."""
    x = np.array([0.25, 0.125, 0.0, -3.0, 0.25]) / alpha
    with ctx.workprec(2000):
        g, x = map(reference.exact, (np.random.default_rng(1).normal(size=5), x))
        function = partial(truth.entmax, alpha=alpha)
        jacobian = truth.jacobian(x, alpha)
        assert reference.agree(jacobian, reference.finite_difference(function, x))
        assert reference.agree(truth.backward(g, function(x), alpha), g @ jacobian)
        by_alpha = reference.finite_difference(
            lambda v: truth.entmax(x, v[0]), np.array([max(alpha, 1 + 2.0**-20)])
        )
        slope = truth.alpha_slope(x, max(alpha, 1 + 2.0**-20))
        assert reference.agree(slope, by_alpha[..., 0])
        y = reference.exact([0.5, 0.25, 0.0, 0.25, 0.0])
        loss = truth.loss_row(x, y, alpha)
        rise = reference.finite_difference(lambda v: truth.loss_row(v, y, alpha).loss, x)
        assert reference.agree(loss.gradient, rise)


def test_reference_at_alpha_one():
    """The limit: the slope at 1 + h differs from it by order h."""
    with ctx.workprec(2000):
        x = reference.exact([0.5, 0.0, -2.0])
        beside = truth.alpha_slope(x, 1 + reference.STEP)
        apart = truth.alpha_slope(x, 1.0) - beside
        assert all(abs(d) < reference.STEP * 2**20 for d in apart)


# ---------------------------------------------------------------- backward


def sizes(g, p, alpha):
    """The terms that are added up in backward, when counted from the heaviest entry's gradient."""
    g, p = g.astype(np.float64), p.astype(np.float64)
    with np.errstate(divide="ignore"):
        s = np.where(p > 0, p ** (2 - alpha), 0)
    heavy = s.argmax(axis=-1)[..., None]
    h = np.abs(g - np.take_along_axis(g, heavy, axis=-1))
    share, terms = s / s.sum(axis=-1, keepdims=True), (s * h).sum(axis=-1, keepdims=True)
    found = s * (h + (share * h).sum(axis=-1, keepdims=True))
    np.put_along_axis(found, heavy, np.take_along_axis(share, heavy, axis=-1) * terms, axis=-1)
    return found


@pytest.mark.parametrize("alpha", ALPHAS[1:])
@dtypes()
def test_backward(dtype, alpha):
    """From the output that is given, whatever rounding made of it."""
    for x, g in rows_and(dtype, alpha):
        p = actfn.entmax(x, alpha)
        true = reference.rows(partial(truth.backward, alpha=alpha), g, p)
        with np.errstate(over="ignore"):
            got = actfn.entmax.backward(g, p, alpha)
        assert got.dtype == dtype
        bound = max(BOUNDS[dtype], contract.BACKWARD_ULP)
        error = terms_error(dtype, x.shape[-1])
        reference.check(got, true, bound, f"backward at {alpha}", sizes(g, p, alpha), error)
        if alpha == 2.0:
            np.testing.assert_array_equal(actfn.sparsemax.backward(g, p), got)


def test_backward_of_softmax():
    for x, g in rows_and(np.float32, 1.0):
        p = actfn.softmax(x)
        np.testing.assert_array_equal(
            actfn.entmax.backward(g, p, 1.0), actfn.softmax.backward(g, p)
        )


def test_backward_with_one_heavy_entry():
    """s is 1e98 for one entry: what it gets is minus what the others get, which is ordinary."""
    g = np.array([[0.3, -0.7, 0.1]])
    p = np.array([[0.6, 0.1, 0.3]])
    got = actfn.entmax.backward(g, p, 100.0)
    true = reference.rows(partial(truth.backward, alpha=100.0), g, p)
    reference.check(got, true, contract.BACKWARD_ULP, "heavy", sizes(g, p, 100.0), 2.0**-52)
    assert abs(got.sum()) <= 2 * np.spacing(np.abs(got).max())
    p = np.array([[0.5, 1e-10, 0.5 - 1e-10]])  # 1e980 and beyond float64
    assert np.isfinite(actfn.entmax.backward(g, p, 100.0)).all()


@every
def test_backward_of_nothing(alpha):
    """Rows that are masked everywhere, or alone, have no slope; NaN stays NaN."""
    g = np.random.default_rng(2).normal(size=(3, 4))
    p = np.array([[0, 0, 0, 0], [0, 1, 0, 0], [np.nan] * 4])
    got = actfn.entmax.backward(g, p, alpha)
    np.testing.assert_array_equal(got[:2], np.zeros((2, 4)))
    assert np.isnan(got[2]).all()
    g[1, 0] = np.nan  # outside of the support
    if alpha > 1.0:
        np.testing.assert_array_equal(actfn.entmax.backward(g, p, alpha)[1], np.zeros(4))


@pytest.mark.parametrize("axis", [0, 1, -1, (0, 2)])
@pytest.mark.parametrize("alpha", [1.3, 1.5, 2.0, 3.0])
def test_axes(alpha, axis):
    x, g = np.random.default_rng(3).normal(size=(2, 3, 4, 5))
    at = [a % 3 for a in (axis if isinstance(axis, tuple) else (axis,))]
    back = list(range(3 - len(at), 3))

    def flat(a):
        moved = np.moveaxis(a, at, back)
        return moved.reshape(*moved.shape[: 3 - len(at)], -1), moved.shape

    (rows, shape), (gradients, _) = flat(x), flat(g)
    unflat = lambda a: np.moveaxis(a.reshape(shape), back, at)
    p, flat_p = actfn.entmax(x, alpha, axis=axis), actfn.entmax(rows, alpha)
    expected = unflat(actfn.entmax.backward(gradients, flat_p, alpha))
    np.testing.assert_array_equal(actfn.entmax.backward(g, p, alpha, axis=axis), expected)
    np.testing.assert_array_equal(actfn.entmax.jvp(x, g, alpha, axis=axis), expected)
    total = actfn.entmax.alpha_gradient(g, x, p, alpha, axis=axis)
    assert total == actfn.entmax.alpha_gradient(gradients, rows, flat_p, alpha)
    for reused in (g.copy(), p.copy(), np.empty_like(g)):
        arrays = [reused if np.array_equal(reused, a) else a for a in (g, p)]
        assert actfn.entmax.backward(*arrays, alpha, axis=axis, out=reused) is reused
        np.testing.assert_array_equal(reused, expected)


# ---------------------------------------------------------------- jacobian and jvp


@every
@dtypes("float32 float64")
def test_jacobian(dtype, alpha):
    for x, v in rows_and(dtype, alpha, 4):
        x, v = x[:, :12], v[:, :12]
        true = reference.rows(truth.jacobian, x, alpha=alpha)
        got = actfn.entmax.jacobian(x, alpha)
        assert got.dtype == dtype
        bound = BOUNDS[dtype]
        if dtype == np.float64:  # two powers, a sum, a quotient and a product, of a rounded p
            bound = 5 + abs(2 - alpha)
        reference.check(got, true, bound, f"jacobian at {alpha}")
        assert (got == np.swapaxes(got, -1, -2)).all()
        true = reference.rows(lambda a, b: truth.jacobian(a, alpha) @ b, x, v)
        size = (np.abs(got) @ np.abs(v)[..., None])[..., 0]
        error = terms_error(dtype, (1 + abs(2 - alpha)) * x.shape[-1])
        reference.check(actfn.entmax.jvp(x, v, alpha), true, BOUNDS[dtype], "jvp", size, error)
        if alpha == 2.0:
            np.testing.assert_array_equal(actfn.sparsemax.jacobian(x), got)
            np.testing.assert_array_equal(actfn.sparsemax.jvp(x, v), actfn.entmax.jvp(x, v, alpha))


def test_steps_have_no_slope():
    x = np.array([[1.0, 2.0, 2.0], [0.0, -1.0, np.nan]])
    zero = np.zeros(3)
    p = actfn.entmax(x, np.inf)
    np.testing.assert_array_equal(actfn.entmax.backward(x, p, np.inf)[0], zero)
    np.testing.assert_array_equal(actfn.entmax.jacobian(x, np.inf)[0], np.zeros((3, 3)))
    assert np.isnan(actfn.entmax.jacobian(x, np.inf)[1]).all()
    assert actfn.entmax.alpha_gradient(x[:1], x[:1], None, np.inf) == 0.0
    single = actfn.entmax.jacobian(np.array([9.0, 0.0]), 1.5)
    np.testing.assert_array_equal(single, np.zeros((2, 2)))


# ---------------------------------------------------------------- alpha


def alpha_terms(x, alpha):
    """d p / d alpha, and the size of what it is the difference of."""
    slope = truth.alpha_slope(x, alpha)
    solved = truth.solved(x, alpha)
    share = solved.s / solved.s.sum()
    return slope, abs(slope) + share * abs(slope).sum() + solved.p


@every
@dtypes()
def test_alpha_gradient(dtype, alpha):
    """From the input in float64, or from the output with the error of its rounding."""
    for x, g in rows_and(dtype, alpha, 5):
        slopes, size = arb(0), arb(0)
        with ctx.workprec(512):
            for row, weights in zip(x, g, strict=True):
                slope, terms = alpha_terms(reference.exact(row), alpha)
                slopes += (slope * reference.exact(weights)).sum()
                size += (terms * abs(reference.exact(weights))).sum()
        got = actfn.entmax.alpha_gradient(g, x, None, alpha)
        assert type(got) is float
        assert abs(got - float(slopes)) <= x.shape[-1] * 2.0**-50 * float(size)
        p = actfn.entmax(x, alpha)
        rounding = float(np.finfo(dtype).eps) if dtype != "bfloat16" else 2.0**-7
        again = actfn.entmax.alpha_gradient(g, x, p, alpha)
        assert abs(again - float(slopes)) <= (x.shape[-1] + 2 * alpha) * rounding * float(size)


def test_alpha_gradient_shapes():
    with pytest.raises(ValueError, match="shape"):
        actfn.entmax.alpha_gradient(np.ones((2, 3)), np.ones((2, 3)), np.ones((2, 4)))
    with pytest.raises(ValueError, match="shape"):
        actfn.entmax.alpha_gradient(np.ones((2, 4)), np.ones((2, 3)), None)
