"""Relatives of softmax that give exact zeros, along the last axis."""

import numpy as np

from actfn.whiteboard.floats import floats
from actfn.whiteboard.shifted import below_max


def sparsemax(x):
    """max(x_i - τ, 0) along the last axis, with the τ that makes the sum 1.

    The point of the simplex that is nearest to x. Martins & Astudillo 2016, arXiv:1602.02068.
    """
    x = floats(x)
    # Shifted, because a cumulative sum of numbers near 1e16 does not know what 1 is. And what
    # lies a whole 1 below the maximum has no share, so it does not matter how far below it lies.
    gap = np.maximum(below_max(x), -2)  # not -1, where rounding could give it one
    largest_first = -np.sort(-gap, axis=-1)
    k = np.arange(1, x.shape[-1] + 1)
    # If the k largest share, τ = (their sum - 1) / k. This mean grows with every entry above it
    # and falls with the first one below it, so the right k has the largest τ.
    tau = ((largest_first.cumsum(axis=-1) - 1) / k).max(axis=-1, keepdims=True)
    return np.where(x == -np.inf, 0, np.maximum(gap - tau, 0)).astype(x.dtype)


def entmax15(x):
    """max(x_i / 2 - τ, 0)² along the last axis, with the τ that makes the sum 1.

    Half way between softmax (alpha = 1) and sparsemax (alpha = 2). Peters, Niculae & Martins 2019,
    arXiv:1905.05702.
    """
    x = floats(x)
    gap = np.maximum(below_max(x) / 2, -2)  # shifted and cut off as in sparsemax
    z = -np.sort(-gap, axis=-1)
    k = np.arange(1, x.shape[-1] + 1)
    # If the k largest share, Σ (z_j - τ)² = 1: a quadratic equation for τ, the smaller root.
    mean = z.cumsum(axis=-1) / k
    variance = (z * z).cumsum(axis=-1) / k - mean**2
    tau = mean - np.sqrt(np.maximum(1 / k - variance, 0))
    # Those k are too many as soon as the k-th lies below its τ. The count stops before that.
    support = (tau <= z).sum(axis=-1, keepdims=True)
    tau = np.take_along_axis(tau, support - 1, axis=-1)
    return np.where(x == -np.inf, 0, np.maximum(gap - tau, 0) ** 2).astype(x.dtype)
