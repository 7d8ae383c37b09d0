"""The smallest input that shows a finding: found by calling the answer again, on less."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from math import prod

import numpy as np

from actfn.findings import Finding
from actfn.interview.grading.cases import Case, load
from actfn.interview.grading.judge import STOPPED, is_numbers
from actfn.interview.grading.shown import show_arguments
from actfn.interview.grading.task import Elementwise, Task
from actfn.interview.sandbox import Call, Outcome

Found = tuple[Case | None, Finding]
_WARNING_REGIONS = ("ordinary", "tail", "large", "float32_large")


def with_smallest_inputs(
    task: Task, found: list[Found], source: str, function: str, sandbox
) -> list[Finding]:
    """The findings, with whole arrays replaced by pieces of them that show the same.

    Wrong values have their place already; for an exception, a wrong type or shape, a changed
    argument and a warning it takes more calls.
    """
    tried = [_pieces(task, case, finding) for case, finding in found]
    calls = [Call(piece.arguments, piece.keywords) for pieces in tried for piece in pieces]
    if not calls:
        return [finding for _, finding in found]
    outcomes = iter(sandbox.run(source, function, calls).outcomes)
    return [
        _narrowed(finding, [(piece, next(outcomes, None)) for piece in pieces])
        for (_, finding), pieces in zip(found, tried, strict=True)
    ]


def _pieces(task: Task, case: Case | None, finding: Finding) -> list[Case]:
    """Smaller calls, the smallest first; none where the task has no pieces."""
    if case is None or finding.check not in _SHOWS or not isinstance(task.truth, Elementwise):
        return []
    if finding.message.startswith(STOPPED):  # whatever takes too long would do so again
        return []
    if finding.check != "warning":
        return [_with_input(case, piece) for piece in _cut(case.arguments[0])]
    cases = [c for c in load(task.name) if c.region in _WARNING_REGIONS and not c.keywords]
    singles = [_with_input(c, c.arguments[0][[k]]) for c in cases for k in range(c.truth.size)]
    return sorted(singles, key=lambda piece: abs(float(piece.arguments[0][0])))


def _cut(x) -> Iterator[np.ndarray]:
    """Single entries, then a few; of several axes, the first one or two of each."""
    if not isinstance(x, np.ndarray) or x.size < 2:
        return
    if x.ndim > 1:
        for lengths in sorted(product((1, 2), repeat=x.ndim), key=prod):
            yield x[tuple(slice(n) for n in lengths)]
        return
    order = np.argsort(np.abs(x), kind="stable")
    signs = np.sign(x[order])
    few = [int(order[signs == sign][0]) for sign in (1, -1, 0) if sign in signs]
    for k in few:
        yield x[[k]]
    yield x[few]


def _with_input(case: Case, x: np.ndarray) -> Case:
    x = np.array(x)
    x.flags.writeable = case.arguments[0].flags.writeable
    return replace(case, arguments=(x, *case.arguments[1:]), truth=np.zeros(x.shape))


def _narrowed(finding: Finding, tried: list[tuple[Case, Outcome | None]]) -> Finding:
    shows = _SHOWS.get(finding.check)
    for piece, outcome in tried:
        if shows and outcome and shows(finding, piece, outcome):
            found = replace(finding, input=show_arguments(piece))
            if finding.check != "shape" or not is_numbers(outcome.value):
                return found
            got, expected = outcome.value.shape, piece.truth.shape
            return replace(found, got=f"shape {got}", expected=f"shape {expected}")
    return finding


def _fails(finding: Finding, _: Case, outcome: Outcome) -> bool:
    kind = outcome.message.partition(":")[0]  # the text after it may tell a length
    return outcome.status != "ok" and kind in finding.message


def _is_of_another_type(_: Finding, __: Case, outcome: Outcome) -> bool:
    return outcome.status == "ok" and not is_numbers(outcome.value)


def _has_another_shape(_: Finding, piece: Case, outcome: Outcome) -> bool:
    return is_numbers(outcome.value) and outcome.value.shape != piece.truth.shape


def _changes(_: Finding, __: Case, outcome: Outcome) -> bool:
    return outcome.status == "ok" and any(outcome.mutated)


def _warns(finding: Finding, _: Case, outcome: Outcome) -> bool:
    return outcome.status == "ok" and any(flag in finding.message for flag in outcome.flags)


_SHOWS: dict[str, Callable[[Finding, Case, Outcome], bool]] = {
    "error": _fails,
    "type": _is_of_another_type,
    "shape": _has_another_shape,
    "mutation": _changes,
    "warning": _warns,
}
