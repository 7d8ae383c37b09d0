"""A batch of calls: in one process as long as it lives, in new ones after calls that end it."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from actfn.interview.sandbox import arguments, results
from actfn.interview.sandbox.messages import Speaker, split_dump
from actfn.interview.sandbox.observe import FLAGS
from actfn.interview.sandbox.process import AnswerProcess, Gone, Printed
from actfn.interview.sandbox.records import Call, Limits, Outcome, Progress
from actfn.interview.sandbox.wire import DUMP, KILL, WAIT, Malformed, field, natural

Start = Callable[[Limits, Printed, bool], AnswerProcess]

_UNLOADED = ("syntax", "no_function", "import_failed", "memory", "blocked")
_FAILED = ("raised", "memory", "blocked", "not_an_array")
_LEAST_SHARE = 1 / 16  # halves of halves would soon be too short for an honest call
_UNFINISHED = (TimeoutError, Gone, Malformed)


class Batch:
    """The calls of one answer, their outcomes so far, and the time that is left."""

    def __init__(
        self,
        source: str,
        function: str,
        calls: Sequence[Call],
        limits: Limits,
        progress: Progress | None = None,
    ) -> None:
        self._file = ({"function": function}, [source.encode("utf-8", "surrogatepass")])
        self._frames = [arguments.pack(call) for call in calls]
        self._scipy = "scipy" in source
        self._limits = limits
        self._deadline = math.inf
        self._printed = Printed(limits.output)
        self._say = Speaker(source, function)
        self._loaded = False
        self._progress = progress or _silent
        self.outcomes: list[Outcome] = []

    def run(self, start: Start) -> tuple[str, str]:
        """Make every call; status and message of the report."""
        while True:
            failure = self._one_process(start)
            if failure and not self._loaded:
                return failure
            if self._late():
                self._give_up("time", f"not called: the {self._limits.seconds:g} s were used up")
            elif failure:  # a file that was executed once is not always executed twice
                self._give_up(*failure)
            if len(self.outcomes) == len(self._frames):
                return "ok", ""

    def _late(self) -> bool:
        return self._deadline <= time.monotonic()

    def _give_up(self, status: str, message: str) -> None:
        rest = self._frames[len(self.outcomes) :]
        status = status if status in ("time", "memory", "crashed", "blocked") else "raised"
        self.outcomes += [Outcome(status, message=message, mutated=_untouched(f)) for f in rest]

    def _one_process(self, start: Start) -> tuple[str, str] | None:
        """As many calls as one process survives, or why there was nothing to call."""
        process = start(self._limits, self._printed, self._scipy)
        # The clock starts with the first process: starting Python is not the answer's time.
        self._deadline = min(self._deadline, time.monotonic() + self._limits.seconds)
        try:
            failure = self._load(process)
            self._loaded = self._loaded or not failure
            alive = not failure
            while alive and len(self.outcomes) < len(self._frames) and not self._late():
                alive = self._call(process)
                self._progress(len(self.outcomes), len(self._frames))
        finally:
            process.end(KILL)
        return failure

    def _load(self, process: AnswerProcess) -> tuple[str, str] | None:
        started = time.monotonic()
        try:
            header, _ = self._exchange(process, self._file, last=not self._frames)
            return self._say.fault(header, _UNLOADED)
        except _UNFINISHED as error:
            status, message, _ = self._stopped(process, error, time.monotonic() - started)
            return status, message

    def _call(self, process: AnswerProcess) -> bool:
        """Make the next call; False when the process did not survive it."""
        frame = self._frames[len(self.outcomes)]
        last = len(self.outcomes) == len(self._frames) - 1
        started = time.monotonic()
        try:
            outcome = self._outcome(*self._exchange(process, frame, last), len(_untouched(frame)))
            process.drain()
            self.outcomes.append(replace(outcome, printed=self._printed.take()))
        except _UNFINISHED as error:
            seconds = time.monotonic() - started
            status, message, printed = self._stopped(process, error, seconds)
            self.outcomes.append(
                Outcome(status, message=message, mutated=_untouched(frame), seconds=seconds,
                        printed=printed)
            )  # fmt: skip
            return False
        return True

    def _exchange(
        self, process: AnswerProcess, frame: tuple[dict, list[bytes]], last: bool
    ) -> tuple[dict, list[bytearray]]:
        """Send a frame and wait for the reply, for half of the time that is left or all of it."""
        now = time.monotonic()
        left = self._deadline - now
        share = left if last else max(left / 2, _LEAST_SHARE * self._limits.seconds)
        until = now + min(left, share)
        process.send(*frame, until)
        return process.receive(until)

    def _stopped(
        self, process: AnswerProcess, error: Exception, seconds: float
    ) -> tuple[str, str, str]:
        """End the process; status, message, and what it had printed."""
        late = isinstance(error, TimeoutError)
        forged = isinstance(error, Malformed)
        ending = process.end(DUMP if late else KILL if forged else WAIT)
        printed, dump = split_dump(self._printed.take())
        if late:
            return *self._say.late(seconds, dump), printed
        if forged:
            return *self._say.forged(), printed
        return *self._say.ended(ending, dump), printed

    def _outcome(self, header: dict, buffers: list[bytearray], count: int) -> Outcome:
        """The outcome that a frame describes; Malformed when it describes none."""
        status, message = self._say.fault(header, _FAILED) or ("ok", "")
        value = results.unpack(header, buffers)
        steps = header.get("steps")
        return Outcome(
            status,
            value if status == "ok" else None,
            is_scalar=field(header, "scalar", bool),
            message=message,
            flags=FLAGS.intersection(_all(header, "flags", str)),
            mutated=_of_length(count, _all(header, "mutated", bool)),
            shares_memory=field(header, "shares_memory", bool),
            steps=None if steps is None else natural(steps),
            seconds=_duration(field(header, "seconds", float)),
        )


def _silent(done: int, total: int) -> None:
    pass


def _untouched(frame: tuple[dict, list[bytes]]) -> tuple[bool, ...]:
    header, _ = frame
    return (False,) * (len(header["arguments"]) + len(header["keywords"]))


def _all(header: dict, name: str, kind: type) -> list:
    values = field(header, name, list)
    if any(type(value) is not kind for value in values):
        raise Malformed(f"'{name}' holds something else")
    return values


def _of_length(count: int, values: list) -> tuple:
    if len(values) != count:
        raise Malformed(f"{len(values)} values for {count} arguments")
    return tuple(values)


def _duration(seconds: float) -> float:
    if not (math.isfinite(seconds) and seconds >= 0):
        raise Malformed("no duration")
    return seconds
