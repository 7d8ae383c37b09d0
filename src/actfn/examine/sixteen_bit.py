"""The correctly rounded results of a 16-bit type at all of its 65,536 inputs."""

import numpy as np

from actfn import ulp

# The reference's bounds, see `Reference.evaluate`.
_RELATIVE, _ABSOLUTE = 2.0**-36, 2.0**-160


# Beyond it the functions here have no more turning points; see `rounded_truth`.
TAIL = 128.0


def rounded_truth(oracle, reference, x: np.ndarray, order: int) -> np.ndarray:
    """f (order 0) or f' (order 1) at the 16-bit inputs `x`, correctly rounded to their type.

    The polynomials of `reference` decide nearly all inputs at once. Where their bound straddles a
    rounding boundary, or is not proven, the oracle decides; without a reference it decides all.
    With a reference f and f' must be monotone for |x| >= TAIL: what rounds to the same number at
    two places does so in between.
    """
    dtype, wide = x.dtype, x.astype(np.float32)
    truth = np.zeros(x.shape, dtype)

    def decide(places):
        points = wide[places].astype(np.float64)
        truth[places] = oracle.rounded(points, dtype, order + 1)[order]

    if reference is None:
        decide(np.arange(x.size))
        return truth
    value = reference.evaluate(wide)
    with np.errstate(invalid="ignore", over="ignore"):
        slack = np.abs(value) * _RELATIVE + _ABSOLUTE
        lower, upper = value - slack, value + slack
    nothing = np.zeros_like(value)
    truth[:] = ulp.round_to(lower, nothing, dtype)
    agree = truth.astype(np.float32) == ulp.round_to(upper, nothing, dtype).astype(np.float32)
    segment = np.searchsorted(reference.first, wide.view(np.uint32), side="right") - 1
    unsure = ~(agree & reference.proven[segment]) | ~np.isfinite(wide)
    tail = unsure & (np.abs(wide) >= TAIL) & np.isfinite(wide)
    decide(np.flatnonzero(unsure & ~tail))
    for side in (wide < 0, wide > 0):
        places = np.flatnonzero(tail & side)
        _decide_monotone(decide, truth, places[np.argsort(wide[places])])
    return truth


def _decide_monotone(decide, truth, places: np.ndarray) -> None:
    """Decide sorted places by bisection, stopping where both ends of a stretch agree."""
    if places.size == 0:
        return
    decide(places[[0, -1]])
    stretches = [places]
    while stretches:
        open_ones = [s for s in stretches if s.size > 2]
        split = []
        for s in open_ones:
            if truth[s[0]].tobytes() == truth[s[-1]].tobytes():
                truth[s] = truth[s[0]]
            else:
                split.append(s)
        if split:
            decide(np.array([s[s.size // 2] for s in split]))
        stretches = [part for s in split for part in (s[: s.size // 2 + 1], s[s.size // 2 :])]
