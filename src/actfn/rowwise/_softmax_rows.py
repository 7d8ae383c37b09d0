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
    "x:items sinks:doubles out:items scratch:scratch temperature:number with_sink:number",
)  # fmt: skip


def softmax_of(name, x, *, axis, temperature, where=None, out=None, sink=None, negate=False):
    """softmax(x / temperature), or of -x, with one more logit per row where a sink is given."""
    x, temperature = floats(x), temperature_of(temperature)
    axes = axes_of(axis, x, name)
    result = output(out, x.shape, x.dtype, name)
    inputs, prepare = prepared(name, x, where, negate)
    sinks = None if sink is None else _sinks(name, sink, x, axes)

    def call(sources, results):
        rows = sources[0]
        _SOFTMAX(
            rows.dtype, *rows.shape, x=rows, out=results[0], temperature=temperature,
            sinks=sources[1] if sink is not None else None, with_sink=float(sink is not None),
        )  # fmt: skip

    by_rows(call, inputs if sinks is None else (*inputs, sinks), [result], axes, prepare)
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


def _sinks(name, sink, x, axes):
    """One float64 per row."""
    shape = tuple(n for a, n in enumerate(x.shape) if a not in axes)
    sinks = floats(sink, "sink").astype(np.float64)
    try:
        return np.broadcast_to(sinks, shape).copy()
    except ValueError:
        message = f"{name}: sink of shape {sinks.shape} does not broadcast to the rows, {shape}"
        raise ShapeError(message) from None
