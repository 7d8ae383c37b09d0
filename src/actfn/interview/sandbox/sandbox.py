"""The sandbox: keeps the fork server and hands batches of calls to processes that it forks."""

import os
import sys
import threading
import time
from collections.abc import Sequence
from functools import partial

from actfn.interview.sandbox.batch import Batch
from actfn.interview.sandbox.launch import ForkServer, PlainProcess, ServerGone, Unavailable
from actfn.interview.sandbox.process import AnswerProcess
from actfn.interview.sandbox.records import Call, Limits, Progress, Report, SandboxError

_ATTEMPTS = 3  # a server that dies is started again, but not for ever


class Sandbox:
    """Runs answers, each in a limited process of its own.

    A context manager. The fork server starts once (about 0.3 s) and costs nothing while it waits;
    `close` ends it, and so does the end of this process, however it comes about. Threads may share
    a sandbox: their batches run one after the other.

    Examples
    --------
    >>> with Sandbox() as sandbox:
    ...     report = sandbox.run("def inverse(x): return 1 / x", "inverse", [Call((0,))])
    >>> report.outcomes[0].message
    'ZeroDivisionError: division by zero (line 1: `def inverse(x): return 1 / x`)'
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._launcher: ForkServer | PlainProcess | None = None

    def __enter__(self) -> "Sandbox":
        with self._lock:
            self._launcher = self._launcher or _launcher()  # it gets ready while others do too
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the fork server; the next batch would start a new one."""
        with self._lock:
            launcher, self._launcher = self._launcher, None
            if launcher:
                launcher.close()

    def run(
        self,
        source: str,
        function: str,
        calls: Sequence[Call],
        limits: Limits | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """Execute an answer and call its function.

        Parameters
        ----------
        source : str
            Text of the answer's file.
        function : str
            Name of the function in it.
        calls : sequence of Call
            A call that loops or dies gives its outcome; the rest run in a new process.
        limits : Limits, optional
            For the whole batch.
        progress : callable, optional
            Called with the number of outcomes so far and that of the calls, after each.

        Returns
        -------
        Report
            One outcome for each call, or why nothing could be called.

        Raises
        ------
        TypeError
            An argument is of a type that cannot be sent.
        SandboxError
            No process can be started.
        """
        with self._lock:
            words = ""
            for _ in range(_ATTEMPTS):
                try:
                    batch = Batch(source, function, calls, limits or Limits(), progress)
                    return self._run(batch)
                except ServerGone as gone:
                    words = str(gone).strip().rpartition("\n")[2]
        raise SandboxError(
            f"the process that runs answers dies as soon as it is started ({words or 'silently'}); "
            f"does `{sys.executable} -c 'import numpy'` work?"
        )

    def _run(self, batch: Batch) -> Report:
        try:
            launcher = self._ready()
            started = time.monotonic()
            status, message = batch.run(partial(AnswerProcess, launcher))
        except BaseException:  # Ctrl-C at any point: nothing may go on, no reply may be left over
            self.close()
            raise
        outcomes = tuple(batch.outcomes) if status == "ok" else ()
        seconds = time.monotonic() - started
        return Report(status, message, outcomes, seconds, launcher.isolated, launcher.notice)

    def _ready(self) -> ForkServer | PlainProcess:
        """The launcher, once it has started; a plain one where the kernel cannot isolate."""
        if self._launcher is None or self._launcher.owner != os.getpid():
            self._launcher = _launcher()  # a fork of this process must not share the socket
        try:
            self._launcher.greet()
        except Unavailable as reason:
            self._launcher = PlainProcess(str(reason))
        return self._launcher


def _launcher() -> ForkServer | PlainProcess:
    try:
        return ForkServer()
    except Unavailable as reason:
        return PlainProcess(str(reason))
