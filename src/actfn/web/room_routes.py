"""What is due, the list of questions, the history, the day of the interview."""

import difflib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from actfn.interview.bank import DIFFICULTIES
from actfn.interview.progress import progress
from actfn.interview.room import Choice, Room
from actfn.web.body import NotThere, fields
from actfn.web.payloads import moment, summary

_NO_DAY = type(None)


def _overview(room: Room) -> dict[str, Any]:
    found = progress(room)
    rows = {row["question"]: row for row in found["questions"]}
    questions = [
        summary(question, topic, rows[question.slug])
        for topic in room.topics
        for question in topic.questions
    ]
    day = room.interview
    return {
        "questions": questions,
        "agenda": [q.slug for q in room.agenda()],
        "next_due": moment(room.next_due()),
        "difficulties": DIFFICULTIES,
        "interview_date": found["interview_date"],
        "days_left": (day - datetime.now().date()).days if day else None,
        "streak": found["streak"],
        "counts": found["counts"],
        "attempts": found["attempts"],
        "mocks": found["mocks"][-5:],
    }


async def overview(request: Request) -> Response:
    """Everything that the first two pages show."""
    return JSONResponse(await run_in_threadpool(_overview, request.app.state.room))


async def set_interview(request: Request) -> Response:
    """Set the day of the interview, or forget it."""
    found = await fields(request, date=(str, _NO_DAY))
    day = date.fromisoformat(found["date"]) if found.get("date") else None
    await run_in_threadpool(request.app.state.room.set_interview, day)
    return JSONResponse({"interview_date": day and day.isoformat()})


def _history(room: Room, slug: str) -> list[dict[str, Any]]:
    if all(q.slug != slug for q in room.questions(Choice())):
        raise NotThere(f"there is no question '{slug[:100]}'")
    before: list[str] = []
    found = []
    for attempt in room.store.attempts(slug):
        lines = attempt.answer.splitlines()
        found.append(
            {
                "started": moment(attempt.started),
                "seconds": attempt.seconds,
                "verdict": attempt.verdict,
                "hints": attempt.hints,
                "solution_seen": attempt.solution_seen,
                "task": attempt.task,
                "lines": list(_differences(before, lines)) if before else [[" ", x] for x in lines],
            }
        )
        before = lines
    return found[::-1]


def _differences(before: list[str], after: list[str]) -> Iterator[list[str]]:
    """Pairs of " ", "-" or "+" and the line."""
    for line in difflib.ndiff(before, after):
        if line[0] != "?":  # only says where inside of a line
            yield [line[0], line[2:]]


async def history(request: Request) -> Response:
    """All attempts at a question, the newest first, each with its difference to the one before."""
    slug = request.query_params.get("question", "")
    return JSONResponse(await run_in_threadpool(_history, request.app.state.room, slug))


def routes() -> list[Route]:
    """The addresses of this file."""
    return [
        Route("/api/overview", overview),
        Route("/api/interview-date", set_interview, methods=["PUT"]),
        Route("/api/history", history),
    ]
