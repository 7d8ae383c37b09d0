"""A linear layer, some rows at a time: its logits, and what their slopes say of its inputs."""

import numpy as np

from actfn.errors import ShapeError
from actfn.rowwise._arrays import PART, floats, working_type
from actfn.rowwise._results import common_type


class Projection:
    """hidden @ weight.T + bias, for hidden (N, D), weight (C, D) and bias (C,) or None."""

    def __init__(self, name: str, hidden, weight, bias):
        self.hidden, self.weight = floats(hidden, "hidden"), floats(weight, "weight")
        self.bias = None if bias is None else floats(bias, "bias")
        for what, array in (("hidden", self.hidden), ("weight", self.weight)):
            if array.ndim != 2:
                raise ShapeError(f"{name}: {what} has two axes; received shape {array.shape}")
        (self.rows, width), (self.classes, other) = self.hidden.shape, self.weight.shape
        if width != other:
            raise ShapeError(
                f"{name}: hidden of shape {self.hidden.shape} and weight of shape "
                f"{self.weight.shape} differ in their last axis"
            )
        if self.classes == 0:
            raise ShapeError(f"{name}: weight of shape {self.weight.shape} has no classes")
        if self.bias is not None and self.bias.shape != (self.classes,):
            raise ShapeError(
                f"{name}: bias has shape {self.bias.shape}; there are {self.classes} classes"
            )
        self.dtype = common_type(self.hidden, self.weight)
        self.kind = working_type(self.dtype)
        self._matrix = self.weight.astype(self.kind, copy=False)

    def logits(self, rows: slice, out) -> None:
        """Of some rows, into `out`."""
        np.matmul(self._part(rows), self._matrix.T, out=out)
        if self.bias is not None:
            out += self.bias.astype(self.kind, copy=False)

    def _part(self, rows):
        return self.hidden[rows].astype(self.kind, copy=False)

    def start(self) -> None:
        """Prepare the gradients."""
        self.by_hidden = np.empty(self.hidden.shape, self.hidden.dtype)
        self.by_weight = np.zeros(self.weight.shape, self.kind)
        self.by_bias = np.zeros(self.classes)

    def add(self, rows: slice, slopes, scale: float) -> None:
        """Some rows' part: `slopes` is the gradient by their logits, before `scale`."""
        self.by_hidden[rows] = (slopes @ self._matrix) * self.kind.type(scale)
        if self.bias is not None:
            self.by_bias += slopes.sum(axis=0, dtype=np.float64)
        part, step = self._part(rows), max(1, PART // max(self.hidden.shape[1], 1))
        # A product of the weight's whole size would be a second gradient in memory.
        for k in range(0, self.classes, step):
            self.by_weight[k : k + step] += slopes[:, k : k + step].T @ part

    def gradients(self, scale: float) -> tuple:
        """By hidden, weight and, where there is one, bias; each in its variable's dtype."""
        self.by_weight *= self.kind.type(scale)
        found = self.by_hidden, self.by_weight.astype(self.weight.dtype, copy=False)
        if self.bias is None:
            return found
        return *found, (self.by_bias * scale).astype(self.bias.dtype)
