"""Derivatives that the members of the family share."""

import numpy as np

from actfn.errors import ShapeError
from actfn.kernels.rows import RowKernel
from actfn.rowwise._arrays import axes_of, by_rows, floats, output, temperature_of

_MODULE = "actfn.rowwise._kernels.backward"
_SOFTMAX = RowKernel(
    "softmax_backward", _MODULE, "gradient:items p:items out:items temperature:number"
)
_LOG_SOFTMAX = RowKernel(
    "log_softmax_backward", _MODULE, "gradient:items log_p:items out:items temperature:number"
)


def softmax_backward(name, grad_output, p, axis, temperature, out):
    """p (g - sum(g p)) / T."""
    return _run(_SOFTMAX, "p", name, grad_output, p, axis, temperature, out)


def log_softmax_backward(name, grad_output, log_p, axis, temperature, out):
    """(g - exp(log_p) sum(g)) / T."""
    return _run(_LOG_SOFTMAX, "log_p", name, grad_output, log_p, axis, temperature, out)


def _run(kernel, saved, name, grad_output, kept, axis, temperature, out):
    kept, gradient = floats(kept, saved), floats(grad_output, "grad_output")
    temperature = temperature_of(temperature)
    if gradient.shape != kept.shape:
        raise ShapeError(
            f"{name}.backward: grad_output has shape {gradient.shape}, {saved} {kept.shape}"
        )
    axes = axes_of(axis, kept, f"{name}.backward")
    result = output(out, kept.shape, kept.dtype, f"{name}.backward")

    def call(sources, results):
        rows, g = sources
        kernel(
            rows.dtype, *rows.shape, gradient=g, out=results[0], temperature=temperature,
            **{saved: rows},
        )  # fmt: skip

    by_rows(call, [kept, gradient], [result], axes)
    return result


def probabilities(name, x, temperature):
    """(softmax in float64 along the last axis, the dtype of x): for the small, dense things."""
    from actfn.rowwise._softmax_rows import softmax_of

    x = floats(x)
    if not 0.0 < temperature_of(temperature) < np.inf:
        raise ValueError(f"{name}: there is no Jacobian at temperature {temperature}")
    p = softmax_of(name, x.astype(np.float64), axis=-1, temperature=temperature)
    return p, x.dtype


def jacobian_of(name, x, temperature, of_probabilities):
    """A Jacobian from the probabilities, rounded once."""
    p, dtype = probabilities(name, x, temperature)
    return of_probabilities(p).astype(dtype)


def softmax_curvature(name, grad_output, x, temperature):
    """d/dx_j of p_i (g_i - sum(g p)) / T."""
    p, dtype = probabilities(name, x, temperature)
    g = floats(grad_output, "grad_output").astype(np.float64)
    if g.shape != p.shape:
        raise ShapeError(f"{name}: grad_output has shape {g.shape}, x {p.shape}")
    centred = g - (g * p).sum(axis=-1, keepdims=True)
    first = p * centred
    found = -p[..., :, None] * first[..., None, :] - first[..., :, None] * p[..., None, :]
    i = np.arange(p.shape[-1])
    found[..., i, i] += first
    return (found / temperature**2).astype(dtype)
