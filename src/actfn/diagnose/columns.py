"""Sums and extremes of columns, batch after batch."""

import math
from functools import cached_property

import numpy as np


class Part:
    """One batch of an array (items, columns, positions), each of its reductions done once.

    Parameters
    ----------
    x : (items, columns, positions)
    summed : int, optional
        How many items the sums are taken from, spread evenly over all; by default all.

    Attributes
    ----------
    rows : the items that are summed.
    some : the same in float64, where squares of float32 are always in range.
    """

    def __init__(self, x: np.ndarray, summed: int | None = None):
        self.x = x
        self.rows = x if summed is None or len(x) <= summed else x[:: len(x) // summed]
        self.some = self.rows.astype(np.float64, copy=False)

    @cached_property
    def ends(self) -> tuple[np.ndarray, np.ndarray]:
        """(low, high) per item and column."""
        if self.x.shape[2] == 1:
            return self.x[:, :, 0], self.x[:, :, 0]
        return self.x.min(axis=2), self.x.max(axis=2)

    @cached_property
    def extremes(self) -> tuple[np.ndarray, np.ndarray] | None:
        """(low, high) per column; None unless all is finite, for extremes pass NaN on."""
        low, high = self.ends
        lowest, highest = np.minimum.reduce(low), np.maximum.reduce(high)
        finite = math.isfinite(lowest.min()) and math.isfinite(highest.max())
        return (lowest, highest) if finite else None

    @cached_property
    def sums(self) -> np.ndarray:
        """Per column."""
        return column_sums(self.some)

    @cached_property
    def squares(self) -> np.ndarray:
        """Sums of squares per column."""
        return column_squares(self.some)


class Columns:
    """Extremes of every column over all items, and sums over some items of every batch."""

    def __init__(self, size: int):
        self.count = 0  # terms in each sum
        self.sum, self.squares = np.zeros(size), np.zeros(size)
        self.low, self.high = np.full(size, np.inf), np.full(size, -np.inf)

    def add(self, part: Part) -> bool:
        """Take in a batch; nothing is taken in, and False returned, unless all is finite."""
        if part.extremes is None:
            return False
        low, high = part.extremes
        np.minimum(self.low, low, out=self.low)
        np.maximum(self.high, high, out=self.high)
        self.count += part.some.shape[0] * part.some.shape[2]
        self.sum += part.sums
        self.squares += part.squares
        return True

    @property
    def mean(self) -> np.ndarray:
        return self.sum / max(self.count, 1)

    @property
    def spread(self) -> np.ndarray:
        """The standard deviation over items."""
        return np.sqrt(np.maximum(self.squares / max(self.count, 1) - self.mean**2, 0))

    @property
    def rms(self) -> float:
        """The root of the mean square of all that was taken in."""
        return float(np.sqrt(np.mean(self.squares) / max(self.count, 1)))

    @property
    def signal(self) -> float:
        """The part of `rms` that differs from item to item: what later layers can tell apart."""
        return float(np.sqrt(np.mean(self.spread**2)))


def column_sums(x: np.ndarray) -> np.ndarray:
    """Sum over items and positions."""
    return np.einsum("nup->u", x)


def column_squares(x: np.ndarray) -> np.ndarray:
    """Sum of squares over items and positions."""
    return np.einsum("nup,nup->u", x, x)
