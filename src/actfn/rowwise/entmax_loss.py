"""The loss of Fenchel and Young that belongs to entmax."""

from actfn.rowwise._entmax_losses import entmax_loss_of


def entmax_loss(logits, target, alpha=1.5, *, axis=-1, reduction="mean", with_grad=False):
    r"""<p - y, logits> + H(p) - H(y) per row, with p = entmax(logits, alpha); H is an entropy.

    H is Tsallis' entropy sum(p - p**alpha) / (alpha (alpha - 1)), Shannon's at alpha = 1. The loss
    is convex, 0 or more, and 0 only where p is y, which for alpha > 1 finite logits can reach. Its
    gradient is p - y.

    Parameters
    ----------
    logits : array_like
        Scores; `axis` runs over the classes.
    target : array_like
        Class numbers, of the shape of `logits` less `axis`, for which y is 1 at the class and 0
        elsewhere; or rows of labels y, floats of the shape of `logits`, 0 or more with sum 1.
    alpha : float
        1 or more, and finite. 1 is cross-entropy (less the entropy of the labels, which is 0 for
        class numbers), 2 the sparsemax loss.
    axis : int
        Where the classes run.
    reduction : {"mean", "sum", "none"}
        "mean" divides by the number of rows; where there is none, the loss is 0.
    with_grad : bool
        Whether to return the gradient of the result ("none": of each row's own loss) too.

    Returns
    -------
    loss, or (loss, gradient)
        In the dtype of the logits.

    Raises
    ------
    ShapeError, DTypeError, ValueError
        For shapes that do not fit, class numbers out of range, labels that are NaN, negative or
        do not sum to 1 within 2**-8, and alpha out of range.

    Notes
    -----
    Worked out as a sum of terms that are all positive, so that the loss of a sure and right row
    has all its digits. A class with logit -inf costs inf; NaN among the logits gives NaN.

    Source: Peters, Niculae & Martins 2019, arXiv:1905.05702, section 3; Blondel, Martins &
    Niculae 2020, arXiv:1901.02324, sections 3 and 4.

    Examples
    --------
    >>> import numpy as np
    >>> loss, grad = entmax_loss(np.array([[1.0, 0.0]]), [0], alpha=2.0, with_grad=True)
    >>> print(loss, grad)
    0.0 [[-0.  0.]]
    """
    return entmax_loss_of(
        "entmax_loss", logits, target, alpha, axis=axis, reduction=reduction, with_grad=with_grad
    )
