"""Row kernels: compiled once, loaded by address, and run over the rows with several threads.

A kernel works on rows that are contiguous in memory:

    kernel(first, last, n, *arguments)

handles the rows `first` to `last` (exclusive) of length n. What each argument is, its `RowKernel`
says: "items" is a pointer to float32 or float64, the type of the row; "doubles" and "integers"
are pointers to float64 and int64; "number" is a float64; "scratch" is room for one row of float64
that belongs to the thread.
"""

import ctypes
import hashlib
import importlib
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from actfn.kernels import machine_code, threads

SPARE = 16  # scratch is written in whole lanes
_HERE = Path(__file__).parent
_SHARED = ("lanes.py", "row_math.py", "two_float.py", "building_blocks.py", "memory.py", "rows.py")
_ENTRY = ctypes.CFUNCTYPE(
    None, ctypes.c_ssize_t, ctypes.c_ssize_t, ctypes.c_void_p, ctypes.c_void_p
)
_TEMPLATE = """
def entry(first, last, integers, numbers):
    kernel(first, last, integers[0], {arguments})
"""


class RowKernel:
    """One kernel, compiled for float32 and for float64 rows.

    Parameters
    ----------
    name : str
        The function's name, less "_float32" or "_float64".
    module : str
        Where both functions are: plain Python that Numba can compile. It is imported only when
        nothing is on disk yet.
    arguments : str
        The kinds of the arguments after n, with their names: "x:items out:items T:number".
    """

    def __init__(self, name: str, module: str, arguments: str):
        self.name = name
        self.module = module
        self.arguments = [tuple(item.split(":")) for item in arguments.split()]
        pointers = [kind for _, kind in self.arguments if kind != "number"]
        self._integers = ctypes.c_int64 * (1 + len(pointers))
        self._numbers = ctypes.c_double * (len(self.arguments) - len(pointers))
        self._scratch = 1 + pointers.index("scratch") if "scratch" in pointers else None
        self._entries: dict[np.dtype, Callable] = {}

    def __call__(self, dtype, rows: int, n: int, **values) -> None:
        """Run over `rows` rows of length n; arrays are contiguous and of the right type."""
        entry = self._entries.get(dtype) or self._entry(np.dtype(dtype))
        integers, numbers = self._pack(n, values)

        def work(first, last):
            mine = integers
            if self._scratch is not None:
                mine, room = type(integers)(*integers), np.empty(n + SPARE)
                mine[self._scratch] = room.ctypes.data
            entry(first, last, mine, numbers)

        threads.share(rows, rows * n, work)

    def _pack(self, n, values) -> tuple[ctypes.Array, ctypes.Array]:
        integers, numbers = [n], []
        for name, kind in self.arguments:
            if kind == "number":
                numbers.append(values.pop(name))
            elif kind == "scratch":
                integers.append(0)
            else:
                array = values.pop(name)
                integers.append(0 if array is None else array.ctypes.data)
        if values:
            raise TypeError(f"{self.name} has no argument {', '.join(values)}")
        return self._integers(*integers), self._numbers(*numbers)

    def _entry(self, dtype: np.dtype) -> Callable:
        element = dtype.name
        symbol = f"actfn_rows_{self.name}_{element}"
        address = machine_code.load(
            f"{_digest(self.module)} {self.arguments}",
            symbol,
            lambda: self._compile(element, symbol),
        )
        self._entries[dtype] = _ENTRY(address)
        return self._entries[dtype]

    def _compile(self, element: str, symbol: str) -> str:
        from numba import cfunc, types

        from actfn.kernels import lanes  # noqa: F401 - registers its type
        from actfn.kernels.memory import doubles_at, integers_at, singles_at
        from actfn.kernels.two_float import inlined

        function = getattr(importlib.import_module(self.module), f"{self.name}_{element}")
        pointer = {"doubles": "doubles_at", "scratch": "doubles_at", "integers": "integers_at"}
        pointer["items"] = "singles_at" if element == "float32" else "doubles_at"
        integers, numbers, texts = 1, 0, []
        for _, kind in self.arguments:
            if kind == "number":
                texts.append(f"numbers[{numbers}]")
                numbers += 1
            else:
                texts.append(f"{pointer[kind]}(integers[{integers}])")
                integers += 1
        scope = {
            "kernel": inlined(function),
            "doubles_at": doubles_at,
            "integers_at": integers_at,
            "singles_at": singles_at,
        }
        exec(_TEMPLATE.format(arguments=", ".join(texts)), scope)  # noqa: S102 - our own template
        signature = types.void(
            types.intp, types.intp, types.CPointer(types.int64), types.CPointer(types.float64)
        )
        compiled = cfunc(signature, error_model="numpy")(scope["entry"])
        return compiled.inspect_llvm().replace(compiled.native_name, symbol)


@cache
def _shared_digest() -> str:
    digest = hashlib.sha256()
    files = [_HERE / name for name in _SHARED]
    for path in (*files, _HERE.parent / "elementary" / "coefficients.py"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def _digest(module: str) -> str:
    """Of all files beside the kernel's own, which may import each other, and of the shared ones."""
    digest = hashlib.sha256()
    for path in sorted(Path(find_spec(module).origin).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest() + _shared_digest()
