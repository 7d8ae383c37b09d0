"""The process that runs one answer: reads calls from its channel, writes what they did."""

import faulthandler
import io
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from os import _exit  # the answer may replace os._exit

from actfn.interview.sandbox import answer, arguments, results, wire
from actfn.interview.sandbox.faults import Fault
from actfn.interview.sandbox.observe import Observation, observe

BROKEN, NO_MEMORY = 70, 71  # exit codes: the answer left an interpreter that does not work
_MOST_FROM_ACTFN = 1 << 31


def main(channel: int) -> None:
    """Serve the channel until it is closed; does not return.

    Standard output and error are already what the answer prints to.
    """
    code = BROKEN
    try:
        _streams()
        modules = sys.modules
        for name in [name for name in modules if name.partition(".")[0] == "actfn"]:
            del modules[name]  # `import actfn` finds nothing: answers are graded on NumPy alone
        _serve(channel)
        code = 0
    except MemoryError:
        code = NO_MEMORY
    except BaseException:
        code = BROKEN
    finally:
        _exit(code)


def _streams() -> None:
    """Text streams on descriptors 1 and 2; what is printed before a crash has to be seen."""
    for name, number in (("stdout", 1), ("stderr", 2)):
        raw = io.FileIO(number, "w", closefd=False)
        stream = io.TextIOWrapper(
            io.BufferedWriter(raw), "utf-8", "backslashreplace", line_buffering=True
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    faulthandler.enable(sys.stderr, all_threads=False)  # names the line of a crash, or of a hang


def _serve(channel: int) -> None:
    def read(size: int) -> bytearray:
        data = bytearray()
        while len(data) < size:
            part = os.read(channel, min(size - len(data), 1 << 20))
            if not part:
                _exit(0)
            data += part
        return data

    _write(channel, {}, [])  # ready: the clock starts
    header, (source,) = wire.unpack(read, _MOST_FROM_ACTFN)
    function = _loaded(channel, source.decode("utf-8", "surrogatepass"), header["function"])
    while True:
        frame = wire.unpack(read, _MOST_FROM_ACTFN)
        _write(channel, *_called(function, *frame))


def _loaded(channel: int, source: str, name: str) -> Callable:
    try:
        function = answer.load(source, name, sys.modules)
    except answer.NotLoaded as failure:
        _write(channel, {**asdict(failure.fault), "names": failure.names}, [])
        _exit(0)
    _write(channel, {**asdict(Fault("ok")), "names": []}, [])
    return function


def _called(function: Callable, header: dict, buffers: list[bytearray]) -> tuple[dict, list]:
    given = arguments.unpack(header, buffers)
    seen = observe(function, given, header["trace"])
    fault, result, data = _packed(seen)
    fields = {
        **asdict(fault),
        **result,
        "flags": sorted(seen.flags),
        "mutated": [memory is not None and memory.mutated() for memory in given.memories],
        "shares_memory": fault.status == "ok" and _shares(seen, given),
        "steps": seen.steps,
        "seconds": seen.seconds,
    }
    return fields, data


def _packed(seen: Observation) -> tuple[Fault, dict, list]:
    nothing = {"several": True, "scalar": False, "arrays": []}
    if seen.fault:
        return seen.fault, nothing, []
    try:
        return Fault("ok"), *results.pack(seen.value)
    except results.NotAnArray as refusal:
        return Fault("not_an_array", text=str(refusal)), nothing, []
    except MemoryError as refusal:
        return Fault("memory", type(refusal).__name__, str(refusal)), nothing, []


def _shares(seen: Observation, given: arguments.Arguments) -> bool:
    owned = [memory for memory in given.memories if memory is not None]
    return any(m.holds(array) for array in results.plain_arrays(seen.value) for m in owned)


def _write(channel: int, header: dict, buffers: list) -> None:
    data = memoryview(wire.pack(header, buffers))
    while data:
        data = data[os.write(channel, data) :]
