"""Entmax: from softmax (alpha = 1) to sparsemax (alpha = 2) and beyond."""

from actfn.rowwise._entmax import (
    alpha_of,
    entmax_backward,
    entmax_jacobian,
    entmax_jvp,
    entmax_of,
)
from actfn.rowwise._entmax_alpha import alpha_gradient as gradient_by_alpha
from actfn.rowwise._record import RowFunction

entmax = RowFunction(
    name="entmax",
    formula="max((alpha - 1) * x - tau, 0) ** (1 / (alpha - 1))",
    threshold="tau",
    parameters={
        "alpha": "1 is softmax, 2 is sparsemax; the larger, the fewer entries are not 0; inf is "
        "the argmax"
    },
    source="Peters, Niculae & Martins 2019, arXiv:1905.05702, section 3; "
    "derivative by alpha: Correia, Niculae & Martins 2019, arXiv:1909.00015, proposition 1",
    same_as={"entmax": "entmax15(X, dim), entmax_bisect(X, alpha, dim)"},
    disagreements={
        "entmax": "entmax_bisect: garbage at alpha = 1 and near it, unstable from alpha = 10 on in "
        "float32, 50 bisections and a division by the sum; alpha may be an array",
    },
    notes="tau is the number that makes the row sum to 1; nothing is sorted. At alpha = 1 the "
    "results are softmax's, at 2 sparsemax's, at inf softmax's at temperature 0 (ties share), bit "
    "for bit. An entry exactly at the threshold is 0, and so is its gradient. +inf entries share "
    "everything; a row that is masked, or -inf, everywhere gives zeros; one NaN makes its whole "
    "row NaN. Results are right to half an ULP, and so the exact sum of a row is within half an "
    "ULP of 1, except that an entry next to the threshold has its digits only as far as p (below "
    "alpha = 2 p**(alpha - 1)) is at least 2**-33, or 2**-60 in float32; less than 2**-80 is 0. "
    "For alpha = 1.5 and 2 these limits are 2**-47, 2**-75 and 2**-98.",
)


@entmax.attach
def forward(x, alpha=1.5, *, axis=-1, where=None, out=None):
    """entmax of the rows along `axis`.

    Parameters
    ----------
    x : array_like
        Scores.
    alpha : float
        1 to inf, both included.
    axis : int or tuple of int
        Where a row runs; several axes count as one.
    where : array_like of bool, optional
        What takes part; the rest gets probability 0.
    out : ndarray, optional
        Where the result goes; it may be `x`.
    """
    return entmax_of("entmax", x, alpha_of(alpha), axis=axis, where=where, out=out)


@entmax.attach
def backward(grad_output, p, alpha=1.5, *, axis=-1, out=None):
    """s (g - sum(s g) / sum(s)), s = p**(2 - alpha) where p > 0 and 0 elsewhere.

    g is `grad_output` and p the output. At alpha = inf, a step function, it is 0.
    """
    return entmax_backward("entmax.backward", grad_output, p, alpha_of(alpha), axis, out)


@entmax.attach
def alpha_gradient(grad_output, x, p, alpha=1.5, *, axis=-1) -> float:
    """sum(grad_output dp/dalpha) over the whole array: the gradient of the one number alpha.

    Parameters
    ----------
    grad_output, x : array_like
        The gradient of the output, and the input.
    p : array_like or None
        The output. None has it worked out again from `x` in float64, which is the more exact the
        narrower the dtype is. Otherwise only the shape of `x` matters.
    alpha : float
        At 1 the formula's limit, dp_i = -p_i (log(p_i)**2 - sum(p log(p)**2)) / 2. At inf it is 0.
    axis : int or tuple of int
        Where a row runs.
    """
    return gradient_by_alpha("entmax.alpha_gradient", grad_output, x, p, alpha_of(alpha), axis)


@entmax.attach
def jacobian(x, alpha=1.5):
    """s_i (delta_ij - s_j / sum(s)) with s as in `backward`; (..., n) becomes (..., n, n)."""
    return entmax_jacobian("entmax.jacobian", x, alpha_of(alpha))


@entmax.attach
def jvp(x, tangent, alpha=1.5, *, axis=-1):
    """The Jacobian times a tangent; it is symmetric, so that this is `backward` too."""
    return entmax_jvp("entmax.jvp", x, tangent, alpha_of(alpha), axis)
