"""Which known mistake an answer behaves like: both are run on the same cases and compared."""

import re
from functools import lru_cache

import numpy as np

from actfn.findings import NOTE, WRONG
from actfn.interview.grading.cases import Case, load
from actfn.interview.grading.compare import bounds, difference
from actfn.interview.grading.rules import REGIONS
from actfn.interview.grading.task import Task
from actfn.interview.sandbox import GENERATOR
from actfn.interview.sandbox.results import NotAnArray, pack

# Two ways of writing the same mistake: how far they may be apart, as a part of what they are away
# from the truth, and in units of what the region takes for a right value.
_CLOSE, _RIGHT = 1e-3, 0.1
_CLOSE_DRAWS = 1e-7
_LINE = re.compile(r" \(line \d+.*\)$")


def recognise(task: Task, cases: list[Case], outcomes) -> str | None:
    """The first known mistake that does the same on every graded case, or on every ordinary one."""
    answer = [_observed(o) for o in outcomes]
    graded = [k for k, c in enumerate(cases) if _is_graded(c)]
    ordinary = [k for k in graded if REGIONS[cases[k].region].severity == WRONG]
    behaviour = {name: _behaviour(wrong.source, task.name) for name, wrong in task.wrong.items()}
    for chosen in (graded, ordinary):
        failed = [k for k in chosen if _fails(cases[k], answer[k])]
        for name, seen in behaviour.items() if failed else ():
            if all(_same(cases[k], answer[k], seen[k]) for k in chosen) and any(
                _fails(cases[k], seen[k]) for k in failed
            ):
                return name
    return None


def _observed(outcome):
    """(value, or a text on why there is none; whether an argument was changed)."""
    if outcome.status != "ok":
        return _LINE.sub("", outcome.message), False
    if isinstance(outcome.value, tuple):
        return "a tuple", False
    if outcome.value.dtype.kind not in "fiub":
        return str(outcome.value.dtype), False
    return outcome.value, any(outcome.mutated)


def recognise_draws(task: Task, calls, outcomes) -> str | None:
    """The first known mistake that draws the same weights from the same generators."""
    for name, wrong in task.wrong.items():
        function = function_of(wrong.source, task.name)
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
    return bool(np.allclose(value, outcome.value, rtol=_CLOSE_DRAWS, atol=0, equal_nan=True))


def function_of(source: str, name: str):
    """The function in one of our own wrong answers, which is trusted text and runs here."""
    scope: dict = {}
    exec(compile(source, name, "exec"), scope)  # noqa: S102 - from the task's own file
    return scope[name]


@lru_cache(maxsize=64)  # the mistakes of one task, and of the one before
def _behaviour(source: str, name: str) -> dict:
    """{number of a graded case: what the mistake does there}; the cases are the task's own."""
    function = function_of(source, name)
    return {k: _call(function, c) for k, c in enumerate(load(name)) if _is_graded(c)}


def _is_graded(case: Case) -> bool:
    return REGIONS[case.region].severity != NOTE


def _call(function, case: Case):
    arguments = [a.copy() if isinstance(a, np.ndarray) and a.flags.writeable else a
                 for a in case.arguments]  # fmt: skip
    before = [a.tobytes() if isinstance(a, np.ndarray) else b"" for a in arguments]
    with np.errstate(all="ignore"):
        value = _value(function, arguments, case.keywords)
    after = [a.tobytes() if isinstance(a, np.ndarray) else b"" for a in arguments]
    return value, before != after


def _value(function, arguments, keywords):
    """What the sandbox would report: an array, or the text on why there is none."""
    try:
        value = function(*arguments, **keywords)
        pack(value)
    except NotAnArray as refusal:
        return f"returned {refusal}, not an array of numbers"
    except Exception as error:  # the mistake may be that it raises
        text = " ".join(str(error).split())
        return f"{type(error).__name__}: {text}" if text else type(error).__name__
    if isinstance(value, tuple):
        return "a tuple"
    array = np.asarray(value)
    return array if array.dtype.kind in "fiub" else str(array.dtype)


def _fails(case: Case, seen) -> bool:
    value, mutated = seen
    if isinstance(value, str) or mutated:
        return True
    return value.shape != case.truth.shape or difference(case, value) is not None


def _same(case: Case, one, other) -> bool:
    (a, a_mutated), (b, b_mutated) = one, other
    if isinstance(a, str) or isinstance(b, str):
        return isinstance(a, str) and isinstance(b, str) and a == b
    if a.shape != b.shape or a_mutated != b_mutated:
        return False
    a, b = a.astype(np.float64), b.astype(np.float64)
    with np.errstate(all="ignore"):
        equal = (a == b) | (np.isnan(a) & np.isnan(b))
        near = np.isfinite(a) & np.isfinite(b) & (np.abs(a - b) <= _distance(case, a, b))
    return bool(np.all(equal | near))


def _distance(case: Case, a, b):
    """How far apart the values of one and the same mistake may be."""
    if a.shape != case.truth.shape:
        return _CLOSE * np.maximum(np.abs(a), np.abs(b))
    low, high = bounds(case)
    away = np.maximum(np.abs(a - np.clip(a, low, high)), np.abs(b - np.clip(b, low, high)))
    right = _RIGHT * REGIONS[case.region].fine * np.maximum(np.abs(low), case.scale)
    return np.maximum(_CLOSE * away, right)
