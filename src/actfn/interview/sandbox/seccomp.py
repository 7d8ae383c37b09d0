"""Seccomp: the kernel refuses every system call that is not on a list.

The filter is a program for the classic BPF machine: it loads a word of `struct seccomp_data`
(number, architecture, arguments), compares it, jumps forward and returns an action.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Iterable

from actfn.interview.sandbox import syscalls
from actfn.interview.sandbox.kernel import PR_SET_SECCOMP, prctl

_MODE_FILTER = 2
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
ALLOW, KILL = 0x7FFF0000, 0x80000000
_X32 = 0x40000000  # a second table of calls on x86-64, none of which are wanted

# fcntl: look at a descriptor or copy it. Setting an owner and O_ASYNC would send signals.
_DUPFD, _GETFD, _SETFD, _GETFL, _DUPFD_CLOEXEC = 0, 1, 2, 3, 1030

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, operand


def refuse(number: int) -> int:
    """The action that makes a call fail with this error."""
    return 0x00050000 | number


def install() -> None:
    """Filter this process's system calls, for good; needs no_new_privs."""
    program = b"".join(struct.pack("=HBBI", *step) for step in _program())
    code = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: the number of instructions, padding, their address.
    head = struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
    prctl(PR_SET_SECCOMP, _MODE_FILTER, ctypes.create_string_buffer(head, len(head)))


def _program() -> list[Instruction]:
    steps = _preamble()
    for number in syscalls.allowed().values():
        steps += _if_equal(number, ALLOW)
    for error, calls in syscalls.refused().items():
        for number in calls.values():
            steps += _if_equal(number, refuse(error))
    steps += _guards()
    steps += [(_AT_LEAST, 0, 1, syscalls.NEWEST + 1), _return(refuse(errno.ENOSYS))]
    return [*steps, _return(refuse(errno.EPERM))]


def _preamble() -> list[Instruction]:
    """Another architecture's table would give the numbers another meaning."""
    return [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, syscalls.audit_architecture()),
        _return(KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, _X32),
        _return(KILL),
    ]


def _guards() -> list[Instruction]:
    """Calls that are harmless with some arguments only."""
    numbers = syscalls.guarded()
    commands = (_DUPFD, _GETFD, _SETFD, _GETFL, _DUPFD_CLOEXEC)
    return [
        *_guard(numbers["fcntl"], [(_argument(1), commands)]),
        # Only this process's own limits, and only to read them: the third argument is NULL.
        *_guard(
            numbers["prlimit64"],
            [(_argument(0), (0,)), (_argument(2), (0,)), (_argument(2) + 4, (0,))],
        ),
        # raise() and abort(): signals to itself, by which faulthandler ends a process.
        *_guard(numbers["tgkill"], [(_argument(0), (os.getpid(),))]),
    ]


def _guard(number: int, tests: list[tuple[int, Iterable[int]]]) -> list[Instruction]:
    """Allow the call when every tested word is one of its values."""
    body: list[Instruction] = []
    for offset, values in tests:
        choices = list(values)
        body.append((_LOAD, 0, 0, offset))
        for k, value in enumerate(choices):
            body.append((_EQUAL, len(choices) - k, 0, value))  # over the rest and the refusal
        body.append(_return(refuse(errno.EPERM)))
    body.append(_return(ALLOW))
    return [(_EQUAL, 0, len(body), number), *body]


def _argument(k: int) -> int:
    """Offset of the low half of an argument; both architectures are little-endian."""
    return _ARGUMENTS + 8 * k


def _if_equal(number: int, action: int) -> list[Instruction]:
    return [(_EQUAL, 0, 1, number), _return(action)]


def _return(action: int) -> Instruction:
    return (_RETURN, 0, 0, action)
