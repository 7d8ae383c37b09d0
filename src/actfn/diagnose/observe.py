"""The streaming observer: one pass over the batches, memory that does not grow with them.

Any framework can feed it: for every batch and layer the arrays (pre-activation, activation,
gradient of the loss by the activation). Of each it keeps counts, sums and extremes per unit; a
unit is a column of a linear layer or a channel of a convolution.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from actfn.diagnose.columns import Columns, Part, column_squares, column_sums
from actfn.diagnose.slopes import (
    activation_of,
    label,
    slope_at,
    slope_of,
    value_at,
)
from actfn.errors import DiagnosisError

GRADIENT_BATCHES = 4  # that a front runs backward too; units are judged by all batches, forward
MOMENTS_FROM = 32  # items of a batch: sums need no more, extremes and counts take every item


@dataclass
class Layer:
    """What was seen of one layer.

    Attributes
    ----------
    name, activation : as the caller gave them; the activation is a record, a variant or None.
    weight : (units, inputs, ...), and `bias` (units,): where the front knows them.
    items : how many samples passed; a convolution's positions in one image are one sample.
    summed_items : how many of them the sums are from.
    z : the pre-activations; their columns are the units.
    inputs : what the layer's weights were multiplied with, a column per feature or channel.
    awake : in how many items a unit lay beyond the flat ends, where |f'| is below AWAKE of its
        steepest.
    slope, slope_squares : sums of |f'| and f'² per unit, over `z.count` terms as z's own sums.
    dz_squares : sums of (dL/dz)² per unit, over the same items.
    a_squares, gradient_squares : sums of f(z)² and (dL/da)² over all units, over the same items.
    padded : whether zeros are added to the inputs (a convolution's border).
    spoilt : the first batch in which a number was not finite, or None.
    normalised : the pre-activations come from a normalisation.
    """

    name: str
    activation: Any
    size: int
    weight: np.ndarray | None = None
    bias: np.ndarray | None = None
    padded: bool = False
    normalised: bool = False
    inputs: Columns | None = None
    items: int = 0
    summed_items: int = 0
    spoilt: int | None = None
    has_gradient: bool = False
    a_squares: float = 0.0
    gradient_squares: float = 0.0
    z: Columns = field(init=False)
    awake: np.ndarray = field(init=False)
    slope: np.ndarray = field(init=False)
    slope_squares: np.ndarray = field(init=False)
    dz_squares: np.ndarray = field(init=False)

    def __post_init__(self):
        self.z = Columns(self.size)
        self.awake = np.zeros(self.size)
        self.slope, self.slope_squares = np.zeros(self.size), np.zeros(self.size)
        self.dz_squares = np.zeros(self.size)

    @property
    def title(self) -> str:
        """The name with the activation: "hidden 2 (relu)"."""
        return f"{self.name} ({label(self.activation)})"

    @property
    def mean_slope(self) -> np.ndarray:
        """E|f'| per unit."""
        return self.slope / max(self.z.count, 1)


class Observer:
    """Layers by name, in the order in which they were first seen.

    Parameters
    ----------
    moments_from : int or None
        How many items of a batch the sums are taken from, spread evenly over it; None for all.
        Extremes and counts, which decide about units, are always taken from all items.
    """

    def __init__(self, moments_from: int | None = None):
        self.layers: dict[str, Layer] = {}
        self.batches = 0
        self.inputs: Columns | None = None  # of the network
        self._moments_from = moments_from

    def add(
        self,
        name: str,
        activation,
        pre_activation,
        value=None,
        gradient=None,
        *,
        axis: int = -1,
        weight=None,
        bias=None,
    ) -> Layer:
        """Take in one batch of one layer.

        Parameters
        ----------
        name : str
            The layer's name; all batches of a layer carry the same.
        activation : str, Activation, Variant or None
        pre_activation, value : array_like
            z, and f(z) (computed if it is not given), items first.
        gradient : array_like, optional
            Of the loss by f(z), the same shape; where it is not there, nothing is said about it.
        axis : int
            The axis of the units: -1 for linear layers, 1 for channels.
        weight, bias : array_like, optional
            Of the layer that made z: (units, inputs, ...) and (units,).
        """
        layer = self.layer(name, activation, np.shape(pre_activation), axis, weight, bias)
        for what, x in (("value", value), ("gradient", gradient)):
            if x is not None and np.shape(x) != np.shape(pre_activation):
                raise DiagnosisError(
                    f"{name}: the {what} has the shape {np.shape(x)} and the pre-activation "
                    f"{np.shape(pre_activation)}"
                )
        z = self.part(pre_activation, axis)
        slope = self.add_forward(layer, z, None if value is None else self.part(value, axis))
        if gradient is not None:
            self.add_gradient(layer, self.part(gradient, axis), slope)
        return layer

    def part(self, x, axis: int = -1) -> Part:
        """An array with its units at `axis`, as the methods below take it."""
        return Part(as_columns(x, axis), self._moments_from)

    def layer(self, name, activation, shape, axis=-1, weight=None, bias=None) -> Layer:
        """The layer of this name; made at its first batch, checked at later ones."""
        if len(shape) < 2 or not -len(shape) <= axis < len(shape):
            raise DiagnosisError(
                f"{name}: a batch of pre-activations has items and units, not the shape {shape}"
            )
        if 0 in shape:
            raise DiagnosisError(f"{name}: batch {self.batches} is empty, its shape is {shape}")
        size = shape[axis]
        if name not in self.layers:
            self.layers[name] = Layer(
                name,
                activation_of(activation),
                size,
                weight=None if weight is None else np.asarray(weight),
                bias=None if bias is None else np.asarray(bias),
            )
        layer = self.layers[name]
        if layer.size != size:
            raise DiagnosisError(
                f"{name} had {layer.size} units and has {size} in batch {self.batches}: "
                "the shape of one batch may differ from another's in the number of items only"
            )
        return layer

    def add_forward(self, layer: Layer, z: Part, value: Part | None = None) -> np.ndarray | None:
        """Take in z and f(z); returns |f'| of the items that are summed."""
        if not layer.z.add(z):
            layer.spoilt = self.batches if layer.spoilt is None else layer.spoilt
            return None
        layer.items += len(z.x)
        layer.summed_items += len(z.rows)
        record = layer.activation
        if record is None:
            layer.a_squares += float(z.squares.sum())
            return None
        value = value or Part(value_at(record, z.rows))
        layer.a_squares += float(value.squares.sum())
        layer.awake += _awake(z.ends, slope_of(record).drowsy)
        slope = slope_at(record, z.rows).astype(np.float64, copy=False)
        layer.slope += column_sums(slope)
        layer.slope_squares += column_squares(slope)
        return slope

    def add_gradient(self, layer: Layer, gradient: Part, slope: np.ndarray | None) -> None:
        """Take in dL/da, with what `add_forward` returned."""
        if layer.spoilt is not None:
            return
        layer.has_gradient = True
        layer.gradient_squares += float(gradient.squares.sum())
        layer.dz_squares += (
            gradient.squares if slope is None else column_squares(gradient.some * slope)
        )

    def add_inputs(self, layer: Layer, x: Part) -> None:
        """Take in what a layer's weights are multiplied with."""
        if layer.inputs is None:
            layer.inputs = Columns(x.x.shape[1])
        layer.inputs.add(x)

    def add_network_inputs(self, x: Part) -> None:
        """Take in a batch as the network gets it, a column per number of an item."""
        if self.inputs is None or self.inputs.sum.size != x.x.shape[1]:
            self.inputs = Columns(x.x.shape[1])
        self.inputs.add(x)

    def next_batch(self) -> None:
        """Say that the next arrays are those of another batch."""
        self.batches += 1


def as_columns(x, axis: int) -> np.ndarray:
    """An array as (items, units, positions); every token of a sequence is an item of its own."""
    x = np.asarray(x)
    if x.dtype.kind not in "fiub" and x.dtype.name != "bfloat16":
        raise DiagnosisError(f"pre-activations and gradients are real numbers, not {x.dtype}")
    if x.dtype.kind != "f" or x.dtype.itemsize < 4:
        x = x.astype(np.float32)
    if axis % x.ndim == x.ndim - 1:
        return x.reshape(-1, x.shape[-1], 1)
    if axis != 1:
        x = np.moveaxis(x, axis, 1)
    return x if x.ndim == 3 else x.reshape(*x.shape[:2], -1)


def _awake(ends: tuple[np.ndarray, np.ndarray], edges: tuple[float, float]) -> np.ndarray:
    """In how many items a unit is not on one flat side with all its positions."""
    (low, high), (left, right) = ends, edges
    inside = high > left if right == np.inf else (high > left) & (low < right)
    # As a matrix product: NumPy counts along the first axis five times more slowly.
    return np.ones(len(inside), np.float32) @ inside.astype(np.float32)
