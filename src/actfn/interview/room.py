"""The interview room, whatever it is shown on: what is due, one visit to a question, what is kept.

The terminal and the page both drive these objects; nothing here prints or reads.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from actfn.interview import schedule, tasks
from actfn.interview.bank import Question, load_topics
from actfn.interview.grading.findings import Grade
from actfn.interview.grading.rules import FRAGILE, ORDER, PASS, WRONG

INTERVIEW_DATE = "interview_date"
NEW_A_DAY = 6
# Of the rubric's points: as much as an interviewer calls complete, and as much as is no answer.
COMPLETE, PARTIAL = 0.8, 0.5


@dataclass(frozen=True)
class Choice:
    """What to practise: every field narrows it down; empty fields do not."""

    topic: str = ""
    difficulty: str = ""
    tag: str = ""
    company: str = ""
    question: str = ""

    def admits(self, topic: str, question: Question) -> bool:
        """Whether a question is among what was chosen."""
        return (
            _within(self.topic, [topic])
            and _within(self.difficulty, [question.difficulty])
            and _within(self.tag, question.tags)
            and _within(self.company, [question.tag])
            and _within(self.question, [question.slug, question.title, str(question.number)])
        )


def _within(wanted: str, texts: Iterable[str]) -> bool:
    wanted = wanted.casefold()
    if wanted.isdigit():  # a number is not meant as part of a title
        return wanted in [str(t).casefold() for t in texts]
    return not wanted or any(wanted in str(t).casefold() for t in texts)


class Room:
    """The bank, the store and the sandbox together."""

    def __init__(self, store, sandbox, topics=None, clock: Callable[[], float] = time.monotonic):
        self.store, self.sandbox, self.clock = store, sandbox, clock
        self.topics = load_topics() if topics is None else topics

    @property
    def interview(self) -> date | None:
        """The day of the interview, if one is set."""
        text = self.store.setting(INTERVIEW_DATE)
        return date.fromisoformat(text) if text else None

    def set_interview(self, day: date | None) -> None:
        """Set the day of the interview, or forget it."""
        self.store.set_setting(INTERVIEW_DATE, day.isoformat() if day else None)

    def questions(self, choice: Choice | None = None) -> list[Question]:
        """Everything that was chosen, in the order of the bank."""
        choice = choice or Choice()
        return [q for t in self.topics for q in t.questions if choice.admits(t.title, q)]

    def agenda(
        self, choice: Choice | None = None, new: int = NEW_A_DAY, now=None
    ) -> list[Question]:
        """What to do now: what is due, the longest overdue first, then so many new ones."""
        now = now or datetime.now(UTC)
        cards, day = self.store.cards(), self.interview
        chosen = self.questions(choice)
        due = [q for q in chosen if q.slug in cards and schedule.is_due(cards[q.slug], now, day)]
        due.sort(key=lambda q: cards[q.slug].due)
        return due + [q for q in chosen if q.slug not in cards][:new]

    def visit(self, question: Question) -> "Visit":
        """Sit down to a question."""
        return Visit(self, question)


@dataclass
class Visit:
    """One sitting at one question: hints, answers, the clock, and what is kept at the end."""

    room: Room
    question: Question
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    hints: int = 0
    tries: int = 0
    solution_seen: bool = False
    verdicts: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self):
        self._start = self.room.clock()

    @property
    def seconds(self) -> float:
        """Since the question was shown."""
        return self.room.clock() - self._start

    @property
    def budget(self) -> float:
        """Seconds that the question allows."""
        return 60.0 * self.question.minutes

    def hint(self, task: str = "") -> str | None:
        """The next hint, of a task or of the question; None when there is none left."""
        hints = tasks.get(task).hints if task else self.question.hints
        if self.hints >= len(hints):
            return None
        self.hints += 1
        return hints[self.hints - 1]

    def solution(self, task: str = "") -> str | None:
        """The model answer, after an attempt; None before one."""
        if not self.tries:
            return None
        if self.verdict != PASS:
            self.solution_seen = True
        return tasks.get(task).model if task else self.question.answer

    def code(self, task: str, source: str) -> Grade:
        """Grade a code answer."""
        from actfn.interview.grading.engine import grade

        found = grade(tasks.get(task), source, sandbox=self.room.sandbox)
        self._took(task, found.verdict, source, found.as_dict())
        return found

    def formula(self, name: str, text: str):
        """Check a formula."""
        from actfn.interview import formulas

        found = formulas.check(name, text)
        self._took(name, PASS if found.accepted else WRONG, text, {"message": found.message})
        return found

    def plot(self, name: str, text: str) -> bool:
        """Whether the function in a picture was named, by any of its names."""
        from actfn.catalogue import get
        from actfn.errors import UnknownActivationError

        try:
            right = get(text).name == name
        except UnknownActivationError:
            right = False
        self._took(f"plot {name}", PASS if right else WRONG, text, {})
        return right

    def spoken(self, text: str, points: list[bool]) -> str:
        """A spoken or written answer with the rubric's points that it had; returns the verdict."""
        share = sum(points) / max(len(points), 1)
        verdict = PASS if share >= COMPLETE else FRAGILE if share >= PARTIAL else WRONG
        self._took("spoken", verdict, text, {"points": points})
        return verdict

    def _took(self, part: str, verdict: str, answer: str, details: Any) -> None:
        self.tries += 1
        self.verdicts[part], self.answers[part] = verdict, answer
        self.details[part] = details

    @property
    def verdict(self) -> str:
        """The worst of the last verdicts on every part; "" before the first."""
        found = list(self.verdicts.values())
        if not found:
            return ""
        rank = {PASS: len(ORDER), **{s: k for k, s in enumerate(ORDER)}}
        return min(found, key=lambda v: rank.get(v, 0))

    def rating(self) -> schedule.Result:
        """What FSRS is told; several parts are no several tries."""
        extra = self.tries - len(self.verdicts)
        return schedule.rating(
            self.verdict, self.seconds, self.budget, self.hints, self.solution_seen, 1 + extra
        )

    def keep(self) -> datetime | None:
        """Store the attempt; returns when the question comes back, None where nothing was tried."""
        if not self.tries:
            return None
        now, cards = datetime.now(UTC), self.room.store.cards()
        known = cards.get(self.question.slug)
        state, due = schedule.next_card(
            known.state if known else None, self.rating(), now, self.room.interview
        )
        parts = list(self.verdicts)
        self.room.store.add_attempt(
            card=state, due=due, question=self.question.slug, kind=_kind(parts),
            task=" ".join(parts), started=self.started, seconds=round(self.seconds, 1),
            verdict=self.verdict, rating=int(self.rating()), hints=self.hints,
            solution_seen=self.solution_seen, details=self.details,
            answer="\n\n".join(self.answers.values()),
        )  # fmt: skip
        return due


def _kind(parts: list[str]) -> str:
    if parts == ["spoken"]:
        return "spoken"
    return "code" if any(p in tasks.names() for p in parts) else "formula"
