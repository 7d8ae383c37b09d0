"""The smallest single input that raises a floating-point warning."""

from dataclasses import replace

import numpy as np

from actfn.findings import Finding
from actfn.interview.grading.cases import Case, load
from actfn.interview.grading.shown import show_array
from actfn.interview.grading.task import Elementwise, Task
from actfn.interview.sandbox import Call

_REGIONS = ("ordinary", "tail", "large", "float32_large")


def with_smallest_inputs(
    task: Task, findings: list[Finding], source: str, function: str, sandbox
) -> list[Finding]:
    """Replace the arrays shown with warnings by single numbers, found by calling again."""
    warnings = [f for f in findings if f.check == "warning"]
    if not warnings or not isinstance(task.truth, Elementwise):
        return findings
    singles = [x for case in load(task.name) if case.region in _REGIONS for x in _entries(case)]
    singles.sort(key=lambda pair: abs(float(pair[0][0])))
    calls = [Call((x, *rest)) for x, rest in singles]
    outcomes = sandbox.run(source, function, calls).outcomes
    return [_narrowed(f, singles, outcomes) if f.check == "warning" else f for f in findings]


def _entries(case: Case):
    x, *rest = case.arguments
    flat = np.asarray(x).ravel()
    if case.keywords:
        return []
    return [(flat[k : k + 1].copy(), rest) for k in range(flat.size)]


def _narrowed(finding: Finding, singles, outcomes) -> Finding:
    for (x, _), outcome in zip(singles, outcomes, strict=False):
        if outcome.status == "ok" and any(flag in finding.message for flag in outcome.flags):
            return replace(finding, input=show_array(x))
    return finding
