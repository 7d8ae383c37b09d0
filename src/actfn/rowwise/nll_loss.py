"""Negative log-likelihood: cross-entropy where the logarithms are there already."""

import numpy as np

from actfn.rowwise._arrays import floats, output
from actfn.rowwise._losses import Loss
from actfn.rowwise._results import reduced
from actfn.rowwise._targets import class_targets, class_weights


def nll_loss(
    log_p,
    target,
    *,
    axis=-1,
    class_weight=None,
    ignore_index=None,
    reduction="mean",
    with_grad=False,
    grad_out=None,
):
    r"""-w_y log_p_y for the class y of each row.

    Parameters
    ----------
    log_p : array_like
        Logarithms of probabilities, such as log_softmax gives; `axis` runs over the C classes.
    target : array_like of int
        Class numbers, of the shape of `log_p` less `axis`.
    class_weight : array_like of shape (C,), optional
        w_c, finite and not negative.
    ignore_index : int, optional
        Rows with this class number have loss and gradient 0 and do not count.
    reduction : {"mean", "sum", "none"}
        "mean" divides by the summed w_y of the rows that count; where nothing counts, loss and
        gradient are 0.
    with_grad : bool
        Whether to return the gradient of the result ("none": of each row's own loss) too.
    grad_out : ndarray, optional
        Where the gradient goes. It may be `log_p` itself, which it replaces.

    Returns
    -------
    loss, or (loss, gradient)
        In the dtype of `log_p`. The gradient is -w_y at the class, 0 elsewhere.

    Raises
    ------
    ShapeError, DTypeError, ValueError
        For shapes that do not fit, class numbers or weights out of range, and an unknown
        reduction; before anything is written.

    Notes
    -----
    One number per row is read, computed with in float64, and rounded once: sums are 1 ULP off at
    most in float32. A class of weight 0 costs 0, even where log_p is -inf.

    PyTorch's function is the same, with ignore_index=-100; where no row counts it gives NaN.

    Examples
    --------
    >>> import numpy as np
    >>> loss, grad = nll_loss(np.log([[0.25, 0.75], [0.5, 0.5]]), [1, 0], with_grad=True)
    >>> print(loss, grad)
    0.4904146265058631 [[ 0.  -0.5]
     [-0.5  0. ]]
    """
    x = floats(log_p, "log_p")
    run = Loss("nll_loss", x, axis, reduction, with_grad, grad_out)
    weights = class_weights(class_weight, run.classes, "nll_loss")
    classes = class_targets(target, run.rows_shape, run.classes, ignore_index, "nll_loss")
    counts = classes >= 0
    # An ignored row looks at class 0, with no weight.
    classes[~counts] = 0
    weight = np.where(counts, weights[classes], 0.0)
    mass = float(weight.sum()) if reduction == "mean" else 1.0
    place = np.expand_dims(classes, run.axes)
    gradient = output(grad_out, x.shape, x.dtype, "nll_loss, grad_out") if run.with_grad else None
    found = np.take_along_axis(x, place, run.axes[0]).reshape(run.rows_shape).astype(np.float64)
    with np.errstate(all="ignore"):
        losses = np.where(weight == 0.0, 0.0, 0.0 - weight * found)
        if run.with_grad:
            gradient[...] = 0
            # 0 - w, not -w: no negative zeros.
            slopes = (0.0 - weight / mass if mass > 0.0 else 0.0 * weight).astype(x.dtype)
            np.put_along_axis(gradient, place, np.expand_dims(slopes, run.axes), run.axes[0])
        loss = reduced(losses, mass, reduction, x.dtype)
    return (loss, gradient) if run.with_grad else loss
