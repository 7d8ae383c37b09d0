"""Which known mistake an answer behaves like: both are run on the same cases and compared."""

import contextlib

import numpy as np

from actfn.interview.grading.cases import Case
from actfn.interview.grading.compare import difference
from actfn.interview.grading.rules import NOTE, REGIONS, WRONG
from actfn.interview.grading.task import Task
from actfn.interview.sandbox import GENERATOR

_CLOSE = 1e-7  # relative: two ways of writing the same mistake
_CLOSE_SINGLE = 1e-4
RAISED = "raised"


def recognise(task: Task, cases: list[Case], outcomes) -> str | None:
    """The first known mistake that does the same on every graded case, or on every ordinary one."""
    answer = [_observed(o) for o in outcomes]
    graded = [k for k, c in enumerate(cases) if REGIONS[c.region].severity != NOTE]
    ordinary = [k for k in graded if REGIONS[cases[k].region].severity == WRONG]
    behaviour = {name: _behaviour(wrong.source, task.name, cases, graded)
                 for name, wrong in task.wrong.items()}  # fmt: skip
    for chosen in (graded, ordinary):
        if not any(_fails(cases[k], answer[k]) for k in chosen):
            continue
        for name, seen in behaviour.items():
            if all(_same(cases[k], answer[k], seen[k]) for k in chosen):
                return name
    return None


def _observed(outcome):
    """(value or RAISED, whether an argument was changed)."""
    if outcome.status != "ok" or isinstance(outcome.value, tuple):
        return RAISED, False
    if outcome.value.dtype.kind not in "fiub":
        return RAISED, False
    return outcome.value, any(outcome.mutated)


def recognise_draws(task: Task, calls, outcomes) -> str | None:
    """The first known mistake that draws the same weights from the same generators."""
    for name, wrong in task.wrong.items():
        function = _function(wrong.source, task.name)
        if all(_draws_alike(function, c, o) for c, o in zip(calls, outcomes, strict=True)):
            return name
    return None


def _draws_alike(function, call, outcome) -> bool:
    rng = np.random.default_rng(call.seed)
    arguments = [rng if a is GENERATOR else a for a in call.arguments]
    try:
        value = np.asarray(function(*arguments), float)
    except Exception:  # the mistake may be that it raises
        return outcome.status == "raised"
    if outcome.status != "ok" or np.shape(outcome.value) != value.shape:
        return False
    return bool(np.allclose(value, outcome.value, rtol=_CLOSE, atol=0, equal_nan=True))


def _function(source: str, name: str):
    """The function in one of our own wrong answers, which is trusted text and runs here."""
    scope: dict = {}
    exec(compile(source, name, "exec"), scope)  # noqa: S102 - from the task's own file
    return scope[name]


def _behaviour(source: str, name: str, cases: list[Case], chosen: list[int]) -> dict:
    function = _function(source, name)
    return {k: _call(function, cases[k]) for k in chosen}


def _call(function, case: Case):
    arguments = [a.copy() if isinstance(a, np.ndarray) and a.flags.writeable else a
                 for a in case.arguments]  # fmt: skip
    before = [a.tobytes() if isinstance(a, np.ndarray) else b"" for a in arguments]
    value = RAISED
    with np.errstate(all="ignore"), contextlib.suppress(Exception):
        value = np.asarray(function(*arguments, **case.keywords))
    if not isinstance(value, str) and value.dtype.kind not in "fiub":
        value = RAISED
    after = [a.tobytes() if isinstance(a, np.ndarray) else b"" for a in arguments]
    return value, before != after


def _fails(case: Case, seen) -> bool:
    value, mutated = seen
    if isinstance(value, str) or mutated or value.dtype.kind not in "fiub":
        return True
    return value.shape != case.truth.shape or difference(case, value) is not None


def _same(case: Case, one, other) -> bool:
    (a, a_mutated), (b, b_mutated) = one, other
    if isinstance(a, str) or isinstance(b, str):
        return isinstance(a, str) and isinstance(b, str)
    if a.shape != b.shape or a_mutated != b_mutated or "O" in (a.dtype.kind, b.dtype.kind):
        return False
    single = any(isinstance(x, np.ndarray) and x.dtype == np.float32 for x in case.arguments)
    close = _CLOSE_SINGLE if single else _CLOSE
    with np.errstate(all="ignore"):
        return bool(np.allclose(a.astype(float), b.astype(float), rtol=close, atol=close * 1e-3,
                                equal_nan=True))  # fmt: skip
