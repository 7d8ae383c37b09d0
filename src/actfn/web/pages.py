"""The page itself: one HTML file for every address, and the files that it loads."""

import secrets
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from actfn.web.safety import content_policy

STATIC = Path(__file__).parent / "static"
PLACES = (
    "", "questions", "question", "mock", "explore", "temperature", "dying", "lab", "diagnose",
)  # fmt: skip
_NONCE = "{{nonce}}"


def is_built() -> bool:
    """Whether the front end has been built."""
    return (STATIC / "index.html").is_file()


class _Files(StaticFiles):
    """Asked for again at each load, by the ETag: a new build shows at once."""

    def file_response(self, *arguments, **keywords) -> Response:
        response = super().file_response(*arguments, **keywords)
        response.headers["cache-control"] = "no-cache"
        return response


async def page(request: Request) -> Response:
    """The page, with a nonce for the styles that its editor makes."""
    nonce = secrets.token_urlsafe(16)
    text = (STATIC / "index.html").read_text(encoding="utf-8").replace(_NONCE, nonce)
    headers = {"content-security-policy": content_policy(nonce), "cache-control": "no-store"}
    return HTMLResponse(text, headers=headers)


def routes() -> list[Route | Mount]:
    """Every place of the page, and its files."""
    files = _Files(directory=STATIC, check_dir=False)
    return [*(Route(f"/{place}", page) for place in PLACES), Mount("/static", files)]
