"""Verdicts: what the statistics of a unit allow to say about it, and the measures of a layer.

No verdict looks at an absolute size. A unit is judged by where its pre-activations lie on its own
activation, by the spread they have, and by how many samples were seen; a layer by ratios.
"""

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np

from actfn.diagnose.bounds import Box, pre_activation_bounds
from actfn.diagnose.observe import Layer, Observer
from actfn.diagnose.slopes import AWAKE, label, predicted_gains, slope_of

CERTIFIED, DEAD, SATURATED = "certified dead", "dead", "saturated"
SILENT, SPARSE, HEALTHY = "silent", "sparse", "healthy"
VERDICTS = (CERTIFIED, DEAD, SATURATED, SILENT, SPARSE, HEALTHY)
LOST = (CERTIFIED, DEAD)

RULE_OF_THREE = 3.0  # silent in n samples: the rate is below 3/n, at 95 %
RARE = 1 / 300  # a rate below it counts as none
FEWEST = 16  # samples, for saying anything about a unit that was silent
SELDOM = 0.1  # units that are awake less often are sparse
_Z95 = 1.959963984540054  # two-sided 95 % of the normal distribution


def judge_units(layer: Layer, bounds: Box | None = None) -> np.ndarray:
    """One of VERDICTS per unit.

    certified dead
        The bounds prove that |f'| is below 2**-10 of its maximum for every input in the box.
    dead
        No sample woke the unit (|f'| stayed below 2**-10 of its maximum), and that is evidence:
        there were more than 900 samples, or all pre-activations lie beyond the edge of the flat
        side by more than the whole range that they cover.
    saturated
        E|f'| is below 5 % of the maximum: on one flat side as above, or on two in turn.
    silent
        No sample woke it, and there were too few to say more than "its rate is below 3/n".
    sparse
        Awake in less than 10 % of the samples, at 95 %.
    healthy
        Everything else.
    """
    verdicts = np.full(layer.size, HEALTHY, dtype="<U14")
    if layer.activation is None or layer.items == 0:
        return verdicts
    slope = slope_of(layer.activation)
    # Where f has one flat side, units are on or off; else they swing, and may saturate.
    swings = np.full(layer.size, not slope.one_sided)
    if slope.off:
        swings &= layer.z.high > slope.drowsy[1]
    verdicts[~swings & (wilson(layer.awake, layer.items)[1] < SELDOM)] = SPARSE
    asleep = layer.awake == 0
    verdicts[asleep] = SILENT
    if layer.summed_items >= FEWEST:
        verdicts[swings & _mean_slope_is_small(layer, slope.steepest)] = SATURATED
    verdicts[asleep & _beyond(layer, slope.drowsy)] = SATURATED
    still = (layer.z.high <= slope.still[0]) | (layer.z.low >= slope.still[1])
    lost = still & _beyond(layer, slope.still)
    verdicts[lost & ~swings] = DEAD
    bounds = bounds if bounds is not None else pre_activation_bounds(layer)
    if bounds is not None:
        low, high = slope.still
        proven = (bounds[1] <= low) | (bounds[0] >= high)
        verdicts[still & ~swings & proven] = CERTIFIED
    return verdicts


def wilson(count, items: int) -> tuple[np.ndarray, np.ndarray]:
    """The 95 % interval of a rate that was counted (Wilson's score interval)."""
    rate, z2 = np.asarray(count) / items, _Z95**2
    centre = (rate + z2 / (2 * items)) / (1 + z2 / items)
    half = _Z95 / (1 + z2 / items) * np.sqrt(rate * (1 - rate) / items + z2 / (4 * items**2))
    return np.maximum(centre - half, 0), np.minimum(centre + half, 1)


def _beyond(layer: Layer, edges: tuple[float, float]) -> np.ndarray:
    """Where it is evidence that all pre-activations were on one flat side."""
    gap = np.maximum(edges[0] - layer.z.high, layer.z.low - edges[1])
    if layer.items > RULE_OF_THREE / RARE:
        return np.ones(layer.size, bool)
    return (layer.items >= FEWEST) & (gap >= layer.z.high - layer.z.low)


def _mean_slope_is_small(layer: Layer, steepest: float) -> np.ndarray:
    mean = layer.mean_slope
    variance = np.maximum(layer.slope_squares / layer.z.count - mean**2, 0)
    return mean + _Z95 * np.sqrt(variance / layer.summed_items) < AWAKE * steepest


@dataclass(frozen=True)
class LayerMeasures:
    """The numbers of one layer; None where they cannot be known.

    Attributes
    ----------
    units, samples, counts : how many; `counts` by verdict.
    mean, spread, rms : of the pre-activations, over all units.
    signal : the part of `rms` that differs between samples.
    forward_gain, predicted_forward_gain : rms f(z) / rms z, measured, and exactly for Gaussian
        pre-activations with this mean and spread.
    backward_gain, predicted_backward_gain : rms dL/dz / rms dL/da, and sqrt(E f'²) for Gaussians.
    sensitivity : the norm of z * dL/dz (rms per unit), over that of the last layer. It does not
        change with the loss's unit, nor when a ReLU layer is scaled up and the next one down.
    weight_gain : rms of the weights times sqrt(fan in); `exact_gain` keeps the size of the signal.
    awake : the share of samples in which an average unit's slope is above 5 % of its maximum.
    bias_share : rms of the biases over rms of the pre-activations.
    update : |ΔW| / |W| of one step, where an optimizer is given.
    """

    name: str
    activation: str
    units: int
    samples: int
    counts: dict[str, int]
    mean: float
    spread: float
    rms: float
    signal: float
    forward_gain: float | None
    predicted_forward_gain: float | None
    backward_gain: float | None
    predicted_backward_gain: float | None
    sensitivity: float | None
    weight_gain: float | None
    exact_gain: float | None
    awake: float | None
    bias_share: float | None
    update: float | None = None


def measure(
    observer: Observer, verdicts: dict[str, np.ndarray], updates: dict[str, float] | None = None
) -> list[LayerMeasures]:
    """The measures of every layer, in order."""
    layers = [layer for layer in observer.layers.values() if layer.items]
    last = next((s for s in map(_sensitivity, reversed(layers)) if s), None)
    before: list[Layer | None] = [None, *layers]
    return [
        _measured(layer, previous, verdicts[layer.name], last, (updates or {}).get(layer.name))
        for layer, previous in zip(layers, before, strict=False)
    ]


def _measured(layer: Layer, previous: Layer | None, verdicts, last, update) -> LayerMeasures:
    mean = float(layer.z.mean.mean())
    rms = layer.z.rms
    spread = math.sqrt(max(rms**2 - mean**2, 0.0))
    record = layer.activation
    predicted = predicted_gains(record, mean, spread) if record is not None else (None, None)
    sensitivity = _sensitivity(layer)
    return LayerMeasures(
        name=layer.name,
        activation=label(record),
        units=layer.size,
        samples=layer.items,
        counts=dict(sorted(Counter(verdicts.tolist()).items())),
        mean=mean,
        spread=spread,
        rms=rms,
        signal=layer.z.signal,
        forward_gain=_ratio(layer.a_squares, float(layer.z.squares.sum()))
        if record is not None
        else None,
        predicted_forward_gain=_finite(predicted[0]),
        backward_gain=_backward_gain(layer),
        predicted_backward_gain=_finite(predicted[1]),
        sensitivity=_finite(sensitivity / last) if sensitivity is not None and last else None,
        weight_gain=weight_gain(layer),
        exact_gain=exact_gain(previous),
        awake=None if record is None else float(layer.awake.mean() / layer.items),
        bias_share=_bias_share(layer, rms),
        update=update,
    )


def weight_gain(layer: Layer) -> float | None:
    """rms(W) sqrt(fan in)."""
    if layer.weight is None or layer.normalised:
        return None
    weight = np.asarray(layer.weight, np.float64)
    return float(np.sqrt(np.mean(weight**2) * weight[0].size))


def exact_gain(previous: Layer | None) -> float:
    """What rms(W) sqrt(fan in) should be after this layer: 1 over its activation's gain."""
    if previous is None or previous.activation is None:
        return 1.0
    forward, _ = predicted_gains(previous.activation, 0.0, 1.0)
    return 1 / forward if forward else math.nan


def _sensitivity(layer: Layer) -> float | None:
    if not layer.has_gradient:
        return None
    # Unit by unit: a dead unit's large pre-activations say nothing about the living ones.
    return math.sqrt(float(layer.z.squares @ layer.dz_squares))


def _backward_gain(layer: Layer) -> float | None:
    if not layer.has_gradient or layer.activation is None:
        return None
    return _ratio(float(layer.dz_squares.sum()), layer.gradient_squares)


def _bias_share(layer: Layer, rms: float) -> float | None:
    if layer.bias is None or not rms:
        return None
    return float(np.sqrt(np.mean(np.asarray(layer.bias, np.float64) ** 2)) / rms)


def _ratio(above: float, below: float) -> float | None:
    return _finite(math.sqrt(above / below)) if below > 0 else None


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
