"""Real NumPy ufuncs from compiled cores, through NumPy's C interface.

`numba.vectorize` knows neither float16 nor bfloat16, and reads parameters in the array's own
type, so that a slope of 0.01 would become float32's 0.01. Here the loops are `ed->e`, `fd->f` and
`dd->d` (and one for bfloat16): arrays in their type, parameters in float64.
"""

import ctypes
from functools import cache

import ml_dtypes
import numpy as np
from numpy._core._multiarray_umath import _UFUNC_API  # the C interface's table of functions

from actfn.kernels import machine_code

BFLOAT16 = np.dtype(ml_dtypes.bfloat16)
ELEMENTS = {"float16": np.dtype("e"), "float32": np.dtype("f"), "float64": np.dtype("d")}
_kept = []  # ufuncs point into these buffers for ever

_capsule = ctypes.pythonapi.PyCapsule_GetPointer
_capsule.restype, _capsule.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
_table = ctypes.cast(_capsule(_UFUNC_API, None), ctypes.POINTER(ctypes.c_void_p))
_p, _i, _s = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
# Slots 1 and 2 of the table are part of NumPy's stable binary interface.
_from_functions = ctypes.PYFUNCTYPE(
    ctypes.py_object, _p, _p, _p, _i, _i, _i, _i, _s, _s, _i
)(_table[1])  # fmt: skip
_register_loop = ctypes.PYFUNCTYPE(_i, ctypes.py_object, _i, _p, _p, _p)(_table[2])


@cache
def _loop_address(element: str) -> int:
    from actfn.kernels.digest import file_digest

    def make_ir():
        from actfn.kernels.cores import compile_loop

        return compile_loop(element, f"actfn_loop_{element}")

    return machine_code.load(file_digest(), f"actfn_loop_{element}", make_ir)


def _table(element: str, plan: np.ndarray) -> np.ndarray:
    """All 65,536 results of a 16-bit function without parameters, each rounded once."""
    patterns = np.arange(65536, dtype=np.uint16)
    results = np.empty_like(patterns)
    addresses = np.array([patterns.ctypes.data, results.ctypes.data], dtype=np.intp)
    dims, steps = np.array([65536], dtype=np.intp), np.array([2, 2], dtype=np.intp)
    loop = ctypes.CFUNCTYPE(None, _p, _p, _p, _p)(_loop_address(element))
    loop(addresses.ctypes.data, dims.ctypes.data, steps.ctypes.data, plan.ctypes.data)
    return results


def make_ufunc(name, doc, arrays, parameters, plan_for, *, with_gradient=False, outputs=1):
    """A ufunc of (gradient,) arrays and parameters.

    `plan_for(element)` gives the rest of the loops' plan for that element type.
    """
    inputs = int(with_gradient) + arrays
    tabulated = (inputs, parameters, outputs) == (1, 0, 1)
    counts = arrays, parameters, int(with_gradient), outputs

    def loop_and_data(element):
        plan = np.array([*counts, *plan_for(element)], dtype=np.int64)
        if tabulated and element in ("float16", "bfloat16"):
            return _loop_address("table"), _table(element, plan)
        return _loop_address(element), plan

    def kinds(dtype):
        return [d.num for d in [dtype] * inputs + [np.dtype("d")] * parameters + [dtype] * outputs]

    pairs = [loop_and_data(element) for element in ELEMENTS]
    functions = (ctypes.c_void_p * len(pairs))(*[loop for loop, _ in pairs])
    data = (ctypes.c_void_p * len(pairs))(*[array.ctypes.data for _, array in pairs])
    numbers = ctypes.create_string_buffer(
        bytes(number for dtype in ELEMENTS.values() for number in kinds(dtype))
    )
    texts = [ctypes.create_string_buffer(text.encode()) for text in (name, doc)]
    ufunc = _from_functions(
        ctypes.cast(functions, _p), ctypes.cast(data, _p), ctypes.cast(numbers, _p), len(pairs),
        inputs + parameters, outputs, -1, *[ctypes.cast(text, _s) for text in texts], 0,
    )  # fmt: skip
    loop, extra = loop_and_data("bfloat16")
    signature = (ctypes.c_int * len(kinds(BFLOAT16)))(*kinds(BFLOAT16))
    _register_loop(ufunc, BFLOAT16.num, loop, ctypes.cast(signature, _p), extra.ctypes.data)
    _kept.extend([functions, data, numbers, texts, pairs, extra, signature])
    return ufunc
