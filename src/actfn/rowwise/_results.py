"""What losses return: in which dtype, and from one float64 per row which numbers."""

import numpy as np


def common_type(a, b) -> np.dtype:
    """The type of what is made of two arrays of floats."""
    if a.dtype == b.dtype:
        return a.dtype
    wide = np.float64 in (a.dtype, b.dtype)
    return np.dtype(np.float64 if wide else np.float32)  # for float16 with bfloat16 too


def reduced(losses, mass: float, reduction: str, dtype):
    """The losses, their sum, or their sum over `mass`, in the caller's dtype.

    Where nothing counts, `mass` is 0 and so is the mean.
    """
    if reduction == "none":
        return losses.astype(dtype)
    # Long double, so that the sum does not add to the errors of its terms.
    whole = losses.sum(dtype=np.longdouble)
    if reduction == "mean":
        whole = whole / mass if mass > 0.0 else np.longdouble(0.0)
    return whole.astype(dtype)
