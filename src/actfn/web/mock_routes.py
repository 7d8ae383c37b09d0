"""Mock interviews: several visits without hints or results, then the report."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from actfn.interview import mock
from actfn.interview.bank import Question
from actfn.interview.room import Choice, Room, Visit
from actfn.web.body import BadRequest, NotThere, fields
from actfn.web.payloads import visit_json
from actfn.web.visits import Visits

LONGEST = 20


@dataclass
class Interview:
    """One that is going on: the questions, and the visits so far with the seconds they took."""

    questions: list[Question]
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    visits: list[Visit] = field(default_factory=list)
    report: dict[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        """What the page needs to go on with it."""
        return {
            "titles": [q.title for q in self.questions],
            "minutes": sum(q.minutes for q in self.questions),
            "at": len(self.visits),
            "report": self.report,
        }


class Interviews:
    """All mock interviews since the server was started."""

    def __init__(self, room: Room, visits: Visits):
        self.room, self.visits = room, visits
        self._all: dict[str, Interview] = {}

    def begin(self, choice: Choice, kind: str, number: int, seed: int | None) -> str:
        """Choose the questions; returns the key."""
        questions = [q for q in self.room.questions(choice) if not kind or kind in q.kinds]
        if not questions:
            raise BadRequest("no question fits that choice")
        key = str(uuid.uuid4())
        self._all[key] = Interview(mock.pick(questions, number, seed))
        return key

    def get(self, key: str) -> Interview:
        """The interview of that key."""
        if key not in self._all:
            raise NotThere("this interview is over, or the server was started anew")
        return self._all[key]

    def current(self, interview: Interview) -> Visit | None:
        """The visit that is going on; the first is opened by `advance`."""
        return interview.visits[-1] if interview.visits and not interview.report else None

    def advance(self, interview: Interview) -> Visit | None:
        """End the current question and ask the next; None, and a report, after the last."""
        self._end(interview)
        if interview.report is None and len(interview.visits) < len(interview.questions):
            question = interview.questions[len(interview.visits)]
            interview.visits.append(self.visits.open(question, mock=True))
            return interview.visits[-1]
        self.stop(interview)
        return None

    def stop(self, interview: Interview) -> None:
        """End it here, and keep the report."""
        self._end(interview)
        if interview.report is None:
            interview.report = mock.report((v, v.seconds) for v in interview.visits)
            self.room.store.add_mock(interview.started, interview.report)

    def _end(self, interview: Interview) -> None:
        visit = self.current(interview)
        if visit is not None and not visit.paused:
            with self.visits.using(visit.key):
                visit.pause()  # the report says how long it took
                self.visits.keep(visit)


def _state(interviews: Interviews, key: str) -> dict[str, Any]:
    interview = interviews.get(key)
    visit = interviews.current(interview)
    shown = visit_json(visit, mock=True) if visit else None
    return {"interview": key, **interview.as_dict(), "visit": shown}


async def begin(request: Request) -> Response:
    """Choose the questions and ask the first."""
    found = await fields(
        request, number=int, difficulty=str, tag=str, company=str, topic=str, kind=str, seed=int
    )
    interviews: Interviews = request.app.state.interviews
    number, seed, kind = found.pop("number", 4), found.pop("seed", None), found.pop("kind", "")
    if not 1 <= number <= LONGEST:
        raise BadRequest(f"an interview has 1 to {LONGEST} questions, not {number}")

    def begun() -> dict[str, Any]:
        key = interviews.begin(Choice(**found), kind, number, seed)
        interviews.advance(interviews.get(key))
        return _state(interviews, key)

    return JSONResponse(await run_in_threadpool(begun), 201)


async def show(request: Request) -> Response:
    """Where the interview is."""
    interviews, key = request.app.state.interviews, request.path_params["key"]
    return JSONResponse(await run_in_threadpool(_state, interviews, key))


async def go_on(request: Request) -> Response:
    """The next question, or with `stop` the report."""
    stop = (await fields(request, stop=bool)).get("stop", False)
    interviews, key = request.app.state.interviews, request.path_params["key"]

    def gone() -> dict[str, Any]:
        (interviews.stop if stop else interviews.advance)(interviews.get(key))
        return _state(interviews, key)

    return JSONResponse(await run_in_threadpool(gone))


def routes() -> list[Route]:
    """The addresses of this file."""
    return [
        Route("/api/interviews", begin, methods=["POST"]),
        Route("/api/interviews/{key}", show),
        Route("/api/interviews/{key}/next", go_on, methods=["POST"]),
    ]
