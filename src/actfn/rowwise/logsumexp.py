"""The logarithm of a sum of exponentials: a smooth maximum."""

import numpy as np

from actfn.errors import ShapeError
from actfn.rowwise._arrays import axes_of, by_rows, floats, output, temperature_of
from actfn.rowwise._dense import smooth_temperature, softmax_slopes, tangents, weights
from actfn.rowwise._log_rows import LOGSUMEXP, caller
from actfn.rowwise._record import RowFunction
from actfn.rowwise._softmax_rows import prepared, softmax_of

logsumexp = RowFunction(
    name="logsumexp",
    formula="log(sum(exp(x / temperature)))",
    parameters={"temperature": "divides the scores; the result is not multiplied by it again"},
    source="Blanchard, Higham & Higham 2021, IMA Journal of Numerical Analysis 41, 2311",
    same_as={
        "torch": "logsumexp(x, dim)",
        "jax": "nn.logsumexp(x, axis, where=...)",
        "onnx": "ReduceLogSumExp",
        "scipy": "special.logsumexp(x, axis)",
    },
    disagreements={"torch": "the gradient of a row of -inf is NaN; here it is 0"},
    notes="-inf for a row that is masked, or -inf, everywhere.",
    returns="number",
)


@logsumexp.attach
def forward(x, *, axis=-1, temperature=1.0, where=None, keepdims=False, out=None):
    """log(sum(exp(x / temperature))) of the rows along `axis`.

    Parameters
    ----------
    x, axis, temperature, where
        As in softmax.
    keepdims : bool
        Whether the axes stay, with length 1.
    out : ndarray, optional
        Where the result goes.
    """
    x, temperature = floats(x), temperature_of(temperature)
    axes = axes_of(axis, x, "logsumexp")
    shape = tuple(n for a, n in enumerate(x.shape) if a not in axes)
    kept = tuple(1 if a in axes else n for a, n in enumerate(x.shape))
    result = output(out, kept if keepdims else shape, x.dtype, "logsumexp")
    inputs, prepare = prepared("logsumexp", x, where)
    by_rows(caller(LOGSUMEXP, temperature), inputs, [result.reshape(shape)], axes, prepare)
    return result if out is not None or result.ndim else result[()]


@logsumexp.attach
def backward(grad_output, x, *, axis=-1, temperature=1.0, keepdims=False, out=None):
    """grad_output softmax(x / temperature) / temperature, where x is the input."""
    x = floats(x)
    axes = axes_of(axis, x, "logsumexp.backward")
    g = floats(grad_output, "grad_output")
    kept = tuple(1 if a in axes else n for a, n in enumerate(x.shape))
    shape = tuple(n for a, n in enumerate(x.shape) if a not in axes)
    if g.shape != (kept if keepdims else shape):
        raise ShapeError(
            f"logsumexp.backward: grad_output has shape {g.shape}, the output "
            f"{kept if keepdims else shape}"
        )
    t = smooth_temperature("logsumexp.backward", temperature)
    gain = g.reshape(shape).astype(np.float64) / t
    return softmax_of("logsumexp.backward", x, axis=axes, temperature=t, out=out, gain=gain)


@logsumexp.attach
def jacobian(x, *, temperature=1.0):
    """d f / d x_j = p_j / temperature; (..., n) stays."""
    p, t, dtype = weights("logsumexp", x, temperature)
    return (p / t).astype(dtype)


@logsumexp.attach
def jvp(x, tangent, *, axis=-1, temperature=1.0):
    """sum(p t) / temperature."""
    x = floats(x)
    axes = axes_of(axis, x, "logsumexp.jvp")
    shape = tuple(n for a, n in enumerate(x.shape) if a not in axes)
    return tangents("logsumexp", x, tangent, axis, temperature,
                    lambda p, off, mean, t: mean / t, np.empty(shape, x.dtype))  # fmt: skip


@logsumexp.attach
def backward_jacobian(grad_output, x, *, temperature=1.0):
    """d backward_i / d x_j = g p_i (delta_ij - p_j) / temperature**2."""
    p, t, dtype = weights("logsumexp", x, temperature)
    g = floats(grad_output, "grad_output").astype(np.longdouble)
    return (softmax_slopes(p) * g[..., None, None] / t**2).astype(dtype)
