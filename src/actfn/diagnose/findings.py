"""Findings: what is wrong with a network as a whole, each with its number and one sentence why."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from actfn.diagnose.causes import Cause, describe
from actfn.diagnose.judge import CERTIFIED, LOST, RULE_OF_THREE, SATURATED
from actfn.diagnose.remedies import (
    Remedy,
    fewer_idle,
    lower_loss,
    steadier_gradient,
    steadier_signal,
)
from actfn.diagnose.trials import Look, Replay, arriving_signal

DEAD_UNITS, SATURATED_UNITS = "dead units", "saturated units"
VANISHING, EXPLODING = "vanishing gradient", "exploding gradient"
FADING, GROWING = "fading signal", "growing signal"
RATE_TOO_LARGE, NOT_FINITE = "learning rate too large", "not finite"
KINDS = (
    NOT_FINITE, DEAD_UNITS, SATURATED_UNITS, VANISHING, EXPLODING, FADING, GROWING, RATE_TOO_LARGE,
)  # fmt: skip
SERIOUS, WARNING, NOTE = "serious", "warning", "note"

# Shares of all units that are serious, and worth a warning: 3 % are dead in many a network that
# learns well, where the inputs are all positive.
_MANY, _SOME = 0.2, 0.05
_LAYER_SHARE = 0.1  # of a layer: single dead or saturated units are part of trained networks
_GRADIENT_RATIO = 1e3  # between the first and the last layer
_SIGNAL_RATIO = 1e2  # between the input and the output


@dataclass
class Finding:
    """One thing that is wrong.

    Attributes
    ----------
    kind : one of KINDS.
    severity : "serious", "warning" or "note".
    title, number, why : a headline, your number, and one sentence.
    layers : the names of those concerned.
    causes, remedies : the best first.
    """

    kind: str
    severity: str
    title: str
    number: str
    why: str
    layers: list[str] = field(default_factory=list)
    causes: list[Cause] = field(default_factory=list)
    remedies: list[Remedy] = field(default_factory=list)


WORKED: dict[str, Callable] = {
    DEAD_UNITS: fewer_idle,
    SATURATED_UNITS: fewer_idle,
    VANISHING: steadier_gradient,
    EXPLODING: steadier_gradient,
    FADING: steadier_signal,
    GROWING: steadier_signal,
    RATE_TOO_LARGE: lower_loss,
    NOT_FINITE: lower_loss,
}


def find(look: Look) -> list[Finding]:
    """What is wrong with a network as it was seen."""
    spoilt = _not_finite(look)
    if spoilt:
        return [spoilt]
    found = [_dead(look), _saturated(look), _gradient(look), _signal(look)]
    return [finding for finding in found if finding]


def _not_finite(look: Look) -> Finding | None:
    for layer in look.observer.layers.values():
        if layer.spoilt is not None:
            return Finding(
                NOT_FINITE,
                SERIOUS,
                f"{describe(layer)} gives numbers that are not finite",
                f"first in batch {layer.spoilt}",
                "No layer before it does: from there on everything is NaN or infinite.",
                [layer.name],
            )
    if look.loss is not None and not math.isfinite(look.loss):
        why = "All pre-activations are finite; the loss itself overflows, or takes log(0)."
        return Finding(NOT_FINITE, SERIOUS, "The loss is not finite", f"{look.loss}", why)
    return None


def _dead(look: Look, after: str = "") -> Finding | None:
    counts = {name: int(np.isin(v, LOST).sum()) for name, v in look.verdicts.items() if v.size}
    dead = sum(counts.values())
    if not dead:
        return None
    units = look.snapshot.units
    certified = sum(int((v == CERTIFIED).sum()) for v in look.verdicts.values())
    samples = max(look.layer(name).items for name, n in counts.items() if n)
    proven = (
        f"; {certified} of them provably, for every input in the observed box" if certified else ""
    )
    where = [name for name, n in counts.items() if n]
    whole = [name for name in where if counts[name] == look.verdicts[name].size]
    share = max(counts[name] / look.verdicts[name].size for name in where)
    serious = bool(whole) or dead >= _MANY * units
    worth = share >= _LAYER_SHARE or dead >= _SOME * units
    return Finding(
        DEAD_UNITS,
        SERIOUS if serious else WARNING if worth else NOTE,
        f"{dead} of {units} units are dead{after}",
        f"silent in {samples} samples: each fires in less than {RULE_OF_THREE / samples:.2g} of "
        f"them, at 95 %{proven}",
        "Their activation is flat wherever your data takes them, so no gradient reaches their "
        "weights and they cannot come back by themselves."
        + (f" All units of {whole[0]} are dead: nothing passes it." if whole else ""),
        where,
    )


def _saturated(look: Look) -> Finding | None:
    shares = {
        name: float((v == SATURATED).mean())
        for name, v in look.verdicts.items()
        if v.size and look.layer(name).activation is not None
    }
    where = [name for name, share in shares.items() if share >= _LAYER_SHARE]
    if not where:
        return None
    worst = max(where, key=lambda name: shares[name])
    stuck = sum(int((look.verdicts[name] == SATURATED).sum()) for name in where)
    return Finding(
        SATURATED_UNITS,
        SERIOUS if shares[worst] >= 0.5 else WARNING,
        f"{stuck} units are saturated",
        f"{shares[worst]:.0%} of {describe(look.layer(worst))}: their mean slope is below 5 % of "
        "the steepest",
        "They sit where their activation is nearly flat: the gradient that passes them is cut to "
        "a twentieth or less, and they change their output hardly at all.",
        where,
    )


def _gradient(look: Look) -> Finding | None:
    known = [m for m in look.measures if m.sensitivity is not None]
    if len(known) < 2 or look.blocked:
        return None
    ratio = known[0].sensitivity or 0.0
    if 1 / _GRADIENT_RATIO <= ratio <= _GRADIENT_RATIO:
        return None
    per_layer = ratio ** (1 / (len(known) - 1)) if ratio > 0 else 0.0
    kind = VANISHING if ratio < 1 else EXPLODING
    word = "vanishes" if ratio < 1 else "explodes"
    return Finding(
        kind,
        SERIOUS,
        f"The gradient {word} with depth",
        f"{ratio:.2g} between the first and the last layer, times {per_layer:.2g} per layer",
        "A step that suits the last layers is far too "
        + (
            "small for the first ones: they stay as they started."
            if ratio < 1
            else "large for the first ones."
        ),
        [known[0].name],
    )


def _signal(look: Look) -> Finding | None:
    layers = list(look.observer.layers.values())
    arriving = arriving_signal(look.observer)
    normalised = any(layer.normalised for layer in layers)
    if arriving is None or len(layers) < 3 or normalised or look.blocked:
        return None
    if 1 / _SIGNAL_RATIO <= arriving <= _SIGNAL_RATIO:
        return None
    per_layer = arriving ** (1 / len(layers))
    kind, word = (FADING, "fades") if arriving < 1 else (GROWING, "grows")
    return Finding(
        kind,
        WARNING,
        f"The signal {word} with depth",
        f"the spread between samples arrives times {arriving:.2g}, {per_layer:.2g} per layer",
        "The output hardly depends on the input: all samples look alike to the last layers."
        if arriving < 1
        else "Small differences between samples become huge ones: training is erratic.",
        [layers[-1].name],
    )


def find_in_replay(replay: Replay, now: Look, ratio: float | None) -> list[Finding]:
    """What the first steps of training show, beyond what was there before them."""
    found = []
    killed = replay.lost[replay.steps] - replay.lost[0] if replay.steps in replay.lost else 0
    bad = not np.isfinite(replay.losses[-1]) or (
        replay.look.loss is not None and now.loss is not None and not replay.look.loss <= now.loss
    )
    if killed > _SOME * max(now.snapshot.units, 1):
        finding = _dead(replay.look, f" after {replay.steps} steps of training")
        if finding:
            found.append(finding)
    if bad and (ratio is None or ratio > 1):
        size = "" if ratio is None else f"the rate {replay.rate:g} is {ratio:.3g} times 2/λmax; "
        last = replay.look.loss if np.isfinite(replay.losses[-1]) else replay.losses[-1]
        found.append(
            Finding(
                RATE_TOO_LARGE,
                SERIOUS,
                "The learning rate is too large",
                f"{size}loss {_number(now.loss)} → {_number(last)} in {replay.steps} steps",
                "Beyond 2/λmax a step overshoots the valley it goes down in, and every next one "
                "overshoots further.",
                list(replay.updates),
            )
        )
    return found


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.4g}"
