"""The streaming observer: one pass over the batches, memory that does not grow with them.

Any framework can feed it: for every batch and layer the arrays (pre-activation, activation,
gradient of the loss by the activation). Of each it keeps counts, sums and extremes per unit; a
unit is a column of a linear layer or a channel of a convolution.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from actfn.diagnose.slopes import (
    ALIVE,
    AWAKE,
    activation_of,
    label,
    slope_at,
    slope_of,
    value_at,
)
from actfn.errors import DiagnosisError


class Columns:
    """Count, sum, sum of squares and extremes of every column, over all batches so far."""

    def __init__(self, size: int):
        self.count = 0
        self.sum, self.squares = np.zeros(size), np.zeros(size)
        self.low, self.high = np.full(size, np.inf), np.full(size, -np.inf)

    def add(self, x: np.ndarray) -> None:
        """Take in an array (items, columns, positions)."""
        self.count += x.shape[0] * x.shape[2]
        self.sum += _sum(x)
        self.squares += _squares(x)
        self.low = np.minimum(self.low, x.min(axis=(0, 2), initial=np.inf))
        self.high = np.maximum(self.high, x.max(axis=(0, 2), initial=-np.inf))

    @property
    def mean(self) -> np.ndarray:
        return self.sum / max(self.count, 1)

    @property
    def spread(self) -> np.ndarray:
        """The standard deviation over items."""
        return np.sqrt(np.maximum(self.squares / max(self.count, 1) - self.mean**2, 0))

    @property
    def rms(self) -> float:
        """The root of the mean square of all that was taken in."""
        return float(np.sqrt(np.mean(self.squares) / max(self.count, 1)))

    @property
    def signal(self) -> float:
        """The part of `rms` that differs from item to item: what later layers can tell apart."""
        return float(np.sqrt(np.mean(self.spread**2)))


@dataclass
class Layer:
    """What was seen of one layer.

    Attributes
    ----------
    name, activation : as the caller gave them; the activation is a record, a variant or None.
    weight : (units, inputs, ...), and `bias` (units,): where the front knows them.
    items : how many samples passed; a convolution's positions in one image are one sample.
    z : the pre-activations; their columns are the units.
    inputs : what the layer's weights were multiplied with, a column per feature or channel.
    awake, alive : in how many items |f'| reached AWAKE and ALIVE of its steepest, per unit.
    slope : sum of |f'| per unit, and `slope_squares`.
    a_squares, gradient_squares, dz_squares : sums per unit of f(z)², (dL/da)², (dL/dz)².
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
    spoilt: int | None = None
    has_gradient: bool = False
    z: Columns = field(init=False)
    awake: np.ndarray = field(init=False)
    alive: np.ndarray = field(init=False)
    slope: np.ndarray = field(init=False)
    slope_squares: np.ndarray = field(init=False)
    a_squares: np.ndarray = field(init=False)
    gradient_squares: np.ndarray = field(init=False)
    dz_squares: np.ndarray = field(init=False)

    def __post_init__(self):
        self.z = Columns(self.size)
        self.awake, self.alive = np.zeros(self.size), np.zeros(self.size)
        self.slope, self.slope_squares = np.zeros(self.size), np.zeros(self.size)
        self.a_squares = np.zeros(self.size)
        self.gradient_squares, self.dz_squares = np.zeros(self.size), np.zeros(self.size)

    @property
    def title(self) -> str:
        """The name with the activation: "hidden 2 (relu)"."""
        return f"{self.name} ({label(self.activation)})"

    @property
    def mean_slope(self) -> np.ndarray:
        """E|f'| per unit."""
        return self.slope / max(self.z.count, 1)


class Observer:
    """Layers by name, in the order in which they were first seen."""

    def __init__(self):
        self.layers: dict[str, Layer] = {}
        self.batches = 0
        self.inputs: Columns | None = None  # of the network

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
        z = as_columns(pre_activation, axis)
        if not np.isfinite(z).all():
            layer.spoilt = self.batches if layer.spoilt is None else layer.spoilt
            return layer
        slope = _add_forward(layer, z, None if value is None else as_columns(value, axis))
        if gradient is not None:
            add_gradient(layer, as_columns(gradient, axis), slope)
        return layer

    def layer(self, name, activation, shape, axis=-1, weight=None, bias=None) -> Layer:
        """The layer of this name; made at its first batch, checked at later ones."""
        if len(shape) < 2 or not -len(shape) <= axis < len(shape):
            raise DiagnosisError(
                f"{name}: a batch of pre-activations has items and units, not the shape {shape}"
            )
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

    def add_inputs(self, layer: Layer, x, axis: int = -1) -> None:
        """Take in what a layer's weights are multiplied with."""
        x = as_columns(x, axis)
        if layer.inputs is None:
            layer.inputs = Columns(x.shape[1])
        layer.inputs.add(x)

    def add_network_inputs(self, x) -> None:
        """Take in a batch as the network gets it, if it is of real numbers."""
        x = np.asarray(x)
        if x.dtype.kind == "f" and x.ndim >= 2:
            x = x.reshape(len(x), -1, 1)
            if self.inputs is None or self.inputs.sum.size != x.shape[1]:
                self.inputs = Columns(x.shape[1])
            self.inputs.add(x)

    def next_batch(self) -> None:
        """Say that the next arrays are those of another batch."""
        self.batches += 1


def as_columns(x, axis: int) -> np.ndarray:
    """An array as (items, units, positions); every token of a sequence is an item of its own."""
    x = np.asarray(x)
    if x.dtype.kind != "f" or x.dtype.itemsize < 4:
        x = x.astype(np.float32)
    if axis % x.ndim == x.ndim - 1:
        return x.reshape(-1, x.shape[-1], 1)
    return np.moveaxis(x, axis, 1).reshape(len(x), x.shape[axis], -1)


def _add_forward(layer: Layer, z: np.ndarray, value: np.ndarray | None) -> np.ndarray | None:
    layer.items += len(z)
    layer.z.add(z)
    if layer.activation is None:
        layer.a_squares += _squares(z if value is None else value)
        return None
    layer.a_squares += _squares(value_at(layer.activation, z) if value is None else value)
    slope = slope_at(layer.activation, z)
    steepest = slope_of(layer.activation).steepest
    layer.awake += _reached(slope, AWAKE * steepest)
    layer.alive += _reached(slope, ALIVE * steepest)
    layer.slope += _sum(slope)
    layer.slope_squares += _squares(slope)
    return slope


def add_gradient(layer: Layer, gradient: np.ndarray, slope: np.ndarray | None) -> None:
    """Take in dL/da as (items, units, positions), with |f'| there."""
    layer.has_gradient = True
    layer.gradient_squares += _squares(gradient)
    layer.dz_squares += _squares(gradient if slope is None else gradient * slope)


def _reached(slope: np.ndarray, bound: float) -> np.ndarray:
    """In how many items a unit's slope reaches the bound anywhere."""
    reached = slope >= bound
    return np.count_nonzero(reached[..., 0] if slope.shape[2] == 1 else reached.any(axis=2), axis=0)


def _sum(x: np.ndarray) -> np.ndarray:
    return x.sum(axis=(0, 2), dtype=np.float64)


def _squares(x: np.ndarray) -> np.ndarray:
    # Scaled first: the square of a float32 gradient below 1e-23 would be 0.
    largest = float(np.abs(x).max(initial=0.0))
    if largest == 0 or not np.isfinite(largest):
        return np.full(x.shape[1], largest**2)
    scaled = x / np.asarray(largest, x.dtype)
    return np.einsum("nup,nup->u", scaled, scaled, dtype=np.float64) * largest**2
