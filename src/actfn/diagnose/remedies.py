"""Remedies as code, each tried on a copy: the same measures before and after."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from actfn.diagnose.causes import (
    ACTIVATION,
    BIAS,
    INITIALISATION,
    INPUT_SHIFT,
    RATE,
    Cause,
    Evidence,
)
from actfn.diagnose.trials import STEPS, Snapshot, look_at, replay
from actfn.errors import DiagnosisError

MOST = 7  # remedies that are tried for one finding
_REPAIRED = 0.1  # of what was wrong may be left
_DEARER = 1.1  # a loss that is a tenth higher after the same steps is worse
_LOWER = 10.0  # the rate is divided by this, or by its square, and goes below 2/λmax


@dataclass(frozen=True)
class Remedy:
    """What to do, as a sentence and as code, and what it did on a copy.

    Attributes
    ----------
    name, code : what it is called, and how it is written.
    before, after : the measures; of the same number of training steps where a rate is known.
    steps : how many.
    works : whether what was wrong is gone.
    """

    name: str
    code: str
    before: Snapshot
    after: Snapshot
    steps: int
    works: bool


@dataclass(frozen=True)
class _Proposal:
    name: str
    code: str
    apply: Callable
    rate: float | None = None


def try_remedies(
    kind: str, causes: list[Cause], network, batches, evidence: Evidence, worked, report=None
) -> list[Remedy]:
    """Try what the causes suggest, the first cause's own remedy first.

    Parameters
    ----------
    network : at its start, if that is known; it stays as it is.
    worked : callable
        (before, after) -> bool, whether the finding is gone.
    report : callable, optional
        Called with the name of each remedy before it is tried.
    """
    rate = evidence.replay.rate if evidence.replay else None
    before = (evidence.replay.look if evidence.replay else evidence.now).snapshot
    if evidence.start is not None:
        before = evidence.now.snapshot
    found = []
    for proposal in _proposals(kind, causes, evidence, network)[:MOST]:
        if report:
            report(proposal.name)
        try:
            after, steps = _tried(proposal, network, batches, rate)
        except DiagnosisError:
            continue  # the model cannot be copied, or has no layers to initialise
        works = worked(before, after) and not (steps and _is_dearer(before, after))
        found.append(Remedy(proposal.name, proposal.code, before, after, steps, works))
    return found


def _tried(proposal: _Proposal, network, batches, rate) -> tuple[Snapshot, int]:
    changed = network.copy()
    proposal.apply(changed, batches[0])
    rate = proposal.rate or rate
    if rate is None:
        return look_at(changed, batches).snapshot, 0
    run = replay(changed, batches, rate, STEPS)
    return run.look.snapshot, run.steps


def _proposals(kind, causes: list[Cause], evidence: Evidence, network) -> list[_Proposal]:
    own = [p for cause in causes for p in _for_cause(cause.name, evidence, network)]
    every = own + _general(kind, network)
    return list({proposal.name: proposal for proposal in every}.values())


def _for_cause(name: str, evidence: Evidence, network) -> list[_Proposal]:
    if name == RATE and evidence.replay is not None:
        return [_lower_rate(evidence, _LOWER), _lower_rate(evidence, _LOWER**2)]
    if name == BIAS:
        code = network.code_for_biases
        return [_Proposal("set the biases to 0", code, lambda n, _: n.reset_biases())]
    if name == INITIALISATION:
        return [_fresh_weights(network)]
    if name == INPUT_SHIFT and evidence.now.observer.inputs is not None:
        return [_standard_inputs(evidence, network)]
    if name == ACTIVATION:
        return [_activation_with_weights(name, network) for name in ("relu", "gelu")]
    return []


def _general(kind: str, network) -> list[_Proposal]:
    fresh = _fresh_weights(network)
    if kind == "dead units":
        names = ("leaky_relu", "elu", "prelu", "gelu")
        return [fresh, *(_activation(name, network) for name in names)]
    if kind in ("vanishing gradient", "exploding gradient", "saturated units"):
        return [fresh, _activation_with_weights("relu", network)]
    return [fresh]


def _lower_rate(evidence: Evidence, factor: float) -> _Proposal:
    assert evidence.replay is not None
    rate, ratio = evidence.replay.rate, evidence.rate_ratio
    safe = rate / ratio / 2 if ratio and ratio > 1 else rate
    lower = float(f"{min(safe, rate / factor):.1g}")
    return _Proposal(
        f"lower the learning rate to {lower:g}", f"lr = {lower:g}", lambda *_: None, lower
    )


def _fresh_weights(network) -> _Proposal:
    def apply(network, batch):
        network.initialise(seed=0, batch=batch)

    return _Proposal("initialise with the exact gain", network.code_for_weights, apply)


def _activation(name: str, network) -> _Proposal:
    return _Proposal(
        f"replace the activation by {name}",
        network.code_for_activation(name),
        lambda n, _: n.replace_activations(name),
    )


def _activation_with_weights(name: str, network) -> _Proposal:
    def apply(network, batch):
        network.replace_activations(name)
        network.initialise(seed=0, batch=batch)

    code = f"{network.code_for_activation(name)}\n{network.code_for_weights}"
    return _Proposal(f"replace the activation by {name} and initialise for it", code, apply)


def _standard_inputs(evidence: Evidence, network) -> _Proposal:
    inputs = evidence.now.observer.inputs
    assert inputs is not None
    mean, spread = inputs.mean, inputs.spread
    return _Proposal(
        "standardise the inputs",
        network.code_for_inputs,
        lambda n, _: n.standardise_inputs(mean, spread),
    )


def _is_dearer(before: Snapshot, after: Snapshot) -> bool:
    """Training went worse than without the remedy, whatever else it did."""
    if before.loss is None or after.loss is None or not np.isfinite(before.loss):
        return False
    return not after.loss <= _DEARER * before.loss


def fewer_idle(before: Snapshot, after: Snapshot) -> bool:
    """The units that did not learn do now, nearly all of them."""
    return _learns(after) and after.idle <= _REPAIRED * before.idle


def steadier_gradient(before: Snapshot, after: Snapshot) -> bool:
    """The first layer's gradient is within a factor of a thousand of the last one's."""
    if not after.sensitivity or not before.sensitivity:
        return False
    return _learns(after) and abs(math.log10(after.sensitivity)) < 3


def steadier_signal(before: Snapshot, after: Snapshot) -> bool:
    """What differs between samples arrives, within a factor of a hundred."""
    return _learns(after) and abs(math.log10(after.signal or math.inf)) < 2


def lower_loss(before: Snapshot, after: Snapshot) -> bool:
    """Training goes down instead of up."""
    if before.loss is None or after.loss is None or not np.isfinite(before.loss):
        return _learns(after)
    return after.loss < before.loss


def _learns(after: Snapshot) -> bool:
    return after.loss is None or bool(np.isfinite(after.loss))
