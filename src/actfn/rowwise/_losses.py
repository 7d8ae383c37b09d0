"""What row losses share: shapes, reductions, and the calls of the cross-entropy kernels."""

import math

import numpy as np

from actfn.errors import ShapeError
from actfn.kernels.rows import RowKernel
from actfn.rowwise._arrays import axes_of, by_rows, output
from actfn.rowwise._results import reduced

_MODULE = "actfn.rowwise._kernels.cross_entropy"
_REST = "weights:doubles out:items losses:doubles scratch:scratch options:doubles with_grad:number"
_CLASSES = RowKernel("class_cross_entropy", _MODULE, f"x:items target:integers {_REST}")
_SOFT = RowKernel("soft_cross_entropy", _MODULE, f"x:items target:items {_REST}")

REDUCTIONS = ("mean", "sum", "none")


def checked_reduction(reduction, name: str) -> str:
    """One of the three."""
    if reduction not in REDUCTIONS:
        known = ", ".join(map(repr, REDUCTIONS))
        raise ValueError(f"{name}: reduction is one of {known}; received {reduction!r}")
    return reduction


def checked_options(label_smoothing, temperature, z_loss) -> list[float]:
    """(temperature, smoothing, z_loss), each in its range."""
    smoothing, t, z = float(label_smoothing), float(temperature), float(z_loss)
    if not 0.0 <= smoothing <= 1.0:
        raise ValueError(f"label_smoothing is from 0 to 1; received {label_smoothing!r}")
    if not 0.0 < t < math.inf:
        raise ValueError(f"a loss needs a positive, finite temperature; received {temperature!r}")
    if not 0.0 <= z < math.inf:
        raise ValueError(f"z_loss is finite and not negative; received {z_loss!r}")
    return [t, smoothing, z]


class Loss:
    """One evaluation of cross-entropy."""

    def __init__(self, name, x, axis, reduction, with_grad, grad_out):
        self.name, self.x = name, x
        self.reduction = checked_reduction(reduction, name)
        self.axes = axes_of(axis, x, name)
        if len(self.axes) > 1:
            raise ShapeError(f"{name}: classes run along one axis; received axis={axis!r}")
        self.classes = x.shape[self.axes[0]]
        self.rows_shape = x.shape[: self.axes[0]] + x.shape[self.axes[0] + 1 :]
        self.with_grad = with_grad or grad_out is not None
        self.grad_out = grad_out

    def classes_loss(self, target, weights, options):
        """The loss for class numbers, -1 being ignored."""
        counted = target >= 0
        mass = (
            weights[target[counted]].sum(dtype=np.longdouble) if self.reduction == "mean" else 1.0
        )
        return self._run(_CLASSES, target, weights, options, mass)

    def soft(self, target, weights, options):
        """The loss for rows of probabilities."""
        rows = math.prod(self.rows_shape) if self.reduction == "mean" else 1
        return self._run(_SOFT, target, weights, options, float(rows))

    def _run(self, kernel, target, weights, options, mass):
        x = self.x
        gradient = None
        if self.with_grad:
            gradient = output(self.grad_out, x.shape, x.dtype, self.name, "grad_out")
        losses = np.empty(self.rows_shape)
        # Nothing counts: everything is 0.
        scale = float(1.0 / mass) if mass > 0.0 else 0.0
        numbers = np.array([*options, scale, weights.sum()], np.float64)

        def call(sources, results):
            rows, targets = sources
            kernel(
                rows.dtype, *rows.shape, x=rows, target=targets, weights=weights,
                out=results[1] if self.with_grad else None, losses=results[0], options=numbers,
                with_grad=float(self.with_grad),
            )  # fmt: skip

        results = [losses, gradient] if self.with_grad else [losses]
        by_rows(call, [x, target], results, self.axes)
        loss = reduced(losses, mass, self.reduction, x.dtype)
        return (loss, gradient) if self.with_grad else loss
