"""Derivatives that the members of the family share."""

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
