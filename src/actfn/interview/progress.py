"""What a person has done so far, in numbers."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from actfn.interview import schedule
from actfn.interview.room import Room


def progress(room: Room, now: datetime | None = None) -> dict[str, Any]:
    """Per question the last verdict and the date it is due; in all the counts."""
    now = now or datetime.now(UTC)
    cards, day = room.store.cards(), room.interview
    by_question: dict[str, list] = {}
    kept = room.store.attempts()
    for attempt in kept:
        by_question.setdefault(attempt.question, []).append(attempt)
    rows = []
    for question in room.questions():
        attempts, card = by_question.get(question.slug, []), cards.get(question.slug)
        rows.append(
            {
                "question": question.slug,
                "title": question.title,
                "difficulty": question.difficulty,
                "attempts": len(attempts),
                "verdict": attempts[-1].verdict if attempts else "",
                "best_seconds": min(
                    (a.seconds for a in attempts if a.verdict == "pass"), default=None
                ),
                "due": schedule.due_at(card, now, day).isoformat() if card else None,
                "due_now": bool(card) and schedule.is_due(card, now, day),
            }
        )
    verdicts = Counter(row["verdict"] or "new" for row in rows)
    return {
        "interview_date": day.isoformat() if day else None,
        "questions": rows,
        "counts": dict(verdicts),
        "due_now": sum(row["due_now"] for row in rows),
        "attempts": sum(row["attempts"] for row in rows),
        "streak": streak((a.started.astimezone().date() for a in kept), now.astimezone().date()),
        "mocks": [mock.report for mock in room.store.mocks()],
    }


def streak(days: Iterable[date], today: date) -> int:
    """On how many days in a row something was practised, up to today or yesterday."""
    practised = set(days)
    last = today if today in practised else today - timedelta(days=1)
    length = 0
    while last - timedelta(days=length) in practised:
        length += 1
    return length
