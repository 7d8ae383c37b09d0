"""Judging a float32 implementation at all 2^32 inputs.

Sampling is not proof: a kernel may be right at millions of points and garbage at a single one.
Neighbouring bit patterns share a segment of the reference, so its polynomial is evaluated for a
run of inputs at once, and the whole line takes seconds.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numba
import numpy as np

from actfn.examine.ladder import LadderReference
from actfn.examine.segments import Reference

BLOCK = 1 << 20  # inputs handed to the implementation at a time: x and y stay in the cache
_RUN = 512  # inputs judged at a time: all the scratch space stays in the first-level cache

LINEAR_BINS = 64  # bins of 1/64 ULP up to 1 ULP
OCTAVE_BINS = 26  # 1 to 2, 2 to 4 ... ; the last takes everything from 2^25 up, NaN included
# The reference itself may be wrong by 2^-14 ULP: up to 0.5001 a result is correctly rounded.
THRESHOLDS = np.array([0.5001, 0.501, 0.51, 0.55, 1.0])
_LIMIT = 2.0**128  # one step past the largest float32 stands for infinity

# Fields of a float64: the mask of its exponent, and the patterns of 2^-126 and 2^127.
_EXPONENT = 0x7FF << 52
_SMALLEST, _LARGEST = (1023 - 126) << 52, (1023 + 127) << 52
_RECIPROCAL = (2 * 1023 + 23) << 52  # this pattern minus that of 2^e is that of 2^(23 - e)


@dataclass
class Sweep:
    """What a sweep found.

    Attributes
    ----------
    worst : float
        The largest distance from the truth in ULP of the truth; inf for NaN against a number.
    worst_input : float
        A float32 where it occurs.
    histogram : (90,) int64
        How many of the inputs with a defined truth have a distance in [k/64, (k+1)/64) ULP for
        k < 64, then in [1, 2), [2, 4) and so on.
    beyond : (5,) int64
        How many inputs have a distance above each of `THRESHOLDS`.
    inputs : int
        How many inputs with a defined truth were judged.
    undefined : int
        How many inputs are NaN or outside the domain; one whose result is not NaN counts as a
        distance of inf.
    """

    worst: float = -1.0
    worst_input: float = float("nan")
    histogram: np.ndarray = field(
        default_factory=lambda: np.zeros(LINEAR_BINS + OCTAVE_BINS, np.int64)
    )
    beyond: np.ndarray = field(default_factory=lambda: np.zeros(THRESHOLDS.size, np.int64))
    inputs: int = 0
    undefined: int = 0

    def add(self, other: "Sweep") -> None:
        """Join the findings on another part of the line."""
        if other.worst > self.worst:
            self.worst, self.worst_input = other.worst, other.worst_input
        self.histogram += other.histogram
        self.beyond += other.beyond
        self.inputs += other.inputs
        self.undefined += other.undefined


def sweep(
    implementation: Callable[[np.ndarray], np.ndarray],
    reference: Reference | LadderReference,
    start: int = 0,
    stop: int = 2**32,
    threads: int = 2,
) -> Sweep:
    """Compare an implementation with the reference at every bit pattern from `start` to `stop`.

    Parameters
    ----------
    implementation : callable
        Takes a float32 array and returns a float32 array of the same shape, such as a ufunc.
        Several threads call it at the same time.
    reference : Reference or LadderReference
        True values of what the implementation claims to compute.
    start, stop : int
        Range of bit patterns; by default all of them.
    threads : int
        How many blocks are judged at the same time.

    Returns
    -------
    Sweep
        The sign of zero is not judged.

    Raises
    ------
    TypeError
        When the implementation returns something else than float32 of the same shape.
    """

    def judge(first: int) -> Sweep:
        return _judge_block(implementation, reference, first, min(first + BLOCK, stop))

    total = Sweep()
    with ThreadPoolExecutor(threads) as pool:
        for part in pool.map(judge, range(start, stop, BLOCK)):
            total.add(part)
    return total


def _judge_block(implementation, reference, first: int, stop: int) -> Sweep:
    x = np.arange(first, stop, dtype=np.uint32).view(np.float32)
    with np.errstate(all="ignore"):
        y = np.asarray(implementation(x))
    if y.dtype != np.float32 or y.shape != x.shape:
        message = f"expected float32 of shape {x.shape}; received {y.dtype} of shape {y.shape}"
        raise TypeError(message)
    part, y = Sweep(), np.ascontiguousarray(y)
    if isinstance(reference, LadderReference):
        worst, place, part.undefined = _compare_values(
            y, reference.evaluate(x), part.histogram, part.beyond
        )
    else:
        worst, place, part.undefined = _compare(
            x, y, first, part.histogram, part.beyond,
            reference.first, reference.centre, reference.scale,
            reference.coefficients, reference.degree,
        )  # fmt: skip
    part.inputs = x.size - part.undefined
    if place >= 0:
        part.worst, part.worst_input = worst, float(x[place])
    return part


@numba.njit(nogil=True, cache=True)
def _compare(x, y, start, histogram, beyond, first, centre, scale, coefficients, degree):
    """Judge one block; returns the worst distance, its index and the number of undefined."""
    truth, variable, distances = np.empty(_RUN), np.empty(_RUN), np.empty(_RUN)
    bins, peak = np.empty(_RUN, np.int32), np.empty(1, np.int64)
    # Four histograms in turn: increments of one and the same bin would wait for each other.
    counts = np.zeros((4, histogram.size), np.int64)
    worst, place, undefined = -1.0, -1, 0
    segment = np.searchsorted(first, np.uint32(start), side="right") - 1
    begin = 0
    while begin < x.size:
        while segment + 1 < first.size and first[segment + 1] <= start + begin:
            segment += 1
        end = min(begin + _RUN, x.size)
        if segment + 1 < first.size:
            end = min(end, first[segment + 1] - start)
        n = end - begin
        row = coefficients[segment, : -(-degree[segment] // 4) * 4 + 1]
        if np.isnan(row[0]):
            undefined += n
            _distances_from_nan(y[begin:end], distances, peak)
        else:
            _evaluate(x[begin:end], row, centre[segment], scale[segment], variable, truth)
            _distances(y[begin:end], truth, variable, distances, bins, peak)
            for i in range(n):
                counts[i & 3, bins[i]] += 1
        largest = peak.view(np.float64)[0]
        if largest > worst:
            worst, place = largest, begin + np.argmax(distances[:n])
        _count_beyond(distances[:n], largest, beyond)
        begin = end
    for part in counts:
        histogram += part
    return worst, place, undefined


@numba.njit(nogil=True, cache=True)
def _compare_values(y, truth, histogram, beyond):
    """The same where the truth is given, one by one."""
    inverse_ulp, distances = np.empty(_RUN), np.empty(_RUN)
    bins, peak = np.empty(_RUN, np.int32), np.empty(1, np.int64)
    worst, place, undefined = -1.0, -1, 0
    for begin in range(0, y.size, _RUN):
        end = min(begin + _RUN, y.size)
        _distances(y[begin:end], truth[begin:end], inverse_ulp, distances, bins, peak)
        for i in range(end - begin):
            if np.isnan(truth[begin + i]):
                undefined += 1
                distances[i] = 0.0 if np.isnan(y[begin + i]) else np.inf
            else:
                histogram[bins[i]] += 1
        largest = distances[: end - begin].max()
        if largest > worst:
            worst, place = largest, begin + np.argmax(distances[: end - begin])
        _count_beyond(distances[: end - begin], largest, beyond)
    return worst, place, undefined


@numba.njit(nogil=True, cache=True)
def _evaluate(x, row, centre, scale, variable, truth):
    """Horner's rule for a run of inputs in one segment: the inner loops become vector code."""
    degree = row.size - 1
    truth[: x.size] = row[degree]
    if degree == 0:  # a constant; at ±inf the variable would be NaN
        return
    for i in range(x.size):
        variable[i] = (np.float64(x[i]) - centre) * scale
    for k in range(degree - 1, 0, -4):
        # Read outside the loop, which might otherwise be thought to change them.
        a, b, c, d = row[k], row[k - 1], row[k - 2], row[k - 3]
        for i in range(x.size):
            t = variable[i]
            truth[i] = (((truth[i] * t + a) * t + b) * t + c) * t + d


@numba.njit(nogil=True, cache=True)
def _distances(y, truth, inverse_ulp, distances, bins, peak):
    """Distances in ULP of the truth, their bins, and the largest of them as a bit pattern."""
    pattern, inverse_pattern = truth.view(np.int64), inverse_ulp.view(np.int64)
    for i in range(y.size):
        # The exponent field alone is a power of two, 2^e; 2^23 / 2^e turns it into ULP.
        exponent = min(max(pattern[i] & _EXPONENT, _SMALLEST), _LARGEST)
        inverse_pattern[i] = _RECIPROCAL - exponent
    for i in range(y.size):
        result = min(max(np.float64(y[i]), -_LIMIT), _LIMIT)
        exact = min(max(truth[i], -_LIMIT), _LIMIT)
        distance = abs(result - exact) * inverse_ulp[i]
        distances[i] = distance if y[i] == y[i] else np.inf
    # Patterns of positive numbers are in the order of the numbers, and unlike that of floats
    # their maximum becomes vector code.
    pattern = distances.view(np.int64)
    largest = 0
    for i in range(y.size):
        largest = max(largest, pattern[i])
        octave = min((pattern[i] >> 52) - 1023, OCTAVE_BINS - 1)
        small = min(distances[i], 1.0) * LINEAR_BINS
        bins[i] = np.int32(small) if octave < 0 else LINEAR_BINS + octave
    peak[0] = largest


@numba.njit(nogil=True, cache=True)
def _distances_from_nan(y, distances, peak):
    """Distances where the truth is NaN."""
    for i in range(y.size):
        distances[i] = 0.0 if y[i] != y[i] else np.inf
    peak.view(np.float64)[0] = distances[: y.size].max()


@numba.njit(nogil=True, cache=True)
def _count_beyond(distances, largest, beyond):
    """Count the distances above each threshold."""
    for k in range(beyond.size):
        threshold = THRESHOLDS[k]
        if largest <= threshold:
            break
        count = 0
        for distance in distances:
            count += distance > threshold
        beyond[k] += count
