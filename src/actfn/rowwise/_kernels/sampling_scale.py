"""The weights that a row's entries are drawn by: exp(x / T), or 1 for all that share.

A `scale` is (cut, half, top, rate, sharing): an entry v below the cut weighs nothing, and the rest
exp((v * half - top) * rate), or 1 if `sharing`: at temperature 0, at inf, and next to +inf.
"""

import math

from actfn.kernels.lanes import WIDTH, as_lanes, choose, larger, multiply_add
from actfn.kernels.row_math import QUICK_LOW, quick_exp
from actfn.kernels.two_float import inlined

LARGEST = 1.7976931348623157e308  # of float64
# Rows are summed up in groups of sixteen entries: lane l of sixteen vectors, which are a stretch.
STRETCH = WIDTH * WIDTH
# What a row can be; the last two are found in place of indices.
FINE, HAS_NAN, IS_EMPTY = 0, -1, -2


@inlined
def weights(v, scale):
    """exp((v - peak) / T) of lanes, up to a factor; 0 for what is below the cut."""
    cut, half, top, rate, sharing = scale
    if sharing:
        return choose(v < cut, as_lanes(0.0), as_lanes(1.0))
    d = larger(as_lanes(QUICK_LOW), multiply_add(v, half, -top) * rate)
    return choose(v < cut, as_lanes(0.0), quick_exp(d))


@inlined
def quick_scale(temperature, bound):
    """Without the maximum: float64's exponents have room for ordinary rows as they are."""
    return max(bound, QUICK_LOW * temperature), 1.0, 0.0, 1.0 / temperature, False


@inlined
def safe_scale(peak, temperature, bound):
    """For any row. Halves where a temperature makes a difference small that has overflowed."""
    if temperature == math.inf:
        return max(bound, -LARGEST), 1.0, 0.0, 0.0, True
    if temperature == 0.0 or peak == math.inf:
        return peak, 1.0, 0.0, 0.0, True
    half = 0.5 if temperature > 1.0 else 1.0
    rate = min(1.0 / temperature / half, LARGEST)
    lowest = (half * peak + QUICK_LOW / rate) / half
    return max(bound, max(lowest, -LARGEST)), half, half * peak, rate, False
