"""Facts about a function of rows, worked out from true values and never typed.

What holds at every row cannot be proved by looking at some. The rows below are chosen so that a
formula without the property would have to agree at all of them to 90 bits by accident.
"""

import math
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import combinations_with_replacement

import numpy as np

from actfn.facts import Interval
from actfn.oracle import trend

# Scores close together, as sparse functions need them, and far apart.
ROWS = (
    (0.375, -0.125), (0.125, 0.375, -0.25), (0.0, 0.5, 0.25, 0.125),
    (1.0, 2.0, 4.0), (-0.5, 0.25, 2.75, 1.5), (3.0, -2.0, 0.0),
)  # fmt: skip
# The row of the limits, in which two largest entries are equal.
TIED, TIED_TEXT = (1.0, 3.0, 3.0), "f([1, 3, 3])"
_SHIFT = 0.8125
_SAME = Fraction(1, 2**90)  # a pair of float64 carries 106 bits
_FAR = (256.0, 512.0)  # exp(-512) is still a float64
_LATTICE = (-64.0, -1.0, 0.0, 1.0, 64.0)
_LENGTHS = (2, 3, 4)
# Parameters from 0 to inf that sharpen or flatten a row.
_SHARPNESS = ("temperature", "scale")
_NEAR_AN_END = (2.0**40, 2.0**80)


@dataclass(frozen=True)
class RowFacts:
    """What can be said about f at the given parameter values.

    Attributes
    ----------
    parameters : the values that the facts hold for.
    range : the smallest interval that holds every entry of the result; a closed end is attained.
    row_sum : "1", or an interval as text, for results that are not negative; None for others.
    shift : what adding c to every score does: "no change", "adds 1 c", or "changes the result".
    permutation : "equivariant" where permuting the scores permutes the result, "invariant" where
        it does not change it. A formula of sums over the row cannot be anything else.
    by_own_score, by_other_scores : "increasing", "non-decreasing", ...: how an entry changes with
        its own score and with the others.
    symmetric_jacobian : then `jvp` and the gradient of `backward` are the same.
    lipschitz : the largest 2-norm of the Jacobian found, for rows of 2, 3 and 4 entries: one text
        where it is the same for all, so that longer rows are unlikely to differ.
    limits : parameter -> (result at 0, result at inf) for the row (1, 3, 3).
    entropy : "0 to log(n)" for a result that sums to 1 and goes from one-hot to uniform; else None.
    saved : the tensor that backward needs, "input" or "output".
    """

    parameters: dict[str, float]
    range: Interval
    row_sum: str | None
    shift: str
    permutation: str
    by_own_score: str
    by_other_scores: str
    symmetric_jacobian: bool
    lipschitz: str | tuple[str, ...]
    limits: dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
    entropy: str | None
    saved: str

    def as_dict(self) -> dict:
        """Plain dicts, lists, texts and numbers, for JSON."""
        return asdict(self)

    def rows(self) -> list[tuple[str, str]]:
        """(what, value) as texts to read; what does not apply is left out."""
        norm = self.lipschitz
        found = [
            ("range of an entry", str(self.range)),
            ("sum of a row", self.row_sum or ""),
            ("adding c to every score", self.shift),
            ("permuting the scores", f"the result is {self.permutation}"),
            ("by the entry's own score", self.by_own_score),
            ("by another score", self.by_other_scores),
            ("Jacobian", "symmetric" if self.symmetric_jacobian else ""),
            ("largest 2-norm of the Jacobian", norm if isinstance(norm, str) else _by_length(norm)),
            ("entropy of the result", self.entropy or ""),
        ]
        for name, ends in self.limits.items():
            for end, values in zip(("0", "inf"), ends, strict=True):
                found.append((f"{TIED_TEXT} at {name} -> {end}", ", ".join(values)))
        found.append(("tensor that backward needs", self.saved))
        return [(what, text) for what, text in found if text]


def _by_length(norms: tuple[str, ...]) -> str:
    return ", ".join(f"{v} (n = {n})" for v, n in zip(norms, _LENGTHS, strict=True))


def facts(record, **parameters: float) -> RowFacts:
    """Work out the facts at these parameter values, the others at their defaults."""
    oracle = record.oracle(**parameters)
    number = record.returns == "number"
    jacobians = [oracle.jacobian(row).hi for row in ROWS]
    total = None if number else _row_sum(oracle)
    own, others = _monotone(jacobians, number)
    return RowFacts(
        parameters=oracle.parameters,
        range=_range(oracle),
        row_sum=total,
        shift=_shift(oracle),
        permutation="invariant" if number else "equivariant",
        by_own_score=own,
        by_other_scores=others,
        symmetric_jacobian=not number and _symmetric(oracle),
        lipschitz=_lipschitz(oracle),
        limits={name: _limits(record, oracle, name) for name in _SHARPNESS
                if name in oracle.parameters},
        entropy=_entropy(oracle) if total == "1" else None,
        saved=record.saved,
    )  # fmt: skip


def _exactly(pair) -> np.ndarray:
    """hi + lo as exact fractions."""
    made = [Fraction(h) + Fraction(t) for h, t in zip(pair.hi.flat, pair.lo.flat, strict=True)]
    return np.array(made, dtype=object).reshape(pair.hi.shape)


def _range(oracle) -> Interval:
    near, far = (
        np.concatenate([np.atleast_1d(_exactly(oracle.value(r))) for r in _extreme_rows(size)])
        for size in _FAR
    )
    low, high = _end(near.min(), far.min()), _end(near.max(), far.max())
    return Interval(low[0], high[0], low[1], high[1])


def _extreme_rows(size: float):
    return [(-size, -size), (size, size), (-size, 0.0, 0.0), (size, 0.0, 0.0)]


def _end(near: Fraction, far: Fraction) -> tuple[str, bool]:
    """(the end of a range, whether it is attained) from the extreme values on far rows."""
    if abs(far) > 1.5 * abs(near) and abs(far) > 1:
        return ("inf" if far > 0 else "-inf"), False
    whole = round(far)
    return (str(whole), far == whole) if abs(far - whole) < _SAME else (f"{float(far):.8g}", True)


def _row_sum(oracle) -> str | None:
    values = [_exactly(oracle.value(row)) for row in ROWS]
    if any((v < 0).any() for v in values):
        return None
    sums = [v.sum() for v in values]
    if all(abs(total - 1) < _SAME for total in sums):
        return "1"
    return "(0, 1)" if all(0 < total < 1 for total in sums) else None


def _shift(oracle) -> str:
    moved = [
        _exactly(oracle.value(np.add(row, _SHIFT))) - _exactly(oracle.value(row)) for row in ROWS
    ]
    steps = np.concatenate([np.atleast_1d(m) for m in moved]) / Fraction(_SHIFT)
    if max(steps) - min(steps) > _SAME:
        return "changes the result"
    return "no change" if abs(steps[0]) < _SAME else f"adds {float(steps[0]):g} c"


def _monotone(jacobians, number: bool) -> tuple[str, str]:
    if number:
        return _direction(np.concatenate(jacobians)), ""
    own = np.concatenate([np.diag(j) for j in jacobians])
    others = np.concatenate([j[~np.eye(len(j), dtype=bool)] for j in jacobians])
    return _direction(own), _direction(others)


def _direction(slopes) -> str:
    rises, falls, flat = (slopes > 0).any(), (slopes < 0).any(), (slopes == 0).any()
    if rises and falls:
        return "in either direction"
    if rises:
        return "non-decreasing" if flat else "increasing"
    return ("non-increasing" if flat else "decreasing") if falls else "constant"


def _symmetric(oracle) -> bool:
    exact = [_exactly(oracle.jacobian(row)) for row in ROWS]
    return all(abs(j - j.T).max() < _SAME for j in exact)


def _lipschitz(oracle) -> str | tuple[str, ...]:
    found = tuple(
        f"{max(_norm(oracle, row) for row in combinations_with_replacement(_LATTICE, n)):.8g}"
        for n in _LENGTHS
    )
    return found[0] if len(set(found)) == 1 else found


def _norm(oracle, row) -> float:
    return float(np.linalg.norm(oracle.jacobian(row).hi, 2))


def _limits(record, oracle, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    zero = _limit(record, oracle, name, lambda size: 1 / size)
    return zero, _limit(record, oracle, name, lambda size: size)


def _limit(record, oracle, name: str, place) -> tuple[str, ...]:
    near, far = (
        record.oracle(**{**oracle.parameters, name: place(size)}).value(TIED)
        for size in _NEAR_AN_END
    )
    pairs = [np.atleast_1d(half) for half in (*near, *far)]
    ends = [
        trend(np.array([[a], [b]]), np.array([[c], [d]])) for a, b, c, d in zip(*pairs, strict=True)
    ]
    return tuple(f"{hi:.6g}" for hi, _ in ends)


def _entropy(oracle) -> str | None:
    """Whether the result goes from one-hot to uniform."""
    far = min(_entropy_of(oracle.value((size, 0.0, 0.0)).hi) for size in (-_FAR[1], _FAR[1]))
    equal = _entropy_of(oracle.value((0.0,) * 3).hi)
    reaches_both_ends = far < 2.0**-100 and abs(equal - math.log(3)) < 2.0**-50
    return "0 to log(n)" if reaches_both_ends else None


def _entropy_of(p: np.ndarray) -> float:
    p = p[p > 0]
    return float(abs((p * np.log(p)).sum()))
