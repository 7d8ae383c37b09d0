"""The process of one lane: prepares cases, shows what it computes, and is timed.

    python -m actfn.examine.race.worker MODULE THREADS

One request as JSON on each line of standard input, one answer on each line of what was standard
output. What libraries print goes to standard error.
"""

import ctypes
import faulthandler
import gc
import importlib
import json
import math
import os
import signal
import sys
import time
import warnings
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from actfn.examine.race.case import Case
from actfn.examine.race.ways import NoWork, Way, Ways

_STATUS, _REFERENCES = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_GRACE = 30  # seconds after which a process ends itself that nobody has ended


class Lane:
    """What a process knows between requests."""

    def __init__(self, name: str, threads: int):
        self.library = importlib.import_module(name)
        self.threads = threads
        self.ways: Ways = {}

    def start(self) -> dict[str, Any]:
        """The settings of the library."""
        return {"settings": self.library.start(self.threads)}

    def check(self, case: dict[str, Any]) -> dict[str, Any]:
        """What every way computes, as lists of numbers."""
        found: dict[str, Any] = {}
        for name, way in self.library.ways(Case.read(case)).items():
            try:
                if way.before:
                    way.before()
                found[name] = {"results": [self._told(r) for r in _flat(way.call())]}
            except Exception as error:
                found[name] = {"error": _message(error)}
        return {"ways": found}

    def prepare(self, case: dict[str, Any], ways: list[str], batch: float) -> dict[str, Any]:
        """Make these ways ready: how many calls make up a batch, what memory a call takes."""
        self.ways = {}
        gc.collect()
        offered = self.library.ways(Case.read(case))
        self.ways = {name: offered[name] for name in ways}
        return {"ways": {name: _sized(way, batch) for name, way in self.ways.items()}}

    def time(self, way: str, calls: int) -> dict[str, Any]:
        """Seconds of one call, the mean of a batch: by the clock, and of all processors."""
        seconds, processor = _timed(self.ways[way], calls)
        return {"seconds": seconds, "processor_seconds": processor}

    def _told(self, result) -> dict[str, Any]:
        convert = getattr(self.library, "array_of", None)
        kind = str(result.dtype).removeprefix("torch.")
        array = convert(result) if convert else np.asarray(result).astype(np.float64)
        return {"dtype": kind, "shape": list(array.shape), "values": array.ravel().tolist()}


def _flat(result) -> list[Any]:
    """Results one by one, whatever tuples they come in."""
    if isinstance(result, tuple | list):
        return [r for part in result for r in _flat(part)]
    return [result]


def _sized(way: Way, batch: float) -> dict[str, Any]:
    _timed(way, 1)  # compiles, and touches its memory
    extra = _memory(way)
    once = _timed(way, 1)[0]
    if once < batch:
        once = min(once, _timed(way, 1)[0], _timed(way, 1)[0])
    calls = 1 if way.before else max(1, math.ceil(batch / max(once, 1e-9)))
    seconds = min(_timed(way, calls)[0] for _ in range(2)) if calls > 1 else once
    return {"calls": calls, "seconds": seconds, "extra_bytes": extra}


def _timed(way: Way, calls: int) -> tuple[float, float]:
    call = way.call
    if way.before:
        way.before()
    elif calls > 1:
        call()  # brings its arrays back into the caches
    gc.disable()
    try:
        worked, start = time.process_time(), time.perf_counter()
        for _ in range(calls):
            call()
        seconds = time.perf_counter() - start
        return seconds / calls, (time.process_time() - worked) / calls
    finally:
        gc.enable()


def _memory(way: Way) -> int | None:
    """Bytes that one call adds at its peak; None where the system does not tell."""
    if not _REFERENCES.exists():
        return None
    if way.before:
        way.before()
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)  # else memory that was used before would be used again unseen
    _REFERENCES.write_text("5")  # the peak starts from here
    before = _resident("VmRSS")
    result = way.call()
    extra = _resident("VmHWM") - before
    del result
    return max(0, extra)


def _resident(what: str) -> int:
    for line in _STATUS.read_text().splitlines():
        if line.startswith(what):
            return 1024 * int(line.split()[1])
    raise LookupError(what)


def _message(error: BaseException) -> str:
    text = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def serve(lane: Lane, requests: TextIO, answers: TextIO) -> None:
    """Answer until there are no more requests."""
    for line in requests:
        request = json.loads(line)
        faulthandler.dump_traceback_later(request.pop("limit") + _GRACE, exit=True)
        try:
            answer = getattr(lane, request.pop("do"))(**request)
        except NoWork as reason:
            answer = {"error": str(reason)}
        except Exception as error:
            answer = {"error": _message(error)}
        faulthandler.cancel_dump_traceback_later()
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def main() -> None:
    """Serve one lane."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    name, threads = sys.argv[1:]
    serve(Lane(name, int(threads)), sys.stdin, answers)


if __name__ == "__main__":
    main()
