"""Next to a zero of f or f' the digits of a float64 input decide, not those of the kernel.

No float64 comes closer to a zero x0 than about ulp(x0) / 2, and the result there is a tiny number
whose every digit depends on digits of x0 far beyond float64. In a window around such places an
error is measured by the change of the input that would cause it.
"""

from collections.abc import Iterable

import numpy as np

from actfn import contract
from actfn.activation import FORWARD


def zeros_of(record, kernel: str) -> list[float]:
    """The float64 nearest to each isolated zero of f or f' at default parameters."""
    texts = record.facts.roots if kernel == FORWARD else record.facts.derivative_roots
    return [float(text) for text in texts if "," not in text]  # "[-1, 1]" is a stretch


def in_window(x, places: Iterable[float]) -> np.ndarray:
    """Where x is within the contract's window of a place other than 0, around which floats are
    as dense as anywhere else."""
    near = np.zeros(np.shape(x), bool)
    for place in places:
        if abs(place) > contract.FLOAT64_WINDOW:
            near |= np.abs(x - place) < contract.FLOAT64_WINDOW
    return near


def input_ulp(x, y, truth, slope) -> np.ndarray:
    """The error of y against the pair `truth`, in ULP of x, each worth ulp(x) |slope|."""
    with np.errstate(all="ignore"):
        error = np.abs((y - truth[0]) - truth[1])
        return np.where(error == 0, 0.0, error / (np.spacing(np.abs(x)) * np.abs(slope)))
