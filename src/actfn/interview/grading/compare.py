"""Comparing what an answer returned with the stored truth."""

from dataclasses import dataclass

import numpy as np

from actfn.interview.grading.cases import Case
from actfn.interview.grading.rules import REGIONS


@dataclass(frozen=True)
class Difference:
    """Where an array differs.

    Attributes
    ----------
    coarse : whether it is another function; else some digits are missing.
    place : index of the entry to show: of those that are wrong, that with the smallest input.
    size : the largest difference, in units of the scale.
    """

    coarse: bool
    place: tuple[int, ...]
    size: float


def bounds(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and highest values that are right."""
    low = case.truth if case.lowest is None else case.lowest
    return low, case.truth if case.highest is None else case.highest


def excess(case: Case, value: np.ndarray) -> np.ndarray:
    """How far outside the bounds, in units of the scale; inf for NaN against a number."""
    low, high = bounds(case)
    value = value.astype(np.float64)
    with np.errstate(all="ignore"):
        beyond = np.maximum(np.maximum(low - value, value - high), 0.0)
        unit = np.maximum(np.abs(low), case.scale)
        ratio = np.where(np.isinf(low), np.where(value == low, 0.0, np.inf), beyond / unit)
        ratio = np.where(np.isinf(value) & ~np.isinf(low), np.inf, ratio)
        both = np.isnan(value) & np.isnan(low)
        return np.where(both, 0.0, np.where(np.isnan(value) | np.isnan(low), np.inf, ratio))


def difference(case: Case, value: np.ndarray) -> Difference | None:
    """Where and how the value differs from the truth; None if it does not."""
    region = REGIONS[case.region]
    if case.truth.size == 0:
        return None
    ratio = excess(case, value)
    if not (ratio > region.fine).any():
        return None
    coarse = bool((ratio > region.coarse).any())
    wrong = ratio > (region.coarse if coarse else region.fine)
    return Difference(coarse, smallest(case, wrong), float(ratio.max()))


def smallest(case: Case, marked: np.ndarray) -> tuple[int, ...]:
    """Of the marked entries, the one whose input is smallest."""
    x = case.arguments[0] if case.arguments else None
    places = np.argwhere(marked)
    if isinstance(x, np.ndarray) and x.shape == marked.shape:
        sizes = np.abs(x[marked].astype(np.float64))
        places = places[[int(np.argmin(np.where(np.isnan(sizes), np.inf, sizes)))]]
    return tuple(int(k) for k in places[0])


def ulp_distance(value: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """|value - truth| in ULP of the truth, in the value's own float type."""
    kind = value.dtype if value.dtype.kind == "f" else np.dtype(np.float64)
    with np.errstate(all="ignore"):
        spacing = np.spacing(np.abs(truth).astype(kind)).astype(np.float64)
        return np.abs(value.astype(np.float64) - truth) / spacing
