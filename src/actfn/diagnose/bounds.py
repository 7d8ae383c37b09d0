"""Interval bounds: the smallest and largest pre-activation for any input within a box."""

import numpy as np

from actfn.diagnose.observe import Layer
from actfn.diagnose.slopes import value_at

Box = tuple[np.ndarray, np.ndarray]
_GRID = 257  # points at which a function that is not monotone is looked at within an interval


def pre_activation_bounds(layer: Layer, box: Box | None = None) -> Box | None:
    """(low, high) of z per unit, over all inputs of the layer with low <= x <= high per feature.

    Without a box the one that was observed is taken: the smallest and largest value of every
    feature. Rounding is on the safe side: what the framework's sums may lose is added to the
    interval. None where the layer's weights or inputs are not known.
    """
    if layer.weight is None or (box is None and layer.inputs is None):
        return None
    low, high = box or (layer.inputs.low, layer.inputs.high)  # type: ignore[union-attr]
    if layer.padded:
        low, high = np.minimum(low, 0), np.maximum(high, 0)
    kernels = np.asarray(layer.weight, np.float64)
    if kernels.shape[1] != low.size or not (np.isfinite(low).all() and np.isfinite(high).all()):
        return None  # grouped convolutions share out the channels; an empty box bounds nothing
    kernels = kernels.reshape(*kernels.shape[:2], -1)
    positive, negative = np.maximum(kernels, 0).sum(axis=2), np.minimum(kernels, 0).sum(axis=2)
    bias = np.zeros(layer.size) if layer.bias is None else np.asarray(layer.bias, np.float64)
    largest = np.maximum(np.abs(low), np.abs(high))
    terms = kernels.shape[1] * kernels.shape[2] + 2
    lost = (positive - negative) @ largest + np.abs(bias)
    lost *= terms * np.finfo(_dtype(layer.weight)).eps
    return (
        positive @ low + negative @ high + bias - lost,
        positive @ high + negative @ low + bias + lost,
    )


def output_box(record, bounds: Box) -> Box:
    """The values that an activation takes on these intervals, for the next layer's box.

    Exact for monotone functions; others are followed on a grid and widened by what their slope
    allows between two points.
    """
    low, high = bounds
    if record is None:
        return low, high
    points = low + (high - low) * np.linspace(0, 1, _GRID)[:, None]
    values = value_at(record, points)
    step = np.abs(np.diff(values, axis=0)).max(axis=0, initial=0.0)
    rising = (np.diff(values, axis=0) >= 0).all(axis=0)
    falling = (np.diff(values, axis=0) <= 0).all(axis=0)
    margin = np.where(rising | falling, 0.0, step)
    return values.min(axis=0) - margin, values.max(axis=0) + margin


def _dtype(weight: np.ndarray) -> np.dtype:
    return weight.dtype if weight.dtype.kind == "f" else np.dtype(np.float64)
