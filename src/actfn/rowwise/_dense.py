"""Jacobians, tangents and second order: small dense things, in long double, rounded once.

1 - p is never formed. Where it is wanted, the others are added up; and tangents are taken
relative to that of the winner, whose own entry then carries no cancellation.
"""

import numpy as np

from actfn.errors import ShapeError
from actfn.rowwise._arrays import axes_of, by_rows, floats, temperature_of

_BLOCK = 1 << 14  # entries in long double at a time


def smooth_temperature(name, temperature) -> float:
    """A temperature at which there are derivatives."""
    t = temperature_of(temperature)
    if not 0.0 < t < np.inf:
        raise ValueError(f"{name}: there are no derivatives at temperature {temperature!r}")
    return t


def _weights(x, temperature) -> np.ndarray:
    """softmax(x / T) along the last axis in long double; rows without a finite maximum are 0."""
    x = x.astype(np.longdouble)
    peak = x.max(axis=-1, keepdims=True)
    with np.errstate(all="ignore"):
        terms = np.exp((x - peak) / np.longdouble(temperature))
        p = terms / terms.sum(axis=-1, keepdims=True)
    return np.where(peak == -np.inf, 0, p)


def weights(name, x, temperature):
    """(softmax in long double, the temperature, the dtype of x) of rows along the last axis."""
    x = floats(x)
    axes_of(-1, x, name)
    t = smooth_temperature(name, temperature)
    return _weights(x, t), np.longdouble(t), x.dtype


def without_diagonal(matrix) -> np.ndarray:
    """The matrix with each diagonal entry replaced by minus the sum of its row's others."""
    i = np.arange(matrix.shape[-1])
    matrix[..., i, i] = 0
    matrix[..., i, i] = -matrix.sum(axis=-1)
    return matrix


def softmax_slopes(p) -> np.ndarray:
    """p_i (delta_ij - p_j)."""
    return without_diagonal(-p[..., :, None] * p[..., None, :])


def centred(p, tangent):
    """(t - sum(p t), sum(p t)) along the last axis."""
    lead = np.take_along_axis(tangent, p.argmax(axis=-1)[..., None], axis=-1)
    shifted = tangent - lead
    mean = (p * shifted).sum(axis=-1, keepdims=True)
    return shifted - mean, mean + lead


def tangents(name, x, tangent, axis, temperature, combine, result, sign=1):
    """Fill `result` with combine(p, t - mean, mean, T), block by block."""
    x, tangent = floats(x), floats(tangent, "tangent")
    if tangent.shape != x.shape:
        raise ShapeError(f"{name}.jvp: the tangent has shape {tangent.shape}, x {x.shape}")
    t = np.longdouble(smooth_temperature(f"{name}.jvp", temperature))

    def call(sources, results):
        rows, directions = sources
        step = max(1, _BLOCK // rows.shape[-1])
        for start in range(0, rows.shape[0], step):
            part = slice(start, start + step)
            p = _weights(sign * rows[part], t)
            off, mean = centred(p, directions[part].astype(np.longdouble))
            results[0][part] = combine(p, off, mean[..., 0], t)

    by_rows(call, [x, tangent], [result], axes_of(axis, x, f"{name}.jvp"))
    return result


def softmax_curvature(name, grad_output, x, temperature, sign=1):
    """d/dx_j of p_i (g_i - sum(g p)) / T."""
    x = floats(x)
    p, t, dtype = weights(name, sign * x, temperature)
    g = floats(grad_output, "grad_output").astype(np.longdouble)
    if g.shape != p.shape:
        raise ShapeError(f"{name}: grad_output has shape {g.shape}, x {p.shape}")
    off, _ = centred(p, g)
    slopes = softmax_slopes(p)
    # d(p_i (g_i - m)) = dp_i (g_i - m) - p_i dm, with dm_j = p_j (g_j - m).
    found = slopes * off[..., :, None] - p[..., :, None] * (p * off)[..., None, :]
    return (found / t**2).astype(dtype)
