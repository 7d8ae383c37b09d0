"""Grading an answer: run it on every stored case, judge each call, recognise the mistake."""

import time
from collections.abc import Iterable

import numpy as np

from actfn.findings import PASS, WRONG, Finding, verdict_of
from actfn.interview.grading import initialiser, mistakes, warned
from actfn.interview.grading.cases import Case, load
from actfn.interview.grading.findings import UNGRADED, Grade, note, sorted_findings
from actfn.interview.grading.judge import judge
from actfn.interview.grading.rules import LOOP, REGIONS
from actfn.interview.grading.task import Elementwise, Random, Task
from actfn.interview.sandbox import Call, Sandbox

_STOPPED = ("time", "memory", "crashed", "blocked")
_SHORT, _LONG = 200, 1200  # entries of the two calls that tell a loop


def grade(task: Task, source: str, function: str | None = None, *, sandbox: Sandbox) -> Grade:
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

    Returns
    -------
    Grade
        Findings sorted by severity, at most one of each check and region.
    """
    started = time.perf_counter()
    function = function or task.name
    attempt = _Initialiser(task) if isinstance(task.truth, Random) else _Cases(task)
    report = sandbox.run(source, function, attempt.calls)

    def done(verdict, findings, mistake=""):
        seconds = time.perf_counter() - started
        return Grade(task.name, verdict, findings, seconds, mistake, report.notice)

    if report.status != "ok":
        return done(UNGRADED, [Finding("run", WRONG, report.message)])
    stopped = attempt.stopped(report.outcomes)
    if stopped:
        return done(UNGRADED, [stopped])
    findings = _first_of_each(attempt.judge(report.outcomes))
    findings = warned.with_smallest_inputs(task, findings, source, function, sandbox)
    verdict = verdict_of(findings)
    name = attempt.mistake(report.outcomes) if verdict != PASS else None
    if name:
        says = task.wrong[name].says
        findings.append(Finding("mistake", verdict, f"this is a known mistake: {says}"))
    return done(verdict, sorted_findings(findings), name or "")


class _Cases:
    """Grading by stored cases."""

    def __init__(self, task: Task):
        self.task, self.cases = task, load(task.name)
        self.calls = [Call(c.arguments, c.keywords) for c in self.cases]
        self.calls += _tracing(task, self.cases)

    def stopped(self, outcomes) -> Finding | None:
        """An ordinary call that never came back: there is nothing to grade."""
        for case, outcome in zip(self.cases, outcomes, strict=False):
            if outcome.status in _STOPPED and REGIONS[case.region].severity == WRONG:
                return Finding("run", WRONG, outcome.message)
        return None

    def judge(self, outcomes) -> Iterable[Finding]:
        """All that the calls show."""
        for case, outcome in zip(self.cases, outcomes, strict=False):
            yield from judge(case, outcome)
        yield from _loops(outcomes[len(self.cases) :])

    def mistake(self, outcomes) -> str | None:
        """The name of a known mistake that behaves like this."""
        return mistakes.recognise(self.task, self.cases, outcomes[: len(self.cases)])


class _Initialiser:
    """Grading random weights by their statistics."""

    def __init__(self, task: Task):
        self.task, self.calls = task, initialiser.calls()

    def stopped(self, outcomes) -> Finding | None:
        """A call that never came back."""
        found = [o.message for o in outcomes if o.status in _STOPPED]
        return Finding("run", WRONG, found[0]) if found else None

    def judge(self, outcomes) -> Iterable[Finding]:
        """All that the samples show."""
        return initialiser.judge(outcomes)

    def mistake(self, outcomes) -> str | None:
        """The name of a known mistake that draws the same weights."""
        return mistakes.recognise_draws(self.task, self.calls, outcomes)


def _first_of_each(findings: Iterable[Finding]) -> list[Finding]:
    """One finding of each kind: cases come from the plainest to the strangest.

    Where the plainest already shows wrong values, the others would only repeat it.
    """
    kept: dict[tuple, Finding] = {}
    for finding in findings:
        repeated = finding.check == "value" and any(
            f.check == "value" and f.severity == WRONG for f in kept.values()
        )
        if not repeated:
            kept.setdefault((finding.check, finding.severity, finding.message), finding)
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
