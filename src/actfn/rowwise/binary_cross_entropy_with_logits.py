"""Binary cross-entropy from logits, with its gradient in the same visit."""

from actfn.rowwise._elementwise_losses import BINARY, ElementLoss


def binary_cross_entropy_with_logits(
    logits,
    target,
    *,
    weight=None,
    pos_weight=None,
    reduction="mean",
    with_grad=False,
    grad_out=None,
):
    r"""w (r t softplus(-x) + (1 - t) softplus(x)), element by element.

    It is -log of the probability that sigmoid(x) gives to a label t; w is `weight` and r is
    `pos_weight`.

    Parameters
    ----------
    logits : array_like
        Scores x, of any shape.
    target : array_like
        t, of the same shape: floats, integers or truth values. Usually from 0 to 1; any finite
        number is accepted.
    weight : array_like, optional
        Factor of each element; broadcasts to the logits.
    pos_weight : array_like, optional
        Factor of what a positive label costs, such as one per class; broadcasts to the logits.
    reduction : {"mean", "sum", "none"}
        "mean" divides by the number of elements, whatever their weights; of none it is 0.
    with_grad : bool
        Whether to return the gradient of the result ("none": of each element's own loss) too.
    grad_out : ndarray, optional
        Where the gradient goes. It may be the logits array itself, which it replaces.

    Returns
    -------
    loss, or (loss, gradient)
        In the dtype of the logits.

    Raises
    ------
    ShapeError, DTypeError, ValueError
        For shapes that do not fit, NaN or infinities among targets or weights, and an unknown
        reduction; before anything is written.

    Notes
    -----
    The gradient is w ((1 - t) sigmoid(x) - r t sigmoid(-x)). With e = exp(-|x|), softplus(x) is
    max(x, 0) + log1p(e) and sigmoid(x) is 1 or e over 1 + e: nothing is subtracted, so that a
    label of 0 or 1 leaves every digit of a loss as small as 4e-18. Float32 is computed in float64
    and at most 1 ULP off (measured: 0.501), float64 in pairs of float64 and at most 2, unless
    terms of both signs cancel: in the gradient next to its zero, with t between 0 and 1, and in
    losses with t or weights outside their range. In float64, beyond abs(x) = 708, exp(-|x|) is
    subnormal, and its rounding is weighted too.

    Copies are made of parts of a megabyte only, and only of arrays that are not contiguous or not
    of the dtype that is computed in: float64 where any array is, otherwise float32.

    PyTorch's function is the same; it subtracts, and gives exactly 0 from x = 17 on in float32.

    Examples
    --------
    >>> import numpy as np
    >>> loss, grad = binary_cross_entropy_with_logits(np.float32([40, 0]), [1, 1],
    ...                                               reduction="none", with_grad=True)
    >>> print(loss, grad)
    [4.248354e-18 6.931472e-01] [-4.248354e-18 -5.000000e-01]
    """
    name = "binary_cross_entropy_with_logits"
    run = ElementLoss(name, logits, target, reduction, with_grad, grad_out)
    factors = (1.0 if weight is None else run.factor(weight, "weight"),
               1.0 if pos_weight is None else run.factor(pos_weight, "pos_weight"))  # fmt: skip
    return run.run(BINARY, *factors)
