"""The filters of a sampler: what they may be, and down to which score they keep a row."""

import math
import operator
from typing import NamedTuple

import numpy as np

from actfn.kernels.rows import RowKernel

_BOUNDS = RowKernel(
    "bounds",
    "actfn.rowwise._kernels.sampling_bounds",
    "x:items temperatures:doubles bounds:doubles scratch:scratch "
    "top_k:number top_p:number log_min_p:number",
)


class Filters(NamedTuple):
    """The number of largest entries, their mass, and the logarithm of the least share."""

    top_k: float = math.inf
    top_p: float = 1.0
    log_min_p: float = -math.inf


NO_FILTERS = Filters()


def filters_of(top_k, top_p, min_p, name: str) -> Filters:
    """Checked; None is no filter."""
    k = math.inf if top_k is None else whole_number(top_k, 1, f"{name}: top_k")
    p = 1.0 if top_p is None else float(top_p)
    least = 0.0 if min_p is None else float(min_p)
    if not 0.0 < p <= 1.0:
        raise ValueError(f"{name}: top_p must lie above 0 and not above 1; received {top_p!r}")
    if not 0.0 <= least <= 1.0:
        raise ValueError(f"{name}: min_p must lie in 0 to 1; received {min_p!r}")
    return Filters(float(k), p, math.log(least) if least else -math.inf)


def whole_number(value, least: int, what: str) -> int:
    """An integer from `least` on."""
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{what} must be an integer; received {value!r}") from None
    if number < least:
        raise ValueError(f"{what} must be {least} or more; received {number}")
    return number


def bounds_of(filters: Filters, x: np.ndarray, temperatures: np.ndarray) -> np.ndarray | None:
    """For each row, the smallest score that is left; None if nothing is filtered."""
    if filters == NO_FILTERS:
        return None
    found = np.empty(len(x))
    _BOUNDS(
        x.dtype, *x.shape, x=x, temperatures=temperatures, bounds=found, **filters._asdict()
    )  # fmt: skip
    return found
