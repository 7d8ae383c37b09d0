"""The derivative of entmax by alpha."""

import math

import numpy as np

from actfn.errors import ShapeError
from actfn.rowwise._arrays import PART, axes_of, by_rows, floats
from actfn.rowwise._entmax import entmax_of, weights

# sum x**k / (k + 2)! for x up to 2: the next term is below 2**-53 of the first.
_SERIES = [1.0 / math.factorial(k + 2) for k in range(22)]
_SERIES_END = 2.0


def alpha_gradient(name, grad_output, x, p, alpha, axis) -> float:
    """sum(grad_output dp/dalpha) over the whole array."""
    given = floats(x if p is None else p, "x" if p is None else "p")
    gradient = floats(grad_output, "grad_output")
    if not gradient.shape == given.shape == np.shape(x):
        shapes = f"{gradient.shape}, {np.shape(x)} and {given.shape}"
        raise ShapeError(f"{name}: grad_output, x and p should have one shape; received {shapes}")
    axes = axes_of(axis, given, name)
    found = np.empty([n for k, n in enumerate(given.shape) if k not in axes])

    def call(sources, results):
        rows, gradients = sources
        step = max(1, PART // rows.shape[-1])
        for first in range(0, len(rows), step):
            part = rows[first : first + step].astype(np.float64)
            g = gradients[first : first + step].astype(np.float64)
            output = entmax_of(name, part, alpha, axis=-1) if p is None else part
            results[0][first : first + step] = (g * _slopes(output, alpha)).sum(axis=-1)

    if alpha < math.inf:
        by_rows(call, [given, gradient], [found], axes)
    else:
        found[...] = 0.0
    return float(found.sum())


def _slopes(p, alpha):
    """dp/dalpha = u - s sum(u) / sum(s), from the p of rows.

    p**a = a (x - y) with a = alpha - 1, differentiated, gives p' = u' - s y', where s = p**(1 - a)
    and u' = (p - s - a p log p) / a**2, and y' follows from sum(p') = 0. Any multiple of s may be
    added to u', which is for a >= 1, where s is large, u = p (1 - a log p) / a**2.
    """
    a = alpha - 1.0
    s, share = weights(p, 1.0 - a)
    log = np.log(np.where(p > 0, p, 1.0))
    u = p * (1.0 - a * log) / a**2 if a >= 1.0 else -_curved(p, s, log, a)
    return u - share * u.sum(axis=-1, keepdims=True)


def _curved(p, s, log, a):
    """(s - p + a p log p) / a**2, which is p log(p)**2 / 2 at a = 0."""
    z = -a * log
    near = z <= _SERIES_END
    small = np.where(near, z, 0.0)
    series = np.zeros_like(z)
    for c in reversed(_SERIES):
        series = series * small + c
    if near.all():
        return p * log**2 * series
    return np.where(near, p * log**2 * series, (s - p * (1.0 + z)) / a**2)
