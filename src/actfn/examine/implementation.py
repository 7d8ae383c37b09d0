"""actfn's side of what is examined: starts its process, calls it, survives it.

What is named by a text runs in a fresh Python. A callable that is handed over runs in a fork of
this process, because nothing else can carry a closure; PyTorch and JAX have threads that do not
survive a fork, so their functions are looked up again by name in a fresh process where they can be.
"""

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
from typing import Any

import numpy as np

from actfn.errors import ImplementationError
from actfn.examine import adapters
from actfn.examine.child import CRASHED, HUNG, OK, Call, Outcome, serve

PATIENCE = 10.0  # seconds for one request, unless the caller says otherwise
_CALLS = 20  # small calls that get the patience of one: JAX compiles for each length
_LOADING = 120.0  # PyTorch and JAX take a while to import on a busy machine
_MOST_STARTS = 60  # what crashes at every other input is not started for ever
_START = "import sys; from actfn.examine.child import main; main(int(sys.argv[1]))"
_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))


class Implementation:
    """An implementation in a process of its own. A context manager.

    Parameters
    ----------
    what : str or callable
        A text as in `actfn.examine.adapters`, or a function of one array.
    derivative : str or callable, optional
        The same for f'.
    framework : {"numpy", "torch", "jax"}, optional
        Whose arrays it takes; found out where it is not given.
    patience : float
        Seconds after which a call counts as hanging.

    Raises
    ------
    ImplementationError
        Where it cannot be loaded.
    """

    def __init__(
        self,
        what: str | Callable,
        derivative: str | Callable | None = None,
        framework: str | None = None,
        patience: float = PATIENCE,
    ):
        self.patience = patience
        self.seconds = 0.0  # spent inside the implementation
        self._process: _Process | None = None
        self._starts = 0
        self.text = what if isinstance(what, str) else _name_of(what)
        if self.text and (derivative is None or isinstance(derivative, str)):
            request = {"text": self.text, "derivative": derivative, "framework": framework}
            self._start: Callable[[], _Process] = lambda: _Fresh(request)
        elif isinstance(what, str) or isinstance(derivative, str):
            raise ImplementationError("the function and its derivative: both by name, or neither")
        else:
            self._start = lambda: _Fork(lambda: adapters.adapt(what, framework, derivative))
        self.derivative_text = derivative if isinstance(derivative, str) else None
        self.title = self.text or getattr(what, "__qualname__", None) or repr(what)
        self._names = [
            getattr(f, "__name__", "f").replace("<lambda>", "f") if f is not None else ""
            for f in (what, derivative)
        ]
        self.described = self._ready().described

    def __enter__(self) -> "Implementation":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process:
            process.end()

    @property
    def kernels(self) -> tuple[str, ...]:
        return self.described["kernels"]

    def __call__(self, kernel: str, x) -> Outcome:
        """One call on a whole array."""
        return self.calls(Call(kernel, x))[0]

    def calls(self, call: Call) -> list[Outcome]:
        """All calls on one array; one that hangs or crashes costs the others their results."""
        answer = self._asked(call, self.patience * (1 + len(call.cuts) / _CALLS))
        if isinstance(answer, Outcome):
            return [answer] * len(call.cuts)
        self.seconds += sum(outcome.seconds for outcome in answer)
        return answer

    def measured(self, **request) -> dict | Outcome:
        """Timings, made in the implementation's own process; see `actfn.examine.speed`."""
        return self._asked(request, 6 * self.patience)

    def _asked(self, request, patience: float):
        started = time.monotonic()
        if self._starts >= _MOST_STARTS and self._process is None:
            return Outcome(CRASHED, message=f"the process has died {self._starts} times")
        try:
            return self._ready().ask(request, patience)
        except TimeoutError:
            self.close()
            seconds = time.monotonic() - started
            return Outcome(HUNG, message=f"no result after {seconds:.3g} s", seconds=seconds)
        except (EOFError, OSError):
            process, self._process = self._process, None
            return Outcome(CRASHED, message=process.end() if process else "it did not start")
        except BaseException:  # Ctrl-C: nothing may go on
            self.close()
            raise

    def _ready(self) -> "_Process":
        if self._process is None:
            self._starts += 1
            self._process = self._start()
        return self._process

    def line(self, kernel: str, x: float, dtype: str) -> str:
        """One line of Python that shows what the implementation does at x."""
        number = _literal(x, dtype)
        if self.text:
            return adapters.reproduction(self.text, self.derivative_text, kernel, number, dtype)
        name = self._names[0 if kernel == "forward" else 1]
        if name and self.described["framework"] == "numpy":
            return f"{name}(np.array([{number}], {dtype!r}))"
        adapted = f"adapt({self._names[0]}, {self.described['framework']!r})"
        return (
            "from actfn.examine.adapters import adapt; "
            f"print({adapted}.{kernel}(np.array([{number}], {dtype!r})))"
        )


def _literal(x: float, dtype: str) -> str:
    """The shortest number that is x in its dtype; "inf" and "nan" as Python reads them."""
    if not np.isfinite(x):
        return f"float('{x}')"
    if dtype in ("float32", "float16"):
        return str(np.dtype(dtype).type(x))
    return repr(float(x))


def _name_of(what: Callable) -> str:
    """ "torch:nn.functional.gelu" for PyTorch's and JAX's own functions, else ""."""
    for library in ("torch", "jax"):
        module = sys.modules.get(library)
        home = (getattr(what, "__module__", None) or "").partition(".")[0]
        name = getattr(what, "__name__", "")
        places = ("nn.functional", "nn", "special", "numpy", "")
        if module is None or home != library or not name:
            continue
        for place in places:
            found: Any = module
            for part in (*filter(None, place.split(".")), name):
                found = getattr(found, part, None)
            if found is what:
                return f"{library}:{place}.{name}" if place else f"{library}:{name}"
    return ""


class _Process:
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


class _Fresh(_Process):
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


class _Fork(_Process):
    """A copy of this process, which has the callable already."""

    def __init__(self, loader: Callable[[], adapters.Adapter]):
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


def narrowed(
    implementation: Implementation, kernel: str, x: np.ndarray
) -> tuple[np.ndarray, Outcome]:
    """A smallest part of x on which the call still fails, found by halving; and how it fails."""
    outcome = implementation(kernel, x)
    steps = 60 if outcome.status != HUNG else 3  # each look at what hangs costs the patience
    while x.size > 1 and steps > 0:
        steps -= 1
        halves = (x[: x.size // 2], x[x.size // 2 :])
        for half in halves:
            found = implementation(kernel, half)
            if found.status != OK:
                x, outcome = half, found
                break
        else:
            break  # only together do they fail
    return x, outcome
