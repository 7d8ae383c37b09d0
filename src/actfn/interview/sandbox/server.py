"""The fork server: a small Python with NumPy loaded, from which every answer's process is forked.

It reads no answer and holds no reference values. One Unix socket (message by message) brings a
request with two descriptors, the channel and the pipe for what is printed; then an order how to
end the process; it replies how the process ended. When the socket closes, actfn is gone, and so are
the answer's process and the server.
"""

import errno
import gc
import importlib.abc
import importlib.util
import json
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from types import ModuleType

from actfn.interview.sandbox import confine, kernel, landlock, worker
from actfn.interview.sandbox.records import Limits
from actfn.interview.sandbox.wire import DUMP, GRACE, KILL

_MESSAGE = 4096
_CHANNEL = 3  # where the answer's process has its channel
_DESCRIPTORS = 256  # the server itself has about ten


def serve(control: int, roots: list[str]) -> None:
    """Run the server on this descriptor; `roots` are the folders that hold NumPy and actfn."""
    connection = socket.socket(fileno=control)
    try:
        rules = _rules(roots)
    except OSError as error:
        _send(connection, {"isolated": False, "reason": str(error)})
        return
    _send(connection, {"isolated": True, "reason": ""})
    gc.freeze()  # a collection in a child would copy the pages that all of them share
    while request := _receive(connection):
        _one_process(connection, rules, *request)


def plain(channel: int, roots: list[str], parent: int, limits: dict) -> None:
    """Be the answer's process itself, with resource limits alone."""
    kernel.die_with_parent(parent)
    _libraries(roots)
    confine.limit(Limits(**limits))
    worker.main(channel)


def _rules(roots: list[str]) -> int:
    packages = _libraries(roots)
    rules = landlock.ruleset([*sys.path, *packages])
    confine.prove(rules)
    return rules


def _libraries(roots: list[str]) -> list[str]:
    """Load NumPy, forget where it came from, and give the folders that answers may read."""
    import numpy.linalg
    import numpy.random  # noqa: F401 - answers and arguments use both

    scipy = importlib.util.find_spec("scipy")
    sys.path[:] = [entry for entry in sys.path if entry not in roots]
    if scipy:
        sys.meta_path.append(_Only(scipy))
    names = ("numpy", "numpy.libs", "scipy", "scipy.libs")
    return [os.path.join(root, name) for root in roots for name in names]


class _Only(importlib.abc.MetaPathFinder):
    """Finds one installed package, and none of its neighbours."""

    def __init__(self, spec) -> None:
        self._spec = spec

    def find_spec(self, name: str, path=None, target: ModuleType | None = None):
        return self._spec if name == self._spec.name else None


def _receive(connection: socket.socket) -> tuple[dict, list[int]] | None:
    try:
        message, descriptors, _, _ = socket.recv_fds(connection, _MESSAGE, 2)
    except OSError:
        return None
    return (json.loads(message), descriptors) if message else None


def _send(connection: socket.socket, message: dict) -> None:
    try:
        connection.send(json.dumps(message).encode())
    except OSError as error:
        if error.errno not in (errno.EPIPE, errno.ECONNRESET):
            raise


def _one_process(
    connection: socket.socket, rules: int, request: dict, descriptors: list[int]
) -> None:
    if request["scipy"]:
        _load_scipy()
    server, pid = os.getpid(), os.fork()
    if pid == 0:
        try:
            _become_answer(server, rules, Limits(**request["limits"]), *descriptors)
        finally:
            worker._exit(worker.BROKEN)  # whatever happens, this copy does not serve
    for descriptor in descriptors:
        os.close(descriptor)
    order = _receive(connection)
    reply = _bury(pid, order[0]["order"] if order else KILL)
    if order:
        _send(connection, reply)


def _load_scipy() -> None:
    """Once here instead of in each answer's process."""
    with suppress(ImportError):  # not installed: the answer's own import says so
        importlib.import_module("scipy.special")


def _become_answer(server: int, rules: int, limits: Limits, channel: int, output: int) -> None:
    os.setsid()
    kernel.die_with_parent(server)
    confine.limit(limits)
    confine.isolate(rules)
    _keep_only(channel, output)
    worker.main(_CHANNEL)


def _keep_only(channel: int, output: int) -> None:
    """Nothing to read on 0, the pipe on 1 and 2, the channel on 3, and no other descriptor."""
    # Copies: the originals may have numbers that are given away below.
    channel, output = os.dup(channel), os.dup(output)
    for descriptor, number in ((output, 1), (output, 2), (channel, _CHANNEL)):
        os.dup2(descriptor, number)
    os.closerange(_CHANNEL + 1, _DESCRIPTORS)


def _bury(pid: int, order: str) -> dict:
    """End the process and tell how it ended; the orders are explained in wire.py."""
    handle = os.pidfd_open(pid)
    if order == DUMP:
        os.kill(pid, signal.SIGABRT)
    ended = bool(select.select([handle], [], [], GRACE[order])[0])
    if not ended:
        os.kill(pid, signal.SIGKILL)
    os.close(handle)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return {"code": code, "killed": not ended}
