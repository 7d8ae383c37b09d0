"""All 2^32 float32 inputs of somebody's implementation: sampling is not proof."""

from collections.abc import Callable, Iterator

import numpy as np

from actfn.examine.accuracy import results
from actfn.examine.child import OK
from actfn.examine.implementation import Implementation
from actfn.examine.report import Finding, Report
from actfn.examine.truth import Truth
from actfn.findings import FRAGILE

_CHUNK = 1 << 26  # inputs between two reports of progress


def sweep_all(
    implementation: Implementation,
    truth: Truth,
    kernel: str,
    report: Report,
    tell: Callable[[str], None],
    patterns: range = range(0, 2**32, _CHUNK),
) -> Iterator[Finding]:
    """Compare at every input; a finding where one is worse than all that was sampled.

    For float32: the 16-bit types are examined at all their inputs anyway. `patterns` are the first
    bit patterns of the parts, all of one size.
    """
    if truth.dtype != np.float32:
        return
    from actfn.examine.sweep import THRESHOLDS, Sweep, sweep

    reference, total = truth.reference(kernel), Sweep()
    kinks = np.array(truth.kinks, np.float32) if kernel != "forward" else np.empty(0, np.float32)

    def function(x):
        y = results(implementation, kernel, x).astype(np.float32)
        for place in np.flatnonzero(np.isin(x, kinks)):  # a convention
            y[place] = truth.at(x[place : place + 1], 1)[0][0]
        return y

    for done, start in enumerate(patterns, start=1):
        total.add(sweep(function, reference, start, start + patterns.step, threads=1))
        tell(f"{kernel}: all inputs, {100 * done / len(patterns):.0f} %")
    report.exhaustive[kernel] = {
        "inputs": total.inputs + total.undefined,
        "worst_ulp": total.worst,
        "worst_input": total.worst_input,
        "above": {str(t): int(n) for t, n in zip(THRESHOLDS, total.beyond, strict=True)},
    }
    found = report.curves[kernel]
    if total.worst > max(report.bound, float(found.distance[found.worst])):
        yield _worse(implementation, truth, kernel, total)


def _worse(implementation: Implementation, truth: Truth, kernel: str, total) -> Finding:
    x = np.array([total.worst_input], np.float32)
    outcome = implementation(kernel, x)
    got = f"{float(outcome.value[0]):.9g}" if outcome.status == OK else outcome.message
    true = float(truth.at(x, int(kernel != "forward"))[0][0])
    return Finding(
        "value", FRAGILE, f"of all 2**32 inputs one is worse than those sampled: {total.worst:.3g} "
        "ULP", f"{float(x[0]):.9g}", got, f"{true:.9g}", kernel, "isolated input",
        line=implementation.line(kernel, float(x[0]), "float32"), ulp=float(total.worst),
    )  # fmt: skip
