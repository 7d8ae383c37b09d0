"""Grading an answer: run it on every stored case, judge each call, recognise the mistake."""

import time
from collections.abc import Iterable

import numpy as np

from actfn.findings import PASS, WRONG, Finding, verdict_of
from actfn.interview.grading import initialiser, mistakes
from actfn.interview.grading.cases import Case, load
from actfn.interview.grading.findings import UNGRADED, Grade, note, sorted_findings
from actfn.interview.grading.judge import judge
from actfn.interview.grading.rules import LOOP, REGIONS
from actfn.interview.grading.smallest import Found, with_smallest_inputs
from actfn.interview.grading.task import Elementwise, Random, Task
from actfn.interview.sandbox import Call, Sandbox
from actfn.interview.sandbox.records import Progress

_STOPPED = ("time", "memory", "crashed", "blocked")
_ONCE = ("value", "error", "type", "shape")
_SHORT, _LONG = 200, 1200  # entries of the two calls that tell a loop


def grade(
    task: Task,
    source: str,
    function: str | None = None,
    *,
    sandbox: Sandbox,
    progress: Progress | None = None,
) -> Grade:
    """Grade one answer.

    Parameters
    ----------
    task : Task
    source : str
        The answer file.
    function : str, optional
        The function in it; by default that of the task's name.
    sandbox : Sandbox
        Where the answer runs.
    progress : callable, optional
        Is told how many calls of the answer have come back, and of how many.

    Returns
    -------
    Grade
        Findings sorted by severity, at most one of each check and region.
    """
    started = time.perf_counter()
    function = function or task.name
    attempt = _Initialiser(task) if isinstance(task.truth, Random) else _Cases(task)
    report = sandbox.run(source, function, attempt.calls, progress=progress)

    def done(verdict, findings, mistake=""):
        seconds = time.perf_counter() - started
        return Grade(task.name, verdict, findings, seconds, mistake, report.notice)

    if report.status != "ok":
        return done(UNGRADED, [Finding("run", WRONG, report.message)])
    stopped = attempt.stopped(report.outcomes)
    if stopped:
        return done(UNGRADED, [stopped])
    found = _first_of_each(attempt.judge(report.outcomes))
    findings = with_smallest_inputs(task, found, source, function, sandbox)
    verdict = verdict_of(findings)
    name = attempt.mistake(report.outcomes) if verdict != PASS else None
    if name:
        says = task.wrong[name].says
        findings.append(Finding("mistake", verdict, f"this is a known mistake: {says}"))
    return done(verdict, sorted_findings(findings), name or "")


def _has_ended(outcome) -> bool:
    """Whether the call ended its process, or wanted to."""
    return outcome.status in _STOPPED or outcome.message.startswith("SystemExit")


class _Cases:
    """Grading by stored cases."""

    def __init__(self, task: Task):
        self.task, self.cases = task, load(task.name)
        self.calls = [Call(c.arguments, c.keywords) for c in self.cases]
        self.calls += _tracing(task, self.cases)

    def stopped(self, outcomes) -> Finding | None:
        """An ordinary call that never came back: there is nothing to grade."""
        for case, outcome in zip(self.cases, outcomes, strict=False):
            if _has_ended(outcome) and REGIONS[case.region].severity == WRONG:
                return Finding("run", WRONG, outcome.message)
        return None

    def judge(self, outcomes) -> Iterable[Found]:
        """All that the calls show, each with its case."""
        for case, outcome in zip(self.cases, outcomes, strict=False):
            yield from ((case, finding) for finding in judge(case, outcome))
        yield from ((None, finding) for finding in _loops(outcomes[len(self.cases) :]))

    def mistake(self, outcomes) -> str | None:
        """The name of a known mistake that behaves like this."""
        return mistakes.recognise(self.task, self.cases, outcomes[: len(self.cases)])


class _Initialiser:
    """Grading random weights by their statistics."""

    def __init__(self, task: Task):
        self.task, self.calls = task, initialiser.calls()

    def stopped(self, outcomes) -> Finding | None:
        """A call that never came back."""
        found = [o.message for o in outcomes if _has_ended(o)]
        return Finding("run", WRONG, found[0]) if found else None

    def judge(self, outcomes) -> Iterable[Found]:
        """All that the samples show."""
        return ((None, finding) for finding in initialiser.judge(outcomes))

    def mistake(self, outcomes) -> str | None:
        """The name of a known mistake that draws the same weights."""
        return mistakes.recognise_draws(self.task, self.calls, outcomes)


def _first_of_each(found: Iterable[Found]) -> list[Found]:
    """One finding of each kind: cases come from the plainest to the strangest.

    Where the plainest already shows a fault of a kind, the others would only repeat it.
    """
    kept: dict[tuple, Found] = {}
    for case, finding in found:
        repeated = finding.check in _ONCE and any(
            f.check == finding.check and f.severity == WRONG for _, f in kept.values()
        )
        if not repeated:
            kept.setdefault((finding.check, finding.severity, finding.message), (case, finding))
    return list(kept.values())


def _tracing(task: Task, cases: list[Case]) -> list[Call]:
    """Two calls of different length that count executed instructions."""
    if not isinstance(task.truth, Elementwise):
        return []
    first = next(c for c in cases if c.region == "ordinary")
    return [
        Call((np.resize(first.arguments[0], n), *first.arguments[1:]), first.keywords, trace=True)
        for n in (_SHORT, _LONG)
    ]


def _loops(outcomes) -> list[Finding]:
    if len(outcomes) < 2 or any(o.status != "ok" or o.steps is None for o in outcomes):
        return []
    slope = (outcomes[1].steps - outcomes[0].steps) / (_LONG - _SHORT)
    if slope <= LOOP:
        return []
    message = f"it loops in Python: {slope:.0f} instructions per element; whole arrays need none"
    return [note("loop", message)]
