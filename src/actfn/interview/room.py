"""The interview room, whatever it is shown on: what is due, one visit to a question, what is kept.

The terminal and the page both drive these objects; nothing here prints or reads.
"""

import re
import time
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from actfn.findings import FRAGILE, PASS, WRONG
from actfn.interview import schedule, tasks
from actfn.interview.bank import Question, Topic, load_topics
from actfn.interview.grading.engine import grade
from actfn.interview.grading.findings import UNGRADED, Grade
from actfn.interview.sandbox.records import Progress

INTERVIEW_DATE = "interview_date"
NEW_A_DAY = 6
# Of the rubric's points: as much as an interviewer calls complete, and as much as is no answer.
COMPLETE, PARTIAL = 0.8, 0.5
SPOKEN = "spoken"
# The verdict where some parts were left out: as good as not known.
UNFINISHED = "unfinished"
_FROM_WORST = (WRONG, UNGRADED, UNFINISHED, FRAGILE, PASS)


@dataclass(frozen=True)
class Choice:
    """What to practise: every field narrows it down; empty fields do not."""

    topic: str = ""
    difficulty: str = ""
    tag: str = ""
    company: str = ""
    question: str = ""

    def admits(self, topic: Topic, question: Question) -> bool:
        """Whether a question is among what was chosen."""
        return (
            _within(self.topic, [topic.heading, topic.slug, str(topic.number)])
            and _within(self.difficulty, [question.difficulty])
            and _within(self.tag, question.tags)
            and _within(self.company, [question.tag])
            and _within(self.question, [question.slug, question.title, str(question.number)])
        )


_NUMBER = re.compile(r"q?(\d+)")


def _within(wanted: str, texts: Collection[str]) -> bool:
    wanted = wanted.strip().casefold()
    number = _NUMBER.fullmatch(wanted)
    if number:  # not meant as part of a title
        return number[1] in texts
    return not wanted or any(wanted in text.casefold() for text in texts)


class Room:
    """The bank, the store and the sandbox together."""

    def __init__(self, store, sandbox, topics=None, clock: Callable[[], float] = time.monotonic):
        self.store, self.sandbox, self.clock = store, sandbox, clock
        self.topics = load_topics() if topics is None else topics

    @property
    def interview(self) -> date | None:
        """The day of the interview, if one is set."""
        text = self.store.setting(INTERVIEW_DATE)
        try:
            return date.fromisoformat(text) if text else None
        except (TypeError, ValueError):
            raise ValueError(
                f"the date of the interview is stored as {text!r}: `actfn practice "
                "--interview-date` sets it anew"
            ) from None

    def set_interview(self, day: date | None) -> None:
        """Set the day of the interview, or forget it."""
        self.store.set_setting(INTERVIEW_DATE, day.isoformat() if day else None)

    def questions(self, choice: Choice | None = None) -> list[Question]:
        """Everything that was chosen, in the order of the bank."""
        choice = choice or Choice()
        return [q for t in self.topics for q in t.questions if choice.admits(t, q)]

    def agenda(
        self, choice: Choice | None = None, new: int = NEW_A_DAY, now=None
    ) -> list[Question]:
        """What to do now: what is due, the longest overdue first, then so many new ones.

        A question that was asked for by its number or title is there, due or not.
        """
        now, choice = now or datetime.now(UTC), choice or Choice()
        cards, day = self.store.cards(), self.interview
        chosen = self.questions(choice)
        due = [q for q in chosen if q.slug in cards and schedule.is_due(cards[q.slug], now, day)]
        due.sort(key=lambda q: schedule.due_at(cards[q.slug], now, day))
        agenda = due + [q for q in chosen if q.slug not in cards][:new]
        return agenda or (chosen if choice.question else [])

    def next_due(self, choice: Choice | None = None, now=None) -> datetime | None:
        """When the next of the chosen questions comes back."""
        now, cards, day = now or datetime.now(UTC), self.store.cards(), self.interview
        known = [cards[q.slug] for q in self.questions(choice) if q.slug in cards]
        return min((schedule.due_at(card, now, day) for card in known), default=None)

    def passed_before(self, task: str, source: str) -> bool:
        """Whether this very answer to a code task has passed."""
        return bool(source) and any(
            _verdict_of(attempt.details, task) == PASS and _stored(source) in attempt.answer
            for attempt in self.store.attempts()
        )

    def visit(self, question: Question) -> "Visit":
        """Sit down to a question."""
        return Visit(self, question)


@dataclass
class Visit:
    """One sitting at one question: hints, answers, the clock, and what is kept at the end."""

    room: Room
    question: Question
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    hinted: dict[str, int] = field(default_factory=dict)
    tries: int = 0
    solution_seen: bool = False
    verdicts: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    key: str = field(default_factory=lambda: str(uuid.uuid4()))  # of the attempt that is kept
    spent: float = 0.0  # seconds before the clock was started last

    def __post_init__(self):
        self._start: float | None = self.room.clock()

    @property
    def seconds(self) -> float:
        """Since the question was shown, without pauses."""
        return self.spent + (self.room.clock() - self._start if self._start is not None else 0.0)

    @property
    def paused(self) -> bool:
        """Whether the clock stands still."""
        return self._start is None

    def pause(self) -> None:
        """Stop the clock."""
        self.spent, self._start = self.seconds, None

    def resume(self) -> None:
        """Let it run again."""
        if self._start is None:
            self._start = self.room.clock()

    @property
    def budget(self) -> float:
        """Seconds that the question allows."""
        return 60.0 * self.question.minutes

    @property
    def hints(self) -> int:
        """How many were shown, of all parts."""
        return sum(self.hinted.values())

    def hint(self, part: str = "") -> str | None:
        """The next hint, of a part or of the question; None when there is none left."""
        hints, shown = self.hints_of(part), self.hinted.get(part, 0)
        if shown >= len(hints):
            return None
        self.hinted[part] = shown + 1
        return hints[shown]

    def hints_of(self, part: str) -> Sequence[str]:
        """All hints to a part, shown or not; those of the question where it has none of its own."""
        kind, _, name = part.rpartition(":")
        if kind == "formula":
            from actfn.interview import formulas

            return formulas.get(name).hints
        return tasks.get(name).hints if part in self.question.code else self.question.hints

    def solution(self, part: str = SPOKEN) -> str | None:
        """The model answer to a part, after an attempt at it; None before one."""
        if part not in self.verdicts:
            return None
        if self.verdicts[part] != PASS:
            self.solution_seen = True
        kind, _, name = part.rpartition(":")
        if kind == "formula":
            from actfn.interview import formulas

            return formulas.get(name).expected
        return tasks.get(name).model if part in self.question.code else self.question.answer

    def code(self, task: str, source: str, progress: Progress | None = None) -> Grade:
        """Grade a code answer."""
        found = grade(tasks.get(task), source, sandbox=self.room.sandbox, progress=progress)
        self._took(task, found.verdict, source, found.as_dict())
        return found

    def formula(self, name: str, text: str):
        """Check a formula."""
        from actfn.interview import formulas

        found = formulas.check(name, text)
        if found.readable:  # a slip of the fingers is no attempt
            self._took(
                formula_part(name),
                PASS if found.accepted else WRONG,
                text,
                {"message": found.message},
            )
        return found

    def plot(self, name: str, text: str) -> bool:
        """Whether the function in a picture was named, by any of its names."""
        from actfn.catalogue import get
        from actfn.errors import UnknownActivationError

        try:
            right = get(text).name == name
        except UnknownActivationError:
            right = False
        self._took(plot_part(name), PASS if right else WRONG, text, {})
        return right

    def spoken(self, text: str, points: list[bool]) -> str:
        """A spoken or written answer with the rubric's points that it had; returns the verdict."""
        share = sum(points) / max(len(points), 1)
        verdict = PASS if share >= COMPLETE else FRAGILE if share >= PARTIAL else WRONG
        self._took(SPOKEN, verdict, text, {"points": points})
        return verdict

    def _took(self, part: str, verdict: str, answer: str, details: Any) -> None:
        self.tries += 1
        self.verdicts[part], self.answers[part] = verdict, _stored(answer)
        self.details[part] = details

    @property
    def parts(self) -> list[str]:
        """All parts of the question, as `verdicts` names them."""
        plots = [plot_part(name) for name in self.question.plots]
        spoken = [SPOKEN] if "spoken" in self.question.kinds else []
        formulas = [formula_part(name) for name in self.question.formulas]
        return [*self.question.code, *formulas, *plots, *spoken]

    @property
    def verdict(self) -> str:
        """The worst of the last verdicts on every part; "" before the first."""
        if not self.verdicts:
            return ""
        missing = [UNFINISHED for part in self.parts if part not in self.verdicts]
        return min([*self.verdicts.values(), *missing], key=_FROM_WORST.index)

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
        self.room.store.add_attempt(
            card=state, due=due, key=self.key, question=self.question.slug, kind=self._kind(),
            task=" ".join(self.verdicts), started=self.started, seconds=round(self.seconds, 1),
            verdict=self.verdict, rating=int(self.rating()), hints=self.hints,
            solution_seen=self.solution_seen, details=self.details,
            answer="\n\n".join(self.answers.values()),
        )  # fmt: skip
        return due

    def _kind(self) -> str:
        """The kind of the first part with a verdict."""
        kinds = {"formula": "formula", "plot": "plot", SPOKEN: SPOKEN}
        return kinds.get(next(iter(self.verdicts)).partition(":")[0], "code")


def formula_part(name: str) -> str:
    """How a visit calls a formula; a code task may have the same name."""
    return f"formula:{name}"


def plot_part(name: str) -> str:
    """How a visit calls a picture."""
    return f"plot:{name}"


def _stored(text: str) -> str:
    """A text as any database takes it: PostgreSQL has no NUL, and none has half characters."""
    return text.replace("\0", "�").encode("utf-8", "replace").decode("utf-8")


def _verdict_of(details: Any, part: str) -> str:
    found = details.get(part) if isinstance(details, dict) else None
    return found.get("verdict", "") if isinstance(found, dict) else ""
