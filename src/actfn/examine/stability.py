"""Special values: the limits at infinity, NaN, signed zeros, and flags that nobody asked for."""

from collections.abc import Iterator

import numpy as np

from actfn.activation import FORWARD
from actfn.examine.accuracy import Curve
from actfn.examine.child import OK, Call
from actfn.examine.implementation import Implementation
from actfn.examine.report import Finding
from actfn.examine.truth import KERNELS, Truth
from actfn.findings import FRAGILE, NOTE

_SPECIAL = (-np.inf, np.inf, np.nan, -0.0, 0.0)
_SHOWN_FLAGS = 64  # inputs on which the first one that raises a flag is looked for


def special_values(implementation: Implementation, truth: Truth, kernel: str) -> Iterator[Finding]:
    """Findings at ±inf, NaN and ±0, each called alone and beside ordinary numbers."""
    low, high = truth.domain
    for special in _SPECIAL:
        if not (np.isnan(special) or low <= special <= high):
            continue
        # Alone and among others: one element may take another path than many.
        for x in (np.array([special]), np.array([special] * 64)):
            found = _special(implementation, truth, kernel, x.astype(truth.dtype))
            if found is not None:
                yield found
                break


def _special(implementation, truth: Truth, kernel: str, x) -> Finding | None:
    outcome = implementation(kernel, x)
    special = float(x[0])
    shown = f"[{special}] * {x.size}" if x.size > 1 else str(special)
    line = implementation.line(kernel, special, truth.dtype.name)
    if x.size > 1:
        line = line.replace("]", "] * 64", 1)
    if outcome.status != OK:
        return Finding(
            "error", FRAGILE, f"{outcome.status} at {shown}: {outcome.message}", shown,
            cause="exception" if outcome.status == "raised" else outcome.status,
            kernel=kernel, line=line,
        )  # fmt: skip
    if outcome.value.shape != x.shape:
        return None  # told where shapes are
    got = float(outcome.value[0])
    expected = float(truth.at(x, KERNELS.index(kernel))[0][0])
    severity = FRAGILE if kernel == FORWARD else NOTE
    if np.isnan(special):
        if np.isnan(got):
            return None
        message = f"NaN is not passed on: {kernel}(NaN) is {got}"
        cause, remedy = "NaN not passed on", "let NaN through: np.where(x > 0, x, 0 * x) does"
    elif special == 0:
        if got != 0 or expected != 0 or kernel != FORWARD:
            return None
        return _sign_of_zero(truth, special, got, line)
    elif np.isnan(expected) or _same(got, expected, truth):
        return None
    elif np.isnan(got):
        message = f"{kernel}({special}) is NaN: 0 * inf, inf - inf or inf / inf"
        cause, remedy = "NaN at infinity", "clamp the argument first, so that the limit comes out"
    else:
        message, cause, remedy = f"wrong limit at {special}", "wrong limit", ""
    return Finding(
        "special", severity, message, shown, f"{got:g}", f"{expected:g}",
        kernel=kernel, cause=cause, remedy=remedy, line=line,
    )  # fmt: skip


def _same(got: float, expected: float, truth: Truth) -> bool:
    return (
        got == expected or abs(got - expected) <= 8 * abs(expected) * 2.0**-truth.layout.precision
    )


def _sign_of_zero(truth: Truth, special: float, got: float, line: str) -> Finding | None:
    beside = np.array([np.copysign(float(np.finfo(np.float32).tiny), special)], truth.dtype)
    height = float(truth.at(beside)[0][0])
    if height == 0 or np.signbit(height) == np.signbit(got):
        return None
    return Finding(
        "special", NOTE, f"the sign of zero is lost: f({special}) is {got}", str(special),
        str(got), str(np.copysign(0.0, height)), cause="sign of zero", line=line,
    )  # fmt: skip


def flags(implementation: Implementation, found: Curve) -> Iterator[Finding]:
    """Warnings of NumPy where the result is right: one finding for each kind."""
    right = found.x[~found.bad & np.isfinite(found.y.astype(np.float64))]
    outcome = implementation(found.kernel, right)
    if outcome.status != OK or implementation.described["framework"] != "numpy":
        return
    for flag in outcome.flags:
        x = _first(implementation, found.kernel, right, flag)
        yield Finding(
            "flag", NOTE, f"NumPy warns of {flag} though the result is right", f"{float(x):.9g}",
            kernel=found.kernel, cause="spurious flag",
            remedy="clamp the argument first: both sides of np.where are computed",
            line=implementation.line(found.kernel, float(x), found.x.dtype.name),
        )  # fmt: skip


def _first(implementation, kernel: str, x: np.ndarray, flag: str):
    """An input of small size that raises the flag."""
    x = x[np.argsort(np.abs(x.astype(np.float64)), kind="stable")]
    while x.size > _SHOWN_FLAGS:
        half = x[: x.size // 2]
        outcome = implementation(kernel, half)
        x = half if flag in outcome.flags else x[x.size // 2 :]
    cuts = tuple(slice(k, k + 1) for k in range(x.size))
    outcomes = implementation.calls(Call(kernel, x, cuts))
    return next((x[k] for k, o in enumerate(outcomes) if flag in o.flags), x[0])
