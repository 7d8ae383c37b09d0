"""One visit to a question: hints, drafts, formulas, the rubric, the model answer, the clock."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from actfn.interview import drafts, tasks
from actfn.interview.formulas.preview import preview
from actfn.interview.grading.curve import curve_of
from actfn.interview.room import Choice, Room, Visit
from actfn.web import explore
from actfn.web.body import BadRequest, NotNow, NotThere, fields, needed
from actfn.web.markdown import to_html
from actfn.web.payloads import (
    clock_json,
    hint_part,
    kind_of,
    moment,
    name_of,
    numbers,
    result_json,
    visit_json,
)
from actfn.web.visits import Visits


def question_of(room: Room, slug: str):
    """The question of that slug."""
    for question in room.questions(Choice()):
        if question.slug == slug:
            return question
    raise NotThere(f"there is no question '{slug[:100]}'")


def part_of(visit: Visit, index: int) -> str:
    """The part at an index."""
    if not 0 <= index < len(visit.parts):
        raise NotThere(f"the question has {len(visit.parts)} parts, none of index {index}")
    return visit.parts[index]


async def _with_visit(request: Request, work: Callable[[Visits, Visit, str], Any]) -> Response:
    """Do something with the visit, and the part if one is named, of the address."""
    visits: Visits = request.app.state.visits

    def done() -> Any:
        with visits.using(request.path_params["visit"]) as visit:
            index = request.path_params.get("part")
            return work(visits, visit, "" if index is None else part_of(visit, index))

    return JSONResponse(await run_in_threadpool(done))


def _not_in_a_mock(visits: Visits, visit: Visit) -> None:
    if visits.is_mock(visit):
        raise NotNow("not in a mock interview")


async def open_visit(request: Request) -> Response:
    """Sit down to a question."""
    slug = needed(await fields(request, question=str), "question")
    visits: Visits = request.app.state.visits

    def opened() -> dict:
        visit = visits.open(question_of(visits.room, slug))
        return visit_json(visit, mock=False) | {"drafts": _drafts(visits.room, visit)}

    return JSONResponse(await run_in_threadpool(opened), 201)


async def show_visit(request: Request) -> Response:
    """The visit again, after the page was loaded anew."""
    return await _with_visit(
        request,
        lambda visits, visit, _: (
            visit_json(visit, visits.is_mock(visit)) | {"drafts": _drafts(visits.room, visit)}
        ),
    )


def _drafts(room: Room, visit: Visit) -> dict[str, str]:
    """What was written before, of every part; an answer that has passed is put aside."""
    found = {}
    for index, part in enumerate(visit.parts):
        kind, name = kind_of(visit, part), name_of(part)
        if kind not in ("code", "spoken"):
            continue
        path = _draft_file(visit, part)
        if not path.is_file():
            continue
        text = path.read_text(encoding="utf-8-sig", errors="replace")
        if kind == "code" and part not in visit.verdicts and room.passed_before(name, text):
            drafts.put_aside(name)
            text = tasks.get(name).starter
        found[str(index)] = text
    return found


def _draft_file(visit: Visit, part: str) -> Path:
    if kind_of(visit, part) == "code":
        return drafts.answer_file(part)
    return drafts.draft_file(visit.question.slug)


async def save_draft(request: Request) -> Response:
    """Keep what is being written, where the terminal keeps it too."""
    text = needed(await fields(request, text=str), "text")

    def saved(visits: Visits, visit: Visit, part: str) -> dict:
        if kind_of(visit, part) not in ("code", "spoken"):
            raise BadRequest("only code and spoken answers have drafts")
        path = _draft_file(visit, part)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="replace")
        return {}

    return await _with_visit(request, saved)


async def hint(request: Request) -> Response:
    """The next hint."""

    def given(visits: Visits, visit: Visit, part: str) -> dict:
        _not_in_a_mock(visits, visit)
        whose = hint_part(visit, part)
        text = visit.hint(whose)
        return {"hint": text, "left": len(visit.hints_of(whose)) - visit.hinted.get(whose, 0)}

    return await _with_visit(request, given)


async def solution(request: Request) -> Response:
    """The model answer, after an attempt."""

    def shown(visits: Visits, visit: Visit, part: str) -> dict:
        _not_in_a_mock(visits, visit)
        text = visit.solution(part)
        if text is None:
            raise NotNow("try first: the model answer comes after an attempt")
        match kind_of(visit, part):
            case "code":
                return {"code": text}
            case "formula":
                return {"text": text, "latex": preview(name_of(part), text).latex}
            case "plot":
                return {"text": name_of(part)}
        corrections = [to_html(line) for line in visit.question.corrections]
        return {"html": to_html(text), "corrections": corrections}

    return await _with_visit(request, shown)


async def rubric(request: Request) -> Response:
    """The points of a complete spoken answer; looking at them ends the answer."""

    def points(visits: Visits, visit: Visit, _: str) -> dict:
        question, more = visit.question, not visits.is_mock(visit)
        found = [
            {"title": p.title, "text": to_html(p.text)}
            | ({"why": p.why, "see": p.see, "source": p.source} if more else {})
            for p in question.rubric
        ]
        # Without a rubric the person compares with the model answer.
        return {"points": found} if found else {"points": [], "answer": to_html(question.answer)}

    return await _with_visit(request, points)


async def preview_formula(request: Request) -> Response:
    """What is understood of a formula while it is typed."""
    text = needed(await fields(request, text=str), "text")

    def read(visits: Visits, visit: Visit, part: str) -> dict:
        if kind_of(visit, part) != "formula":
            raise BadRequest("this part is no formula")
        found = preview(name_of(part), text)
        return {"latex": found.latex, "message": found.message}

    return await _with_visit(request, read)


async def curve(request: Request) -> Response:
    """Of code, the answer's curve beside the true one; of a picture, what is to be named."""

    def drawn(visits: Visits, visit: Visit, part: str) -> dict:
        if kind_of(visit, part) == "plot":
            return explore.anonymous(name_of(part))
        _not_in_a_mock(visits, visit)
        if part not in visit.answers or kind_of(visit, part) != "code":
            raise NotNow("there is no answer to draw yet")
        found = curve_of(tasks.get(part), visit.answers[part], visits.room.sandbox)
        if found is None:
            return {"x": []}
        return {
            "x": numbers(found.x), "yours": numbers(found.yours), "truth": numbers(found.truth),
            "ulp": numbers(found.ulp), "message": found.message,
        }  # fmt: skip

    return await _with_visit(request, drawn)


async def clock(request: Request) -> Response:
    """Stop the clock or let it run."""
    running = needed(await fields(request, running=bool), "running")

    def turned(visits: Visits, visit: Visit, _: str) -> dict:
        if running:
            visit.resume()
        else:
            visit.pause()
        return clock_json(visit)

    return await _with_visit(request, turned)


async def finish(request: Request) -> Response:
    """Keep the attempt."""

    def kept(visits: Visits, visit: Visit, _: str) -> dict:
        _not_in_a_mock(visits, visit)
        seconds = visit.seconds
        due = visits.keep(visit)
        results = [p in visit.verdicts and result_json(visit, p) for p in visit.parts]
        return {"verdict": visit.verdict, "seconds": seconds, "due": moment(due), "parts": results}

    return await _with_visit(request, kept)


def routes() -> list[Route]:
    """The addresses of this file."""
    one, part = "/api/visits/{visit}", "/api/visits/{visit}/parts/{part:int}"
    return [
        Route("/api/visits", open_visit, methods=["POST"]),
        Route(one, show_visit),
        Route(f"{one}/clock", clock, methods=["PUT"]),
        Route(f"{one}/rubric", rubric),
        Route(f"{one}/finish", finish, methods=["POST"]),
        Route(f"{part}/draft", save_draft, methods=["PUT"]),
        Route(f"{part}/hint", hint, methods=["POST"]),
        Route(f"{part}/solution", solution, methods=["POST"]),
        Route(f"{part}/preview", preview_formula, methods=["POST"]),
        Route(f"{part}/curve", curve),
    ]
