"""When a question comes back: FSRS, rated by what the grader saw, bounded by the interview."""

from datetime import UTC, date, datetime, timedelta
from enum import IntEnum

from fsrs import Card, Rating, Scheduler

RETENTION, RETENTION_LAST_WEEK = 0.9, 0.95
LAST_WEEK = 7  # days
SLOW, FAST = 1.5, 0.5  # parts of the time budget


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
    verdict : the last one: "pass", "fragile", "wrong" or "ungraded".
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
    if interview is None or interview < today:
        return Scheduler(desired_retention=RETENTION, enable_fuzzing=False)
    days = (interview - today).days
    retention = RETENTION_LAST_WEEK if days <= LAST_WEEK else RETENTION
    return Scheduler(
        desired_retention=retention, maximum_interval=max(1, days), enable_fuzzing=False
    )


def next_card(
    state: dict | None, result: Result, now: datetime, interview: date | None
) -> tuple[dict, datetime]:
    """FSRS's state of a question after an attempt, and when it is due."""
    card = Card.from_dict(state) if state else Card(card_id=0, due=now)
    card, _ = scheduler(now.date(), interview).review_card(card, Rating(int(result)), now)
    due = card.due
    if interview is not None and now.date() < interview:
        # Not after the evening before.
        last = datetime.combine(interview, datetime.min.time(), UTC) - timedelta(hours=1)
        due = min(due, max(last, now))
    return card.to_dict(), due


def is_due(card, now: datetime, interview: date | None) -> bool:
    """Due by its date; on the last day everything that is not firm is."""
    if card.due <= now:
        return True
    if interview is None or interview < now.date() or (interview - now.date()).days > 1:
        return False
    stability = card.state.get("stability") or 0.0
    return stability < LAST_WEEK
