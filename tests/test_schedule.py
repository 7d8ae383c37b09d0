"""When a question comes back: ratings from what the grader saw, intervals up to the interview."""

from datetime import UTC, datetime, timedelta
from itertools import product
from types import SimpleNamespace

import pytest

from actfn.interview import schedule
from actfn.interview.schedule import Result

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
BUDGET = 180.0
AGAIN, HARD, GOOD, EASY = Result.AGAIN, Result.HARD, Result.GOOD, Result.EASY


@pytest.mark.parametrize(
    "verdict, seconds, hints, seen, tries, expected",
    [
        ("pass", 100, 0, False, 1, GOOD),
        ("pass", 89, 0, False, 1, EASY),  # the first try, under half of the budget
        ("pass", 90, 0, False, 1, GOOD),
        ("pass", 10, 0, False, 2, GOOD),  # fast, but not at the first try
        ("pass", 270, 0, False, 1, GOOD),
        ("pass", 271, 0, False, 1, HARD),  # half as long again as allowed
        ("pass", 10, 1, False, 1, HARD),  # with a hint
        ("pass", 10, 0, True, 2, AGAIN),  # the solution was seen first
        ("fragile", 10, 0, False, 1, HARD),
        ("fragile", 10, 0, True, 1, AGAIN),
        ("wrong", 100, 0, False, 1, AGAIN),
        ("ungraded", 10, 0, False, 1, AGAIN),
        ("unfinished", 10, 0, False, 1, AGAIN),
        ("", 0, 0, False, 0, AGAIN),
    ],
)
def test_ratings(verdict, seconds, hints, seen, tries, expected):
    assert schedule.rating(verdict, seconds, BUDGET, hints, seen, tries) is expected


def test_a_failure_is_never_a_hard_success():
    for verdict, seconds, hints, seen, tries in product(
        ("wrong", "ungraded", "unfinished"), (1, 500), (0, 3), (False, True), (1, 5)
    ):
        assert schedule.rating(verdict, seconds, BUDGET, hints, seen, tries) is AGAIN


def test_without_a_budget_time_does_not_count():
    assert schedule.rating("pass", 1, 0, 0, False, 1) is GOOD
    assert schedule.rating("pass", 9999, 0, 0, False, 1) is GOOD


def reviewed(results, interview=None, now=NOW):
    """[(reviewed, due)] of a question that is answered whenever it is due."""
    state, found = None, []
    for result in results:
        state, due = schedule.next_card(state, result, now, interview)
        found.append((now, due))
        now = due
    return found


def card_of(results, now=NOW, interview=None):
    state = None
    for result in results:
        state, due = schedule.next_card(state, result, now, interview)
    return SimpleNamespace(state=state, due=due)


def test_without_a_date_intervals_grow():
    days = [(due - at).days for at, due in reviewed([GOOD] * 6)]
    assert days == sorted(days)
    assert 1 <= days[0] <= 4
    assert days[-1] > 100


def test_what_passed_comes_back_after_days_and_what_failed_after_minutes():
    for result in (GOOD, EASY):
        ((_, due),) = reviewed([result])
        assert due - NOW >= timedelta(days=1)
    for results in ([AGAIN], [GOOD, GOOD, AGAIN]):
        at, due = reviewed(results)[-1]
        assert due - at == timedelta(minutes=10)
    (_, hard), (_, easy) = reviewed([HARD])[0], reviewed([EASY])[0]
    assert hard < easy


@pytest.mark.parametrize("days", [2, 3, 8, 30, 60])
@pytest.mark.parametrize("result", [HARD, GOOD, EASY])
def test_intervals_end_before_the_interview(days, result):
    interview = TODAY + timedelta(days=days)
    sitting = reviewed([result] * days, interview)
    before = [(at, due) for at, due in sitting if at.date() < interview]
    assert all(at < due and due.date() <= interview for at, due in before)
    assert before[-1][1].date() == interview  # it is reached, not avoided


def test_the_longest_interval_is_what_is_left():
    days = schedule.scheduler(TODAY, TODAY + timedelta(days=60)).maximum_interval
    assert days == 60
    assert schedule.scheduler(TODAY, TODAY).maximum_interval == 1
    assert schedule.scheduler(TODAY, None).maximum_interval > 10_000


@pytest.mark.parametrize(
    "days, retention",
    [(None, 0.9), (30, 0.9), (8, 0.9), (7, 0.95), (1, 0.95), (0, 0.95), (-1, 0.9)],
)
def test_retention_is_raised_in_the_last_week(days, retention):
    interview = None if days is None else TODAY + timedelta(days=days)
    assert schedule.scheduler(TODAY, interview).desired_retention == retention


def test_an_interview_in_the_past_bounds_nothing():
    yesterday = TODAY - timedelta(days=1)
    assert reviewed([EASY] * 3, yesterday) == reviewed([EASY] * 3)
    card = card_of([EASY])
    assert schedule.due_at(card, NOW, yesterday) == card.due
    assert not schedule.is_due(card, NOW, yesterday)


def test_due_by_date():
    card = card_of([GOOD])
    assert not schedule.is_due(card, card.due - timedelta(seconds=1), None)
    assert schedule.is_due(card, card.due, None)


def test_a_date_set_later_bounds_what_was_planned_before():
    card = card_of([EASY, EASY])
    assert (card.due - NOW).days > 7
    interview = TODAY + timedelta(days=5)
    assert schedule.due_at(card, NOW, interview).date() == interview
    assert schedule.is_due(card, NOW + timedelta(days=5), interview)
    assert not schedule.is_due(card, NOW + timedelta(days=4), interview)


def planned(results, stability):
    """A question reviewed two days ago that is due far in the future."""
    card = card_of(results, NOW - timedelta(days=2))
    card.due = NOW + timedelta(days=90)
    assert (card.state["stability"] < schedule.LAST_WEEK) is (stability == "weak")
    return card


@pytest.mark.parametrize("left, due", [(3, False), (2, False), (1, True), (0, True), (-1, False)])
def test_on_the_last_day_what_is_weak_is_due(left, due):
    card = planned([HARD], "weak")
    assert schedule.is_due(card, NOW, TODAY + timedelta(days=left)) is due


@pytest.mark.parametrize("left, due", [(2, False), (1, False), (0, True), (-1, False)])
def test_on_the_last_day_what_is_firm_is_not(left, due):
    card = planned([EASY], "firm")
    assert schedule.is_due(card, NOW, TODAY + timedelta(days=left)) is due


def test_the_sweep_asks_once_a_day():
    tomorrow = TODAY + timedelta(days=1)
    card = card_of([HARD, GOOD], NOW, tomorrow)
    assert card.state["stability"] < schedule.LAST_WEEK
    assert not schedule.is_due(card, NOW + timedelta(hours=1), tomorrow)
    assert schedule.is_due(card, NOW + timedelta(days=1), tomorrow)


def test_due_times_are_in_utc():
    for _, due in reviewed([GOOD, AGAIN, EASY], TODAY + timedelta(days=9)):
        assert due.utcoffset() == timedelta(0)
