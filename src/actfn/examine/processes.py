"""Processes that run what is examined: a fresh Python, or a fork of this one."""

import contextlib
import faulthandler
import os
import signal
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from multiprocessing.connection import Connection

from actfn.errors import ImplementationError
from actfn.examine.child import serve
from actfn.examine.frameworks import Adapter

_LOADING = 120.0  # seconds: PyTorch and JAX take a while to import on a busy machine
_START = "import sys; from actfn.examine.child import main; main(int(sys.argv[1]))"
_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))


class Process:
    """A process that serves calls; `described` is what it said of the implementation."""

    connection: Connection

    def greet(self) -> None:
        try:
            usable, self.described = self._received(_LOADING)
        except (TimeoutError, EOFError, OSError) as error:
            raise ImplementationError(f"it cannot be loaded: {self.end() or error}") from error
        except BaseException:
            self.end()
            raise
        if not usable:
            self.end()
            raise ImplementationError(str(self.described))

    def ask(self, request, patience: float):
        self.connection.send(request)
        return self._received(patience)

    def _received(self, patience: float):
        if not self.connection.poll(patience):
            raise TimeoutError
        return self.connection.recv()

    def end(self) -> str:
        """End it; how it ended in a few words."""
        raise NotImplementedError


class Fresh(Process):
    """A new Python that imports the implementation."""

    def __init__(self, request: dict):
        ours, theirs = socket.socketpair()
        roots = os.pathsep.join([_ROOT, *filter(None, sys.path)])
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _START, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": roots},
                start_new_session=True,  # Ctrl-C is for actfn, which ends the process
            )  # fmt: skip
        self.connection = Connection(ours.detach())
        with contextlib.suppress(OSError):  # it died at once: `greet` says so
            self.connection.send({**request, "path": [os.getcwd(), *sys.path]})
        self.greet()

    def end(self) -> str:
        self.connection.close()
        try:
            code = self.process.wait(0.5)
        except subprocess.TimeoutExpired:
            _kill(self.process.pid)
            self.process.wait()
            return ""
        return _ending(code)


class Fork(Process):
    """A copy of this process, which has the callable already."""

    def __init__(self, loader: Callable[[], Adapter]):
        if not hasattr(os, "fork"):
            raise ImplementationError(
                f"on {sys.platform} a callable cannot get a process of its own: "
                "name it, as FILE.py:function"
            )
        ours, theirs = socket.socketpair()
        sys.stdout.flush()
        sys.stderr.flush()
        with warnings.catch_warnings():
            # Python warns of threads in the parent; the child uses none of them.
            warnings.simplefilter("ignore")
            self.pid = os.fork()
        if self.pid == 0:
            _serve_in_fork(ours, theirs, loader)
        theirs.close()
        self.connection = Connection(ours.detach())
        self.greet()

    def end(self) -> str:
        self.connection.close()
        deadline = time.monotonic() + 0.5
        while time.monotonic() < deadline:
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                return _ending(os.waitstatus_to_exitcode(status))
            time.sleep(0.001)
        _kill(self.pid)
        os.waitpid(self.pid, 0)
        return ""


def _serve_in_fork(ours: socket.socket, theirs: socket.socket, loader) -> None:
    """Does not return: nothing of the parent's (exit handlers, tests) may run here."""
    try:
        os.setsid()
        faulthandler.disable()  # how it ends is told by the parent
        ours.close()
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        if "torch" in sys.modules:  # the threads of its pool are not here
            sys.modules["torch"].set_num_threads(1)
        serve(Connection(theirs.detach()), loader)
    finally:
        os._exit(0)


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _ending(code: int) -> str:
    if code >= 0:
        return f"the process ended with status {code}"
    return f"the process was killed by {signal.Signals(-code).name}"
