"""The table of a reference: segments of the float32 line, each with a polynomial."""

from dataclasses import dataclass

import numpy as np

DEGREE = 12  # of the polynomials; a multiple of four, see `actfn.examine.sweep`
INDEX_SHIFT = 20  # the index has one entry for each sign, exponent and three more bits


@dataclass(frozen=True)
class Reference:
    """The true values of one function at every float32 input.

    Attributes
    ----------
    first : (n,) uint32
        The first bit pattern of each segment, rising; a segment ends where the next one starts.
    index : (4097,) int32
        The segment that holds the pattern `i << 20`; the last entry is that of the last pattern.
    centre, scale : (n,) float64
        The variable of a segment's polynomial is `(x - centre) * scale`, within [-1, 1].
    coefficients : (n, DEGREE + 1) float64
        From the constant upwards.
    degree : (n,) int8
        The last coefficient in use. 0 marks a constant, where the variable must not be formed:
        at ±inf it is NaN.
    proven : (n,) bool
        Whether the error is bounded by ball arithmetic. It cannot be where exp of a ball as wide
        as a binade says nothing (|x| >= 2^7); there the segment was compared with the oracle at
        nine points.
    """

    first: np.ndarray
    index: np.ndarray
    centre: np.ndarray
    scale: np.ndarray
    coefficients: np.ndarray
    degree: np.ndarray
    proven: np.ndarray

    @property
    def tables(self) -> tuple[np.ndarray, ...]:
        """The arrays in the order in which `evaluate_one` takes them."""
        return (
            self.first, self.index, self.centre, self.scale, self.coefficients, self.degree,
        )  # fmt: skip

    def evaluate(self, x) -> np.ndarray:
        """True values at float32 inputs.

        Parameters
        ----------
        x : array_like of float32

        Returns
        -------
        ndarray of float64
            Within 2^-36 of the exact value, relatively, or within 2^-160 absolutely; beyond
            2^130 any value of the right sign that overflows float32; NaN outside the domain.
        """
        x = np.asarray(x, dtype=np.float32)
        segment = np.searchsorted(self.first, x.view(np.uint32), side="right") - 1
        constant = self.coefficients[segment, 0]
        with np.errstate(invalid="ignore"):  # the variable at ±inf, not used
            t = (x.astype(np.float64) - self.centre[segment]) * self.scale[segment]
            value = self.coefficients[segment, DEGREE]
            for k in range(DEGREE - 1, -1, -1):
                value = value * t + self.coefficients[segment, k]
        return np.where(self.degree[segment] == 0, constant, value)


def evaluate_one(x, bits, first, index, centre, scale, coefficients, degree):
    """The true value at one float32 `x` with the pattern `bits`; Numba can compile it."""
    low = index[bits >> INDEX_SHIFT]
    high = index[(bits >> INDEX_SHIFT) + 1]
    while low < high:
        middle = (low + high + 1) >> 1
        if first[middle] <= bits:
            low = middle
        else:
            high = middle - 1
    value = coefficients[low, degree[low]]
    if degree[low] > 0:
        t = (np.float64(x) - centre[low]) * scale[low]
        for k in range(degree[low] - 1, -1, -1):
            value = value * t + coefficients[low, k]
    return value
