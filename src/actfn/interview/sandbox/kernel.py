"""Linux system calls that Python has no function for, by ctypes."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_SECCOMP = 22
PR_SET_NO_NEW_PRIVS = 38

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def syscall(number: int, *arguments: object) -> int:
    """The system call's result; OSError when it fails."""
    return _checked(_libc.syscall(ctypes.c_long(number), *arguments))  # type: ignore[union-attr]


def prctl(option: int, *arguments: object) -> int:
    """prctl(2), its missing arguments being 0 as the kernel demands."""
    longs = [a if isinstance(a, ctypes.Array) else ctypes.c_ulong(a) for a in arguments]  # type: ignore[arg-type]
    longs += [ctypes.c_ulong(0)] * (4 - len(longs))
    return _checked(_libc.prctl(option, *longs))  # type: ignore[union-attr]


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when the one that started it ends."""
    if sys.platform == "linux":
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the request
        os._exit(1)
