"""Sums and extremes of columns, batch after batch."""

import numpy as np


class Columns:
    """Extremes of every column over all items, and sums over some items of every batch."""

    def __init__(self, size: int):
        self.count = 0  # terms in each sum
        self.sum, self.squares = np.zeros(size), np.zeros(size)
        self.low, self.high = np.full(size, np.inf), np.full(size, -np.inf)

    def add(self, x: np.ndarray, sampled: np.ndarray | None = None):
        """Take in an array (items, columns, positions), with sums from the rows of `sampled`.

        Returns
        -------
        (low, high) per item and column; None, and nothing is taken in, where a number is not
        finite.
        """
        flat = x.shape[2] == 1
        low = x[:, :, 0] if flat else x.min(axis=2)
        high = low if flat else x.max(axis=2)
        lowest, highest = np.minimum.reduce(low), np.maximum.reduce(high)
        if not (np.isfinite(lowest).all() and np.isfinite(highest).all()):
            return None
        np.minimum(self.low, lowest, out=self.low)
        np.maximum(self.high, highest, out=self.high)
        rows = x if sampled is None else sampled
        self.count += rows.shape[0] * rows.shape[2]
        self.sum += column_sums(rows)
        self.squares += column_squares(rows)
        return low, high

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


# Sums of float32 stay in float32 within a batch: the matrix product is several times as fast as a
# sum that converts, and its error, some 1e-7 of the largest term, decides nothing here.


def column_sums(x: np.ndarray) -> np.ndarray:
    """Sum over items and positions."""
    with np.errstate(over="ignore", invalid="ignore"):
        if x.shape[2] == 1:
            sums = np.ones(len(x), x.dtype) @ x[:, :, 0]
        else:
            sums = (x @ np.ones(x.shape[2], x.dtype)).sum(axis=0, dtype=np.float64)
    return sums if np.isfinite(sums).all() else x.sum(axis=(0, 2), dtype=np.float64)


def column_squares(x: np.ndarray) -> np.ndarray:
    """Sum of squares over items and positions, in range for gradients of 1e-30 too."""
    with np.errstate(over="ignore"):
        squares = (
            np.einsum("nu,nu->u", x[:, :, 0], x[:, :, 0])
            if x.shape[2] == 1
            else np.einsum("nup,nup->nu", x, x).sum(axis=0, dtype=np.float64)
        )
    if _is_safe(squares.max(initial=0.0)):
        return squares
    return (x.astype(np.float64) ** 2).sum(axis=(0, 2))


def total_square(x: np.ndarray) -> float:
    """Sum of all squares."""
    with np.errstate(over="ignore"):
        total = float(np.vdot(x, x))
    return total if _is_safe(total) else float((x.astype(np.float64) ** 2).sum())


def _is_safe(largest: float) -> bool:
    """No square has overflowed, and what has underflowed in float32 is far below the rest."""
    return 1e-26 < largest < np.inf
