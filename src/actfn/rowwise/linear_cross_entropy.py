"""Cross-entropy of a linear layer's logits, which are never all there at the same time."""

import operator

import numpy as np

from actfn.rowwise._losses import checked_options, checked_reduction
from actfn.rowwise._projection import Projection
from actfn.rowwise._results import reduced
from actfn.rowwise._targets import class_targets, class_weights, soft_targets
from actfn.rowwise.cross_entropy import cross_entropy

# What the logits of a chunk hold unless told otherwise: few enough for memory not to matter, and
# rows enough for a matrix product not to wait for the weights.
_ITEMS, _ROWS = 1 << 21, 64
_IGNORED = -1  # what `class_targets` makes of ignored rows


def linear_cross_entropy(
    hidden,
    weight,
    target,
    *,
    bias=None,
    chunk=None,
    class_weight=None,
    ignore_index=None,
    label_smoothing=0.0,
    temperature=1.0,
    z_loss=0.0,
    reduction="mean",
    with_grad=False,
):
    r"""cross_entropy(hidden @ weight.T + bias, target), a chunk of rows at a time.

    Parameters
    ----------
    hidden : array_like of shape (N, D)
        What goes into the layer.
    weight : array_like of shape (C, D)
        The layer's matrix.
    target : array_like
        Class numbers of shape (N,), or rows of probabilities, floats of shape (N, C).
    bias : array_like of shape (C,), optional
        The layer's offset.
    chunk : int, optional
        How many rows have logits at the same time: by default 64, or as many as make 2**21.
    class_weight, ignore_index, label_smoothing, temperature, z_loss, reduction
        As in `cross_entropy`; the denominator of "mean" is that of all rows together.
    with_grad : bool
        Whether to return the gradients too. For "none", that of `hidden` is each row's own, and
        those of `weight` and `bias` belong to the sum.

    Returns
    -------
    loss, or (loss, gradient of hidden, gradient of weight[, gradient of bias])
        The loss in the wider dtype of hidden and weight; each gradient in its variable's dtype.

    Raises
    ------
    ShapeError, DTypeError, ValueError
        As in `cross_entropy`, and for a chunk that is not a positive integer.

    Notes
    -----
    Beyond the results, memory holds chunk * C logits, which their gradient replaces, and parts of
    about a megabyte. With 16-bit arrays the products are made in float32: of the weight, and of
    its gradient, there is a float32 copy.

    Losses and slopes of the logits are as exact as `cross_entropy`'s; the matrix products are
    BLAS's, in the working type. The chunk changes nothing but the order of their additions.

    Examples
    --------
    >>> import numpy as np
    >>> hidden, weight = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[1.0, 0.0], [0.0, 1.0]])
    >>> loss, by_hidden, by_weight = linear_cross_entropy(hidden, weight, [1, 1], with_grad=True)
    >>> print(loss)
    0.31326168751822286
    >>> print(by_hidden)
    [[ 0.13447071 -0.13447071]
     [ 0.13447071 -0.13447071]]
    """
    layer = Projection("linear_cross_entropy", hidden, weight, bias)
    checked_reduction(reduction, "linear_cross_entropy")
    checked_options(label_smoothing, temperature, z_loss)
    chunk = _rows_at_a_time(chunk, layer)
    options = {"label_smoothing": label_smoothing, "temperature": temperature, "z_loss": z_loss}
    options["class_weight"] = class_weights(class_weight, layer.classes, "linear_cross_entropy")
    target, mass = _checked_target(target, ignore_index, layer, options)
    mass = mass if reduction == "mean" else 1.0
    scale = 1.0 / mass if mass > 0.0 else 0.0
    losses = _losses(layer, target, chunk, options, with_grad, scale)
    loss = reduced(losses, mass, reduction, layer.dtype)
    return (loss, *layer.gradients(scale)) if with_grad else loss


def _rows_at_a_time(chunk, layer) -> int:
    if chunk is None:
        chunk = max(_ROWS, _ITEMS // layer.classes)
    if operator.index(chunk) < 1:
        raise ValueError(f"linear_cross_entropy: chunk is a positive integer; received {chunk!r}")
    return min(operator.index(chunk), max(layer.rows, 1))


def _checked_target(target, ignore_index, layer, options):
    """The target, and what "mean" divides by."""
    target, name = np.asarray(target), "linear_cross_entropy"
    if target.ndim == 2 and target.shape == (layer.rows, layer.classes):
        if ignore_index is not None:
            raise ValueError(f"{name}: ignore_index needs class numbers as the target")
        return soft_targets(target, name), float(layer.rows)
    classes = class_targets(target, (layer.rows,), layer.classes, ignore_index, name)
    options["ignore_index"] = _IGNORED
    return classes, float(options["class_weight"][classes[classes >= 0]].sum())


def _losses(layer, target, chunk, options, with_grad, scale):
    """One loss per row; the layer collects the gradients."""
    losses = np.empty(layer.rows)
    logits = np.empty((chunk, layer.classes), layer.kind)
    if with_grad:
        layer.start()
    with np.errstate(all="ignore"):
        for start in range(0, layer.rows, chunk):
            rows = slice(start, min(start + chunk, layer.rows))
            part = logits[: rows.stop - start]
            layer.logits(rows, part)
            found = cross_entropy(
                part, target[rows], reduction="none", grad_out=part if with_grad else None,
                **options,
            )  # fmt: skip
            losses[rows] = found[0] if with_grad else found
            if with_grad:
                layer.add(rows, part, scale)
    return losses
