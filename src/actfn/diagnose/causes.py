"""Causes, ranked by evidence: what would have to be otherwise for the units to live.

For a dead unit the question is counterfactual, and its statistics answer it exactly: its largest
pre-activation is known, and so is what the bias, or the mean of its weights, adds to it.
"""

import math
from dataclasses import dataclass, field

import numpy as np

from actfn.diagnose.judge import SATURATED, weight_gain
from actfn.diagnose.observe import Layer
from actfn.diagnose.slopes import label, slope_of
from actfn.diagnose.trials import Look, Replay

RATE, BIAS, INITIALISATION = "learning rate", "bias", "initialisation"
INPUT_SHIFT, ACTIVATION = "input shift", "activation"

_FAR_FROM_CHANCE = 4.0  # standard errors of a row's mean weight
_SHIFTED = 3.0  # mean over spread of the inputs
_DEFAULT_GAIN = 1 / math.sqrt(3)  # of torch's U(-1/sqrt(fan in), 1/sqrt(fan in))
_OFF = 1.25  # a gain is called wrong when it is off by more than this factor
_KEPT = 0.5  # an activation that passes on less than this of a gradient is named as a cause


@dataclass(frozen=True)
class Cause:
    """A cause, its score between 0 and 1, and the evidence in a sentence with its numbers."""

    name: str
    score: float
    evidence: str


@dataclass
class Evidence:
    """What the causes are judged by.

    Attributes
    ----------
    now, start : the network as it is given, and as it started, where that is known.
    replay : the first steps of training, where an optimizer is given; `sharpness` at their start.
    """

    now: Look
    start: Look | None = None
    replay: Replay | None = None
    sharpness: float | None = None
    optimizer: str = "sgd"
    ranked: list[Cause] = field(default_factory=list)

    @property
    def rate_ratio(self) -> float | None:
        """The learning rate over 2 / λmax; for gradient descent only."""
        if self.replay is None or self.sharpness is None or self.optimizer != "sgd":
            return None
        return self.replay.rate * self.sharpness / 2


def causes_of_death(evidence: Evidence) -> list[Cause]:
    """Why units are dead."""
    now = evidence.now
    # A layer that gets nothing but zeros is dead because of the one before it.
    lost = {(name, unit) for name, unit in now.lost if not _starved(now.layer(name))} or now.lost
    found = [_killed(evidence, lost)]
    born = lost & evidence.start.lost if evidence.start else lost
    counts = dict.fromkeys((BIAS, INITIALISATION, INPUT_SHIFT), 0)
    first = next(iter(now.observer.layers), None)
    for name in {name for name, _ in born}:
        units = np.array(sorted(unit for layer, unit in born if layer == name))
        for cause, mask in _counterfactuals(now.layer(name), name == first).items():
            counts[cause] += int(mask[units].sum())
    total = max(len(lost), 1)
    sentences = {
        BIAS: "would fire if their bias were 0",
        INITIALISATION: "would fire if their weights had the mean 0: it lies more than 4 standard "
        "errors below",
        INPUT_SHIFT: "would fire if the inputs had the mean 0: it is over 3 times their spread",
    }
    for cause, n in counts.items():
        if n:
            found.append(Cause(cause, n / total, f"{n} of {total} dead units {sentences[cause]}"))
    return _ranked(found)


def _starved(layer: Layer) -> bool:
    inputs = layer.inputs
    return inputs is not None and not inputs.low.any() and not inputs.high.any()


def _killed(evidence: Evidence, lost: set) -> Cause | None:
    """Units that lived at the start, or that the first steps kill."""
    ratio = evidence.rate_ratio
    size = "" if ratio is None else f"; the rate is {ratio:.3g} times 2/λmax"
    replay = evidence.replay
    if evidence.start is not None and lost:
        killed = len(lost - evidence.start.lost)
        if killed:
            when = ""
            if replay is not None and replay.killed_at:
                when = f"; in a replay units die by step {replay.killed_at}"
            text = f"{killed} of {len(lost)} dead units were alive at the start{when}{size}"
            return Cause(RATE, killed / len(lost), text)
    if replay is not None and replay.killed_at is not None:
        more = replay.lost[replay.steps] - replay.lost[0]
        all_dead = max(replay.lost[replay.steps], 1)
        text = (
            f"training kills {more} more units in {replay.steps} steps, "
            f"the first by step {replay.killed_at}{size}"
        )
        return Cause(RATE, max(more, 0) / all_dead, text)
    return None


def _counterfactuals(layer: Layer, is_first: bool) -> dict[str, np.ndarray]:
    """cause -> which units would reach beyond the flat side without it; the first that does."""
    none = np.zeros(layer.size, bool)
    found = dict.fromkeys((BIAS, INITIALISATION, INPUT_SHIFT), none)
    edge = slope_of(layer.activation).still[0]
    if not math.isfinite(edge):
        return found
    bias = np.zeros(layer.size) if layer.bias is None else np.asarray(layer.bias, np.float64)
    top = layer.z.high
    found[BIAS] = (bias < 0) & (top - bias > edge)
    if layer.weight is None or layer.inputs is None:
        return found
    weight = np.asarray(layer.weight, np.float64)
    rows = weight.reshape(layer.size, -1)
    mean, spread = rows.mean(axis=1), rows.std(axis=1)
    errors = np.divide(
        mean * math.sqrt(rows.shape[1]), spread, out=np.full_like(mean, -np.inf), where=spread > 0
    )
    places = weight[0, 0].size
    share = (
        mean * places * layer.inputs.mean.sum() if weight.shape[1] == layer.inputs.sum.size else 0
    )
    found[INITIALISATION] = ~found[BIAS] & (errors < -_FAR_FROM_CHANCE) & (top - share > edge)
    if is_first:
        centre = layer.z.mean - bias  # what the mean input adds
        shifted = np.sqrt(np.mean(layer.inputs.mean**2)) > _SHIFTED * layer.inputs.signal
        rest = ~found[BIAS] & ~found[INITIALISATION]
        found[INPUT_SHIFT] = rest & shifted & (top - centre > edge)
    return found


def causes_of_fading(evidence: Evidence) -> list[Cause]:
    """Why the signal, or its gradient, shrinks or grows with depth."""
    return _ranked([*_gradient_budget(evidence.now), _wrong_gains(evidence.now)])


def causes_of_saturation(evidence: Evidence) -> list[Cause]:
    """Why units sit where their activation is flat."""
    now, found = evidence.now, [_wrong_gains(evidence.now)]
    stuck = [now.layer(n) for n, v in now.verdicts.items() if (v == SATURATED).any()]
    centred = total = 0
    for layer in stuck:
        units = now.verdicts[layer.name] == SATURATED
        total += int(units.sum())
        if layer.bias is not None:
            low, high = slope_of(layer.activation).drowsy
            free = layer.z.mean - np.asarray(layer.bias, np.float64)
            inside = (free > low) & (free < high)
            outside = (layer.z.mean <= low) | (layer.z.mean >= high)
            centred += int((units & inside & outside).sum())
    if centred:
        text = (
            f"{centred} of {total} saturated units would be in the steep part if their bias were 0"
        )
        found.append(Cause(BIAS, centred / total, text))
    first = next(iter(now.observer.layers.values()))
    inputs = first.inputs
    if inputs is not None and first in stuck and inputs.rms > _SHIFTED:
        text = f"the inputs have the rms {inputs.rms:.3g}: a layer is made for inputs of about 1"
        found.append(Cause(INPUT_SHIFT, 1 - 1 / inputs.rms, text))
    return _ranked(found)


def _gradient_budget(look: Look) -> list[Cause]:
    """The activation's part in what every layer makes of the gradient."""
    kept = [m.backward_gain for m in look.measures if m.backward_gain]
    if not kept:
        return []
    mean = math.exp(sum(map(math.log, kept)) / len(kept))
    if mean >= _KEPT:
        return []
    names = sorted({m.activation for m in look.measures if m.backward_gain})
    predicted = [m.predicted_backward_gain for m in look.measures if m.predicted_backward_gain]
    exact = f" (exactly {np.mean(predicted):.3g} for Gaussian input)" if predicted else ""
    text = f"{', '.join(names)} multiplies the gradient by {mean:.3g} in every layer{exact}"
    return [Cause(ACTIVATION, 1 - mean, text)]


def _wrong_gains(look: Look) -> Cause | None:
    """Weights whose size is not what keeps the signal's."""
    factors, default = [], 0
    layers = list(look.observer.layers.values())
    for layer, measures in zip(layers, look.measures, strict=False):
        gain, exact = weight_gain(layer), measures.exact_gain
        if gain and exact and layer is not layers[0]:
            factors.append(gain / exact)
            default += _is_default(layer, gain)
    if not factors:
        return None
    factor = math.exp(sum(map(math.log, factors)) / len(factors))
    if 1 / _OFF < factor < _OFF:
        return None
    name = (
        " (the framework's default, U(±1/√fan_in), gain 0.577)"
        if default * 2 > len(factors)
        else ""
    )
    text = f"weights are {factor:.3g} times the size that keeps the signal{name}"
    return Cause(INITIALISATION, 1 - min(factor, 1 / factor), text)


def _is_default(layer: Layer, gain: float) -> bool:
    weight = np.asarray(layer.weight, np.float64)
    edge = np.abs(weight).max() * math.sqrt(weight[0].size)
    return 0.9 < edge <= 1.0 + 1e-6 and abs(gain / _DEFAULT_GAIN - 1) < 0.1


def _ranked(found) -> list[Cause]:
    return sorted((cause for cause in found if cause), key=lambda cause: -cause.score)


def describe(layer: Layer) -> str:
    """A layer's name with its activation."""
    return f"{layer.name} ({label(layer.activation)})"
