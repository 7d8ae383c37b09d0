"""Softmin: softmax of the negative scores."""

import numpy as np

from actfn.rowwise._arrays import floats
from actfn.rowwise._backward import softmax_backward
from actfn.rowwise._dense import softmax_curvature, tangents
from actfn.rowwise._record import RowFunction
from actfn.rowwise._softmax_rows import softmax_of
from actfn.rowwise.softmax import softmax

softmin = RowFunction(
    name="softmin",
    formula="exp(-x / temperature) / sum(exp(-x / temperature))",
    parameters=softmax.parameters,
    source="softmax of -x; Boltzmann's distribution over energies",
    same_as={"torch": "nn.functional.softmin(x, dim)"},
    notes="The limits are softmax's with the sign of x turned: -inf takes everything.",
)


@softmin.attach
def forward(x, *, axis=-1, temperature=1.0, where=None, out=None):
    """softmin of the rows along `axis`; the arguments are those of softmax."""
    return softmax_of(
        "softmin", x, axis=axis, temperature=temperature, where=where, out=out, negate=True
    )


@softmin.attach
def backward(grad_output, p, *, axis=-1, temperature=1.0, out=None):
    """-p (grad_output - sum(grad_output p)) / temperature, where p is the output."""
    result = softmax_backward("softmin", grad_output, p, axis, temperature, out)
    result *= -1
    return result


@softmin.attach
def jacobian(x, *, temperature=1.0):
    """d p_i / d x_j = -p_i (delta_ij - p_j) / temperature; (..., n) becomes (..., n, n)."""
    return -softmax.jacobian(-floats(x), temperature=temperature)


@softmin.attach
def jvp(x, tangent, *, axis=-1, temperature=1.0):
    """The Jacobian times a tangent: -p (t - sum(p t)) / temperature."""
    x = floats(x)
    return tangents("softmin", x, tangent, axis, temperature,
                    lambda p, off, mean, t: -p * off / t, np.empty(x.shape, x.dtype),
                    sign=-1)  # fmt: skip


@softmin.attach
def backward_jacobian(grad_output, x, *, temperature=1.0):
    """d backward_i / d x_j: two turned signs are none."""
    return softmax_curvature("softmin", grad_output, x, temperature, sign=-1)
