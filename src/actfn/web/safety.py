"""Who is let in: every request passes here before anything else looks at it.

The server listens to this machine only, but every page that is open in a browser can reach it
there. So a request has to name an address that was printed (a page elsewhere whose name was
pointed at 127.0.0.1 names its own), to come from no other page, and to carry the token.
"""

import hmac
import secrets
import time
from collections.abc import Callable, Iterable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 256 * 1024  # bytes; an answer has a few thousand
REQUESTS, REQUESTS_A_SECOND = 600, 150  # a slider that is dragged asks 60 times a second
GRADINGS, GRADINGS_A_SECOND = 100, 4
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_READING = ("GET", "HEAD")
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(24)


def content_policy(nonce: str) -> str:
    """What the page may load: its own files, and styles that carry the nonce."""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; "
        "font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )


class TooLarge(Exception):
    """The body is larger than any answer."""


class Bucket:
    """Lets so many through at once, and so many a second after that."""

    def __init__(self, size: int, a_second: float, clock: Callable[[], float] = time.monotonic):
        self.size, self.a_second, self.clock = size, a_second, clock
        self._left, self._seen = float(size), clock()

    def take(self) -> bool:
        """Whether one more may pass now."""
        now = self.clock()
        self._left = min(self.size, self._left + (now - self._seen) * self.a_second)
        self._seen = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Guard:
    """The outermost layer of the application.

    Parameters
    ----------
    app : the application behind it.
    token : what every request has to carry: in the cookie, as a bearer, or in the address.
    port : of the server; part of what Host and Origin have to be.
    hosts : names under which the server may be addressed.
    """

    def __init__(self, app: ASGIApp, token: str, port: int, hosts: Iterable[str] = LOOPBACK):
        self.app, self.token = app, token
        self.addresses = {f"{host}:{port}".lower() for host in hosts}
        self.cookie = f"actfn-{port}"  # cookies are shared by all ports of a host
        self.requests = Bucket(REQUESTS, REQUESTS_A_SECOND)
        self.gradings = Bucket(GRADINGS, GRADINGS_A_SECOND)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on with a limit to the body and the headers of every response."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # no WebSockets here
        headers = Headers(scope=scope)
        refused = self._refusal(scope, headers)
        if refused:
            status, words = refused
            response = JSONResponse({"error": words}, status, headers=_HEADERS)
            await response(scope, receive, send)
            return
        fresh = self._address_token(scope) is not None

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                found = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    found.setdefault(name, value)
                if scope["path"].startswith("/api/"):
                    found["cache-control"] = "no-store"
                if fresh:
                    found.append("set-cookie", self._set_cookie())
            await send(message)

        await self.app(scope, _limited(receive), sending)

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        """Status and reason; None for a request that is let in."""
        method, named = scope["method"], headers.getlist("host")
        if len(named) != 1 or named[0].lower() not in self.addresses:
            return 403, (
                f"this server does not answer to the host '{', '.join(named)[:100]}'; open the "
                "address that `actfn practice` printed"
            )
        if not self._same_origin(headers, method):
            return 403, "this request comes from another page"
        carried = self._carried(scope, headers)
        if not any(hmac.compare_digest(c.encode(), self.token.encode()) for c in carried):
            return 401, "the token is missing or old; open the address `actfn practice` printed"
        if method not in _READING and not self._may_write(headers):
            return 403, "a change needs an Origin, or the token as a bearer"
        if not headers.get("content-length", "0").isdecimal():
            return 400, "Content-Length is no number"
        if int(headers.get("content-length", "0")) > LARGEST_BODY:
            return 413, _TOO_LARGE
        grading = method == "POST" and scope["path"].endswith("/answer")
        if not self.requests.take() or (grading and not self.gradings.take()):
            return 429, "too many requests at once; wait a moment"
        return None

    def _same_origin(self, headers: Headers, method: str) -> bool:
        origin = headers.get("origin")
        if origin is not None:
            scheme, _, address = origin.partition("://")
            return scheme == "http" and address.lower() in self.addresses
        site = headers.get("sec-fetch-site", "none")
        # A link to the page may be followed from anywhere; it still needs the token.
        followed = method == "GET" and headers.get("sec-fetch-mode") == "navigate"
        return site in ("same-origin", "none") or followed

    def _may_write(self, headers: Headers) -> bool:
        """Browsers send an Origin with every change; a script sends the token itself."""
        return headers.get("origin") is not None or self._bearer(headers) is not None

    def _carried(self, scope: Scope, headers: Headers) -> list[str]:
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(self.cookie)
        except CookieError:
            cookie = None
        found = (cookie and cookie.value, self._bearer(headers), self._address_token(scope))
        return [text for text in found if text]

    @staticmethod
    def _bearer(headers: Headers) -> str | None:
        kind, _, token = headers.get("authorization", "").partition(" ")
        return token if kind.lower() == "bearer" else None

    @staticmethod
    def _address_token(scope: Scope) -> str | None:
        """Of the page's address only: an API with a token in the address could be linked to."""
        if scope["method"] != "GET" or scope["path"].startswith("/api/"):
            return None
        return parse_qs(scope["query_string"].decode("latin-1")).get("token", [None])[0]

    def _set_cookie(self) -> str:
        return f"{self.cookie}={self.token}; Path=/; HttpOnly; SameSite=Strict"


_TOO_LARGE = f"the body is larger than {LARGEST_BODY // 1024} KiB"


def _limited(receive: Receive) -> Receive:
    """Count the body while it comes: Content-Length may be missing."""
    size = 0

    async def limited() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > LARGEST_BODY:
            raise TooLarge(_TOO_LARGE)
        return message

    return limited
