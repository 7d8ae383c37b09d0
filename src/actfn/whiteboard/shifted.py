"""What the softmax family is made of: rows measured from their maximum, all in float64.

float64 because float16 sums overflow at 65,504 entries, and float32 sums of a whole vocabulary
drift.
"""

import numpy as np


def below_max(x, axis=-1):
    """x - max(x): nowhere above 0, so its exp cannot overflow.

    Entries at +inf become 0 and leave the others at -inf. A row of nothing but -inf stays so.
    """
    x = x.astype(np.float64)
    # The search starts at the lowest finite number: a row of -inf then has no maximum to subtract
    # (-inf - -inf is NaN), and ends with no share for anybody.
    top = x.max(axis=axis, keepdims=True, initial=np.finfo(np.float64).min)
    # Two finite numbers can lie further apart than float64 reaches: -inf then, and exp makes it 0.
    with np.errstate(over="ignore", invalid="ignore"):
        return np.where(x == top, 0, x - top)  # inf - inf would be NaN


def cooled(x, T):
    """(x - max(x)) / T along the last axis, with its limits at T = 0 and T = inf."""
    if not T >= 0:  # also refuses NaN
        raise ValueError(f"temperature must be 0 or more, got {T}")
    x = x.astype(np.float64)
    if T > 1:  # the same quotient, and the difference of two halves cannot overflow
        x, T = x / 2, T / 2
    if T == np.inf:  # where nothing counts, +inf does not either
        x = np.minimum(x, np.finfo(np.float64).max)
    gap = below_max(x)  # first: x / T overflows for small T, and inf - inf is NaN
    with np.errstate(all="ignore"):  # gap / T reaches -inf for small T, and exp makes it 0
        # The maximum stays 0 also at T = 0, and what is left out stays out also at T = inf.
        return np.where((gap == 0) | (gap == -np.inf), gap, gap / T)


def shares(weights, axis=-1):
    """weights / Σ weights, where every row has its own sum; zeros from a row of zeros."""
    total = weights.sum(axis=axis, keepdims=True)
    return weights / np.where(total == 0, 1, total)


def log_sum(gap, axis=-1):
    """log Σ exp(gap_j) for gap = below_max(x), with the summed axis kept."""
    others = np.exp(gap)
    # The largest entry adds exp(0) = 1 to the sum. Left out, the rest can go through log1p:
    # log(1 + 1e-17) is 0, log1p(1e-17) is 1e-17, the loss of a confident and right prediction.
    np.put_along_axis(others, gap.argmax(axis=axis, keepdims=True), 0, axis=axis)
    return np.log1p(others.sum(axis=axis, keepdims=True))


def surprise(gap):
    """-log softmax(x) along the last axis for gap = below_max(x)."""
    return log_sum(gap) - gap
