"""Grading every answer that the bank has: the model, the right ones, the wrong ones."""

from collections.abc import Callable, Iterator, Sequence

from actfn.findings import PASS
from actfn.interview import tasks
from actfn.interview.bank import Question, Topic
from actfn.interview.bank_check import (
    Failure,
    Proof,
    answers_of,
    check_topic,
    guarded,
    unattached,
    where,
)
from actfn.interview.grading.engine import grade
from actfn.interview.grading.task import Task
from actfn.interview.sandbox import Sandbox

RIGHT, WRONG = 5, 10  # so many of each at least in a code task
Step = tuple[str, Callable[[], Iterator[Failure]]]


def steps(
    topics: Sequence[Topic], sandbox: Sandbox, see: Callable[[str], str], proof: Proof
) -> list[Step]:
    """Everything there is to prove, as (what it is, check): the caller shows the progress."""
    from actfn.interview import formulas

    questions = [q for topic in topics for q in topic.questions]
    proof.questions, proof.code_tasks = len(questions), len(tasks.names())
    proof.formula_tasks = len(formulas.names())
    return [
        *((t.slug, lambda t=t: check_topic(t, see)) for t in topics),
        ("tasks", lambda: unattached(topics)),
        *((where(q), lambda q=q: model_answers(q, sandbox, proof)) for q in questions),
        *((n, lambda n=n: code_task(tasks.get(n), sandbox, proof)) for n in tasks.names()),
        *((n, lambda n=n: formula_task(formulas.get(n), proof)) for n in formulas.names()),
    ]


def prove(proof: Proof, todo: Sequence[Step], shown: Callable[[str], None]) -> Proof:
    """Do it all; `shown` is told what comes next."""
    for name, check in todo:
        shown(name)
        proof.failures += guarded(check, name)
    return proof


def model_answers(question: Question, sandbox: Sandbox, proof: Proof) -> Iterator[Failure]:
    """Code in the model answer of a question has to pass as an answer to its tasks."""
    for name, source in answers_of(question).items():
        if name in tasks.names():
            found = grade(tasks.get(name), source, sandbox=sandbox)
            proof.graded += 1
            if found.verdict != PASS:
                message = f"{name} in its answer is {found.verdict}: {_first(found)}"
                yield Failure(where(question), message)


def code_task(task: Task, sandbox: Sandbox, proof: Proof) -> Iterator[Failure]:
    """Model and right answers pass; each wrong one is refused with its own message."""
    here = f"code task {task.name}"
    for name, least, there in (("right", RIGHT, task.right), ("wrong", WRONG, task.wrong)):
        if len(there) < least:
            yield Failure(here, f"has {len(there)} {name} answers; at least {least} are wanted")
    for style, source in {"the model answer": task.model, **task.right}.items():
        found = grade(task, source, sandbox=sandbox)
        proof.graded += 1
        if found.verdict != PASS:
            yield Failure(here, f"'{style}' is right but graded {found.verdict}: {_first(found)}")
    for mistake, wrong in task.wrong.items():
        if not wrong.says.strip():
            yield Failure(here, f"the mistake '{mistake}' says nothing")
        found = grade(task, wrong.source, sandbox=sandbox)
        proof.graded += 1
        if found.verdict == PASS:
            yield Failure(here, f"the mistake '{mistake}' passes")
        elif found.mistake != mistake:
            known = f"recognised as '{found.mistake}'" if found.mistake else "not recognised"
            yield Failure(here, f"the mistake '{mistake}' is {known} ({found.verdict})")


def _first(grade) -> str:
    return grade.findings[0].message if grade.findings else "without a finding"


def formula_task(task, proof: Proof) -> Iterator[Failure]:
    """The expected formula is accepted, each known mistake is refused and recognised."""
    from actfn.interview import formulas

    here = f"formula task {task.name}"
    found = formulas.check(task, task.expected)
    proof.graded += 1
    if not found.accepted:
        yield Failure(here, f"the expected formula is refused: {found.message}")
    for mistake, wrong in task.wrong.items():
        found = formulas.check(task, wrong.text)
        proof.graded += 1
        if found.accepted:
            yield Failure(here, f"the mistake '{mistake}', {wrong.text}, is accepted")
        elif not found.readable:
            yield Failure(here, f"the mistake '{mistake}' cannot be read: {found.message}")
        elif found.mistake != mistake:
            yield Failure(here, f"the mistake '{mistake}' is recognised as '{found.mistake}'")
