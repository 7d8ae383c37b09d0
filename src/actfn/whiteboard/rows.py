"""One row in, one row out: softmax and its relatives."""

import numpy as np

from actfn.whiteboard.floats import floats
from actfn.whiteboard.shifted import below_max, cooled, log_sum, shares


def softmax(x, axis=-1):
    """exp(x_i) / Σ exp(x_j) along `axis`."""
    x = floats(x)
    # Shifting by the maximum cancels in the quotient.
    return shares(np.exp(below_max(x, axis)), axis).astype(x.dtype)


def softmax_with_temperature(x, T=1.0):
    """exp(x_i / T) / Σ exp(x_j / T) along the last axis.

    T = 0 is the limit: one-hot at the largest entry, shared equally if there are several.
    T = inf is the other limit: uniform over entries above -inf.
    """
    x = floats(x)
    # Without the shift exp(x / T) overflows as soon as x > 710 T. And each row has its own sum;
    # exp_x.sum() added up the whole batch.
    return shares(np.exp(cooled(x, T))).astype(x.dtype)


def log_softmax(x, axis=-1):
    """x_i - log Σ exp(x_j) along `axis`."""
    x = floats(x)
    # log(softmax(x)) is -inf from a gap of 746 on, where softmax has become 0. And x - logsumexp(x)
    # rounds the sum to the size of x first: 0 for the winner of [40, 0], which has -4e-18.
    gap = below_max(x, axis)
    return (gap - log_sum(gap, axis)).astype(x.dtype)


def logsumexp(x, axis=-1):
    """log Σ exp(x_j) along `axis`, which goes away: a smooth maximum, and softmax's integral."""
    x = floats(x)
    # log(Σ exp(x)) is inf from x = 710 on and -inf from x = -746 down.
    top = x.astype(np.float64).max(axis=axis)
    return (top + log_sum(below_max(x, axis), axis).squeeze(axis)).astype(x.dtype)


def softmin(x, axis=-1):
    """exp(-x_i) / Σ exp(-x_j) along `axis`: the smallest entry gets the largest share."""
    return softmax(-floats(x), axis)  # floats first, since -1 as an unsigned byte is 255


def hardmax(x, axis=-1):
    """1 at the first maximum along `axis`, 0 elsewhere.

    softmax_with_temperature(x, 0) is the same up to ties, which it shares.
    """
    x = floats(x)
    at_max = np.heaviside(below_max(x, axis), 1)  # x == x.max() would turn NaN into 0
    # Of several maxima, which x == x.max() all counts in, the running count leaves the first.
    return np.where(np.cumsum(at_max, axis) > 1, 0, at_max).astype(x.dtype)


def masked_softmax(x, mask, axis=-1):
    """softmax over the entries where `mask` is True, 0 elsewhere; zeros where it is never True."""
    x, mask = floats(x), np.asarray(mask)
    if mask.dtype != bool:
        raise TypeError(f"mask must be of True and False (True takes part), got {mask.dtype}")
    # Adding -1e9 to what is masked is not the same: a row with nothing left would be the softmax
    # of all that was masked, logits of that size come back, and a NaN gets through.
    return softmax(np.where(mask, x, -np.inf), axis)


def softmax_with_sink(x, sink=0.0):
    """exp(x_i) / (exp(sink) + Σ exp(x_j)) along the last axis: shares that may sum to less than 1.

    `sink` is one number, or an array with one for each row. 0 is "softmax off by one".
    """
    x = floats(x)
    # The sink is one more logit, whose share nobody takes. Shifting the x alone, and then adding
    # the 1 of exp(0), is another function: it has a sink that moves with the maximum.
    sink = np.broadcast_to(floats(sink)[..., None], (*x.shape[:-1], 1))
    logits = np.concatenate([x, sink], axis=-1, dtype=np.float64)
    return softmax(logits)[..., :-1].astype(x.dtype)


def softmax_jacobian(p):
    """∂p_i/∂z_j = p_i (δ_ij - p_j), where p = softmax(z) is the output.

    It takes the output, like `sigmoid_grad` and `tanh_grad`. Shape (..., n) becomes (..., n, n).
    """
    p = floats(p)
    jacobian = -p[..., :, None] * p[..., None, :]
    i = np.arange(p.shape[-1])
    # diag(p) - p pᵀ subtracts a rounded p² from p on the diagonal; p (1 - p) does not.
    jacobian[..., i, i] = p * (1 - p)
    return jacobian


def softmax_backward(grad_output, p, axis=-1):
    """p_i (g_i - Σ g_j p_j) along `axis`, where p = softmax(z) is the output, g = grad_output.

    It is Jacobian times g without the Jacobian, which has n² entries. With a temperature T, divide
    by T.
    """
    g, p = floats(grad_output).astype(np.float64), floats(p)
    # Adding a constant to g changes nothing, since p sums to 1. Measured from the winner's g, its
    # difference is -Σ g_j p_j over the others, which g_i - Σ g_j p_j rounds to 0 when p_i is 1.
    g = g - np.take_along_axis(g, p.argmax(axis=axis, keepdims=True), axis)
    return (p * (g - (g * p).sum(axis=axis, keepdims=True))).astype(p.dtype)
