"""Facts about an activation, derived from its formula: range, roots, extrema, gains and more.

`actfn.analysis` works them out from true values. Numbers of mathematics are texts of 20 digits,
numbers to compute with are floats.
"""

import math
from dataclasses import asdict, dataclass

from actfn.errors import RecordError


@dataclass(frozen=True)
class Extremum:
    """A local extremum: "minimum" or "maximum", its place and its value."""

    kind: str
    place: str
    value: str


@dataclass(frozen=True)
class Interval:
    """An interval; a closed end is attained at some finite x."""

    low: str
    high: str
    low_attained: bool
    high_attained: bool

    def __str__(self) -> str:
        left, right = "(["[self.low_attained], ")]"[self.high_attained]
        return f"{left}{self.low}, {self.high}{right}"


@dataclass(frozen=True)
class Facts:
    """What can be said about f at the given parameter values.

    Attributes
    ----------
    parameters : the values that the facts hold for.
    domain, range : where f is defined, and the smallest interval that holds its values.
    limits : f at the two ends of the domain.
    monotone : "increasing", "non-decreasing", "decreasing", "non-increasing", "constant" or "no".
    symmetry : "odd", "even" or "none".
    mean : E[f(z)] for z ~ N(0, 1); None where it does not exist.
    zero_centred : the mean is 0, so that a layer of such units does not shift the next one.
    saturates : (a, b): |f'(x)| < 2**-10 for all x < a and for all x > b; None on a side where
        there is no such number.
    roots, derivative_roots : where f and f' are 0; a stretch of zeros is written as an interval.
    extrema, derivative_extrema : local extrema of f and f'; where there are more than 12 of
        them, `oscillates` is true and the ones nearest to 0 are listed.
    lipschitz : sup |f'|, the Lipschitz constant of f ("inf" where f jumps or has none).
    derivative_lipschitz : sup |f''|, that of f' ("inf" where f has a kink).
    forward_gain, backward_gain : 1/sqrt(E[f(z)^2]) and 1/sqrt(E[f'(z)^2]) for z ~ N(0, 1): times
        1/sqrt(fan) the standard deviation of weights that keeps the size of signals or gradients.
    smoothness : how many derivatives are continuous: -1 with a jump, 0 with a kink, inf.
    saved : the tensor that backward needs at least, "input" or "output".
    """

    parameters: dict[str, float]
    domain: Interval
    range: Interval
    limits: tuple[str, str]
    monotone: str
    symmetry: str
    mean: float | None
    zero_centred: bool
    saturates: tuple[float | None, float | None]
    roots: tuple[str, ...]
    derivative_roots: tuple[str, ...]
    extrema: tuple[Extremum, ...]
    derivative_extrema: tuple[Extremum, ...]
    oscillates: bool
    lipschitz: str
    derivative_lipschitz: str
    forward_gain: float | None
    backward_gain: float | None
    smoothness: float
    saved: str

    def as_dict(self) -> dict:
        """Plain dicts, lists, texts and numbers, for JSON; infinite smoothness is "inf"."""
        plain = asdict(self)
        plain["smoothness"] = "inf" if math.isinf(self.smoothness) else int(self.smoothness)
        return plain


def facts(record, **parameters: float) -> Facts:
    """Work out the facts at these parameter values, the others at their defaults.

    Raises
    ------
    RecordError
        For a function of more than one input.
    """
    if len(record.inputs) != 1:
        raise RecordError(f"{record.name} has {len(record.inputs)} inputs: facts are about one")
    known = {**record.defaults, **{name: float(v) for name, v in parameters.items()}}
    from actfn.analysis import analyse

    return analyse(record, known)
