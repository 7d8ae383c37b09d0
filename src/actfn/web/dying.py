"""The network whose units die, all steps at once: the page plays them."""

import math
from dataclasses import asdict
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from actfn.web.body import BadRequest, fields, needed
from actfn.web.dying_network import ACTIVATIONS, train


async def run(request: Request) -> Response:
    """Train it with a learning rate; all frames."""
    found = await fields(
        request, rate=(int, float), seed=int, steps=int, activation=str, bias=(int, float)
    )
    rate = float(needed(found, "rate"))
    if not 0 <= rate <= 100 or abs(found.get("bias", 0)) > 100 or found.get("seed", 0) < 0:
        raise BadRequest("a learning rate is between 0 and 100, a seed is not negative")

    def trained() -> list[dict[str, Any]]:
        frames = [asdict(frame) for frame in train(**{**found, "rate": rate})]
        for frame in frames:
            frame["loss"] = frame["loss"] if math.isfinite(frame["loss"]) else None
        return frames

    frames = await run_in_threadpool(trained)
    return JSONResponse({"frames": frames, "activations": ACTIVATIONS})


def routes() -> list[Route]:
    """The address of this file."""
    return [Route("/api/dying", run, methods=["POST"])]
