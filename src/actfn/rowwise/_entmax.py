"""Entmax on arrays: checks, and which kernel serves which alpha."""

import math

import numpy as np

from actfn.errors import ShapeError
from actfn.kernels.rows import RowKernel
from actfn.rowwise._arrays import axes_of, by_rows, floats, output
from actfn.rowwise._backward import softmax_backward
from actfn.rowwise._softmax_rows import prepared, softmax_of

_EXACT = "actfn.rowwise._kernels.entmax_exact"
_SPARSEMAX = RowKernel("sparsemax", _EXACT, "x:items out:items scratch:scratch")
_ENTMAX15 = RowKernel("entmax15", _EXACT, "x:items out:items scratch:scratch")
_ENTMAX = RowKernel(
    "entmax", "actfn.rowwise._kernels.entmax", "x:items out:items scratch:scratch a:number"
)
_BACKWARD = RowKernel(
    "entmax_backward", "actfn.rowwise._kernels.entmax_backward",
    "gradient:items p:items out:items exponent:number",
)  # fmt: skip


def alpha_of(value) -> float:
    """An alpha from 1 to inf, both included."""
    number = float(value)
    if not number >= 1.0:
        raise ValueError(f"alpha must be 1 or more, and inf at most; received {value!r}")
    return number


def entmax_of(name, x, alpha, *, axis, where=None, out=None):
    """entmax of the rows along `axis`; at both ends of alpha it is a softmax."""
    if alpha in (1.0, math.inf):
        temperature = 1.0 if alpha == 1.0 else 0.0
        return softmax_of(name, x, axis=axis, temperature=temperature, where=where, out=out)
    x = floats(x)
    axes = axes_of(axis, x, name)
    result = output(out, x.shape, x.dtype, name)
    inputs, prepare = prepared(name, x, where)
    by_rows(_call_for(alpha), inputs, [result], axes, prepare)
    return result


def _call_for(alpha):
    """What `by_rows` calls."""
    kernel = {2.0: _SPARSEMAX, 1.5: _ENTMAX15}.get(alpha, _ENTMAX)
    options = {"a": alpha - 1.0} if kernel is _ENTMAX else {}

    def call(sources, results):
        rows = sources[0]
        kernel(rows.dtype, *rows.shape, x=rows, out=results[0], **options)

    return call


def in_float64(name, x, alpha, axis=-1):
    """(entmax in float64, the dtype of x): for what needs more digits than an output has."""
    x = floats(x)
    return entmax_of(name, x.astype(np.float64), alpha, axis=axis), x.dtype


def entmax_backward(name, grad_output, p, alpha, axis, out=None):
    """s (g - sum(s g) / sum(s)) with s = p**(2 - alpha) on the support."""
    if alpha == 1.0:
        return softmax_backward(name, grad_output, p, axis, 1.0, out)
    p, gradient = floats(p, "p"), floats(grad_output, "grad_output")
    if gradient.shape != p.shape:
        raise ShapeError(f"{name}: the gradient has shape {gradient.shape}, the output {p.shape}")
    axes = axes_of(axis, p, name)
    result = output(out, p.shape, p.dtype, name)
    if alpha == math.inf:  # steps have no slope; NaN stays
        return np.multiply(p, 0, out=result)
    exponent = 2.0 - alpha

    def call(sources, results):
        rows, g = sources
        _BACKWARD(rows.dtype, *rows.shape, gradient=g, p=rows, out=results[0], exponent=exponent)

    by_rows(call, [p, gradient], [result], axes)
    return result


def entmax_jvp(name, x, tangent, alpha, axis):
    """The Jacobian, which is symmetric, times a tangent; in float64 and rounded once."""
    p, dtype = in_float64(name, x, alpha, axis)
    tangent = floats(tangent, "tangent").astype(np.float64)
    return entmax_backward(name, tangent, p, alpha, axis).astype(dtype)


def entmax_jacobian(name, x, alpha):
    """s_i (delta_ij - s_j / sum(s)); (..., n) becomes (..., n, n)."""
    p, dtype = in_float64(name, x, alpha)
    if alpha == math.inf:
        return (p[..., :, None] * np.zeros(p.shape[-1])).astype(dtype)
    s, q = weights(p, 2.0 - alpha)
    # s_i q_j = s_j q_i: the smaller s and the larger q neither overflow nor vanish.
    found = -np.minimum(s[..., :, None], s[..., None, :])
    found *= np.maximum(q[..., :, None], q[..., None, :])
    i = np.arange(p.shape[-1])
    found[..., i, i] = 0.0
    found[..., i, i] = 0.0 - found.sum(axis=-1)
    with np.errstate(over="ignore"):
        return found.astype(dtype)


def weights(p, exponent):
    """(s, s / sum(s)) with s = p**exponent where p > 0, along the last axis."""
    inside = p > 0
    safe = np.where(inside, p, 1.0)
    with np.errstate(over="ignore"):
        s = np.where(inside, safe**exponent, p)  # 0 and NaN stay
    if exponent < 0.0:
        heaviest = np.min(np.where(inside, p, np.inf), axis=-1, keepdims=True)
    else:
        heaviest = np.max(safe, axis=-1, keepdims=True)
    relative = np.where(inside, (safe / heaviest) ** exponent, p)
    total = relative.sum(axis=-1, keepdims=True)
    return s, relative / np.where(total > 0, total, 1.0)
