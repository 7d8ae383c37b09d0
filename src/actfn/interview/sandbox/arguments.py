"""The arguments of a call, as a frame: packed by actfn, unpacked beside the answer."""

import ctypes
from dataclasses import dataclass
from typing import Any

import numpy as np

from actfn.errors import DTypeError
from actfn.interview.sandbox.records import GENERATOR, Call
from actfn.interview.sandbox.wire import DTYPES

_PLAIN = (bool, int, float, str, type(None))
_ALIGNMENT = 16  # what malloc gives: the position within it is kept


def pack(call: Call) -> tuple[dict, list[bytes]]:
    """Header and buffers of a call.

    Raises
    ------
    TypeError
        An argument is of a type that cannot be sent; DTypeError for an array's dtype.
    """
    buffers: list[bytes] = []
    header = {
        "arguments": [_pack(value, buffers) for value in call.arguments],
        "keywords": {name: _pack(value, buffers) for name, value in call.keywords.items()},
        "trace": call.trace,
        "seed": call.seed,
    }
    return header, buffers


def _pack(value: Any, buffers: list[bytes]) -> dict:
    if value is GENERATOR:
        return {"kind": "generator"}
    if type(value) in _PLAIN:
        return {"kind": "plain", "value": value}
    if isinstance(value, (np.ndarray, np.generic)):
        kind = "array" if isinstance(value, np.ndarray) else "scalar"
        return {"kind": kind, **_layout(np.asarray(value), buffers)}
    raise TypeError(
        f"an argument is a {type(value).__name__}; the sandbox takes arrays and scalars of plain "
        "dtypes, bool, int, float, str, None and GENERATOR"
    )


def _layout(array: np.ndarray, buffers: list[bytes]) -> dict:
    if array.dtype.str not in DTYPES:
        raise DTypeError(
            f"an argument has dtype {array.dtype}; the sandbox takes bool, integers, floats and "
            "complex numbers"
        )
    low, high = np.lib.array_utils.byte_bounds(array)
    # The gaps between strided elements are sent too: a write into them is a mutation as well.
    buffers.append(ctypes.string_at(low, high - low) if array.size else b"")
    return {
        "dtype": array.dtype.str,
        "shape": array.shape,
        "strides": array.strides,
        "start": array.ctypes.data - low if array.size else 0,
        "padding": low % _ALIGNMENT if array.size else 0,
        "writeable": array.flags.writeable,
        "buffer": len(buffers) - 1,
    }


@dataclass
class Memory:
    """The bytes under one argument, and what they were before the call."""

    current: bytearray
    before: bytes

    def mutated(self) -> bool:
        return self.current != self.before

    def holds(self, array: np.ndarray) -> bool:
        """The array is a view of these bytes."""
        return np.may_share_memory(np.frombuffer(self.current, np.uint8), array)


@dataclass
class Arguments:
    """Arguments that are ready for a call; `memories` has one entry each, keywords last."""

    positional: list
    keywords: dict
    memories: list[Memory | None]


def unpack(header: dict, buffers: list[bytearray]) -> Arguments:
    """The arguments that `pack` described, in memory of their own."""
    pairs = [_unpack(spec, header, buffers) for spec in header["arguments"]]
    named = {name: _unpack(spec, header, buffers) for name, spec in header["keywords"].items()}
    return Arguments(
        [value for value, _ in pairs],
        {name: value for name, (value, _) in named.items()},
        [memory for _, memory in (*pairs, *named.values())],
    )


def _unpack(spec: dict, header: dict, buffers: list[bytearray]) -> tuple[Any, Memory | None]:
    if spec["kind"] == "generator":
        return np.random.default_rng(header["seed"]), None
    if spec["kind"] == "plain":
        return spec["value"], None
    memory = bytearray(spec["padding"]) + buffers[spec["buffer"]]
    array: np.ndarray = np.ndarray(
        spec["shape"], DTYPES[spec["dtype"]], memory, spec["padding"] + spec["start"],
        spec["strides"],
    )  # fmt: skip
    if spec["kind"] == "scalar":
        return array[()], None
    array.flags.writeable = spec["writeable"]
    return array, Memory(memory, bytes(memory))
