"""What is said about an answer that did not return arrays: one sentence each."""

import errno
import re
import signal
from collections.abc import Collection

from actfn.interview.sandbox.process import Ending, visible
from actfn.interview.sandbox.wire import Malformed, field
from actfn.interview.sandbox.worker import BROKEN, NO_MEMORY

_DUMP = re.compile(r"^Fatal Python error: .*", re.DOTALL | re.MULTILINE)
_PLACE = re.compile(r'File "answer\.py", line (\d+)')
_ERRNO = re.compile(r"\[Errno (\d+)\]")
_LONGEST = 500

_REFUSED = {
    errno.EPERM: "a process or another service of the system",
    errno.EACCES: "a file",
    errno.EFBIG: "a file",
    errno.ENETDOWN: "the network",
}

_TIME = {"SIGXCPU", "SIGALRM"}
_CRASHES = {
    "SIGSEGV": "a segmentation fault",
    "SIGBUS": "a bus error",
    "SIGFPE": "a fatal arithmetic error",
    "SIGILL": "an illegal instruction",
    "SIGABRT": "an abort",
}


class Speaker:
    """Makes the sentences; knows the source, so that it can show the line that it names."""

    def __init__(self, source: str, function: str) -> None:
        self._lines = source.splitlines()
        self._function = function

    def fault(self, header: dict, possible: Collection[str]) -> tuple[str, str] | None:
        """Status and sentence for a fault that the answer's process has reported; None for "ok".

        Malformed when the status is not one of those that are possible here.
        """
        status = field(header, "status", str)
        if status == "ok":
            return None
        if status not in possible:
            raise Malformed("a status that is impossible here")
        say = getattr(self, f"_say_{status}")
        kind, text = field(header, "kind", str), one_line(field(header, "text", str))
        line = header.get("line")
        return status, say(one_line(kind), text, self._place(line), header)

    def late(self, seconds: float, dump: str) -> tuple[str, str]:
        """For a process that had to be stopped; `dump` is faulthandler's."""
        return "time", f"stopped after {seconds:.1f} s without a result{self._dumped(dump)}"

    def ended(self, ending: Ending, dump: str) -> tuple[str, str]:
        """For a process that ended where a result was due."""
        if ending.killed:
            return "crashed", "the answer broke the channel that its results come through"
        if ending.code < 0:
            return self._signalled(-ending.code, dump)
        if ending.code == NO_MEMORY:
            return "memory", "the answer used up the memory that it may use"
        if ending.code == BROKEN:
            return "crashed", "the answer left a Python interpreter that no longer works"
        return "crashed", f"the answer ended its own process with exit code {ending.code}"

    def forged(self) -> tuple[str, str]:
        """For bytes in the channel that are no result."""
        return "crashed", "the answer wrote into the channel that its results come through"

    def _signalled(self, number: int, dump: str) -> tuple[str, str]:
        name = signal.Signals(number).name if number in list(signal.Signals) else f"{number}"
        where = self._dumped(dump)
        if name in _TIME:
            return "time", f"stopped: it used up its processor time{where}"
        if name == "SIGKILL":
            return "memory", "killed by the system, most likely for the memory that it used"
        if name == "SIGSYS":
            return "blocked", "killed by the kernel for a system call of another architecture"
        return "crashed", f"died of {_CRASHES.get(name, f'signal {name}')}{where}"

    def _dumped(self, dump: str) -> str:
        found = _PLACE.search(dump)
        return self._place(int(found[1])) if found else ""

    def _place(self, line: object) -> str:
        if type(line) is not int or not 1 <= line <= len(self._lines):
            return ""
        text = one_line(self._lines[line - 1].strip())
        return f" (line {line}: `{text[:80]}`)" if text else f" (line {line})"

    def _say_raised(self, kind: str, text: str, place: str, _: dict) -> str:
        return f"{kind}: {text}{place}" if text else f"{kind}{place}"

    def _say_memory(self, kind: str, text: str, place: str, _: dict) -> str:
        return f"needs more memory than it may use{f': {text}' if text else ''}{place}"

    def _say_blocked(self, kind: str, text: str, place: str, _: dict) -> str:
        found = _ERRNO.match(text)
        what = _REFUSED.get(int(found[1]), "a process") if found else "a thread"
        return f"asked for {what}, which an answer does not get: {kind}: {text}{place}"

    def _say_not_an_array(self, kind: str, text: str, place: str, _: dict) -> str:
        return f"returned {text}, not an array of numbers"

    def _say_syntax(self, kind: str, text: str, place: str, _: dict) -> str:
        return f"{kind}: {text}{place}"

    def _say_import_failed(self, kind: str, text: str, place: str, _: dict) -> str:
        hint = ""
        if kind == "ModuleNotFoundError":
            hint = "; answers have NumPy, SciPy where it is installed, and the standard library"
        return f"executing the file raised {kind}: {text}{place}{hint}"

    def _say_no_function(self, kind: str, text: str, place: str, header: dict) -> str:
        if kind:
            return f"`{self._function}` is of type {kind}, not a function"
        names = [one_line(name)[:80] for name in field(header, "names", list) if type(name) is str]
        there = ", ".join(f"`{name}`" for name in names[:20]) or "no function at all"
        return f"defines no function `{self._function}`; there is {there}"


def one_line(text: str) -> str:
    """The text without line breaks and terminal controls, at most 500 characters."""
    clean = text.encode("utf-8", "backslashreplace").decode()
    return visible(" ".join(clean.split()))[:_LONGEST]


def split_dump(printed: str) -> tuple[str, str]:
    """What the answer printed, and what faulthandler added to it."""
    found = _DUMP.search(printed)
    return (printed[: found.start()], found[0]) if found else (printed, "")
