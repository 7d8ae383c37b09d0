"""From arrays of any layout to rows in a line, and back, without a copy of the whole.

Kernels want rows that are contiguous float32 or float64. Where the caller's arrays are not
(another axis, strides, 16 bits, a mask), the work is done in parts of about a megabyte, so that
memory beyond the result stays that small.
"""

import math
from collections.abc import Callable, Sequence

import ml_dtypes
import numpy as np

from actfn.errors import DTypeError, ShapeError

PART = 1 << 18  # elements copied at a time
BFLOAT16 = np.dtype(ml_dtypes.bfloat16)
_FLOATS = (np.float16, ml_dtypes.bfloat16, np.float32, np.float64)


def floats(x, name: str = "x") -> np.ndarray:
    """x as an array of one of the four float types, by NumPy's promotion."""
    x = np.asarray(x)
    if x.dtype in _FLOATS and x.dtype.isnative:
        return x
    if x.dtype.kind == "f" and x.dtype.itemsize <= 8:
        return x.astype(x.dtype.newbyteorder("="))
    if x.dtype.kind in "iub":
        return x.astype(np.exp.resolve_dtypes((x.dtype, None))[1])
    known = "float16, bfloat16, float32, float64, integers and bool"
    raise DTypeError(f"{name} must be one of {known}; received {x.dtype}")


def working_type(dtype) -> np.dtype:
    """The type of the kernel that serves this type: float32 for 16 bits too.

    A float32 result has twelve bits more than float16 shows: rounding twice costs 2^-12 ULP.
    """
    return np.dtype(np.float64 if dtype == np.float64 else np.float32)


def temperature_of(value) -> float:
    """A temperature from 0 to inf, both included."""
    number = float(value)
    if not number >= 0.0:
        raise ValueError(f"temperature must be 0 or more, and inf at most; received {value!r}")
    return number


def axes_of(axis, x: np.ndarray, name: str) -> tuple[int, ...]:
    """The axes as numbers from 0; at least one, none twice, none empty."""
    if type(axis) is int and -x.ndim <= axis < x.ndim and x.shape[axis]:
        return (axis % x.ndim,)
    axes = tuple(axis) if isinstance(axis, (tuple, list)) else (axis,)
    if x.ndim == 0 or not axes:
        raise ShapeError(f"{name} works along an axis; the array has {x.ndim}, axis is {axis!r}")
    if any(not isinstance(a, (int, np.integer)) or isinstance(a, bool) for a in axes):
        raise TypeError(f"{name}: axis is an int or a tuple of them; received {axis!r}")
    for a in axes:
        if not -x.ndim <= a < x.ndim:
            raise ShapeError(f"{name}: axis {a} of an array with {x.ndim} axes")
    found = tuple(a % x.ndim for a in axes)
    if len(set(found)) < len(found):
        raise ShapeError(f"{name}: axis {axis!r} names the same axis twice")
    if any(x.shape[a] == 0 for a in found):
        raise ShapeError(f"{name}: axis {axis!r} of shape {x.shape} is empty")
    return found


def output(out, shape, dtype, name: str, label: str = "out") -> np.ndarray:
    """`out` if it fits, or a new array; `label` is what the caller calls it."""
    if out is None:
        return np.empty(shape, dtype)
    if not isinstance(out, np.ndarray):
        raise DTypeError(f"{name}: {label} must be an array, not {type(out).__name__}")
    if out.shape != tuple(shape):
        raise ShapeError(f"{name}: {label} has shape {out.shape}, the result {tuple(shape)}")
    if out.dtype != dtype:
        raise DTypeError(f"{name}: {label} has dtype {out.dtype}, the result {np.dtype(dtype)}")
    if not out.flags.writeable:
        raise ValueError(f"{name}: {label} is read-only")
    return out


def mask_of(where, shape, name: str) -> np.ndarray:
    """A boolean mask of the array's shape."""
    mask = np.asarray(where)
    if mask.dtype != bool:
        raise DTypeError(f"{name}: where must be boolean, True for what counts; got {mask.dtype}")
    try:
        return np.broadcast_to(mask, shape)
    except ValueError:
        message = f"{name}: where of shape {mask.shape} does not broadcast to {tuple(shape)}"
        raise ShapeError(message) from None


def by_rows(
    call: Callable,
    inputs: Sequence[np.ndarray],
    outputs: Sequence[np.ndarray],
    axes: tuple[int, ...],
    prepare: Callable | None = None,
) -> None:
    """call(inputs, outputs) with rows in a line, at once or part by part.

    Parameters
    ----------
    call : callable
        Takes two lists of contiguous arrays. Full ones have the shape (rows, n) and the type of
        the kernel; those with one number per row have the shape (rows,) and are float64, or
        integers as they are. It reads the first list and fills the second.
    inputs, outputs : sequences of ndarray
        Of the full shape, the first input among them, or of that shape less the axes.
    axes : tuple of int
        Along which the rows run.
    prepare : callable, optional
        Makes the full inputs of `call` from copies of the parts, such as a mask and an array.
    """
    full = inputs[0]
    wanted, lead = working_type(full.dtype), full.ndim - len(axes)
    n = math.prod(full.shape[a] for a in axes)
    views = [_axes_last(a, axes, full.ndim) for a in inputs]
    targets = [_axes_last(a, axes, full.ndim) for a in outputs]
    views = [_apart(v, targets) if v.ndim > lead else _per_row(v) for v in views]
    numbers = [t if t.ndim > lead else np.empty(t.shape) for t in targets]
    whole = [v for v in (*views, *numbers) if v.ndim > lead]
    if prepare is None and all(_in_line(v, wanted) for v in whole):
        call([_flat(v, lead, n) for v in views], [_flat(t, lead, n) for t in numbers])
    else:
        for cut in _cuts(views[0].shape[:lead], n):
            sources, results = [v[*cut, ...] for v in views], [t[*cut, ...] for t in numbers]
            _one_part(call, sources, results, (lead, n, wanted), prepare)
    per_row = [(t, found) for t, found in zip(targets, numbers, strict=True) if found is not t]
    if per_row:
        with np.errstate(all="ignore"):
            for target, found in per_row:
                target[...] = found


def _one_part(call, sources, targets, layout, prepare):
    """The same on copies of one part of the arrays."""
    lead, n, wanted = layout
    full = [np.ascontiguousarray(_flat(s, lead, n), wanted if _is_float(s) else s.dtype)
            for s in sources if s.ndim > lead]  # fmt: skip
    rest = [np.ascontiguousarray(_flat(s, lead, n)) for s in sources if s.ndim <= lead]
    results = [np.empty(_flat_shape(t, lead, n), wanted if t.ndim > lead else float)
               for t in targets]  # fmt: skip
    call([*(prepare(*full) if prepare else full), *rest], results)
    with np.errstate(all="ignore"):
        for target, result in zip(targets, results, strict=True):
            target[...] = result.reshape(target.shape)


def _is_float(array) -> bool:
    return array.dtype.kind == "f" or array.dtype == BFLOAT16


def _per_row(array):
    return array.astype(np.float64) if _is_float(array) else array


def _axes_last(array, axes, ndim):
    """A view with the axes of the rows at the end."""
    if array.ndim < ndim or axes == tuple(range(ndim - len(axes), ndim)):
        return array
    return np.moveaxis(array, axes, range(-len(axes), 0))


def _apart(view, targets):
    """The view, or a copy where writing a target would change what is still to be read."""
    for target in targets:
        if np.may_share_memory(view, target):
            same = (
                view.ctypes.data == target.ctypes.data
                and view.strides == target.strides
                and view.shape == target.shape
            )
            if not same and np.shares_memory(view, target):
                return view.copy()
    return view


def _in_line(view, wanted) -> bool:
    plain = view.flags.c_contiguous and view.flags.aligned
    return plain and (view.dtype == wanted or not _is_float(view))


def _flat_shape(view, lead: int, n: int) -> tuple[int, ...]:
    rows = math.prod(view.shape[:lead])
    return (rows, n) if view.ndim > lead else (rows,)


def _flat(view, lead: int, n: int) -> np.ndarray:
    return view.reshape(_flat_shape(view, lead, n))


def _cuts(lead: tuple[int, ...], n: int):
    """Index tuples that take the leading axes apart, along the longest of them."""
    if not lead:
        yield ()
        return
    axis = int(np.argmax(lead))
    each = max(math.prod(lead) // max(lead[axis], 1) * n, 1)
    step = max(1, PART // each)
    for start in range(0, lead[axis], step):
        yield (slice(None),) * axis + (slice(start, start + step),)
