"""What went wrong in an answer, beside the answer: the exception becomes a few plain words."""

import errno
from dataclasses import dataclass
from types import TracebackType

FILENAME = "answer.py"
_MOST_TEXT = 500

# What the kernel answers when the sandbox refuses: signals and processes, files, the network,
# and, from resource limits alone, processes and written files.
_REFUSALS = {errno.EPERM, errno.EACCES, errno.ENETDOWN, errno.EAGAIN, errno.EFBIG}


@dataclass(frozen=True)
class Fault:
    """A status, and for an exception its class, its text and the line of the answer."""

    status: str
    kind: str = ""
    text: str = ""
    line: int | None = None


def describe(error: BaseException) -> Fault:
    """The fault of an exception that left the answer."""
    return Fault(_status(error), type(error).__name__[:80], _text(error), _line(error))


def _status(error: BaseException) -> str:
    if isinstance(error, MemoryError):
        return "memory"
    if isinstance(error, OSError) and error.errno in _REFUSALS:
        return "blocked"
    if type(error) is RuntimeError and _text(error) == "can't start new thread":
        return "blocked"
    return "raised"


def _text(error: BaseException) -> str:
    try:
        return str(error)[:_MOST_TEXT]
    except BaseException:  # the answer's own class, whose __str__ raises
        return ""


def _line(error: BaseException) -> int | None:
    """The innermost line of the answer that the exception passed."""
    line = None
    step: TracebackType | None = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == FILENAME:
            line = step.tb_lineno
        step = step.tb_next
    return line
