"""Softmax: a row of scores becomes a row of probabilities."""

import numpy as np

from actfn.rowwise._arrays import floats
from actfn.rowwise._backward import softmax_backward
from actfn.rowwise._dense import softmax_curvature, softmax_slopes, tangents, weights
from actfn.rowwise._record import RowFunction
from actfn.rowwise._softmax_rows import softmax_of

softmax = RowFunction(
    name="softmax",
    formula="exp(x / temperature) / sum(exp(x / temperature))",
    parameters={"temperature": "divides the scores: 0 is the argmax, inf the uniform distribution"},
    source="Bridle 1990, Probabilistic interpretation of feedforward classification network "
    "outputs; temperature: Hinton, Vinyals & Dean 2015, arXiv:1503.02531, equation 1",
    same_as={
        "torch": "nn.functional.softmax(x, dim)",
        "jax": "nn.softmax(x, axis, where)",
        "onnx": "Softmax (opset 13)",
        "scipy": "special.softmax(x, axis)",
    },
    disagreements={
        "torch": "NaN for a row with +inf or of -inf only; no temperature, no mask",
        "scipy": "axis=None, the default, means the whole array",
        "onnx": "before opset 13 the axes from `axis` on were flattened into one",
    },
    notes="At temperature 0, and with +inf among the scores, the largest entries share equally. "
    "A row that is masked, or -inf, everywhere gives zeros. One NaN makes its whole row NaN.",
)


@softmax.attach
def forward(x, *, axis=-1, temperature=1.0, where=None, out=None):
    """softmax of the rows along `axis`.

    Parameters
    ----------
    x : array_like
        Scores.
    axis : int or tuple of int
        Where a row runs; several axes count as one.
    temperature : float
        0 to inf, both included.
    where : array_like of bool, optional
        What takes part; the rest gets probability 0.
    out : ndarray, optional
        Where the result goes; it may be `x`.
    """
    return softmax_of(
        "softmax", x, axis=axis, temperature=temperature, where=where, out=out
    )  # fmt: skip


@softmax.attach
def backward(grad_output, p, *, axis=-1, temperature=1.0, out=None):
    """p (grad_output - sum(grad_output p)) / temperature, where p is the output."""
    return softmax_backward("softmax", grad_output, p, axis, temperature, out)


@softmax.attach
def jacobian(x, *, temperature=1.0):
    """d p_i / d x_j = p_i (delta_ij - p_j) / temperature; (..., n) becomes (..., n, n)."""
    p, t, dtype = weights("softmax", x, temperature)
    return (softmax_slopes(p) / t).astype(dtype)


@softmax.attach
def jvp(x, tangent, *, axis=-1, temperature=1.0):
    """The Jacobian times a tangent: p (t - sum(p t)) / temperature."""
    x = floats(x)
    return tangents("softmax", x, tangent, axis, temperature,
                    lambda p, off, mean, t: p * off / t, np.empty(x.shape, x.dtype))  # fmt: skip


@softmax.attach
def backward_jacobian(grad_output, x, *, temperature=1.0):
    """d backward_i / d x_j with `x` as the variable: the second order, (..., n, n)."""
    return softmax_curvature("softmax", grad_output, x, temperature)
