"""Sparsemax: the nearest point of the simplex, with zeros that are exact."""

from actfn.rowwise._entmax import entmax_backward, entmax_jacobian, entmax_jvp, entmax_of
from actfn.rowwise._record import RowFunction

sparsemax = RowFunction(
    name="sparsemax",
    formula="max(x - tau, 0)",
    threshold="tau",
    source="Martins & Astudillo 2016, arXiv:1602.02068, proposition 1; backward: section 2.5",
    same_as={
        "entmax": "sparsemax(X, dim)",
        "tensorflow_addons": "activations.sparsemax(logits, axis)",
        "keras": "activations.sparsemax(x, axis), from the release after 3.15.1",
    },
    disagreements={
        "keras": "up to 3.15.1 wrong where more than one entry is positive: [0.3, 0.1, -0.2] "
        "sums to 0.467; and not shifted by the maximum",
    },
    notes="tau is the number that makes the row sum to 1; it is found without sorting, in a few "
    "visits of the entries less than 1 below the largest. An entry exactly at tau is 0, and so is "
    "its gradient. +inf entries share everything; a row that is masked, or -inf, everywhere gives "
    "zeros; one NaN makes its whole row NaN. Entries are kept to 2**-100 before they are rounded: "
    "half an ULP for all that are not less than 2**-47 (2**-75 in float32). So the exact sum of a "
    "row is within half an ULP of 1, and nothing better is possible: three equal entries are 1/3 "
    "each, which no float is.",
)


@sparsemax.attach
def forward(x, *, axis=-1, where=None, out=None):
    """sparsemax of the rows along `axis`.

    Parameters
    ----------
    x : array_like
        Scores.
    axis : int or tuple of int
        Where a row runs; several axes count as one.
    where : array_like of bool, optional
        What takes part; the rest gets probability 0.
    out : ndarray, optional
        Where the result goes; it may be `x`.
    """
    return entmax_of("sparsemax", x, 2.0, axis=axis, where=where, out=out)


@sparsemax.attach
def backward(grad_output, p, *, axis=-1, out=None):
    """grad_output less its mean over the support, and 0 elsewhere; p is the output."""
    return entmax_backward("sparsemax.backward", grad_output, p, 2.0, axis, out)


@sparsemax.attach
def jacobian(x):
    """delta_ij - 1/k on the support of k entries, 0 elsewhere; (..., n) becomes (..., n, n)."""
    return entmax_jacobian("sparsemax.jacobian", x, 2.0)


@sparsemax.attach
def jvp(x, tangent, *, axis=-1):
    """The Jacobian times a tangent; it is symmetric, so that this is `backward` too."""
    return entmax_jvp("sparsemax.jvp", x, tangent, 2.0, axis)
