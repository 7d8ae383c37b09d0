"""Derivatives: the convention at kinks, and agreement with the function itself."""

from collections.abc import Iterator

import numpy as np

from actfn.activation import DERIVATIVE, FORWARD
from actfn.examine.child import OK
from actfn.examine.implementation import Implementation
from actfn.examine.kinds import Kind
from actfn.examine.report import Finding
from actfn.examine.truth import Truth
from actfn.findings import FRAGILE, NOTE, WRONG

_BESIDE = 2.0**-12  # from a kink: its two sides
# A central difference in float64 is right to about the cube root of its precision, squared.
_STEP = 2.0**-17
_AGREES = 1e-5
_TRIED = np.array([-6.1, -3.7, -2.3, -1.4, -0.8, -0.35, -0.12, 0.13, 0.4, 0.9, 1.6, 2.2, 3.9, 5.8])
_MOST_WRONG = 3  # inputs: fewer may be jumps


def at_kinks(implementation: Implementation, truth: Truth) -> tuple[dict[str, dict], list[Finding]]:
    """What the derivative is at each kink, and findings.

    Any number between the slopes of the two sides is a convention; others are wrong.
    """
    conventions: dict[str, dict] = {}
    found: list[Finding] = []
    for place in truth.kinks:
        x = np.array([place], truth.dtype)
        if float(x[0]) != place:  # no number of this dtype is the kink
            continue
        outcome = implementation(DERIVATIVE, x)
        if outcome.status != OK or outcome.value.shape != x.shape:
            continue
        got = float(outcome.value[0])
        ours, left, right = _slopes(truth, place)
        key = f"{place:g}"
        conventions[key] = {"this": got, "actfn": ours, "left": left, "right": right}
        found += _kink_findings(implementation, truth, place, conventions[key])
    return conventions, found


def _slopes(truth: Truth, place: float) -> tuple[float, float, float]:
    step = _BESIDE * max(1.0, abs(place))
    hi, _ = truth.oracle.double_double(np.array([place, place - step, place + step]), 1)
    ours, left, right = hi.tolist()
    return ours, left, right


def _kink_findings(implementation, truth: Truth, place: float, row: dict) -> Iterator[Finding]:
    got = row["this"]
    low, high = sorted((row["left"], row["right"]))
    slack = 2.0**-8 + 8 * 2.0**-truth.layout.precision * max(1.0, abs(low), abs(high))
    line = implementation.line(DERIVATIVE, place, truth.dtype.name)
    shown = {"kernel": DERIVATIVE, "cause": Kind.KINK.value, "line": line}
    if not low - slack <= got <= high + slack:
        yield Finding(
            "kink", FRAGILE, f"the derivative at the kink {place:g} is {got:g}, which is not "
            f"between the slopes of its two sides, {row['left']:.4g} and {row['right']:.4g}",
            f"{place:g}", f"{got:g}", f"{row['actfn']:g}", **shown,
        )  # fmt: skip
    elif abs(got - row["actfn"]) > slack:
        yield Finding(
            "kink", NOTE, f"at the kink {place:g} the derivative is {got:.4g}, a convention: actfn "
            f"has {row['actfn']:.4g}", f"{place:g}", f"{got:g}", f"{row['actfn']:g}", **shown,
        )  # fmt: skip


def consistency(implementation: Implementation) -> Iterator[Finding]:
    """Where there is no truth: whether the derivative is that of the function, by differences."""
    steps = _STEP * np.maximum(1.0, np.abs(_TRIED))
    asked = ((FORWARD, _TRIED + steps), (FORWARD, _TRIED - steps), (DERIVATIVE, _TRIED))
    outcomes = [implementation(kernel, x) for kernel, x in asked]
    if any(o.status != OK or o.value.shape != _TRIED.shape for o in outcomes):
        return
    above, below, slope = (o.value.astype(np.float64) for o in outcomes)
    if outcomes[0].value.dtype != np.float64:
        return  # differences of narrower numbers say nothing
    with np.errstate(all="ignore"):
        difference = (above - below) / (2 * steps)
        wrong = ~(np.abs(slope - difference) <= _AGREES * np.maximum(1.0, np.abs(difference)))
    if wrong.sum() >= _MOST_WRONG:
        place = int(np.flatnonzero(wrong)[0])
        yield Finding(
            "gradient", WRONG, f"the derivative is not that of the function at {wrong.sum()} of "
            f"{wrong.size} inputs", f"{_TRIED[place]:g}", f"{slope[place]:.7g}",
            f"{difference[place]:.7g}", DERIVATIVE, "inconsistent derivative",
            line=implementation.line(DERIVATIVE, float(_TRIED[place]), "float64"),
        )  # fmt: skip
