"""How far an implementation is from the truth: by region, at the worst input, all along the line.

The inputs are spread by bit pattern, with the neighbours of every place where something may
happen; from the worst of them a search climbs to still worse ones.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from actfn import contract, ulp
from actfn.examine.child import OK, Outcome
from actfn.examine.implementation import Implementation
from actfn.examine.truth import KERNELS, Truth
from actfn.examine.zeros import in_window, input_ulp

# Up to this size a region of |x|; its name says what is there.
_REGIONS = ((0.0, "zero"), (2.0**-7, "near zero"), (4.0, "core"), (128.0, "tail"), (np.inf, "huge"))
_NEIGHBOURS = 24
_CLIMBERS = 24  # worst inputs from which the search starts, far from one another
_ROUNDS = 12
_POINTS = {"float32": 250_000, "float64": 5_000}
_FEWEST = 2_000
_PART = 1 << 18  # inputs handed over at a time


@dataclass(frozen=True)
class Region:
    """Errors in one region of one sign of x.

    Attributes
    ----------
    name : "near zero", "left tail" ...
    inputs : how many were tried.
    worst, typical : the largest and the median distance from the truth, in ULP.
    at : the input of the largest.
    beyond : how many are above the bound.
    """

    name: str
    inputs: int
    worst: float
    typical: float
    at: float
    beyond: int


@dataclass
class Curve:
    """One kernel along the line.

    Attributes
    ----------
    kernel : "forward" or "derivative".
    x, y, truth : inputs in rising order, results, true values in float64.
    distance : of the results from the truth, in ULP.
    bound : what is allowed.
    excused : where nothing is asked: derivatives at a kink, a convention, and in float64 what lies
        so close to a zero that the digits of x decide.
    """

    kernel: str
    x: np.ndarray
    y: np.ndarray
    truth: np.ndarray
    distance: np.ndarray
    bound: float
    excused: np.ndarray

    @property
    def bad(self) -> np.ndarray:
        """Which results are further from the truth than the bound allows."""
        return (self.distance > self.bound) & ~self.excused

    @property
    def worst(self) -> int:
        """The index of the worst result that counts."""
        return int(np.argmax(np.where(self.excused, -1.0, self.distance)))


class Failed(Exception):
    """A call did not return an array of the right shape; carries what it did."""

    def __init__(self, outcome: Outcome, x: np.ndarray):
        super().__init__(outcome.message)
        self.outcome, self.x = outcome, x


def curve(
    implementation: Implementation,
    truth: Truth,
    kernel: str,
    bound: float,
    points: int | None = None,
    report: Callable[[str], None] = lambda label: None,
) -> Curve:
    """Measure one kernel along the whole line.

    Raises
    ------
    Failed
        Where the implementation does not return numbers.
    """
    report(f"{kernel}: sample")
    x = _inputs(truth, points or affordable(implementation, truth, kernel))
    found = _measured(implementation, truth, kernel, x, bound)
    if truth.dtype.itemsize > 2:
        report(f"{kernel}: search for worse inputs")
        found = _climbed(implementation, truth, found)
    return found


def affordable(implementation: Implementation, truth: Truth, kernel: str) -> int:
    """How many inputs can be tried in a few seconds."""
    most = _POINTS.get(truth.dtype.name, _POINTS["float32"])
    x = np.linspace(-3, 3, 1000).astype(truth.dtype)
    outcome = called(implementation, kernel, x)
    each = outcome.seconds / x.size
    return int(np.clip(0.3 * implementation.patience / max(each, 1e-9), _FEWEST, most))


def called(implementation: Implementation, kernel: str, x: np.ndarray) -> Outcome:
    """A call whose result has the shape of x; Failed otherwise."""
    outcome = implementation(kernel, x)
    if outcome.status != OK:
        raise Failed(outcome, x)
    if outcome.value.shape != x.shape:
        message = f"returned shape {outcome.value.shape} for shape {x.shape}"
        raise Failed(Outcome("shape", message=message), x)
    return outcome


def results(implementation: Implementation, kernel: str, x: np.ndarray) -> np.ndarray:
    """The results for a large array, part by part."""
    cuts = range(0, x.size, _PART)
    parts = [called(implementation, kernel, x[k : k + _PART]).value for k in cuts]
    return np.concatenate(parts) if parts else x[:0]


def regions(found: Curve) -> list[Region]:
    """Errors by region and sign, from left to right."""
    rows, x = [], found.x.astype(np.float64)
    size = np.abs(x)
    tiny = float(2.0 ** ulp.layout_of(found.x.dtype).minimum_exponent)
    bounds = [(-1.0, 0.0, "zero"), (0.0, tiny, "subnormal")]
    edges = [tiny, *(edge for edge, _ in _REGIONS[1:])]
    names = [name for _, name in _REGIONS[1:]]
    bounds += [(a, b, n) for (a, b), n in zip(pairwise(edges), names, strict=True)]
    for side, sign in (("left ", -1), ("right ", 1)):
        for low, high, name in bounds if sign > 0 else reversed(bounds):
            inside = (size > low if name != "zero" else size == 0) & (size <= high)
            inside &= (np.signbit(x) == (sign < 0)) & ~found.excused
            if inside.any():
                label = ("-0" if sign < 0 else "+0") if name == "zero" else side + name
                rows.append(_region(found, label, np.flatnonzero(inside)))
    return rows


def _region(found: Curve, name: str, places: np.ndarray) -> Region:
    distance = found.distance[places]
    k = int(np.argmax(distance))
    return Region(
        name, places.size, float(distance[k]), float(np.median(distance)),
        float(found.x[places[k]]), int(found.bad[places].sum()),
    )  # fmt: skip


def _inputs(truth: Truth, points: int) -> np.ndarray:
    if truth.dtype.itemsize == 2:
        with np.errstate(invalid="ignore"):  # a signalling NaN among all patterns
            x = ulp.all_patterns(truth.dtype)
            x = x[np.isfinite(x.astype(np.float64))]
    else:
        neighbours = _NEIGHBOURS if truth.dtype == np.float32 else 3
        places, rng = truth.places, np.random.default_rng(0)
        x = ulp.sample(truth.dtype, points, places, rng, neighbours)
    low, high = truth.domain
    wide = x.astype(np.float64)
    x = x[(wide >= low) & (wide <= high)]
    return x[np.argsort(x.astype(np.float64), kind="stable")]


def _measured(implementation, truth: Truth, kernel: str, x: np.ndarray, bound: float) -> Curve:
    order = KERNELS.index(kernel)
    y = results(implementation, kernel, x)
    hi, lo = truth.at(x, order)
    distance = ulp.distance(y, hi, lo, truth.dtype)
    return Curve(kernel, x, y, hi, distance, bound, _excused(truth, order, x, y, hi, lo))


def _excused(truth: Truth, order: int, x, y, hi, lo) -> np.ndarray:
    """Derivatives at a kink, a convention, and what lies beside a zero, where x itself decides."""
    wide = x.astype(np.float64)
    excused = np.isin(wide, truth.kinks) if order == 1 else np.zeros(x.shape, bool)
    zeros = [z for z in truth.zeros[order] if z != 0]
    if truth.dtype == np.float64:
        near = np.flatnonzero(in_window(wide, zeros))
        if near.size:
            slope = truth.oracle.double_double(wide[near], order + 1)[0]
            effect = input_ulp(wide[near], y[near], (hi[near], lo[near]), slope)
            excused[near[effect <= contract.FLOAT64_INPUT_ULP]] = True
    return excused


def _climbed(implementation, truth: Truth, found: Curve) -> Curve:
    """Join the inputs that a search for larger errors finds."""
    largest = truth.layout.infinity - 1
    best = _starts(found)
    finite = np.isfinite(found.distance[best])
    order = _order_of(found.x[best[finite]], truth)
    height = found.distance[best[finite]]
    if not order.size:
        return found
    fine = truth.dtype == np.float64
    reach = [2**k for k in range(0, 40 if fine else 20, 6 if fine else 2)]
    steps = np.array([*reach, *(-r for r in reach)])
    for _ in range(4 if fine else _ROUNDS):
        tried = np.clip(np.add.outer(order, steps), -largest - 1, largest)
        x = ulp.from_order(tried.ravel(), truth.layout)
        low, high = truth.domain
        x = np.clip(x, low, high).astype(truth.dtype) if low > -np.inf or high < np.inf else x
        more = _measured(implementation, truth, found.kernel, x, found.bound)
        gain = np.where(more.excused | ~np.isfinite(more.distance), -1.0, more.distance)
        gain = gain.reshape(tried.shape)
        choice = np.argmax(gain, axis=1)
        rows = np.arange(order.size)
        better = gain[rows, choice] > height
        found = _joined(found, more)
        if not better.any():
            break
        order = np.where(better, tried[rows, choice], order)
        height = np.where(better, gain[rows, choice], height)
    return found


def _starts(found: Curve) -> np.ndarray:
    """The worst inputs, one from each of many stretches of the line."""
    counted = np.where(found.excused, -1.0, found.distance)
    stretches = np.array_split(np.arange(found.x.size), 16 * _CLIMBERS)
    peaks = np.array([s[np.argmax(counted[s])] for s in stretches if s.size])
    return peaks[np.argsort(-counted[peaks])[:_CLIMBERS]]


def _order_of(x: np.ndarray, truth: Truth) -> np.ndarray:
    return ulp.order_of(x, truth.layout)


def _joined(a: Curve, b: Curve) -> Curve:
    def both(name: str) -> np.ndarray:
        return np.concatenate([getattr(a, name), getattr(b, name)])[rising]

    rising = np.argsort(np.concatenate([a.x, b.x]).astype(np.float64), kind="stable")
    return Curve(
        a.kernel, both("x"), both("y"), both("truth"), both("distance"), a.bound, both("excused")
    )
