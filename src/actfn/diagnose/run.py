"""`actfn.diagnose(model, batches)`: observe, judge, look for causes, try remedies."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import islice
from typing import Any

import numpy as np

from actfn.diagnose.bounds import output_box, pre_activation_bounds
from actfn.diagnose.causes import (
    RATE,
    Cause,
    Evidence,
    causes_of_death,
    causes_of_fading,
    causes_of_saturation,
)
from actfn.diagnose.findings import (
    DEAD_UNITS,
    KINDS,
    NOT_FINITE,
    NOTE,
    RATE_TOO_LARGE,
    SATURATED_UNITS,
    WORKED,
    Finding,
    find,
    find_in_replay,
)
from actfn.diagnose.frameworks import network_of
from actfn.diagnose.judge import judge_units, measure
from actfn.diagnose.observe import Observer
from actfn.diagnose.remedies import try_remedies
from actfn.diagnose.report import Report
from actfn.diagnose.trials import STEPS, Look, look_at, replay, sharpness
from actfn.errors import DiagnosisError

BATCHES = 64  # that are read at most: they are kept, because remedies are tried on them


def diagnose(
    model,
    batches: Iterable,
    *,
    loss: Callable | None = None,
    optimizer=None,
    start=None,
    box=None,
    remedies: bool = True,
    steps: int = STEPS,
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Find out why a network does not learn.

    Parameters
    ----------
    model : torch.nn.Module, or list of (weight, bias, activation)
        Plain layers compute activation(x @ weight + bias); the activation is a name, a record of
        actfn, or None. The model is left bit for bit as it is.
    batches : iterable
        Inputs, or (inputs, targets); at most 64 of them are read. Without targets nothing is said
        about gradients.
    loss : callable, optional
        (output, target) -> a scalar tensor; for plain layers (loss, gradient by the output). By
        default cross-entropy for integer targets, else the mean square error.
    optimizer : torch.optim.Optimizer, float, or ("adam", rate), optional
        With it the first `steps` of training are replayed on a copy, and remedies too. A number is
        the rate of plain gradient descent.
    start : the weights that training started from, optional
        A module, a state_dict, or plain layers: tells units that were born dead from killed ones.
    box : (low, high), optional
        For plain layers: the inputs for which "certified dead" is to hold. By default the box of
        all values that the batches have.
    remedies : bool
        Whether remedies are tried.
    steps : int
        Training steps of a replay.
    progress : callable, optional
        Called with a sentence about what is done next.

    Returns
    -------
    Report

    Raises
    ------
    DiagnosisError
        Where the model or the batches cannot be used; the message says why.
    """
    if steps < 1:
        raise DiagnosisError(f"a replay has at least one step, not steps={steps}")
    network = network_of(model, loss, optimizer)
    # Loaders draw at random, and so does dropout, on copies too; what overflows is found, and said
    # once, in the report.
    with network.untouched(), np.errstate(all="ignore"):
        kept = _taken(batches)
        return _diagnosed(model, network, kept, start, box, remedies, steps, progress or _quiet)


def _quiet(sentence: str) -> None:
    """Report to nobody."""


def _diagnosed(model, network, kept, start, box, remedies, steps, tell) -> Report:
    tell(f"observing {len(kept)} batches")
    now = look_at(network, kept, bounds=_bounds(network, kept, box))
    if all(layer.activation is None for layer in now.observer.layers.values()):
        raise DiagnosisError(
            "no activation function was called while the model ran: there are no units to judge. "
            "Compiled or scripted modules hide their calls; diagnose the module they were made from"
        )
    findings = find(now)
    origin, evidence = network, Evidence(now, optimizer=network.optimizer)
    if start is not None:
        origin = network.copy()
        origin.load(start)
        evidence.start = look_at(origin, kept)
    broken = any(finding.kind == NOT_FINITE for finding in findings)
    if network.rate is not None and now.loss is not None and not (broken and start is None):
        _replay(origin, kept, steps, evidence, findings, tell)
    for finding in findings:
        finding.causes = _causes(finding, evidence)
        if remedies and finding.severity != NOTE:
            finding.remedies = try_remedies(
                finding.kind, finding.causes, origin, kept, evidence, WORKED[finding.kind],
                lambda name: tell(f"trying: {name}"),
            )  # fmt: skip
            finding.remedies.sort(key=lambda remedy: not remedy.works)
    findings.sort(key=lambda finding: KINDS.index(finding.kind))
    return Report.of(model, now, findings, evidence)


def report_of(observer: Observer, loss: float | None = None) -> Report:
    """The report of what was fed to an observer by hand; nothing can be replayed."""
    with np.errstate(all="ignore"):
        verdicts = {name: judge_units(layer) for name, layer in observer.layers.items()}
        now = Look(observer, verdicts, measure(observer, verdicts), loss)
        if not now.measures:
            raise DiagnosisError("the observer has seen no batch yet")
        findings, evidence = find(now), Evidence(now)
    for finding in findings:
        finding.causes = _causes(finding, evidence)
    return Report.of(observer, now, findings, evidence)


def _taken(batches) -> list:
    try:
        given = iter(batches)
    except TypeError as error:
        raise DiagnosisError(f"the batches cannot be iterated over: {error}") from error
    kept: list = []
    try:
        kept.extend(islice(given, BATCHES))
    except Exception as error:  # what was taken before it is kept already
        kind = type(error).__name__
        raise DiagnosisError(f"the loader raised {kind} in batch {len(kept)}: {error}") from error
    if not kept:
        raise DiagnosisError(
            "there is no batch: the loader is empty, or a generator that was used up before"
        )
    return kept


def _bounds(network, batches, box) -> dict[str, Any] | None:
    """Interval bounds through all plain layers, from a box of inputs."""
    if box is None:
        return None
    if not hasattr(network, "layers"):
        raise DiagnosisError("box= is for plain layers; a module's layers are bounded one by one")
    observer = Observer()
    network.observe(batches[:1], observer)
    size = network.layers[0][0].shape[0]
    try:
        low, high = (np.broadcast_to(np.asarray(end, np.float64), (size,)) for end in box)
    except (TypeError, ValueError) as error:
        raise DiagnosisError(f"box= is (low, high), for all inputs or for each: {error}") from error
    if not (low <= high).all():
        raise DiagnosisError("box= is (low, high) with low <= high")
    bounds, current = {}, (low, high)
    for name, layer in observer.layers.items():
        found = pre_activation_bounds(layer, current)
        assert found is not None  # plain layers know their weights
        bounds[name], current = found, output_box(layer.activation, found)
    return bounds


def _replay(origin, batches, steps, evidence: Evidence, findings: list[Finding], tell) -> None:
    tell(f"replaying {steps} steps of training")
    evidence.replay = replay(origin, batches, origin.rate, steps)
    if origin.optimizer == "sgd":
        tell("measuring the largest curvature")
        # What computes in float32 only has none: differences of its gradients would be noise.
        with suppress(DiagnosisError):
            evidence.sharpness = sharpness(origin, batches[0])
    start = evidence.start or evidence.now
    known = {finding.kind for finding in findings if finding.severity != NOTE}
    more = find_in_replay(evidence.replay, start, evidence.rate_ratio)
    more = [finding for finding in more if finding.kind not in known]
    stronger = {finding.kind for finding in more}
    findings[:] = [finding for finding in findings if finding.kind not in stronger] + more


def _causes(finding: Finding, evidence: Evidence) -> list[Cause]:
    if finding.kind == DEAD_UNITS:
        return causes_of_death(evidence)
    if finding.kind == SATURATED_UNITS:
        return causes_of_saturation(evidence)
    if finding.kind in (RATE_TOO_LARGE, NOT_FINITE):
        ratio = evidence.rate_ratio
        size = "" if ratio is None else f": it is {ratio:.3g} times 2/λmax"
        known = finding.kind == RATE_TOO_LARGE or evidence.start is not None
        return [Cause(RATE, 1.0, f"the loss does not go down at this rate{size}")] if known else []
    return causes_of_fading(evidence)
