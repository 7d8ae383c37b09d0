"""What an activation's slope says about its units: where it is flat, and Gaussian predictions."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from actfn.activation import Activation
from actfn.catalogue import get
from actfn.errors import DiagnosisError, UnknownActivationError
from actfn.variant import Variant

AWAKE = 0.05  # of the steepest slope: a gradient cut to less than a twentieth teaches little
ALIVE = 2.0**-10  # of the steepest slope: the bound of `saturates` in an activation's facts
_USUAL = (
    8.0  # pre-activations are seldom larger, and slopes that grow for ever are taken up to here
)
_FAR = 2.0**12  # what is flat from some place up to here is taken to stay flat
_BISECTIONS = 60
_REACH, _PANELS, _NODES = 9.0, 72, 12  # of the quadrature: the normal density is 1e-18 at 9


@dataclass(frozen=True)
class Slope:
    """The slope of one activation.

    Attributes
    ----------
    steepest : the largest |f'(z)|, for |z| up to 8.
    drowsy : (low, high): |f'| < AWAKE * steepest for all z <= low and for all z >= high; -inf and
        inf where a side is never so flat.
    still : the same for ALIVE.
    off : f and f' are exactly 0 on the low side, as for ReLU and ReLU6: a unit that stays there
        is off, whatever the other side looks like.
    """

    steepest: float
    drowsy: tuple[float, float]
    still: tuple[float, float]
    off: bool

    @property
    def two_sided(self) -> bool:
        """Flat at both ends, as sigmoid and tanh: its units saturate rather than die."""
        return math.isfinite(self.drowsy[0]) and math.isfinite(self.drowsy[1])

    @property
    def one_sided(self) -> bool:
        """Flat at one end, as ReLU and GELU: its units can be sparse, and can die."""
        return math.isfinite(self.drowsy[0]) != math.isfinite(self.drowsy[1])


def activation_of(given) -> Activation | Variant | None:
    """The record that a name, a record, a variant or None ("no activation") stands for."""
    if given is None or given in ("identity", "linear", "none"):
        return None
    try:
        record = get(given) if isinstance(given, str) else given
    except UnknownActivationError as error:
        raise DiagnosisError(f"an activation of the network: {error}") from error
    if len(getattr(record, "inputs", ())) != 1:
        raise DiagnosisError(
            f"{given!r} is not an elementwise activation; name one such as 'relu', or None"
        )
    return record


def label(record) -> str:
    """What an activation is called in reports."""
    if record is None:
        return "none"
    if not isinstance(record, Variant):
        return record.name
    values = [f"{n}={v:g}" for n, v in record.parameters.items() if np.ndim(v) == 0]
    return f"{record.name}({', '.join(values)})" if values else record.name


def slope_at(record, z: np.ndarray) -> np.ndarray:
    """|f'(z)| per element."""
    return np.abs(record.derivative(z, **_needed(record)))


def value_at(record, z: np.ndarray) -> np.ndarray:
    """f(z) per element."""
    return record(z, **_needed(record))


def backward_at(record, gradient: np.ndarray, z: np.ndarray) -> np.ndarray:
    """gradient * f'(z), without the gradients of learned parameters."""
    result = record.backward(gradient, z, **_needed(record))
    return result[0] if isinstance(result, tuple) else result


def _needed(record) -> dict[str, float]:
    """Values for parameters that have no default, as PReLU's weight."""
    given = record.parameters if isinstance(record, Variant) else {}
    own = record.activation if isinstance(record, Variant) else record
    return {
        p.name: own.defaults[p.name]
        for p in own.parameters
        if p.default is None and p.name not in given
    }


@lru_cache(maxsize=256)
def _scalar(record, parameters: tuple) -> Slope:
    values = dict(parameters)

    def steepness(z):
        return np.abs(record.derivative(np.asarray(z, np.float64), **values))

    grid = _grid()
    slopes = steepness(grid)
    usual = slopes[np.abs(grid) <= _USUAL]
    steepest = float(np.nanmax(usual[np.isfinite(usual)], initial=0.0))
    ends = {
        share: (
            _edge(grid, slopes, steepness, share * steepest),
            -_edge(-grid[::-1], slopes[::-1], lambda z: steepness(-z), share * steepest),
        )
        for share in (AWAKE, ALIVE)
    }
    low = ends[AWAKE][0] - 1
    off = math.isfinite(low) and steepness(low) == 0 and record(low, **values) == 0
    return Slope(steepest, ends[AWAKE], ends[ALIVE], bool(off))


def slope_of(record) -> Slope:
    """The slope of an activation; parameters that are arrays count by their mean."""
    own = record.activation if isinstance(record, Variant) else record
    given = record.parameters if isinstance(record, Variant) else {}
    values = {**own.defaults, **{name: float(np.mean(v)) for name, v in given.items()}}
    return _scalar(own, tuple(sorted(values.items())))


def _with_mean_parameters(record):
    """The same with numbers for parameters that are arrays, one for each unit."""
    if not isinstance(record, Variant):
        return record
    return Variant(record.activation, {n: float(np.mean(v)) for n, v in record.parameters.items()})


def _grid() -> np.ndarray:
    outwards = 2.0 ** np.arange(-20, math.log2(_FAR) + 0.25, 0.25)
    usual = np.arange(-_USUAL, _USUAL + 1 / 64, 1 / 32)
    return np.unique(np.concatenate([-outwards, usual, outwards, [0.0]]))


def _edge(grid, slopes, steepness, bound: float) -> float:
    """The largest b with |f'| < bound at all grid points up to b, refined by bisection."""
    steep = np.flatnonzero(~(slopes < bound))
    if steep.size == 0 or steep[0] == 0:
        return math.inf if steep.size == 0 else -math.inf
    low, high = grid[steep[0] - 1], grid[steep[0]]
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if steepness(middle) < bound:
            low = middle
        else:
            high = middle
    return float(low)


def predicted_gains(record, mean: float, spread: float) -> tuple[float, float]:
    """(sqrt(E f(z)²) / sqrt(E z²), sqrt(E f'(z)²)) for z ~ N(mean, spread²).

    What a layer with these pre-activations does to the size of the signal, and to that of the
    gradient, if they are Gaussian.
    """
    record = _with_mean_parameters(record)
    edges = np.linspace(-_REACH, _REACH, _PANELS + 1)
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    half = (edges[1:] - edges[:-1]) / 2
    t = ((edges[1:] + edges[:-1]) / 2)[:, None] + half[:, None] * nodes
    density = (half[:, None] * weights * np.exp(-t * t / 2) / math.sqrt(2 * math.pi)).ravel()
    z = mean + spread * t.ravel()
    size = math.sqrt(mean**2 + spread**2)
    forward = math.sqrt(float(density @ value_at(record, z) ** 2))
    backward = math.sqrt(float(density @ slope_at(record, z) ** 2))
    return (forward / size if size else math.nan), backward
