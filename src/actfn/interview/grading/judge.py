"""Judging one call of an answer against its case."""

from collections.abc import Iterator
from typing import TypeGuard

import numpy as np

from actfn.findings import FRAGILE, NOTE, WRONG, Finding
from actfn.interview.grading.cases import Case
from actfn.interview.grading.compare import Difference, bounds, difference, smallest, ulp_distance
from actfn.interview.grading.findings import note
from actfn.interview.grading.rules import REGIONS, ULP_NOTE
from actfn.interview.grading.shown import show_arguments, show_value

_CAUSES = {
    "overflow": "exp of a large number is inf (from 709.8 on, in float32 from 88.7)",
    "invalid": "inf - inf, inf / inf or 0 * inf is NaN",
    "divide": "a division by 0, or the logarithm of 0",
}
_FAILURES = {"raised": "raises", "not_an_array": "fails"}
STOPPED = "is stopped"
_ACCURATE = ("ordinary", "near_zero", "tail")


def judge(case: Case, outcome) -> Iterator[Finding]:
    """Everything that one call shows."""
    region = REGIONS[case.region]
    shown = show_arguments(case)
    if outcome.status != "ok":
        what = _FAILURES.get(outcome.status, STOPPED)
        yield Finding("error", region.severity, f"{what} {region.title}: {outcome.message}", shown)
        return
    value = outcome.value
    if not is_numbers(value):
        kind = "a tuple" if isinstance(value, tuple) else str(value.dtype)
        yield Finding("type", region.severity, f"returns {kind}, not numbers", shown)
        return
    if any(outcome.mutated):
        yield Finding("mutation", FRAGILE, "it changes its argument", shown)
    if value.shape != case.truth.shape:
        yield Finding(
            "shape", region.severity, f"the result has the wrong shape {region.title}", shown,
            f"shape {value.shape}", f"shape {case.truth.shape}",
        )  # fmt: skip
        return
    found = difference(case, value)
    if found is not None:
        yield _value_finding(case, value, found)
    else:
        yield from _digits(case, value)
        yield from _flags(case, outcome, shown)
    yield from _dtype(case, value, shown)


def is_numbers(value: object) -> TypeGuard[np.ndarray]:
    """One array of real numbers: not a tuple, not complex ones."""
    return isinstance(value, np.ndarray) and value.dtype.kind in "fiub"


def _value_finding(case: Case, value, found: Difference) -> Finding:
    region = REGIONS[case.region]
    got = value[found.place]
    if np.isnan(case.truth[found.place]):
        message = "NaN is not passed on"
    elif np.isnan(got) or np.isinf(got):
        message = f"the result is {got} {region.title}"
    elif found.coarse:
        message = f"the value is wrong {region.title}"
    else:
        digits = max(0, int(-np.log10(found.size)))
        message = f"only about {digits} digits are right {region.title}"
    # A few missing digits are no other function, but somebody else's tests will see them; and what
    # overflows in the tails is right on ordinary input.
    gentle = not found.coarse or (case.region == "tail" and not np.isfinite(got))
    severity = FRAGILE if gentle and region.severity == WRONG else region.severity
    check = "value" if found.coarse else "precision"
    return Finding(check, severity, message, show_arguments(case, found.place), show_value(got),
                   show_value(case.truth[found.place]))  # fmt: skip


def _digits(case: Case, value) -> Iterator[Finding]:
    """Digits that are lost where the true value is small: reported, not punished."""
    if case.region not in _ACCURATE or case.truth.size == 0:
        return
    ulp = ulp_distance(value, np.clip(value.astype(np.float64), *bounds(case)))
    ulp = np.where((case.truth == 0) | ~np.isfinite(ulp), 0.0, ulp)
    if ulp.max() > ULP_NOTE:
        place = tuple(int(k) for k in np.unravel_index(np.argmax(ulp), ulp.shape))
        yield note(
            "accuracy", f"digits are lost {REGIONS[case.region].title}: {ulp.max():.2g} ULP",
            input=show_arguments(case, place), got=show_value(value[place]),
            expected=show_value(case.truth[place]),
        )  # fmt: skip


def _flags(case: Case, outcome, shown: str) -> Iterator[Finding]:
    if case.region in ("special", "empty", "beyond", "float16"):
        return
    for flag in sorted(outcome.flags & set(_CAUSES)):
        yield note(
            "warning",
            f"NumPy warns of {flag} ({_CAUSES[flag]}), though the value is right",
            input=shown,
        )


def _dtype(case: Case, value, shown: str) -> Iterator[Finding]:
    kinds = {a.dtype for a in case.arguments if isinstance(a, np.ndarray) and a.dtype.kind == "f"}
    if len(kinds) != 1 or case.region in ("special", "empty"):
        return
    (given,) = kinds
    if value.dtype == given:
        return
    if case.pointwise and value.size:
        shown = show_arguments(case, smallest(case, np.ones(value.shape, bool)))
    got, expected = str(value.dtype), str(given)
    if value.dtype.kind == "f" and value.dtype.itemsize > given.itemsize:
        yield note("dtype", f"{given} input gives {value.dtype}", input=shown, got=got,
                   expected=expected)  # fmt: skip
    elif value.dtype.kind == "f":
        severity = FRAGILE if given == np.float64 else NOTE
        yield Finding("dtype", severity, f"{given} input gives only {value.dtype}", shown, got,
                      expected)  # fmt: skip
    else:
        yield note("dtype", f"{given} input gives {value.dtype}", input=shown, got=got,
                   expected=expected)  # fmt: skip
