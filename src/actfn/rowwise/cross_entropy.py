"""Cross-entropy from logits: the loss and its gradient in one visit of the rows."""

import numpy as np

from actfn.rowwise._arrays import floats
from actfn.rowwise._losses import Loss, checked_options
from actfn.rowwise._targets import class_targets, class_weights, soft_targets


def cross_entropy(
    logits,
    target,
    *,
    axis=-1,
    class_weight=None,
    ignore_index=None,
    label_smoothing=0.0,
    temperature=1.0,
    z_loss=0.0,
    reduction="mean",
    with_grad=False,
    grad_out=None,
):
    r"""-log softmax(logits / T) at the target, per row; fused with its gradient.

    With u = logits / T, nll_c = logsumexp(u) - u_c, and t' = (1 - e) t + e / C for a smoothing
    e, a row's loss is sum_c w_c t'_c nll_c + z_loss * logsumexp(u)**2. For a class y, t is 1 at y
    and 0 elsewhere, and the weight of (1 - e) t is w_y.

    Parameters
    ----------
    logits : array_like
        Scores; `axis` runs over the C classes.
    target : array_like
        Class numbers, of the shape of `logits` less `axis`; or rows of probabilities, floats of
        the shape of `logits`.
    class_weight : array_like of shape (C,), optional
        w_c, finite and not negative.
    ignore_index : int, optional
        Rows with this class number have loss and gradient 0 and do not count.
    label_smoothing : float
        e, 0 to 1: the share that is spread over all classes.
    temperature : float
        T, positive and finite. The gradient has the 1 / T of the chain rule.
    z_loss : float
        Weight of the squared logarithm of the normaliser, which keeps it near 0.
    reduction : {"mean", "sum", "none"}
        "mean" divides by the summed w_y of the rows that count, or by their number where the
        targets are probabilities; where nothing counts, loss and gradient are 0.
    with_grad : bool
        Whether to return the gradient of the result ("none": of each row's own loss) too.
    grad_out : ndarray, optional
        Where the gradient goes. It may be the logits array itself, which it replaces; then no
        memory is needed but for one row.

    Returns
    -------
    loss, or (loss, gradient)
        In the dtype of the logits.

    Raises
    ------
    ShapeError, DTypeError, ValueError
        For shapes that do not fit, class numbers out of range, NaN among probabilities or
        weights, and options out of range; before anything is written.

    Notes
    -----
    No probabilities are stored: each thread keeps one row. The loss of a sure and right row is
    not 0: log1p of the others' sum keeps its digits, and the gradient at the label is minus the
    sum of the others' entries. NaN among the logits makes the row's loss and gradient NaN.

    The definitions of weights and smoothing are PyTorch's. It differs where no row counts (NaN).

    Examples
    --------
    >>> import numpy as np
    >>> loss, grad = cross_entropy(np.float32([[17, 0]]), [0], with_grad=True)
    >>> print(loss, grad)
    4.1399375e-08 [[-4.1399375e-08  4.1399375e-08]]
    """
    x = floats(logits, "logits")
    run = Loss("cross_entropy", x, axis, reduction, with_grad, grad_out)
    options = checked_options(label_smoothing, temperature, z_loss)
    weights = class_weights(class_weight, run.classes, "cross_entropy")
    target = np.asarray(target)
    if target.shape == x.shape and target.ndim > 0:
        if ignore_index is not None:
            raise ValueError("cross_entropy: ignore_index needs class numbers as the target")
        soft = soft_targets(target, "cross_entropy")
        return run.soft(soft, weights, options)
    classes = class_targets(target, run.rows_shape, run.classes, ignore_index, "cross_entropy")
    return run.classes_loss(classes, weights, options)
