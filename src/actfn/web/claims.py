"""Claims of the lab: predicted first, then run by `actfn lab` in a process of their own."""

import asyncio
import importlib
import json
import sys
from importlib.util import find_spec
from time import monotonic
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from actfn import lab
from actfn.errors import UnknownClaimError
from actfn.web.body import NotThere
from actfn.web.events import stream
from actfn.web.payloads import numbers

_ASKED = ("name", "question", "choices")  # the rest would give the answer away


class ClaimFailed(OSError):
    """A run ended without an outcome; the message is what it printed."""


class Claims:
    """Runs of claims: one at a time, because some measure time; outcomes stay until the end."""

    def __init__(self) -> None:
        self._runs: dict[str, asyncio.Task[dict[str, Any]]] = {}
        self._began: dict[str, float] = {}
        self._turn = asyncio.Lock()

    def run(self, name: str) -> asyncio.Task[dict[str, Any]]:
        """The run of a claim, begun if there is none; one that failed is begun again."""
        found = self._runs.get(name)
        if found is None or (found.done() and (found.cancelled() or found.exception())):
            self._began.pop(name, None)
            found = self._runs[name] = asyncio.create_task(self._measure(name))
        return found

    def seconds(self, name: str) -> float:
        """How long it runs already; 0 while another one does."""
        return monotonic() - self._began[name] if name in self._began else 0.0

    async def end(self) -> None:
        """Stop what is still running."""
        for run in self._runs.values():
            run.cancel()
        await asyncio.gather(*self._runs.values(), return_exceptions=True)

    async def _measure(self, name: str) -> dict[str, Any]:
        async with self._turn:
            self._began[name] = monotonic()
            # -P: a file of the folder that the server was started in is no module.
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-P", "-m", "actfn", "lab", name, "--json",
                stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE, start_new_session=True,
            )  # fmt: skip
            try:
                out, errors = await process.communicate()
            finally:
                if process.returncode is None:
                    process.kill()
        if not out:
            raise ClaimFailed(errors.decode(errors="replace").strip() or f"{name} was stopped")
        return _finite(json.loads(out)[0])


def _finite(found: dict[str, Any]) -> dict[str, Any]:
    """The same with numbers that JSON has."""
    for number in found["numbers"]:
        number["mean"], number["half_width"] = numbers((number["mean"], number["half_width"]))
    return found


def asked() -> dict[str, Any]:
    """What is to be predicted, and which claims cannot be run for want of a package."""
    from actfn.lab.networks import DIGITS

    importlib.invalidate_caches()  # it may have been installed since
    missing = "" if find_spec("sklearn") else "scikit-learn"
    claims = []
    for name in lab.names():
        claim = lab.get(name)
        shown = {key: value for key, value in claim.as_dict().items() if key in _ASKED}
        claims.append(shown | {"missing": missing if DIGITS in claim.tags else ""})
    return {"claims": claims, "missing": missing}


async def questions(request: Request) -> Response:
    """All claims as questions."""
    return JSONResponse(await run_in_threadpool(asked))


async def run(request: Request) -> Response:
    """Run one, or give what it found before; an event stream."""
    name, claims = request.path_params["name"], request.app.state.claims
    try:
        await run_in_threadpool(lab.get, name)
    except UnknownClaimError as error:
        raise NotThere(str(error)) from None
    return stream(claims.run(name), lambda: {"done": claims.seconds(name), "of": 0})


def routes() -> list[Route]:
    """The addresses of this file."""
    return [
        Route("/api/claims", questions),
        Route("/api/claims/{name}/run", run, methods=["POST"]),
    ]
