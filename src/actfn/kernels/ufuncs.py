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


def _plan(with_gradient: bool, arrays: int, parameters: int, cores) -> np.ndarray:
    flat = [number for pair in cores for number in pair]
    return np.array([arrays, parameters, int(with_gradient), len(cores), *flat], dtype=np.int64)


def make_ufunc(name, doc, arrays, parameters, cores_for, *, with_gradient=False, outputs=1):
    """A ufunc of (gradient,) arrays and parameters.

    `cores_for(element)` gives the (core, fallback) addresses of each output for that element type.
    """
    inputs = int(with_gradient) + arrays
    kinds = lambda dtype: [dtype] * inputs + [np.dtype("d")] * parameters + [dtype] * outputs  # noqa: E731
    loops, plans, types = [], [], []
    for element, dtype in ELEMENTS.items():
        loops.append(_loop_address(element))
        plans.append(_plan(with_gradient, arrays, parameters, cores_for(element)))
        types.extend(kind.num for kind in kinds(dtype))
    functions = (ctypes.c_void_p * len(loops))(*loops)
    data = (ctypes.c_void_p * len(plans))(*[plan.ctypes.data for plan in plans])
    numbers = ctypes.create_string_buffer(bytes(types))
    texts = [ctypes.create_string_buffer(text.encode()) for text in (name, doc)]
    ufunc = _from_functions(
        ctypes.cast(functions, _p), ctypes.cast(data, _p), ctypes.cast(numbers, _p), len(loops),
        inputs + parameters, outputs, -1, *[ctypes.cast(text, _s) for text in texts], 0,
    )  # fmt: skip
    extra = _plan(with_gradient, arrays, parameters, cores_for("bfloat16"))
    signature = (ctypes.c_int * len(kinds(BFLOAT16)))(*[kind.num for kind in kinds(BFLOAT16)])
    _register_loop(
        ufunc, BFLOAT16.num, _loop_address("bfloat16"), ctypes.cast(signature, _p), extra.ctypes.data
    )
    _kept.extend([functions, data, numbers, texts, plans, extra, signature])
    return ufunc
