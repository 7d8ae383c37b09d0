"""The Kullback-Leibler divergence of two rows of logits, with both gradients."""

import numpy as np

from actfn.rowwise._divergence import Divergence
from actfn.rowwise._results import reduced


def kl_divergence(
    p_logits, q_logits, *, axis=-1, temperature=1.0, reduction="mean", with_grad=False
):
    r"""sum p (log p - log q) per row, for p = softmax(p_logits / T) and q = softmax(q_logits / T).

    The other direction is kl_divergence(q_logits, p_logits).

    Parameters
    ----------
    p_logits, q_logits : array_like
        Scores, of one shape; `axis` runs over the classes.
    axis : int or tuple of int
        Where a row runs; several axes count as one.
    temperature : float
        T, positive and finite. The gradients have the 1 / T of the chain rule.
    reduction : {"mean", "sum", "none"}
        "mean" divides by the number of rows, never by that of classes; of no rows it is 0.
    with_grad : bool
        Whether to return the gradients of the result ("none": of each row's own) too.

    Returns
    -------
    divergence, or (divergence, gradient by p_logits, gradient by q_logits)
        In the dtype of the logits: the wider one if there are two.

    Raises
    ------
    ShapeError, DTypeError, ValueError
        For shapes that do not fit, an empty axis, and temperatures or reductions out of range.

    Notes
    -----
    With d = log p - log q, the sum of p d cancels: of rows that differ by 1e-5 it is about 1e-10,
    made of terms of 1e-5. But sum p = sum q and q = p exp(-d), so the sum of p (d + expm1(-d)) is
    the same, and none of its terms is negative. It is computed in float64: never below 0, exactly
    0 for equal rows, and in float32 at most 1 ULP off (float64: measured 5). So is the gradient by
    q_logits, (q - p) / T = p expm1(-d) / T. That by p_logits, p (d - KL) / T, changes its sign
    within every row: next to it the error is relative to the two terms, as it is in d itself
    where two differences of logits nearly cancel.

    A logit of -inf is a probability of 0: as p it adds nothing, as q the divergence is inf unless
    p is 0 too; then the gradient by q_logits is its limit and that by p_logits has NaN or
    infinities. Rows with NaN or +inf, or with -inf only, give NaN.

    Examples
    --------
    >>> import numpy as np
    >>> a = np.array([[0.0, 1.0, 2.0]])
    >>> print(kl_divergence(a, a + [0, 0, 1e-9]), kl_divergence(a, a[:, ::-1]))
    1.1134773168094854e-19 1.1504207652088827
    """
    run = Divergence("kl_divergence", p_logits, q_logits, ("p_logits", "q_logits"), axis,
                     temperature, reduction)  # fmt: skip
    gradients = [np.empty(run.p.shape, run.dtype) if with_grad else None for _ in range(2)]
    losses = run.run(*gradients)
    divergence = reduced(losses, run.mass, reduction, run.dtype)
    return (divergence, *gradients) if with_grad else divergence
