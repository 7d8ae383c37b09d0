"""Softmax on arrays: the kernel's call and the checks that the whole family shares."""

import numpy as np

from actfn.errors import ShapeError
from actfn.kernels.rows import RowKernel
from actfn.rowwise._arrays import (
    axes_of,
    by_rows,
    floats,
    mask_of,
    output,
    temperature_of,
)

_MODULE = "actfn.rowwise._kernels.softmax"
_SOFTMAX = RowKernel(
    "softmax", _MODULE,
    "x:items sinks:doubles gains:doubles out:items scratch:scratch temperature:number "
    "with_sink:number with_gain:number",
)  # fmt: skip


def softmax_of(
    name, x, *, axis, temperature, where=None, out=None, sink=None, negate=False, gain=None
):
    """softmax(x / temperature), or of -x, with one more logit per row where a sink is given.

    `gain`, one number per row, multiplies the result before it is rounded.
    """
    x, temperature = floats(x), temperature_of(temperature)
    axes = axes_of(axis, x, name)
    result = output(out, x.shape, x.dtype, name)
    inputs, prepare = prepared(name, x, where, negate)
    extra = {k: _per_row(name, k, v, x, axes) for k, v in (("sink", sink), ("gain", gain))
             if v is not None}  # fmt: skip

    def call(sources, results):
        rows, given = sources[0], dict(zip(extra, sources[1:], strict=True))
        _SOFTMAX(
            rows.dtype, *rows.shape, x=rows, out=results[0], temperature=temperature,
            sinks=given.get("sink"), with_sink=float("sink" in given),
            gains=given.get("gain"), with_gain=float("gain" in given),
        )  # fmt: skip

    by_rows(call, [*inputs, *extra.values()], [result], axes, prepare)
    return result


def prepared(name, x, where, negate=False):
    """The inputs for `by_rows`, and what it has to do to copies of them."""
    if where is None and not negate:
        return [x], None
    mask = None if where is None else mask_of(where, x.shape, name)
    inputs = [x] if mask is None else [x, mask]

    def prepare(rows, *masks):
        rows = np.negative(rows) if negate else rows
        return [np.where(masks[0], rows, rows.dtype.type(-np.inf)) if masks else rows]

    return inputs, prepare


def _per_row(name, what, value, x, axes):
    """One float64 per row."""
    shape = tuple(n for a, n in enumerate(x.shape) if a not in axes)
    numbers = floats(value, what).astype(np.float64)
    try:
        return np.broadcast_to(numbers, shape).copy()
    except ValueError:
        message = f"{name}: {what} of shape {numbers.shape} does not broadcast to the rows, {shape}"
        raise ShapeError(message) from None
