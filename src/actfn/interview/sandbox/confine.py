"""Limits that a process puts upon itself before it runs an answer."""

import errno
import math
import os
import resource
import signal
import socket
from collections.abc import Callable

from actfn.interview.sandbox import landlock, seccomp
from actfn.interview.sandbox.kernel import PR_SET_NO_NEW_PRIVS, prctl
from actfn.interview.sandbox.records import Limits

_OPEN_FILES = 64  # imports need a handful


def limit(limits: Limits) -> None:
    """Resource limits, on every POSIX system."""
    seconds = math.ceil(limits.seconds) + 1  # the parent's clock is the exact one
    signal.alarm(seconds)  # for an answer that sleeps where nobody is left to stop it
    _lower(resource.RLIMIT_CPU, seconds)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_NPROC, 0)
    _lower(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _lower(resource.RLIMIT_AS, _occupied() + limits.memory)


def _lower(which: int, value: int) -> None:
    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    try:
        resource.setrlimit(which, (value, value))
    except (ValueError, OSError):  # macOS has no limit of the address space
        if which != resource.RLIMIT_AS:
            raise


def _occupied() -> int:
    """The address space in use: Python, NumPy and its libraries."""
    try:
        with open("/proc/self/statm") as statm:
            return int(statm.read().split()[0]) * resource.getpagesize()
    except FileNotFoundError:
        return 1 << 30


def isolate(rules: int) -> None:
    """Landlock and seccomp, for good.

    Parameters
    ----------
    rules : int
        Descriptor of a Landlock ruleset.
    """
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    landlock.restrict(rules)
    seccomp.install()


def prove(rules: int) -> None:
    """Try in a process of its own whether `isolate` holds; OSError when something gets through."""
    pid = os.fork()
    if pid == 0:
        try:
            isolate(rules)
            os._exit(sum(bit << k for k, bit in enumerate(map(_escapes, _ATTEMPTS))))
        finally:
            os._exit(64)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code:
        raise OSError(errno.ENOTSUP, f"the kernel did not refuse what it was told to ({code})")


def _list_root() -> None:
    os.close(os.open("/", os.O_RDONLY))


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


_ATTEMPTS: tuple[Callable[[], object], ...] = (_list_root, socket.socket, _fork)


def _escapes(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True
