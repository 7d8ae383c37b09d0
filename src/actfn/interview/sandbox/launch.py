"""Starts the processes that run answers: by the fork server, or plainly where it cannot confine."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import weakref
from contextlib import suppress
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from actfn.interview.sandbox.records import Limits, SandboxError
from actfn.interview.sandbox.wire import DUMP, GRACE, KILL

PATIENCE = 30.0  # seconds for the server to start or to reply, on a machine that is very busy
_MESSAGE = 4096
_START = (
    "import json, sys; a = json.loads(sys.argv[1]); sys.path += a['roots'];"
    "from actfn.interview.sandbox import server; getattr(server, sys.argv[2])(**a)"
)
# A second thread in the server would make forking unsafe, and in the answer it is refused.
_SINGLE = ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR")


class Unavailable(Exception):
    """This system cannot isolate an answer; the text says what it lacks."""


class ServerGone(Exception):
    """The process that starts answers, or the one just started, has died; its last words."""


class ForkServer:
    """The process from which every answer's process is forked, and the socket to it."""

    notice = ""
    isolated = True

    def __init__(self) -> None:
        if sys.platform != "linux":
            raise Unavailable("Landlock and seccomp exist on Linux only")
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.settimeout(PATIENCE)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the server lives
        with theirs:
            self._process = _python(
                "serve", [theirs.fileno()], self._errors.fileno(), control=theirs.fileno()
            )
        self.owner = os.getpid()
        self.close = weakref.finalize(
            self, _stop, self._process, self._socket, self._errors, self.owner
        )
        self._greeted = False

    def greet(self) -> None:
        """Wait until the server is ready; Unavailable when its kernel cannot isolate."""
        if not self._greeted:
            hello = self._reply()
            self._greeted = True
            if not hello["isolated"]:
                self.close()
                raise Unavailable(hello["reason"])

    def launch(self, limits: Limits, channel: int, output: int, scipy: bool) -> None:
        """Fork a process that serves the channel and prints into `output`."""
        request = json.dumps({"limits": asdict(limits), "scipy": scipy}).encode()
        try:
            socket.send_fds(self._socket, [request], [channel, output])
        except OSError as error:
            raise self._gone() from error

    def end(self, order: str) -> dict:
        """End that process; {"code": as in subprocess, "killed": it did not end by itself}."""
        try:
            self._socket.send(json.dumps({"order": order}).encode())
        except OSError as error:
            raise self._gone() from error
        return self._reply()

    def _reply(self) -> dict:
        try:
            message = self._socket.recv(_MESSAGE)
        except OSError as error:
            raise self._gone() from error
        if not message:
            raise self._gone()
        return json.loads(message)

    def _gone(self) -> ServerGone:
        self._errors.seek(0)
        return ServerGone(self._errors.read().decode("utf-8", "replace"))


class PlainProcess:
    """One ordinary process for each batch, with resource limits alone."""

    isolated = False

    def __init__(self, reason: str) -> None:
        if os.name != "posix":
            raise SandboxError(f"answers cannot be run on {sys.platform}: use Linux, macOS or WSL")
        self.notice = (
            f"answers are not isolated here ({reason}): they run as ordinary processes of yours, "
            "limited in time and memory only, so grade only code that you trust"
        )
        self.owner = os.getpid()
        self._process: subprocess.Popen | None = None

    def greet(self) -> None:
        """Nothing has to be waited for."""

    def launch(self, limits: Limits, channel: int, output: int, scipy: bool) -> None:
        """Start a process that serves the channel and prints into `output`."""
        self._process = _python(
            "plain", [channel], output,
            channel=channel, parent=os.getpid(), limits=asdict(limits),
        )  # fmt: skip

    def end(self, order: str) -> dict:
        """End that process and whatever it has started; the reply is the fork server's."""
        process, self._process = self._process, None
        if process is None:
            return {"code": 0, "killed": False}
        if order == DUMP:
            process.send_signal(signal.SIGABRT)
        ended = _ends(process, GRACE[order])
        _kill_group(process.pid)
        return {"code": process.wait(), "killed": not ended}

    def close(self) -> None:
        """End the process, if there is one."""
        self.end(KILL)


def _python(entry: str, descriptors: list[int], output: int = subprocess.DEVNULL, **arguments):
    """A Python without site packages and with an almost empty environment: the answer is not to
    find a person's modules, startup files and secrets.
    """
    arguments["roots"] = _roots()
    flags = ("-I", "-S", "-B", "-X", "utf8", "-c", _START)
    return subprocess.Popen(
        [sys.executable, *flags, json.dumps(arguments), entry],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        pass_fds=descriptors,
        cwd="/",
        env=_environment(),
        start_new_session=True,  # Ctrl-C at the terminal is for actfn, which ends the process
    )


def _environment() -> dict[str, str]:
    needed = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
    kept = {name: os.environ[name] for name in needed if name in os.environ}
    return kept | {f"{library}_NUM_THREADS": "1" for library in _SINGLE} | {
        "VECLIB_MAXIMUM_THREADS": "1"
    }  # fmt: skip


def _roots() -> list[str]:
    """The folders that hold NumPy, SciPy and actfn."""
    specs = [find_spec(name) for name in ("numpy", "scipy", "actfn")]
    places = [spec.submodule_search_locations for spec in specs if spec]
    return list(dict.fromkeys(str(Path(place[0]).parent) for place in places if place))


def _ends(process: subprocess.Popen, seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _kill_group(leader: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # it has ended (EPERM: macOS, zombies)
        os.killpg(leader, signal.SIGKILL)


def _stop(
    process: subprocess.Popen, connection: socket.socket, errors: IO[bytes], owner: int
) -> None:
    """Close the socket: the server ends its process and itself."""
    connection.close()
    errors.close()
    if os.getpid() != owner:
        return  # a fork of actfn holds a copy; the server is not its own
    if not _ends(process, 2.0):
        process.kill()
        process.wait()
