"""When a question comes back: FSRS, rated by what the grader saw, bounded by the interview."""

from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from typing import Any

from fsrs import Card, Rating, Scheduler

RETENTION, RETENTION_LAST_WEEK = 0.9, 0.95
LAST_WEEK = 7  # days
SLOW, FAST = 1.5, 0.5  # parts of the time budget
SOON = timedelta(minutes=10)  # until a failure comes back


class Result(IntEnum):
    """How well an attempt went, in FSRS's numbers."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


def rating(
    verdict: str, seconds: float, budget: float, hints: int, solution_seen: bool, tries: int
) -> Result:
    """The rating of an attempt.

    Parameters
    ----------
    verdict : the last one: "pass", "fragile", "wrong", "unfinished" or "ungraded".
    seconds, budget : time taken and allowed; a budget of 0 is none.
    hints : how many were shown.
    solution_seen : whether the model answer was shown before this passed.
    tries : how many answers were graded.

    Returns
    -------
    Result
        AGAIN for a failure or a solution seen, never HARD: a failure that counts as a hard success
        makes the intervals grow. HARD where it took hints, half as long again as allowed, or is
        still fragile. EASY at the first try in less than half the time.
    """
    if verdict not in ("pass", "fragile") or solution_seen:
        return Result.AGAIN
    if verdict == "fragile" or hints or (budget and seconds > SLOW * budget):
        return Result.HARD
    return Result.EASY if tries == 1 and budget and seconds < FAST * budget else Result.GOOD


def scheduler(today: date, interview: date | None) -> Scheduler:
    """FSRS with intervals that end before the interview."""
    retention, longest = RETENTION, 36500
    if interview is not None and interview >= today:
        days = (interview - today).days
        retention = RETENTION_LAST_WEEK if days <= LAST_WEEK else RETENTION
        longest = max(1, days)
    return Scheduler(
        # No steps of minutes as for words: what passed comes back after days.
        desired_retention=retention, maximum_interval=longest, learning_steps=(),
        relearning_steps=(), enable_fuzzing=False,
    )  # fmt: skip


def next_card(
    state: Any, result: Result, now: datetime, interview: date | None
) -> tuple[dict[str, Any], datetime]:
    """FSRS's state of a question after an attempt, and when it is due."""
    card = Card.from_dict(state) if state else Card(card_id=0, due=now)
    card, _ = scheduler(now.date(), interview).review_card(card, Rating(int(result)), now)
    due = now + SOON if result == Result.AGAIN else card.due
    return {**card.to_dict()}, _bounded(due, now, interview)


def due_at(card, now: datetime, interview: date | None) -> datetime:
    """When a question comes back, also where the interview was fixed after the last attempt."""
    if interview is None or interview < now.date():
        return card.due
    return _bounded(card.due, _last_review(card) or now, interview)


def _bounded(due: datetime, reviewed: datetime, interview: date | None) -> datetime:
    """Due on the morning of the interview at the latest."""
    if interview is None or reviewed.date() >= interview:
        return due
    return min(due, datetime.combine(interview, datetime.min.time(), UTC))


def is_due(card, now: datetime, interview: date | None) -> bool:
    """Due by its date; on the last day everything that is not firm is, once."""
    if due_at(card, now, interview) <= now:
        return True
    if interview is None or not 0 <= (interview - now.date()).days <= 1:
        return False
    reviewed = _last_review(card)
    today = reviewed is not None and reviewed.date() == now.date()
    return not today and (card.state.get("stability") or 0.0) < LAST_WEEK


def _last_review(card) -> datetime | None:
    return Card.from_dict(card.state).last_review
