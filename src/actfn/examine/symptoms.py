"""What an error looks like: where it begins, how it grows, and so what kind of mistake it is.

The rules read a stretch of bad results and ask, in this order: is the result no number at all, is
it 0 or does it stand still, is it in a fixed proportion to the truth, does the error jump from one
input to the next as rounding does, or does it follow the input smoothly as a wrong formula does?
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from actfn import ulp
from actfn.examine.accuracy import Curve

# The kinds, each with a sentence of its own in `actfn.examine.causes`.
NAN_FLOOD, NAN, OVERFLOW, UNDERFLOW, FLUSHED = "NaN flood", "NaN", "overflow", "underflow", "flush"
CLIPPED, THRESHOLD, CANCELLATION = "clipped", "threshold", "cancellation"
FACTOR, CONSTANT, OFFSET, SIGN = "wrong factor", "truncated constant", "offset", "wrong sign"
NARROW, ARGUMENT, ROUNDING = "narrow precision", "rounded argument", "rounding"
APPROXIMATION, FUNCTION, BRANCH = "approximation", "another function", "wrong branch"
GARBAGE, KINK, ZERO = "isolated input", "wrong kink", "zero of the derivative"

# A mistake of these kinds is there for all inputs.
_EVERYWHERE = (FACTOR, CONSTANT, OFFSET, SIGN, NARROW, APPROXIMATION, FUNCTION)
_FLOOD = 0.5  # of all inputs
_GAP = 300  # right results in a row that end a stretch
_FEW = 24  # bad results that make a line; fewer are isolated
_COARSE = 1e-2  # relative: a result that far off is another function's
_GRADUAL = 4  # octaves of error between the bound and complete loss that make a gradual growth
_ABSOLUTE = 8.0  # units of the last place at 1: a few roundings of numbers of that size
_STEADY = 0.25  # of the deviation: results in one proportion, rounding apart
_LOOKED, _TURNS = 200, 20  # results looked at; extents that the error travels: a formula's few
_SQUARED = 2.0**40  # inputs beyond it are wrong where their squares overflow
_ROUNDINGS = 64.0  # ULP: what roundings alone can add up to
_NEARLY_NOTHING = 2.0**12  # times the smallest normal number: factors of such a result are tiny
# Relative errors that come from computing in the next narrower type.
_NARROW_ERRORS = {"float32": (2.0**-15, 2.0**-8), "float64": (2.0**-31, 2.0**-22)}


_KNOWN = tuple(np.dtype(k) for k in ("float16", "float32", "float64"))


@dataclass(frozen=True)
class Stretch:
    """Bad results next to one another.

    Attributes
    ----------
    kind : see above.
    places : indices of the bad results in the curve.
    first, last : the inputs between which they lie, the one nearer to 0 first.
    worst : the index of the worst.
    """

    kind: str
    places: np.ndarray
    first: float
    last: float
    worst: int


def stretches(found: Curve, kinks=(), zeros=()) -> Iterator[Stretch]:
    """The bad results of a curve in stretches, each with the kind of mistake it looks like."""
    bad = np.flatnonzero(found.bad)
    if not bad.size:
        return
    lost = np.isnan(found.y.astype(np.float64)) & ~np.isnan(found.truth)
    if lost.mean() > _FLOOD:
        yield _stretch(found, NAN_FLOOD, np.flatnonzero(lost))
        return
    if _is_stored_narrow(found, bad):
        yield _stretch(found, NARROW, bad)
        return
    parts = [
        (kind, places)
        for part in _split(found, bad)
        for kind, places in _kinds(found, part, kinks, zeros)
        if places.size
    ]
    everywhere = any(kind in _EVERYWHERE for kind, _ in parts)
    for kind, places in parts:
        if not (everywhere and kind == UNDERFLOW):  # the same mistake where numbers are tiny
            yield _stretch(found, kind, places)


def _is_stored_narrow(found: Curve, bad: np.ndarray) -> bool:
    """Whether wrong results on ordinary inputs are all numbers of a narrower type."""
    x = np.abs(found.x[bad].astype(np.float64))
    y = found.y[bad][(x > 2.0**-6) & (x < 4)].astype(np.float64)
    if y.size < _FEW or np.unique(y).size < _FEW:
        return False
    with np.errstate(over="ignore"):
        return any(np.mean(y == y.astype(k).astype(np.float64)) > 0.9 for k in _narrower(found))


def _stretch(found: Curve, kind: str, places: np.ndarray) -> Stretch:
    x = found.x[places].astype(np.float64)
    near, far = np.argmin(np.abs(x)), np.argmax(np.abs(x))
    distance = np.where(np.isnan(found.distance[places]), -1, found.distance[places])
    shown = places[int(np.argmax(distance))]
    if np.isinf(found.distance[shown]) or kind in (CLIPPED, THRESHOLD, OVERFLOW, UNDERFLOW):
        shown = places[near]  # the edge says most
    return Stretch(kind, places, float(x[near]), float(x[far]), int(shown))


def _split(found: Curve, bad: np.ndarray) -> Iterator[np.ndarray]:
    """Runs of bad results: cut at 0, and where many right ones lie between."""
    x = found.x.astype(np.float64)
    for side in (bad[x[bad] < 0], bad[x[bad] >= 0]):
        if side.size:
            yield from np.split(side, np.flatnonzero(np.diff(side) > _GAP) + 1)


def _kinds(found: Curve, part: np.ndarray, kinks, zeros) -> Iterator[tuple[str, np.ndarray]]:
    y, t = found.y[part].astype(np.float64), found.truth[part]
    x = found.x[part].astype(np.float64)
    tiny = 2.0 ** ulp.layout_of(found.x.dtype).minimum_exponent
    yield from _near(found, part, kinks, KINK, 4)
    if found.kernel != "forward":
        yield from _near(found, part, zeros, ZERO, None)
    taken = _beside(found, part, kinks, 4)
    if found.kernel != "forward":
        taken |= _around_zero(found, part, zeros)
    nan, inf = np.isnan(y) & ~taken, np.isinf(y) & ~np.isinf(t) & ~taken
    yield from _lost(found, part[nan])
    yield OVERFLOW, part[inf]
    flushed = (np.abs(t) < tiny) & (np.abs(y) < tiny) & ~nan & ~inf & ~taken
    zero = (y == 0) & ~flushed & ~taken & (t != 0)
    rest = ~(nan | inf | flushed | zero | taken)
    cancels = _cancels(found, part[rest])
    if flushed.any() and not (cancels or zero.sum() > _FEW):
        yield FLUSHED if (y[flushed] == 0).all() else UNDERFLOW, part[flushed]
    if zero.any() and not cancels:
        yield _zeros(found, part, x, t, zero, tiny), part[zero]
    if cancels:
        yield CANCELLATION, part[rest | zero]  # zeros are where it ends
    elif rest.any():
        yield _numbers(found, part[rest]), part[rest]


def _beside(found: Curve, part: np.ndarray, places, neighbours: int) -> np.ndarray:
    """Which of few bad results lie within some neighbours of one of the places."""
    if part.size > _FEW:
        return np.zeros(part.size, bool)
    x = found.x[part].astype(np.float64)
    near = np.zeros(part.size, bool)
    for place in places:
        step = float(np.spacing(np.abs(found.x.dtype.type(place or 1))))
        near |= np.abs(x - place) <= neighbours * step
    return near


def _near(found: Curve, part, places, kind: str, neighbours):
    chosen = (
        _around_zero(found, part, places)
        if neighbours is None
        else _beside(found, part, places, neighbours)
    )
    yield kind, part[chosen]


def _around_zero(found: Curve, part: np.ndarray, zeros) -> np.ndarray:
    """Bad derivatives beside a zero whose error is small next to the values around it."""
    x = found.x[part].astype(np.float64)
    chosen = np.zeros(part.size, bool)
    unit = _unit(found)
    for zero in zeros:
        if zero == 0:
            continue
        near = np.abs(x - zero) < 0.25 * abs(zero)
        error = np.abs(found.y[part].astype(np.float64) - found.truth[part])
        chosen |= near & (error <= 16 * unit)
    return chosen


def _unit(found: Curve) -> float:
    """The spacing of numbers at 1 in the dtype."""
    return 2.0 ** -ulp.layout_of(found.x.dtype).mantissa_bits


def _lost(found: Curve, places: np.ndarray):
    """NaN where there is a number: by an overflow inside where it begins and never ends."""
    if not places.size:
        return
    size = np.abs(found.x[places].astype(np.float64))
    side = np.signbit(found.x[places[0]].astype(np.float64))
    same = np.signbit(found.x.astype(np.float64)) == side
    outermost = np.abs(found.x[same].astype(np.float64)).max()
    yield (OVERFLOW if size.max() >= outermost and size.min() > 1 else NAN), places


def _zeros(found: Curve, part, x, t, zero, tiny: float) -> str:
    """Results of exactly 0 which begin without warning."""
    edge = np.flatnonzero(zero)[np.argmax(np.abs(t[zero]))]
    height = abs(t[edge])
    if abs(x[edge]) > _SQUARED:
        return OVERFLOW  # of a square that is divided by
    if height <= _NEARLY_NOTHING * tiny or (height <= 64 * np.sqrt(tiny) and abs(x[edge]) > 16):
        return UNDERFLOW
    return THRESHOLD if abs(x[edge]) >= 1 or found.kernel != "forward" else CANCELLATION


def _cancels(found: Curve, places: np.ndarray) -> bool:
    """Whether digits are lost one after the other, as where nearly equal numbers are subtracted.

    The error is that of a number of the size of 1 or x, and stays so while the result shrinks.
    """
    if places.size < _FEW:
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
    unit, error = _unit(found), np.abs(y - t)
    small = error <= _ABSOLUTE * unit * scale
    begins = error.max() >= unit / 256  # smaller errors come from small numbers inside
    return bool(begins and small.mean() > 0.98 and not _is_argument(size, x))


def _is_argument(size, x) -> bool:
    """Whether the error grows as the argument of an exponential that was rounded."""
    growth = np.maximum(np.abs(x), 1.0)
    most = 4 * np.where(growth < 16, growth**2, growth)  # of exp(x), and of exp(-x^2)
    return bool(np.abs(x).max() > 8 and np.all(size <= most))


def _is_noisy(found: Curve, places: np.ndarray) -> bool:
    """Whether the error goes up and down all the time, as rounding errors and saw-teeth do."""
    if places.size < _FEW:
        return False
    looked = places[np.linspace(0, places.size - 1, _LOOKED).astype(int)]
    error = found.y[looked].astype(np.float64) - found.truth[looked]
    error = error[np.isfinite(error)]
    extent = np.ptp(error) if error.size else 0.0
    return bool(extent > 0 and np.abs(np.diff(error)).sum() > _TURNS * extent)


def _numbers(found: Curve, places: np.ndarray) -> str:
    """The kind of wrong finite results."""
    x, t = found.x[places].astype(np.float64), found.truth[places]
    y, size = found.y[places].astype(np.float64), found.distance[places]
    with np.errstate(all="ignore"):
        relative = np.abs((y - t) / t)
    tiny = 2.0 ** ulp.layout_of(found.x.dtype).minimum_exponent
    height = max(np.abs(t).max(), np.abs(y).max())
    far = np.abs(x).min() > 16
    if height <= _NEARLY_NOTHING * tiny or (far and height <= 64 * np.sqrt(tiny)):
        return UNDERFLOW
    if places.size < _FEW:
        return ROUNDING if size.max() <= _ROUNDINGS else GARBAGE
    if size.max() <= _ROUNDINGS and not _fills(found, places, x):
        return ROUNDING
    known = _standing_still(x, y, t, size) or _proportion(found, places, x, y, t)
    if known:
        return known
    if size.max() > _ROUNDINGS / 2 and _is_argument(size, x):
        return ARGUMENT
    if _is_noisy(found, places):
        return _noise(found, x, y, relative, size)
    return _smooth(found, x, y - t, relative)


def _fills(found: Curve, places: np.ndarray, x) -> bool:
    """Whether nearly all results of the stretch are bad, and it is not just a spot."""
    hull = places[-1] - places[0] + 1
    wide = np.abs(x).max() > 1.5 * np.abs(x).min()
    return bool(wide and places.size > 0.7 * hull)


def _proportion(found: Curve, places: np.ndarray, x, y, t) -> str:
    """The kind where the results are the truth times a number, or plus one; else ""."""
    if not _fills(found, places, x):
        return ""
    with np.errstate(all="ignore"):
        ratio = y / t
    ratio = ratio[np.isfinite(ratio)]
    middle = float(np.median(ratio)) if ratio.size else 1.0
    if middle != 1 and np.quantile(np.abs(ratio - middle), 0.95) <= _STEADY * abs(middle - 1):
        if abs(middle + 1) < 2.0**-10:
            return SIGN
        return CONSTANT if abs(middle - 1) < _COARSE else FACTOR
    shift = float(np.median(y - t))
    level = np.quantile(np.abs(y - t - shift), 0.95) <= _STEADY * abs(shift)
    if level and 0 < abs(shift) < _COARSE:
        return OFFSET
    return ""


def _standing_still(x, y, t, size) -> str:
    """The kind where the result, or its ratio to x, does not change while the truth does."""
    edge = size[int(np.argmin(np.abs(x)))]
    if np.abs(x).min() >= 1 and (np.all(y == y[0]) or np.all(y == x)):
        # What replaces the truth too early is worst where it begins.
        return THRESHOLD if 4 * edge > size[np.isfinite(size)].max() else CLIPPED
    with np.errstate(all="ignore"):
        for value, true in ((y, t), (y / x, t / x)):
            middle = float(np.median(value))
            still = np.max(np.abs(value - middle)) <= 2.0**-20 * abs(middle)
            if still and middle != 0 and np.ptp(true) > 2.0**-12 * np.abs(true).max():
                return CLIPPED
    return ""


def _noise(found: Curve, x, y, relative, size) -> str:
    with np.errstate(over="ignore"):
        if any(np.mean(y == y.astype(k).astype(np.float64)) > 0.9 for k in _narrower(found)):
            return NARROW
    finite = relative[np.isfinite(relative)]
    middle = float(np.median(finite)) if finite.size else 0.0
    low, high = _NARROW_ERRORS.get(found.x.dtype.name, (1.0, 0.0))
    if low < middle < high and _is_level(size):
        return NARROW
    return ROUNDING


def _is_level(size: np.ndarray) -> bool:
    """Errors of much the same size in ULP."""
    low, high = np.quantile(size, [0.25, 0.95])
    return bool(high < 32 * low)


def _narrower(found: Curve) -> tuple:
    kind = found.x.dtype
    return _KNOWN[: _KNOWN.index(kind)] if kind in _KNOWN else ()


def _smooth(found: Curve, x, error, relative) -> str:
    ordinary = (np.abs(x) > 2.0**-6) & (np.abs(x) < 4)
    finite = relative[np.isfinite(relative)]
    if found.x.dtype == np.float64 and finite.size and finite.max() < 2.0**-20:
        return NARROW
    if finite.size and np.quantile(finite, 0.9) < 2 * _COARSE:
        return APPROXIMATION
    if ordinary.any() and (relative[ordinary] > _COARSE).mean() > 0.5:
        return FUNCTION
    if ordinary.mean() < 0.25 and np.abs(x).min() > 2:
        return THRESHOLD
    return APPROXIMATION if np.abs(error).max() < 5e-3 else FUNCTION
