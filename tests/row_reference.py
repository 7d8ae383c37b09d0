"""True values of the softmax family: the definitions, written down and evaluated.

Everything here takes and gives NumPy arrays of `flint.arb` (dtype object), numbers that carry a
rigorous bound of their own error, so nothing has to be arranged for accuracy: `true` raises the
precision until the bounds are small enough. Rows are vectors; -inf is allowed in them (p = 0).
"""

from functools import partial
from typing import NamedTuple

import numpy as np
from flint import arb, ctx

from actfn import ulp

PRECISIONS = (256, 1024, 4096, 16384)  # bits, tried in turn
ENOUGH = 120  # bits of a result: 106 for two float64, and some
NEGLIGIBLE = arb(2) ** -1200  # as an error: far below float64's smallest subnormal
DIFFERENCES = 1200  # bits of finite differences, 900 of which are left beyond the step
STEP = arb(2) ** -300  # of finite differences
STEP_ERROR = arb(2) ** -500  # STEP^2 times third derivatives, which are below 2^100


def elementwise(function):
    """A function of arb as a function of arrays of them."""
    return np.frompyfunc(function, function.__code__.co_argcount, 1)


exp = elementwise(lambda v: v.exp())
log = elementwise(lambda v: v.log())
log1p = elementwise(lambda v: v.log1p())
missing = np.frompyfunc(lambda v: v == -arb.pos_inf(), 1, 1)  # -inf, whose probability is 0
exactly = elementwise(lambda v: v if isinstance(v, arb) else arb(float(v)))


def exact(values) -> np.ndarray:
    """Floats of any dtype (or arb) as an object array of arb, without any rounding."""
    values = np.asarray(values)
    values = values if values.dtype == object else values.astype(np.float64)
    return np.asarray(exactly(values), dtype=object)


# ---------------------------------------------------------------- from arb to float64 pairs


class Pair(NamedTuple):
    """The true values as hi + lo, two float64 each: what `actfn.ulp.distance` takes."""

    hi: np.ndarray
    lo: np.ndarray


def settled(v: arb) -> bool:
    return v.is_exact() or v.rel_accuracy_bits() >= ENOUGH or bool(v.rad() < NEGLIGIBLE)


def pair(values) -> Pair:
    values = np.asarray(values, dtype=object)
    hi = np.array([float(v) for v in values.flat])
    finite = np.isfinite(hi)
    lo = [float(v - h) if f else 0.0 for v, h, f in zip(values.flat, hi, finite, strict=True)]
    return Pair(hi.reshape(values.shape), np.array(lo).reshape(values.shape))


def true(function, *arrays):
    """function(*arrays) as a `Pair` (or as many as it returns), proved to 120 bits."""
    for bits in PRECISIONS:
        with ctx.workprec(bits):
            result = function(*map(exact, arrays))
            parts = result if isinstance(result, tuple) else (result,)
            if all(settled(v) for part in parts for v in np.asarray(part, dtype=object).flat):
                pairs = [pair(part) for part in parts]
                return type(result)(*pairs) if isinstance(result, tuple) else pairs[0]
    raise ArithmeticError(f"{function} is not settled at {bits} bits")


def rows(function, *arrays, axis=-1, **options) -> Pair:
    """`function` of every row along `axis`; what is a vector again lies along `axis` again."""
    moved = [np.moveaxis(np.asarray(a).astype(np.float64), axis, -1) for a in arrays]
    outer = moved[0].shape[:-1]
    flat = [a.reshape(-1, a.shape[-1]) for a in moved]
    pairs = [true(partial(function, **options), *row) for row in zip(*flat, strict=True)]
    parts = [np.stack(part).reshape(outer + part[0].shape) for part in zip(*pairs, strict=True)]
    return Pair(*(np.moveaxis(p, -1, axis) if p.ndim == moved[0].ndim else p for p in parts))


def finite_difference(function, x) -> np.ndarray:
    """d function(x)[...] / d x[j] as [..., j], by central differences: error below STEP_ERROR."""
    x, columns = exact(x), []
    with ctx.workprec(DIFFERENCES):
        for j in np.ndindex(x.shape):
            step = np.full(x.shape, arb(0), dtype=object)
            step[j] = STEP
            rise = np.asarray(function(x + step), object) - np.asarray(function(x - step), object)
            columns.append(np.asarray(rise / (2 * STEP), dtype=object))
    return np.stack(columns, axis=-1).reshape(columns[0].shape + x.shape)


def agree(a, b) -> bool:
    """Whether a derivative and its finite differences are the same."""
    difference = np.asarray(a, dtype=object) - np.asarray(b, dtype=object)
    return all(bool(abs(d) < STEP_ERROR) for d in difference.flat)


def check(got, truth: Pair, bound, what, size=0.0, relative=0.0):
    """Assert that every number is within `bound` ULP, plus `relative` times its terms' `size`."""
    got, truth = np.asarray(got), Pair(*map(np.asarray, truth))
    assert got.shape == truth.hi.shape, f"{what}: shape {got.shape}, not {truth.hi.shape}"
    distance = ulp.distance(got, *truth, got.dtype)
    with np.errstate(over="ignore"):  # next to a tiny result the terms may be infinitely large
        slack = np.asarray(relative * size) / ulp.ulp_of(truth.hi, got.dtype, truth.lo)
    allowed = bound + np.nan_to_num(slack, nan=0.0, posinf=np.inf)
    wrong = np.argwhere(~(distance <= allowed))
    if len(wrong):
        k = max(map(tuple, wrong.tolist()), key=lambda k: distance[k])
        message = f"at {k} got {got[k]!r}, true value {truth.hi[k]!r}"
        raise AssertionError(f"{what}: {len(wrong)} beyond; {distance[k]:.4g} ULP off {message}")


# ---------------------------------------------------------------- softmax and its relatives


def softmax(x, T=1.0):
    """exp(x / T) / sum(exp(x / T)); any shift of x gives the same, the largest keeps exp small."""
    e = exp((x - max(x, key=float)) / arb(T))
    return e / e.sum()


def logsumexp(x, T=1.0):
    """log(sum(exp(x / T)))."""
    top = max(x, key=float)
    return top / arb(T) + exp((x - top) / arb(T)).sum().log()


def log_softmax(x, T=1.0):
    """x / T - logsumexp(x / T)."""
    lse = logsumexp(x, T)
    return np.array([v if missing(v) else v / arb(T) - lse for v in x], dtype=object)


def softmin(x, T=1.0):
    return softmax(-x, T)


def unit(n):
    return np.array([[arb(i == j) for j in range(n)] for i in range(n)], dtype=object)


def softmax_jacobian(x, T=1.0):
    """d p_i / d x_j = p_i (1[i = j] - p_j) / T."""
    p = softmax(x, T)
    return p[:, None] * (unit(len(x)) - p[None, :]) / arb(T)


def log_softmax_jacobian(x, T=1.0):
    """1[i = j] - p_j, over T."""
    return (unit(len(x)) - softmax(x, T)[None, :]) / arb(T)


def softmin_jacobian(x, T=1.0):
    return -softmax_jacobian(-x, T)


def logsumexp_jacobian(x, T=1.0):
    return softmax(x, T) / arb(T)


def softmax_backward(g, p, T=1.0):
    """p_i (g_i - sum_j g_j p_j) / T, for the p that is given."""
    return p * (g - (g * p).sum()) / arb(T)


def softmin_backward(g, p, T=1.0):
    return -softmax_backward(g, p, T)


def log_softmax_backward(g, log_p, T=1.0):
    """(g_i - p_i sum_j g_j) / T."""
    return (g - exp(log_p) * g.sum()) / arb(T)


def logsumexp_backward(g, x, T=1.0):
    """g p_i / T; g is one number for the row, repeated."""
    return g * softmax(x, T) / arb(T)


def softmax_backward_jacobian(g, x, T=1.0):
    """d/dx_j of b_i = p_i (g_i - G) / T, where G = sum(g p) and dG/dx_j = p_j (g_j - G) / T.

    softmin's is the same in its own p: two signs cancel.
    """
    p = softmax(x, T)
    lead = g - (g * p).sum()
    return softmax_jacobian(x, T) * lead[:, None] / arb(T) - np.outer(p, p * lead) / arb(T) ** 2


def softmin_backward_jacobian(g, x, T=1.0):
    return softmax_backward_jacobian(g, -x, T)


def log_softmax_backward_jacobian(g, x, T=1.0):
    """d/dx_j of (g_i - p_i sum(g)) / T."""
    return -g.sum() * softmax_jacobian(x, T) / arb(T)


def logsumexp_backward_jacobian(g, x, T=1.0):
    return g * softmax_jacobian(x, T) / arb(T)
