"""Frames on the channel between actfn and an answer: a JSON header, then raw bytes.

A frame from an answer's process is hostile until proven otherwise. Nothing in it is executed or
unpickled, nothing is allocated because it announces a size, and there is no verdict in it: the
worst that a forged frame achieves is a wrong result of the answer that forged it.
"""

import json
import struct
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

# Orders how to end an answer's process: let it end by itself, as one does that has closed its
# channel; make faulthandler print where it is and die of SIGABRT; or neither, it is done.
WAIT, DUMP, KILL = "wait", "dump", "kill"
GRACE = {WAIT: 1.0, DUMP: 1.0, KILL: 0.0}  # seconds until SIGKILL

MOST_HEADER = 1 << 20
_LENGTH = struct.Struct(">I")

# bool, integers, floats (longdouble included) and complex numbers, in both byte orders.
_NATIVE = [np.dtype(code) for code in "?bBhHiIlLqQefdgFDG"]
DTYPES = {d.str: d for native in _NATIVE for d in (native, native.newbyteorder())}


class Malformed(ValueError):
    """The bytes are no frame: somebody else wrote into the channel."""


def pack(header: dict, buffers: Iterable[bytes] = ()) -> bytes:
    """One frame."""
    buffers = list(buffers)
    text = json.dumps({**header, "sizes": [len(buffer) for buffer in buffers]}).encode()
    return b"".join([_LENGTH.pack(len(text)), text, *buffers])


def unpack(read: Callable[[int], bytearray], most: int) -> tuple[dict, list[bytearray]]:
    """The next frame, where `read` gives exactly as many bytes as it is asked for.

    Raises
    ------
    Malformed
        The header is too long or no JSON object, or announces more than `most` bytes.
    """
    (length,) = _LENGTH.unpack(read(_LENGTH.size))
    if length > MOST_HEADER:
        raise Malformed(f"a header of {length} bytes")
    header = _object(read(length))
    sizes = [natural(size) for size in field(header, "sizes", list)]
    if sum(sizes) > most:
        raise Malformed(f"{sum(sizes)} bytes, where at most {most} are taken")
    return header, [read(size) for size in sizes]


def _object(text: bytearray) -> dict:
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
        raise Malformed("the header is no JSON") from error
    if type(header) is not dict:
        raise Malformed("the header is no JSON object")
    return header


def field(header: dict, name: str, kind: type) -> Any:
    """The entry of this name, when it has exactly this type (a bool is no int)."""
    value = header.get(name)
    if type(value) is not kind:
        raise Malformed(f"'{name}' is a {type(value).__name__}, not a {kind.__name__}")
    return value


def natural(value: object) -> int:
    """The value, when it is a whole number from 0 to 2^31."""
    if type(value) is not int or not 0 <= value <= 1 << 31:
        raise Malformed("a size is no whole number between 0 and 2^31")
    return value
