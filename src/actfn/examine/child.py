"""The process that runs what is examined: reads calls from a connection, writes what they did.

Whatever the implementation does (raise, hang, crash, print, exit) happens here and not in actfn.
"""

import contextlib
import os
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import ml_dtypes  # noqa: F401 - bfloat16 arrays that arrive need it
import numpy as np

from actfn.examine.adapters import Adapter, load

WHOLE = slice(None)
_FLAGS = ("overflow", "invalid", "divide")
OK, RAISED, NOT_AN_ARRAY = "ok", "raised", "not an array"
CRASHED, HUNG = "crashed", "hung"


@dataclass(frozen=True)
class Call:
    """Calls on parts of one array.

    Attributes
    ----------
    kernel : "forward" or "derivative".
    x : the array.
    cuts : which parts of it: each is one call, on a view.
    writable : whether the arguments may be written to.
    out : "" for none, "new" for a fresh array, "same" for the argument itself.
    """

    kernel: str
    x: Any
    cuts: tuple = (WHOLE,)
    writable: bool = True
    out: str = ""


@dataclass(frozen=True)
class Outcome:
    """What one call did.

    Attributes
    ----------
    status : "ok", "raised", "not an array", "crashed" or "hung".
    value : the array as it was returned.
    later : the same array when all calls of the request had been made, where it has changed.
    message : what went wrong, in a few words.
    flags : what NumPy warned of.
    wrote : the argument was changed.
    shares : the result lies in the argument's memory.
    is_out : the result is the array given as `out`.
    seconds : of the call.
    """

    status: str
    value: Any = None
    later: Any = None
    message: str = ""
    flags: tuple[str, ...] = ()
    wrote: bool = False
    shares: bool = False
    is_out: bool = False
    seconds: float = 0.0


@dataclass
class _Running:
    result: Any = None
    error: BaseException | None = None
    flags: set[str] = field(default_factory=set)
    seconds: float = 0.0


def serve(connection: Connection, loader: Callable[[], Adapter]) -> None:
    """Load the implementation, say so, then answer calls until the connection is closed."""
    try:
        adapter = loader()
    except BaseException as error:  # whatever somebody's module does when it is imported
        connection.send((False, str(error) or type(error).__name__))
        return
    described = {
        "framework": adapter.framework,
        "version": adapter.version,
        "takes_out": adapter.takes_out,
        "kernels": ("forward", *(("derivative",) if adapter.derivative else ())),
    }
    connection.send((True, described))
    with contextlib.suppress(EOFError, OSError):
        while True:
            request = connection.recv()
            if isinstance(request, Call):
                connection.send(_called(adapter, request))
            else:
                from actfn.examine.speed import measure

                connection.send(measure(adapter, **request))


def _called(adapter: Adapter, call: Call) -> list[Outcome]:
    function = adapter.forward if call.kernel == "forward" else adapter.derivative
    assert function is not None  # only kernels that were described are asked for
    done = [_observed(function, call, cut) for cut in call.cuts]
    return [_packed(*one) for one in done]


def _observed(function: Callable, call: Call, cut):
    given = call.x[cut] if call.x.ndim else np.array(call.x)
    before = given.copy()
    if not call.writable:
        given.flags.writeable = False
    options = {}
    if call.out:
        options["out"] = given if call.out == "same" else np.empty_like(given)
    seen = _run(function, given, options)
    first = _copied(seen.result)
    changed = given.tobytes() != before.tobytes()
    if changed:
        np.copyto(given, before)  # the next call gets what the first one got
    return given, options.get("out"), seen, first, changed and call.out != "same"


def _run(function: Callable, given, options: dict) -> _Running:
    seen = _Running()

    def note(text: str, _: int) -> None:
        seen.flags.update(f for f in _FLAGS if str(text).startswith(f))

    started = time.perf_counter()
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            with np.errstate(over="call", invalid="call", divide="call", call=note):
                seen.result = function(given, **options)
    except BaseException as error:  # sys.exit() in somebody's function included
        seen.error = error
    seen.seconds = time.perf_counter() - started
    return seen


def _copied(result):
    try:
        return np.array(result)
    except Exception:  # told when it is packed
        return np.empty(0)


def _packed(given, out, seen: _Running, first, wrote: bool) -> Outcome:
    common: dict[str, Any] = {
        "flags": tuple(sorted(seen.flags)), "wrote": wrote, "seconds": seen.seconds,
    }  # fmt: skip
    if seen.error is not None:
        words = " ".join(str(seen.error).split())
        name = type(seen.error).__name__
        return Outcome(RAISED, message=f"{name}: {words}"[:300] if words else name, **common)
    kind = type(seen.result).__name__
    try:
        value = np.asarray(seen.result)
    except Exception as error:
        return Outcome(NOT_AN_ARRAY, message=f"returned {kind} ({error})"[:300], **common)
    if isinstance(seen.result, (tuple, list)) or (
        value.dtype.kind not in "fiub" and value.dtype.name != "bfloat16"
    ):
        return Outcome(NOT_AN_ARRAY, message=f"returned {kind}, not numbers", **common)
    changed = not wrote and out is None and first.tobytes() != value.tobytes()
    return Outcome(
        OK, value=first, later=np.array(value) if changed else None,
        shares=out is None and bool(np.may_share_memory(value, given)),
        is_out=seen.result is out, **common,
    )  # fmt: skip


def main(descriptor: int) -> None:
    """The entry of a fresh process: the first message says what to load."""
    with Connection(descriptor) as connection:
        request = connection.recv()
        sys.path[:] = request.pop("path")
        serve(connection, lambda: load(**request))
    os._exit(0)  # nothing that the implementation left behind may hold the process
