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
from actfn.examine.kinds import Kind
from actfn.examine.shapes import FEW, NEARLY_NOTHING, cancels, kind_of, narrower, unit_of

# A mistake of these kinds is there for all inputs.
_EVERYWHERE = {
    Kind.FACTOR, Kind.CONSTANT, Kind.OFFSET, Kind.SIGN, Kind.NARROW, Kind.APPROXIMATION,
    Kind.FUNCTION,
}  # fmt: skip
# Of these the place where they begin says most.
_BEGINS = {Kind.CLIPPED, Kind.THRESHOLD, Kind.OVERFLOW, Kind.UNDERFLOW}
_FLOOD = 0.5  # of all inputs
_GAP = 300  # right results in a row that end a stretch
_SQUARED = 2.0**40  # inputs beyond it are wrong where their squares overflow


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

    kind: Kind
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
        yield _stretch(found, Kind.NAN_FLOOD, np.flatnonzero(lost))
        return
    if _is_stored_narrow(found, bad):
        yield _stretch(found, Kind.NARROW, bad)
        return
    parts = [
        (kind, places)
        for part in _split(found, bad)
        for kind, places in _kinds(found, part, kinks, zeros)
        if places.size
    ]
    everywhere = any(kind in _EVERYWHERE for kind, _ in parts)
    for kind, places in parts:
        if not (everywhere and kind == Kind.UNDERFLOW):  # the same mistake where numbers are tiny
            yield _stretch(found, kind, places)


def _is_stored_narrow(found: Curve, bad: np.ndarray) -> bool:
    """Whether wrong results on ordinary inputs are all numbers of a narrower type."""
    x = np.abs(found.x[bad].astype(np.float64))
    y = found.y[bad][(x > 2.0**-6) & (x < 4)].astype(np.float64)
    if y.size < FEW or np.unique(y).size < FEW:
        return False
    with np.errstate(over="ignore"):
        return any(np.mean(y == y.astype(k).astype(np.float64)) > 0.9 for k in narrower(found))


def _stretch(found: Curve, kind: Kind, places: np.ndarray) -> Stretch:
    x = found.x[places].astype(np.float64)
    near, far = np.argmin(np.abs(x)), np.argmax(np.abs(x))
    distance = np.where(np.isnan(found.distance[places]), -1, found.distance[places])
    shown = places[int(np.argmax(distance))]
    if np.isinf(found.distance[shown]) or kind in _BEGINS:
        shown = places[near]  # the edge says most
    return Stretch(kind, places, float(x[near]), float(x[far]), int(shown))


def _split(found: Curve, bad: np.ndarray) -> Iterator[np.ndarray]:
    """Runs of bad results: cut at 0, and where many right ones lie between."""
    x = found.x.astype(np.float64)
    for side in (bad[x[bad] < 0], bad[x[bad] >= 0]):
        if side.size:
            yield from np.split(side, np.flatnonzero(np.diff(side) > _GAP) + 1)


def _kinds(found: Curve, part: np.ndarray, kinks, zeros) -> Iterator[tuple[Kind, np.ndarray]]:
    y, t = found.y[part].astype(np.float64), found.truth[part]
    x = found.x[part].astype(np.float64)
    tiny = 2.0 ** ulp.layout_of(found.x.dtype).minimum_exponent
    if np.abs(x).max() < tiny and np.all(y == y[0]):
        yield Kind.FLUSHED, part  # the inputs are taken for 0
        return
    yield from _near(found, part, kinks, Kind.KINK, 4)
    if found.kernel != "forward":
        yield from _near(found, part, zeros, Kind.ZERO, None)
    taken = _beside(found, part, kinks, 4)
    if found.kernel != "forward":
        taken |= _around_zero(found, part, zeros)
    nan, inf = np.isnan(y) & ~taken, np.isinf(y) & ~np.isinf(t) & ~taken
    yield from _lost(found, part[nan])
    yield Kind.OVERFLOW, part[inf]
    flushed = (np.abs(t) < tiny) & (np.abs(y) < tiny) & ~nan & ~inf & ~taken
    zero = (y == 0) & ~flushed & ~taken & (t != 0)
    rest = ~(nan | inf | flushed | zero | taken)
    cancelling = cancels(found, part[rest])
    if flushed.any() and not (cancelling or zero.sum() > FEW):
        yield Kind.FLUSHED if _is_flushed(found, tiny) else Kind.UNDERFLOW, part[flushed]
    if zero.any() and not cancelling:
        yield _zeros(found, part, x, t, zero, tiny), part[zero]
    if cancelling:
        yield Kind.CANCELLATION, part[rest | zero]  # zeros are where it ends
    elif rest.any():
        yield kind_of(found, part[rest]), part[rest]


def _is_flushed(found: Curve, tiny: float) -> bool:
    """Whether no result at all is subnormal: a setting, not a form that underflows."""
    size = np.abs(found.y.astype(np.float64))
    return not ((size > 0) & (size < tiny)).any()


def _beside(found: Curve, part: np.ndarray, places, neighbours: int) -> np.ndarray:
    """Which of few bad results lie within some neighbours of one of the places."""
    if part.size > FEW:
        return np.zeros(part.size, bool)
    x = found.x[part].astype(np.float64)
    near = np.zeros(part.size, bool)
    for place in places:
        step = float(np.spacing(np.abs(found.x.dtype.type(place or 1))))
        near |= np.abs(x - place) <= neighbours * step
    return near


def _near(found: Curve, part, places, kind: Kind, neighbours):
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
    unit = unit_of(found)
    for zero in zeros:
        if zero == 0:
            continue
        near = np.abs(x - zero) < 0.25 * abs(zero)
        error = np.abs(found.y[part].astype(np.float64) - found.truth[part])
        chosen |= near & (error <= 16 * unit)
    return chosen


def _lost(found: Curve, places: np.ndarray):
    """NaN where there is a number: by an overflow inside where it begins and never ends."""
    if not places.size:
        return
    size = np.abs(found.x[places].astype(np.float64))
    side = np.signbit(found.x[places[0]].astype(np.float64))
    same = np.signbit(found.x.astype(np.float64)) == side
    outermost = np.abs(found.x[same].astype(np.float64)).max()
    yield (Kind.OVERFLOW if size.max() >= outermost and size.min() > 1 else Kind.NAN), places


def _zeros(found: Curve, part, x, t, zero, tiny: float) -> Kind:
    """Results of exactly 0 which begin without warning."""
    edge = np.flatnonzero(zero)[np.argmax(np.abs(t[zero]))]
    height = abs(t[edge])
    if abs(x[edge]) > _SQUARED:
        return Kind.OVERFLOW  # of a square that is divided by
    if height <= NEARLY_NOTHING * tiny or (height <= 64 * np.sqrt(tiny) and abs(x[edge]) > 16):
        return Kind.UNDERFLOW
    return Kind.THRESHOLD if abs(x[edge]) >= 1 or found.kernel != "forward" else Kind.CANCELLATION
