"""What every entmax starts with: the entries that can take part, and rows that are limits."""

import math

from actfn.kernels.lanes import WIDTH, as_lanes, largest_of, store
from actfn.kernels.row_math import count_equal, fill, items_at, mark_equal
from actfn.kernels.two_float import inlined


@inlined
def candidates(x, base, n, peak, reach, scratch):
    """Copy the entries no more than `reach` below the largest; how many they are.

    Rounding keeps order: if `reach` is a rounded number, none inside the exact one is missed.
    """
    count, low = 0, -reach
    for i in range(0, n, WIDTH):
        if largest_of(items_at(x, base + i, n - i, -math.inf)) - peak < low:
            continue
        for k in range(base + i, base + min(i + WIDTH, n)):
            v = float(x[k])
            scratch[count] = v
            count += v - peak >= low
    store(scratch, count, as_lanes(-math.inf))  # loops read whole lanes
    return count


@inlined
def is_limit(peak, bad):
    """Whether there is nothing to solve."""
    return (bad != bad) | (peak - peak != 0.0)


@inlined
def limit_row(x, base, n, peak, bad, out):
    """NaN spoils its row, nothing stays nothing, and infinities share."""
    if bad != bad:
        fill(out, base, n, math.nan)
    elif peak > 0.0:
        mark_equal(x, out, base, n, peak, 1.0 / count_equal(x, base, n, peak), 0.0)
    else:
        fill(out, base, n, 0.0)
