"""The Kullback-Leibler divergence on arrays: checks and the kernel's call."""

import math

import numpy as np

from actfn.errors import ShapeError
from actfn.kernels.rows import RowKernel
from actfn.rowwise._arrays import axes_of, by_rows, floats, working_type
from actfn.rowwise._losses import checked_reduction
from actfn.rowwise._results import common_type

_KL = RowKernel(
    "kl_divergence", "actfn.rowwise._kernels.divergence",
    "p_logits:items q_logits:items by_p:items by_q:items losses:doubles scratch:scratch "
    "length:number with_p:number with_q:number temperature:number slope:number single:number",
)  # fmt: skip
_BETWEEN = 16  # what a row in scratch needs beyond its length


class Divergence:
    """Two arrays of logits whose rows are compared."""

    def __init__(self, name, p_logits, q_logits, labels, axis, temperature, reduction):
        self.p, self.q = (floats(x, n) for x, n in zip((p_logits, q_logits), labels, strict=True))
        if self.p.shape != self.q.shape:
            raise ShapeError(
                f"{name}: {labels[0]} has shape {self.p.shape}, {labels[1]} {self.q.shape}"
            )
        self.dtype = common_type(self.p, self.q)
        self.axes = axes_of(axis, self.p, name)
        self.rows_shape = tuple(n for a, n in enumerate(self.p.shape) if a not in self.axes)
        self.temperature = float(temperature)
        if not 0.0 < self.temperature < math.inf:
            raise ValueError(
                f"{name} needs a positive, finite temperature; received {temperature!r}"
            )
        self.reduction = checked_reduction(reduction, name)

    @property
    def single(self) -> bool:
        """Whether both arrays have no more digits than float32."""
        return self.dtype != np.float64

    @property
    def mass(self) -> float:
        """What the sum over rows is divided by."""
        return float(math.prod(self.rows_shape)) if self.reduction == "mean" else 1.0

    def by_rows(self, call, results, *more):
        """call((rows of p, of q, *more), found) on rows in a line, in the wider of the types."""
        # The first array decides about the type.
        order = 1 if working_type(self.p.dtype) == working_type(self.dtype) else -1
        by_rows(
            lambda sources, found: call((*sources[:2][::order], *sources[2:]), found),
            [*(self.p, self.q)[::order], *more], results, self.axes,
        )  # fmt: skip

    def run(self, by_p, by_q, scale=1.0):
        """`scale` times the divergence of each row; the gradients into arrays (or None)."""
        losses = np.empty(self.rows_shape)
        results = [losses, *(g for g in (by_p, by_q) if g is not None)]
        slope = scale / max(self.mass, 1.0)

        def call(sources, found):
            gradients = iter(found[1:])
            mine = [None if g is None else next(gradients) for g in (by_p, by_q)]
            run_rows(sources, found[0], *mine, self.temperature, slope, self.single)

        self.by_rows(call, results)
        return losses if scale == 1.0 else scale * losses


def run_rows(logits, losses, by_p, by_q, temperature, scale, single):
    """The kernel on rows in a line, `logits` being (those of p, those of q).

    The gradients, which may be None, are multiplied by `scale`. `single` says that float32's
    digits are enough, of numbers that float32 can hold.
    """
    p, q = logits
    rows, length = p.shape
    _KL(
        p.dtype, rows, 2 * length + _BETWEEN, p_logits=p, q_logits=q, by_p=by_p, by_q=by_q,
        losses=losses, length=length, with_p=by_p is not None, with_q=by_q is not None,
        temperature=temperature, slope=scale / temperature, single=single,
    )  # fmt: skip
