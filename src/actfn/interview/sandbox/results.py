"""What a call returned, as a frame: packed beside the answer, checked and unpacked by actfn."""

import math
from typing import Any

import numpy as np

from actfn.interview.sandbox.wire import DTYPES, Malformed, field, natural

MOST_BYTES = 1 << 26  # 64 MB: a batch's inputs are far smaller, and actfn has to hold it
MOST_ARRAYS = 16
_MOST_DIMENSIONS = 64  # NumPy's own limit


class NotAnArray(TypeError):
    """The result is neither a number nor an array of numbers, nor a tuple of them."""


class TooLarge(MemoryError):
    """The result is larger than what the sandbox hands over."""


def pack(value: Any) -> tuple[dict, list[bytes]]:
    """Header and buffers of a result.

    Only its memory is read: an object's own idea of how it compares, converts or prints itself is
    not asked.
    """
    several = type(value) is tuple
    arrays = [_plain(item) for item in (value if several else (value,))]
    if len(arrays) > MOST_ARRAYS:
        raise NotAnArray(f"a tuple of {len(arrays)} values")
    total = sum(array.nbytes for array in arrays)
    if total > MOST_BYTES:
        raise TooLarge(f"the result has {total} bytes, where at most {MOST_BYTES} are handed over")
    header = {
        "several": several,
        "scalar": not several and not isinstance(value, np.ndarray),
        "arrays": [{"dtype": array.dtype.str, "shape": array.shape} for array in arrays],
    }
    return header, [array.tobytes() for array in arrays]


def plain_arrays(value: Any) -> list[np.ndarray]:
    """The arrays in a result, to be compared with the arguments' memory."""
    items = value if type(value) is tuple else (value,)
    return [_plain(item) for item in items if issubclass(type(item), np.ndarray)]


def _plain(value: Any) -> np.ndarray:
    kind = type(value)
    if issubclass(kind, np.ndarray):
        array = np.ndarray.view(value, np.ndarray)  # a subclass may override every method
    elif issubclass(kind, (bool, int, float, complex, np.generic)):
        array = np.asarray(value)
    else:
        raise NotAnArray(_described(value))
    if array.dtype.str not in DTYPES:
        raise NotAnArray(_with_dtype(array, kind))
    return array


def _described(value: Any) -> str:
    if value is None:
        return "None (is a `return` missing?)"
    article = "an" if type(value).__name__[0] in "aeiouAEIOU" else "a"
    return f"{article} {type(value).__name__}"


def _with_dtype(array: np.ndarray, kind: type) -> str:
    if issubclass(kind, int):
        return "an integer that is too large for NumPy"
    return f"an array of dtype {array.dtype}"


def unpack(header: dict, buffers: list[bytearray]) -> np.ndarray | tuple[np.ndarray, ...]:
    """The result in a frame.

    Raises
    ------
    Malformed
        The header and the buffers do not describe plain arrays.
    """
    layouts = field(header, "arrays", list)
    if len(layouts) != len(buffers) or len(layouts) > MOST_ARRAYS:
        raise Malformed(f"{len(layouts)} arrays in {len(buffers)} buffers")
    arrays = [_array(layout, buffer) for layout, buffer in zip(layouts, buffers, strict=True)]
    if field(header, "several", bool):
        return tuple(arrays)
    if len(arrays) != 1:
        raise Malformed(f"{len(arrays)} arrays, where one is announced")
    return arrays[0]


def _array(layout: object, buffer: bytearray) -> np.ndarray:
    if type(layout) is not dict:
        raise Malformed("an array's layout is no JSON object")
    dtype = DTYPES.get(field(layout, "dtype", str))
    shape = [natural(length) for length in field(layout, "shape", list)]
    if dtype is None or len(shape) > _MOST_DIMENSIONS:
        raise Malformed("an array of another dtype, or of too many dimensions")
    if math.prod(shape) * dtype.itemsize != len(buffer):
        raise Malformed(f"shape {shape} of {dtype} in {len(buffer)} bytes")
    try:
        return np.frombuffer(buffer, dtype).reshape(shape)
    except ValueError as error:  # lengths beside a 0 whose product NumPy cannot index
        raise Malformed(f"shape {shape}") from error
