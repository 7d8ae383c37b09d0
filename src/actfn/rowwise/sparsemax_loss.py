"""The loss of Fenchel and Young that belongs to sparsemax."""

from actfn.rowwise._entmax_losses import entmax_loss_of


def sparsemax_loss(logits, target, *, axis=-1, reduction="mean", with_grad=False):
    """(|y - logits|**2 - |p - logits|**2) / 2 per row, with p = sparsemax(logits).

    It is 0 where the right logit leads by 1, Huber's loss of the lead where there are two
    classes, and its gradient is p - y: `entmax_loss` at alpha = 2.

    Parameters
    ----------
    logits : array_like
        Scores; `axis` runs over the classes.
    target : array_like
        Class numbers, of the shape of `logits` less `axis`, for which y is 1 at the class and 0
        elsewhere; or rows of labels y, floats of the shape of `logits`, 0 or more with sum 1.
    axis, reduction, with_grad
        As in `entmax_loss`.

    Returns
    -------
    loss, or (loss, gradient)
        In the dtype of the logits.

    Raises
    ------
    ShapeError, DTypeError, ValueError
        As `entmax_loss`.

    Notes
    -----
    Source: Martins & Astudillo 2016, arXiv:1602.02068, section 3.

    Examples
    --------
    >>> import numpy as np
    >>> print(sparsemax_loss(np.array([[1.0, 0.0], [0.5, 0.0]]), [0, 0], reduction="none"))
    [0.     0.0625]
    """
    return entmax_loss_of(
        "sparsemax_loss", logits, target, 2.0, axis=axis, reduction=reduction, with_grad=with_grad
    )
