"""Landlock: the answer's process opens no file but those of Python, NumPy and SciPy."""

import ctypes
import os
import struct
from collections.abc import Iterable, Iterator

from actfn.interview.sandbox.kernel import syscall

# The same numbers on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION = 1
_PATH_BENEATH = 1
READ_FILE, READ_DIR = 1 << 2, 1 << 3

# Rights to files by the Landlock version that brought them (linux/landlock.h). A right is denied
# only when the ruleset names it, and a kernel refuses to be told of rights that it does not know.
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
_NETWORK_RIGHTS = {4: 0b11}  # bind and connect
_SCOPES = {6: 0b11}  # abstract sockets, signals: none leave the sandbox


def version() -> int:
    """The kernel's Landlock version; OSError where there is none."""
    return syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)


def ruleset(folders: Iterable[str]) -> int:
    """A file descriptor of the rules: read the answer's libraries, nothing else.

    Parameters
    ----------
    folders : iterable of str
        Entries of `sys.path` for the standard library, and the packages' own folders.
    """
    attributes = _attributes(version())
    rules = syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes) - 1), 0)
    for path, rights in _readable(folders):
        _allow(rules, path, rights)
    return rules


def restrict(rules: int) -> None:
    """Apply the rules to this process, for good."""
    syscall(_RESTRICT_SELF, rules, 0)


def _attributes(abi: int) -> ctypes.Array:
    rights = [
        sum(bits for since, bits in table.items() if since <= abi)
        for table in (_FILE_RIGHTS, _NETWORK_RIGHTS, _SCOPES)
    ]
    known = 1 if abi < 4 else 2 if abi < 6 else 3  # the structure has grown with the versions
    return ctypes.create_string_buffer(struct.pack(f"={known}Q", *rights[:known]))


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        target = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # a dangling link, a sys.path entry that does not exist: nothing to read
        return
    try:
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, target))
        syscall(_ADD_RULE, rules, _PATH_BENEATH, rule, 0)
    finally:
        os.close(target)


def _readable(folders: Iterable[str]) -> Iterator[tuple[str, int]]:
    yield "/etc/ld.so.cache", READ_FILE
    for path in sorted(_shared_libraries()):
        yield path, READ_FILE
    for folder in folders:
        if os.path.isdir(folder):
            yield from _folder(folder)


def _folder(folder: str) -> Iterator[tuple[str, int]]:
    """The whole folder, but not the packages that others have installed in it: they may hold what
    is asked for, and a person's files.
    """
    yield folder, READ_DIR
    for entry in os.scandir(folder):
        if entry.name not in ("site-packages", "dist-packages"):
            yield entry.path, READ_FILE | (READ_DIR if entry.is_dir() else 0)


def _shared_libraries() -> set[str]:
    """What lies beside the libraries that are loaded: a standard module may load one of them."""
    with open("/proc/self/maps") as maps:
        loaded = {line.split(maxsplit=5)[5].strip() for line in maps if ".so" in line}
    beside: set[str] = set()
    for folder in {os.path.dirname(path) for path in loaded}:
        if os.path.isdir(folder):
            beside |= {e.path for e in os.scandir(folder) if ".so" in e.name and e.is_file()}
    return beside
