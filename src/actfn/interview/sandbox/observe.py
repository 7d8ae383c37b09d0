"""One call of the answer under observation: result, NumPy's warnings, executed instructions."""

import io
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType
from typing import Any

import numpy as np

from actfn.interview.sandbox.arguments import Arguments
from actfn.interview.sandbox.faults import FILENAME, Fault, describe

FLAGS = frozenset({"overflow", "invalid", "divide", "underflow"})


@dataclass
class Observation:
    """What one call did; `fault` is None when it returned `value`."""

    value: Any
    fault: Fault | None
    flags: set[str]
    steps: int | None
    seconds: float


def observe(function: Callable, arguments: Arguments, trace: bool) -> Observation:
    """Call the function, whatever it does to NumPy's error state, filters and streams."""
    seen = Observation(None, None, set(), None, 0.0)
    steps = Steps() if trace else None
    with _error_state(seen.flags), _interpreter_state():
        started = time.perf_counter()
        try:
            _trace(steps)
            seen.value = function(*arguments.positional, **arguments.keywords)
        except BaseException as error:
            sys.settrace(None)
            seen.fault = describe(error)
            _note(seen.flags, error if isinstance(error, FloatingPointError) else "")
        sys.settrace(None)
        seen.seconds = time.perf_counter() - started
    seen.steps = steps.count if steps else None
    return seen


def _trace(steps: "Steps | None") -> None:
    if steps:
        sys._getframe().f_trace_opcodes = True  # Python 3.12 looks for one such frame
        sys.settrace(steps)


class Steps:
    """A trace function that counts the instructions executed in the answer's own code."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, frame: FrameType, event: str, _: object) -> "Steps | None":
        if event == "call":
            if frame.f_code.co_filename != FILENAME:
                return None
            frame.f_trace = self  # Python 3.13 looks for it when opcodes are asked for
            frame.f_trace_opcodes = True
            frame.f_trace_lines = False
        elif event == "opcode":
            self.count += 1
        return self


@contextmanager
def _error_state(flags: set[str]):
    """NumPy reports to us; where the answer asks for warnings instead, these are read."""
    with warnings.catch_warnings(record=True) as seen, np.errstate(
        all="call", call=lambda text, _: _note(flags, text)
    ):  # fmt: skip
        warnings.simplefilter("always")
        yield
    for warning in seen:
        _note(flags, warning.message)


def _note(flags: set[str], text: object) -> None:
    """Take the kind from "overflow encountered in exp", or from "divide by zero"."""
    word = str(text).split(maxsplit=1)[:1]
    flags |= FLAGS.intersection(word)


@contextmanager
def _interpreter_state():
    """What an answer may replace, put back so that its next call starts as its first one did."""
    streams, depth = (sys.stdout, sys.stderr), sys.getrecursionlimit()
    try:
        yield
    finally:
        for stream in streams:
            _flush(stream)
        sys.stdout, sys.stderr = streams
        sys.setrecursionlimit(depth)


def _flush(stream: io.TextIOBase) -> None:
    with suppress(OSError, ValueError):  # the answer has closed it
        stream.flush()
