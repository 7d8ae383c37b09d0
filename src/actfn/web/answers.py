"""Answers: code is graded while an event stream tells how far it is; the rest is quick."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from actfn.interview.room import Visit
from actfn.web.body import BadRequest, fields, needed
from actfn.web.events import stream
from actfn.web.payloads import kind_of, name_of, result_json
from actfn.web.visit_routes import part_of
from actfn.web.visits import Visits

# They mostly wait for the sandbox, which runs one answer after the other.
GRADERS = ThreadPoolExecutor(max_workers=64, thread_name_prefix="grader")


class _Grading:
    """One answer that is being graded; it goes on when nobody listens any more."""

    def __init__(self, visits: Visits, key: str, index: int, source: str):
        self.visits, self.key, self.index, self.source = visits, key, index, source
        self.done, self.total = 0, 0

    def told(self, done: int, total: int) -> None:
        self.done, self.total = done, total

    def progress(self) -> dict[str, int]:
        return {"done": self.done, "of": self.total}

    def __call__(self) -> dict[str, Any]:
        with self.visits.using(self.key) as visit:
            part = part_of(visit, self.index)
            if kind_of(visit, part) != "code":
                raise BadRequest("this part is no code")
            found = visit.code(part, self.source, progress=self.told)
            if self.visits.is_mock(visit):
                return {"taken": True}
            return {**result_json(visit, part), "notice": found.notice}


async def answer(request: Request) -> Response:
    """Take an answer to a part of a visit: `text`, and `points` of a spoken one."""
    found = await fields(request, text=str, points=list)
    text, points = needed(found, "text"), found.get("points", [])
    visits: Visits = request.app.state.visits
    key, index = request.path_params["visit"], request.path_params["part"]

    def kind_there() -> str:
        with visits.using(key) as visit:
            return kind_of(visit, part_of(visit, index))

    if await run_in_threadpool(kind_there) == "code":
        grading = _Grading(visits, key, index, text)
        running = asyncio.get_running_loop().run_in_executor(GRADERS, grading)
        return stream(running, grading.progress)

    def taken() -> dict[str, Any]:
        with visits.using(key) as visit:
            result = _taken(visit, part_of(visit, index), text, points)
            readable = result.get("readable", True)
            return {"taken": True} if visits.is_mock(visit) and readable else result

    return JSONResponse(await run_in_threadpool(taken))


def _taken(visit: Visit, part: str, text: str, points: list) -> dict[str, Any]:
    match kind_of(visit, part):
        case "formula":
            found = visit.formula(name_of(part), text)
            if not found.readable:
                return {"verdict": "", "message": found.message, "readable": False}
            return result_json(visit, part)
        case "plot":
            visit.plot(name_of(part), text)
            return result_json(visit, part)
    wanted = len(visit.question.rubric) or 1
    if len(points) != wanted or any(not isinstance(point, bool) for point in points):
        raise BadRequest(f"'points' has to be {wanted} times true or false")
    visit.spoken(text, points)
    return result_json(visit, part)


def routes() -> list[Route]:
    """The address of this file."""
    return [Route("/api/visits/{visit}/parts/{part:int}/answer", answer, methods=["POST"])]
