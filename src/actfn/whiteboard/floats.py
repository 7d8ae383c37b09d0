"""What every function does first."""

import numpy as np


def floats(x):
    """x as an array of floats: float types stay, integers, booleans and lists become float64."""
    x = np.asarray(x)
    # "same_kind" refuses complex numbers, text and objects with a TypeError.
    return x if x.dtype.kind == "f" else x.astype(np.float64, casting="same_kind")
