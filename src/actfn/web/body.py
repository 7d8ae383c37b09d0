"""Reading what a request asks for: a JSON object with the fields that are known."""

import json
from typing import Any

from starlette.requests import Request


class BadRequest(ValueError):
    """What was sent cannot be used; the message says why."""


class NotThere(LookupError):
    """There is no such visit, part or function."""


class NotNow(RuntimeError):
    """It is there, but not before an attempt, or not in a mock interview."""


async def fields(request: Request, **kinds: Any) -> dict[str, Any]:
    """The fields of the body, each of its kind; those that are missing are left out.

    Parameters
    ----------
    **kinds : a type, or a tuple of types, for each field.

    Raises
    ------
    BadRequest
        For anything but a JSON object, for unknown fields and for values of another type.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise BadRequest(f"the body has to be application/json, not '{kind}'")
    try:
        found = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"the body is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise BadRequest("the body has to be a JSON object")
    for name, value in found.items():
        if name not in kinds:
            raise BadRequest(f"'{name[:50]}' is not known here; {', '.join(kinds)} would be")
        wanted = kinds[name]
        # True is an int to Python, but nobody means 1 by it.
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            raise BadRequest(f"'{name}' is of the wrong type: {type(value).__name__}")
    return found


def needed(found: dict[str, Any], name: str) -> Any:
    """A field that cannot be missing."""
    if name not in found:
        raise BadRequest(f"'{name}' is missing")
    return found[name]
