"""Distillation: a student's row of probabilities pulled towards a teacher's."""

import numpy as np

from actfn.errors import ShapeError
from actfn.rowwise._arrays import PART
from actfn.rowwise._divergence import Divergence, run_rows
from actfn.rowwise._results import reduced
from actfn.rowwise._targets import class_targets
from actfn.rowwise.cross_entropy import cross_entropy

_PART = PART // 4  # elements at a time: there are four arrays of float64


def distillation_loss(
    student,
    teacher,
    temperature=4.0,
    target=None,
    mix=0.5,
    *,
    axis=-1,
    reduction="mean",
    with_grad=False,
):
    r"""T**2 KL(softmax(teacher / T) || softmax(student / T)) per row; labels mixed in if given.

    With a target a row's loss is mix * that + (1 - mix) * cross_entropy(student, target), the
    latter at temperature 1.

    Parameters
    ----------
    student, teacher : array_like
        Logits, of one shape; `axis` runs over the classes.
    temperature : float
        T, positive and finite: the larger, the more the classes that nobody would name count.
    target : array_like of int, optional
        Class numbers, of the shape of the logits less `axis`.
    mix : float
        Share of the teacher, 0 to 1; without a target it does not matter.
    axis : int or tuple of int
        Where a row runs; with a target one axis.
    reduction : {"mean", "sum", "none"}
        "mean" divides by the number of rows, never by that of classes; of no rows it is 0.
    with_grad : bool
        Whether to return the gradient by the student too ("none": of each row's own loss).

    Returns
    -------
    loss, or (loss, gradient by the student)
        In the dtype of the logits: the wider one if there are two.

    Raises
    ------
    ShapeError, DTypeError, ValueError
        For shapes that do not fit, class numbers out of range, and options out of range.

    Notes
    -----
    The gradient is T (q - p) for the student's probabilities q and the teacher's p. The factor
    T**2 keeps its size whatever the temperature: it tends to the difference of the centred logits
    over the number of classes. Loss and gradient are computed as in `kl_divergence`, so that the
    digits that cancel at high temperatures are kept.

    With a target, copies are made of parts of a megabyte, in float64: the two gradients are
    rounded once, after they were added.

    Source: Hinton, Vinyals & Dean 2015, arXiv:1503.02531, section 2.

    Examples
    --------
    >>> import numpy as np
    >>> loss, grad = distillation_loss([[1.0, 2.0, 3.0]], [[1.0, 2.0, 5.0]], with_grad=True)
    >>> print(loss, grad)
    0.4982661636312588 [[ 0.21746984  0.2792368  -0.49670664]]
    """
    labels = ("the teacher", "the student")
    run = Divergence("distillation_loss", teacher, student, labels, axis, temperature, reduction)
    if not 0.0 <= mix <= 1.0:
        raise ValueError(f"distillation_loss: mix is from 0 to 1; received {mix!r}")
    if target is not None:
        target = _classes(run, target)
    gradient = np.empty(run.p.shape, run.dtype) if with_grad else None
    if target is None:
        losses = run.run(None, gradient, run.temperature**2)
    else:
        losses = _mixed(run, target, float(mix), gradient)
    loss = reduced(losses, run.mass, reduction, run.dtype)
    return (loss, gradient) if with_grad else loss


def _classes(run, target):
    if len(run.axes) > 1:
        raise ShapeError("distillation_loss: classes run along one axis; received several")
    classes = run.p.shape[run.axes[0]]
    return class_targets(target, run.rows_shape, classes, None, "distillation_loss")


def _mixed(run, target, mix, gradient):
    """The loss of each row, teacher and labels together; the gradient likewise."""
    losses = np.empty(run.rows_shape)

    def call(sources, found):
        step = max(1, _PART // sources[0].shape[1])
        for k in range(0, len(sources[0]), step):
            _mixed_rows(run, mix, [s[k : k + step] for s in (*sources, *found)])

    run.by_rows(call, [losses] if gradient is None else [losses, gradient], target)
    return losses


def _mixed_rows(run, mix, arrays):
    """The same for a few rows, in float64."""
    p, q, labels, losses, *gradient = arrays
    p, q = p.astype(np.float64), q.astype(np.float64)
    scale = run.temperature**2
    slopes = np.empty(q.shape) if gradient else None
    factor = scale * mix / max(run.mass, 1.0)
    run_rows((p, q), losses, None, slopes, run.temperature, factor, run.single)
    labelled = cross_entropy(q, labels, reduction="none", grad_out=q if gradient else None)
    if gradient:
        labelled, _ = labelled
        gradient[0][...] = slopes + q * ((1.0 - mix) / max(run.mass, 1.0))
    # A share of 0 is nothing, even of what is infinite.
    parts = (mix * scale, losses), (1.0 - mix, labelled)
    losses[...] = sum(share * part for share, part in parts if share != 0.0)
