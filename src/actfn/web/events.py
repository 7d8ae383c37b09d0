"""Event streams of what takes a while: how far it is, then what was found."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from starlette.responses import StreamingResponse

from actfn.errors import ActfnError

_EVERY = 0.1  # seconds between two events
_TOLD = (ActfnError, ValueError, LookupError, OSError)


def stream(running: asyncio.Future, progress: Callable[[], dict[str, Any]]) -> StreamingResponse:
    """The events of something that goes on when nobody listens any more.

    Parameters
    ----------
    running : what gives the result.
    progress : `done` and `of`, as of now.
    """
    headers = {"cache-control": "no-store"}
    events = _events(running, progress)
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


async def _events(
    running: asyncio.Future, progress: Callable[[], dict[str, Any]]
) -> AsyncIterator[str]:
    while not running.done():
        yield _event("progress", progress())
        await asyncio.wait([running], timeout=_EVERY)
    try:
        yield _event("result", running.result())
    except _TOLD as error:
        yield _event("failed", {"error": str(error)})


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"
