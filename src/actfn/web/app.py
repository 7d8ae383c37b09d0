"""The application: routes, errors as JSON, and the guard around everything."""

import contextlib
from collections.abc import AsyncIterator, Iterable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from actfn.errors import ActfnError
from actfn.interview.room import Room
from actfn.web import (
    answers,
    claims,
    dying,
    explore,
    mock_routes,
    pages,
    room_routes,
    visit_routes,
)
from actfn.web.body import BadRequest, NotNow, NotThere
from actfn.web.claims import Claims
from actfn.web.mock_routes import Interviews
from actfn.web.safety import LOOPBACK, Guard, TooLarge
from actfn.web.visits import Visits

_STATUS = {
    BadRequest: 400,
    ValueError: 400,
    NotThere: 404,
    NotNow: 409,
    TooLarge: 413,
    ActfnError: 422,
    OSError: 503,
}


def create_app(room: Room, token: str, port: int, hosts: Iterable[str] = LOOPBACK) -> Guard:
    """The application behind its guard."""
    visits = Visits(room)
    parts = (room_routes, visit_routes, answers, mock_routes, explore, dying, claims, pages)

    @contextlib.asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        visits.restore()
        yield
        await app.state.claims.end()
        visits.keep_all()

    app = Starlette(
        routes=[route for part in parts for route in part.routes()],
        middleware=[Middleware(GZipMiddleware, minimum_size=1000)],
        exception_handlers={**dict.fromkeys(_STATUS, _told), HTTPException: _http},
        lifespan=life,
    )
    app.state.room, app.state.visits = room, visits
    app.state.interviews = Interviews(room, visits)
    app.state.claims = Claims()
    return Guard(app, token, port, hosts)


def _told(request: Request, error: Exception) -> Response:
    status = next(s for kind, s in _STATUS.items() if isinstance(error, kind))
    return JSONResponse({"error": str(error)}, status)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code, headers=error.headers)
