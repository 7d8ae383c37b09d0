"""The correctly rounded results of a 16-bit type at all of its 65,536 inputs."""

import numpy as np

from actfn import ulp

# The reference's bounds, see `Reference.evaluate`.
_RELATIVE, _ABSOLUTE = 2.0**-36, 2.0**-160


def rounded_truth(oracle, reference, x: np.ndarray, order: int) -> np.ndarray:
    """f (order 0) or f' (order 1) at the 16-bit inputs `x`, correctly rounded to their type.

    The polynomials of `reference` decide nearly all inputs at once. Where their bound straddles a
    rounding boundary, or is not proven, the oracle decides; without a reference it decides all.
    """
    dtype, wide = x.dtype, x.astype(np.float32)
    unsure = np.ones(x.shape, bool)
    truth = np.zeros(x.shape, dtype)
    if reference is not None:
        value = reference.evaluate(wide)
        with np.errstate(invalid="ignore", over="ignore"):
            slack = np.abs(value) * _RELATIVE + _ABSOLUTE
            lower, upper = value - slack, value + slack
        nothing = np.zeros_like(value)
        truth = ulp.round_to(lower, nothing, dtype)
        agree = truth.view(np.uint16) == ulp.round_to(upper, nothing, dtype).view(np.uint16)
        segment = np.searchsorted(reference.first, wide.view(np.uint32), side="right") - 1
        # NaN compares by its pattern here: outside the domain both bounds are the same NaN.
        unsure = ~(agree & reference.proven[segment]) | (value == 0) | ~np.isfinite(wide)
        unsure |= np.isnan(value)
    truth[unsure] = oracle.rounded(wide[unsure].astype(np.float64), dtype, order + 1)[order]
    return truth
