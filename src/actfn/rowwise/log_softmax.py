"""The logarithm of softmax, with the digits that log(softmax(x)) would lose."""

import numpy as np

from actfn.rowwise._arrays import axes_of, by_rows, floats, output, temperature_of
from actfn.rowwise._backward import log_softmax_backward
from actfn.rowwise._dense import softmax_slopes, tangents, weights, without_diagonal
from actfn.rowwise._log_rows import LOG_SOFTMAX, caller
from actfn.rowwise._record import RowFunction
from actfn.rowwise._softmax_rows import prepared
from actfn.rowwise.softmax import softmax

log_softmax = RowFunction(
    name="log_softmax",
    formula="x / temperature - log(sum(exp(x / temperature)))",
    parameters=softmax.parameters,
    source="the logarithm of Bridle 1990's softmax; its accuracy: Blanchard, Higham & Higham 2021, "
    "IMA Journal of Numerical Analysis 41, 2311",
    same_as={
        "torch": "nn.functional.log_softmax(x, dim)",
        "jax": "nn.log_softmax(x, axis, where)",
        "onnx": "LogSoftmax (opset 13)",
        "scipy": "special.log_softmax(x, axis)",
    },
    disagreements={
        "torch": "the winner's entry is exactly 0 from a lead of 17 on, in float32",
        "jax": "the same",
        "scipy": "the same; [inf, 0] gives [nan, -inf]",
    },
    notes="-inf where masked, and everywhere in a row that is masked everywhere; otherwise the "
    "limits of softmax.",
)


@log_softmax.attach
def forward(x, *, axis=-1, temperature=1.0, where=None, out=None):
    """log(softmax) of the rows along `axis`; the arguments are those of softmax."""
    x, temperature = floats(x), temperature_of(temperature)
    axes = axes_of(axis, x, "log_softmax")
    result = output(out, x.shape, x.dtype, "log_softmax")
    inputs, prepare = prepared("log_softmax", x, where)
    by_rows(caller(LOG_SOFTMAX, temperature), inputs, [result], axes, prepare)
    return result


@log_softmax.attach
def backward(grad_output, log_p, *, axis=-1, temperature=1.0, out=None):
    """(grad_output - exp(log_p) sum(grad_output)) / temperature, where log_p is the output."""
    return log_softmax_backward("log_softmax", grad_output, log_p, axis, temperature, out)


@log_softmax.attach
def jacobian(x, *, temperature=1.0):
    """d log p_i / d x_j = (delta_ij - p_j) / temperature; (..., n) becomes (..., n, n)."""
    p, t, dtype = weights("log_softmax", x, temperature)
    rows = np.repeat(-p[..., None, :], p.shape[-1], axis=-2)
    return (without_diagonal(rows) / t).astype(dtype)


@log_softmax.attach
def jvp(x, tangent, *, axis=-1, temperature=1.0):
    """The Jacobian times a tangent: (t - sum(p t)) / temperature."""
    x = floats(x)
    return tangents("log_softmax", x, tangent, axis, temperature,
                    lambda p, off, mean, t: off / t, np.empty(x.shape, x.dtype))  # fmt: skip


@log_softmax.attach
def backward_jacobian(grad_output, x, *, temperature=1.0):
    """d backward_i / d x_j = -p_i (delta_ij - p_j) sum(g) / temperature**2."""
    p, t, dtype = weights("log_softmax", x, temperature)
    whole = floats(grad_output, "grad_output").astype(np.longdouble).sum(axis=-1)
    return (-softmax_slopes(p) * whole[..., None, None] / t**2).astype(dtype)
