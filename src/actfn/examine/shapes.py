"""The shape of an error among wrong finite results, and so the kind of mistake behind it."""

import numpy as np

from actfn import ulp
from actfn.examine.accuracy import Curve
from actfn.examine.kinds import Kind

FEW = 24  # bad results that make a line; fewer are isolated
_COARSE = 1e-2  # relative: a result that far off is another function's
_GRADUAL = 4  # octaves of error between the bound and complete loss that make a gradual growth
_ABSOLUTE = 8.0  # units of the last place at 1: a few roundings of numbers of that size
_STEADY = 0.25  # of the deviation: results in one proportion, rounding apart
_LOOKED, _TURNS = 200, 20  # results looked at; extents that the error travels: a formula's few
_ROUNDINGS = 64.0  # ULP: what roundings alone can add up to
NEARLY_NOTHING = 2.0**12  # times the smallest normal number: factors of such a result are tiny
# Relative errors that come from computing in the next narrower type.
_NARROW_ERRORS = {"float32": (2.0**-15, 2.0**-8), "float64": (2.0**-31, 2.0**-22)}
_KNOWN = tuple(np.dtype(k) for k in ("float16", "float32", "float64"))


def kind_of(found: Curve, places: np.ndarray) -> Kind:
    """The kind of wrong finite results."""
    x, t = found.x[places].astype(np.float64), found.truth[places]
    y, size = found.y[places].astype(np.float64), found.distance[places]
    with np.errstate(all="ignore"):
        relative = np.abs((y - t) / t)
    tiny = 2.0 ** ulp.layout_of(found.x.dtype).minimum_exponent
    height = max(np.abs(t).max(), np.abs(y).max())
    far = np.abs(x).min() > 16
    if height <= NEARLY_NOTHING * tiny or (far and height <= 64 * np.sqrt(tiny)):
        return Kind.UNDERFLOW
    if places.size < FEW:
        return Kind.ROUNDING if size.max() <= _ROUNDINGS else Kind.GARBAGE
    if size.max() <= _ROUNDINGS and not _fills(found, places, x):
        return Kind.ROUNDING
    known = _standing_still(x, y, t, size) or _proportion(found, places, x, y, t)
    if known:
        return known
    if size.max() > _ROUNDINGS / 2 and _is_argument(size, x, t):
        return Kind.ARGUMENT
    if _is_noisy(found, places):
        return _noise(found, x, y, relative, size)
    return _smooth(found, x, y - t, relative)


def cancels(found: Curve, places: np.ndarray) -> bool:
    """Whether digits are lost one after the other, as where nearly equal numbers are subtracted.

    The error is that of a number of the size of 1 or x, and stays so while the result shrinks.
    """
    if places.size < FEW:
        return False
    size = found.distance[places]
    lost = 2.0 ** ulp.layout_of(found.x.dtype).mantissa_bits
    octaves = np.floor(np.log2(size[np.isfinite(size) & (size < lost)]))
    if np.unique(octaves).size < _GRADUAL or size.max() < _GRADUAL * _ROUNDINGS:
        return False
    x, t = found.x[places].astype(np.float64), found.truth[places]
    y = found.y[places].astype(np.float64)
    if _standing_still(x, y, t, size):
        return False
    scale = np.maximum(1.0, np.abs(x)) ** 2
    unit, error = unit_of(found), np.abs(y - t)
    small = error <= _ABSOLUTE * unit * scale
    begins = error.max() >= unit / 256  # smaller errors come from small numbers inside
    return bool(begins and small.mean() > 0.98 and not _is_argument(size, x, t))


def _is_argument(size, x, t) -> bool:
    """Whether the error grows as the argument of an exponential that was rounded."""
    growth = np.maximum(np.abs(x), 1.0)
    most = 4 * np.where(growth < 16, growth**2, growth)  # of exp(x), and of exp(-x^2)
    far = int(np.argmax(growth))
    with np.errstate(divide="ignore"):
        decays = -np.log(np.abs(t[far])) > growth[far] / 8
    return bool(growth[far] > 8 and decays and np.all(size <= most))


def _is_noisy(found: Curve, places: np.ndarray) -> bool:
    """Whether the error goes up and down all the time, as rounding errors and saw-teeth do."""
    if places.size < FEW:
        return False
    looked = places[np.linspace(0, places.size - 1, _LOOKED).astype(int)]
    error = found.y[looked].astype(np.float64) - found.truth[looked]
    error = error[np.isfinite(error)]
    extent = np.ptp(error) if error.size else 0.0
    return bool(extent > 0 and np.abs(np.diff(error)).sum() > _TURNS * extent)


def _fills(found: Curve, places: np.ndarray, x) -> bool:
    """Whether nearly all results of the stretch are bad, and it is not just a spot."""
    hull = places[-1] - places[0] + 1
    wide = np.abs(x).max() > 1.5 * np.abs(x).min()
    return bool(wide and places.size > 0.7 * hull)


def _proportion(found: Curve, places: np.ndarray, x, y, t) -> Kind | None:
    """The kind where the results are the truth times a number, or plus one; else None."""
    if not _fills(found, places, x):
        return None
    with np.errstate(all="ignore"):
        ratio = y / t
    ratio = ratio[np.isfinite(ratio)]
    middle = float(np.median(ratio)) if ratio.size else 1.0
    if middle != 1 and np.quantile(np.abs(ratio - middle), 0.95) <= _STEADY * abs(middle - 1):
        if abs(middle + 1) < 2.0**-10:
            return Kind.SIGN
        return Kind.CONSTANT if abs(middle - 1) < _COARSE else Kind.FACTOR
    shift = float(np.median(y - t))
    level = np.quantile(np.abs(y - t - shift), 0.95) <= _STEADY * abs(shift)
    if level and 0 < abs(shift) < _COARSE:
        return Kind.OFFSET
    return None


def _standing_still(x, y, t, size) -> Kind | None:
    """The kind where the result, or its ratio to x, does not change while the truth does."""
    edge = size[int(np.argmin(np.abs(x)))]
    if np.abs(x).min() >= 1 and (np.all(y == y[0]) or np.all(y == x)):
        # What replaces the truth too early is worst where it begins.
        return Kind.THRESHOLD if 4 * edge > size[np.isfinite(size)].max() else Kind.CLIPPED
    with np.errstate(all="ignore"):
        for value, true in ((y, t), (y / x, t / x)):
            middle = float(np.median(value))
            still = np.max(np.abs(value - middle)) <= 2.0**-20 * abs(middle)
            if still and middle != 0 and np.ptp(true) > 2.0**-12 * np.abs(true).max():
                return Kind.CLIPPED
    return None


def _noise(found: Curve, x, y, relative, size) -> Kind:
    with np.errstate(over="ignore"):
        if any(np.mean(y == y.astype(k).astype(np.float64)) > 0.9 for k in narrower(found)):
            return Kind.NARROW
    finite = relative[np.isfinite(relative)]
    middle = float(np.median(finite)) if finite.size else 0.0
    low, high = _NARROW_ERRORS.get(found.x.dtype.name, (1.0, 0.0))
    if low < middle < high and _is_level(size):
        return Kind.NARROW
    return Kind.ROUNDING


def _is_level(size: np.ndarray) -> bool:
    """Errors of much the same size in ULP."""
    low, high = np.quantile(size, [0.25, 0.95])
    return bool(high < 32 * low)


def narrower(found: Curve) -> tuple:
    kind = found.x.dtype
    return _KNOWN[: _KNOWN.index(kind)] if kind in _KNOWN else ()


def _smooth(found: Curve, x, error, relative) -> Kind:
    ordinary = (np.abs(x) > 2.0**-6) & (np.abs(x) < 4)
    finite = relative[np.isfinite(relative)]
    if found.x.dtype == np.float64 and finite.size and finite.max() < 2.0**-20:
        return Kind.NARROW
    if finite.size and np.quantile(finite, 0.9) < 2 * _COARSE:
        return Kind.APPROXIMATION
    if ordinary.any() and (relative[ordinary] > _COARSE).mean() > 0.5:
        return Kind.FUNCTION
    if ordinary.mean() < 0.25 and np.abs(x).min() > 2:
        return Kind.THRESHOLD
    return Kind.APPROXIMATION if np.abs(error).max() < 5e-3 else Kind.FUNCTION


def unit_of(found: Curve) -> float:
    """The spacing of numbers at 1 in the dtype."""
    return 2.0 ** -ulp.layout_of(found.x.dtype).mantissa_bits
