"""Proving the bank: every question is complete, and every answer in it is graded as it says."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from actfn.interview import tasks
from actfn.interview.bank import DIFFICULTIES, Question, Topic
from actfn.interview.page import question_problems
from actfn.interview.page_blocks import code_blocks

HINTS, POINTS = 3, (3, 8)


@dataclass(frozen=True)
class Failure:
    """Something that a question or a task does not keep."""

    where: str
    message: str


@dataclass
class Proof:
    """What was checked, and what failed."""

    questions: int = 0
    code_tasks: int = 0
    formula_tasks: int = 0
    graded: int = 0
    failures: list[Failure] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The form of `actfn bank check --json`."""
        return {**asdict(self), "passed": not self.failures}


def check_topic(topic: Topic, see: Callable[[str], str]) -> Iterator[Failure]:
    """What is missing or contradicts itself in the questions, without grading anything.

    `see` says what is wrong with a command line of a rubric, "" where nothing is.
    """
    for what in ("number", "slug", "title"):
        counts = Counter(getattr(q, what) for q in topic.questions)
        for value, count in counts.items():
            if count > 1:
                yield Failure(topic.slug, f"{count} questions have the {what} {value}")
    for question in topic.questions:
        for message in _question(question, see):
            yield Failure(where(question), message)


def where(question: Question) -> str:
    """How a question is named in a report."""
    return f"Q{question.number} {question.slug}"


def _question(q: Question, see: Callable[[str], str]) -> Iterator[str]:
    yield from (f"has no {name}" for name in q.missing() if name != "task")
    if q.difficulty and q.difficulty not in DIFFICULTIES:
        yield f"the difficulty {q.difficulty} is none of {', '.join(DIFFICULTIES)}"
    if q.hints and len(q.hints) < HINTS:
        yield f"has {len(q.hints)} hints; {HINTS} are wanted, from vague to concrete"
    yield from (f"hint {k} is empty" for k, h in enumerate(q.hints, start=1) if not h.strip())
    yield from _rubric(q, see)
    yield from (f"correction {k} is empty" for k, c in enumerate(q.corrections, 1) if not c)
    yield from _names(q)
    if q.path is not None:
        problems = question_problems(q.path.read_text(encoding="utf-8"))
        yield from (f"line {p.line}: {p.message}" for p in problems)


def _rubric(q: Question, see: Callable[[str], str]) -> Iterator[str]:
    if q.rubric and not POINTS[0] <= len(q.rubric) <= POINTS[1]:
        yield f"the rubric has {len(q.rubric)} points; {POINTS[0]} to {POINTS[1]} are wanted"
    for k, point in enumerate(q.rubric, start=1):
        for name in ("title", "text", "why", "see", "source"):
            if not getattr(point, name).strip():
                yield f"point {k} of the rubric, '{point.title or point.text}', has no {name}"
        if point.see and (wrong := see(point.see)):
            yield f"point {k} of the rubric says `{point.see}`: {wrong}"


def _names(q: Question) -> Iterator[str]:
    from actfn import catalogue
    from actfn.interview import formulas

    known = {
        "code task": (q.code, tasks.names()),
        "formula task": (q.formulas, formulas.names()),
        "function": (q.plots, catalogue.names()),
    }
    for kind, (wanted, there) in known.items():
        yield from (f"there is no {kind} '{name}'" for name in wanted if name not in there)
        twice = [name for name, count in Counter(wanted).items() if count > 1]
        yield from (f"{kind} '{name}' is attached twice" for name in twice)


def unattached(topics: Sequence[Topic]) -> Iterator[Failure]:
    """Tasks that no question asks for."""
    from actfn.interview import formulas

    questions = [q for topic in topics for q in topic.questions]
    for kind, attribute, names in (
        ("code task", "code", tasks.names()),
        ("formula task", "formulas", formulas.names()),
    ):
        used = {name for q in questions for name in getattr(q, attribute)}
        yield from (
            Failure(f"{kind} {n}", "no question asks for it") for n in names if n not in used
        )


def answers_of(question: Question) -> dict[str, str]:
    """{code task: source} for the attached tasks that the model answer of the question has."""
    source = "\n\n".join(code_blocks(question.answer, "python"))
    return {name: source for name in question.code if f"def {name}(" in source}


def guarded(check: Callable[[], Iterator[Failure]], name: str) -> list[Failure]:
    """The failures of a check; a record that cannot even be loaded is one.

    Task files are code and may raise anything: one broken file must not hide the rest.
    """
    try:
        return list(check())
    except Exception as error:
        return [Failure(name, f"{type(error).__name__}: {error}")]
