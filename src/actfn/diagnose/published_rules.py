"""Published rules for dead units and vanishing gradients, restated, to be scored beside ours.

Each takes what one pass over all batches gives: activations and weight gradients of the hidden
layers. `units` is None where a rule speaks about layers or networks only.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from actfn.diagnose.fault_case import DEAD, VANISHING, Case
from actfn.diagnose.slopes import value_at


@dataclass(frozen=True)
class Rule:
    """A rule: what it looks for, where it is from, its alarm and its mask of units."""

    name: str
    kind: str
    source: str
    alarm: Callable
    units: Callable | None = None


@dataclass
class Raw:
    """Activations (items, units) and weight gradients of the hidden layers of one case.

    The rules know no positions: each position of a channel is an item of its own.
    """

    activations: dict[str, np.ndarray]
    gradients: list[np.ndarray]


def raw(case: Case) -> Raw:
    """Run a case's batches and keep everything, as these rules need it."""
    gradients = []
    found: dict[str, list[np.ndarray]] = {}
    for batch in case.batches:
        for name, record, z in case.pre_activations(batch[0]):
            value = value_at(record, z)
            found.setdefault(name, []).append(np.moveaxis(value, 1, 2).reshape(-1, z.shape[1]))
        gradients.append(case.weight_gradients(batch))
    mean = [np.mean(each, axis=0) for each in zip(*gradients, strict=True)]
    return Raw({name: np.concatenate(parts) for name, parts in found.items()}, mean)


def _some_layer(share):
    return lambda data: any(share(a) for a in data.activations.values())


def _most(mask):
    return lambda data: any(mask(a).mean() > 0.5 for a in data.activations.values())


def _any(mask):
    return lambda data: any(mask(a).any() for a in data.activations.values())


def _small(a):
    return np.percentile(np.abs(a), 95, axis=0) < 1e-5


def _seldom(a):
    return (a > 0).mean(axis=0) < 0.01


def _never(a):
    return ~(a > 0).any(axis=0)


def _dormant(a):
    score = np.abs(a).mean(axis=0)
    return score <= 0.025 * score.mean()


def _autotrainer_vanishing(data):
    first, last = np.linalg.norm(data.gradients[0]), np.linalg.norm(data.gradients[-1])
    return first < 1e-3 * last and first < 1e-4


RULES = (
    Rule("70 % of a layer's outputs are 0 or less", DEAD, "DeepDiagnosis, ICSE 2022",
         _some_layer(lambda a: (a <= 0).mean() >= 0.7)),
    Rule("70 % of all gradients are 0", DEAD, "AutoTrainer, ICSE 2021",
         lambda data: np.mean(np.concatenate([g.ravel() for g in data.gradients]) == 0) >= 0.7),
    Rule("95 % of a unit's outputs below 1e-5, in half the units", DEAD, "TheDeepChecker",
         _most(_small), _small),
    Rule("active in less than 1 %, in half the units", DEAD, "SageMaker Debugger",
         _most(_seldom), _seldom),
    Rule("never fired", DEAD, "keras-contrib, dead-relu-viz", _any(_never), _never),
    Rule("mean below 0.025 of the layer's", DEAD, "dormant neurons, ReDo",
         _any(_dormant), _dormant),
    Rule("mean gradient below 1e-7", VANISHING, "DeepDiagnosis, SageMaker Debugger",
         lambda data: min(np.abs(g).mean() for g in data.gradients) < 1e-7),
    Rule("mean gradient below 1e-6", VANISHING, "TheDeepChecker",
         lambda data: min(np.abs(g).mean() for g in data.gradients) < 1e-6),
    Rule("first gradient below 1e-3 of the last and 1e-4", VANISHING, "AutoTrainer",
         _autotrainer_vanishing),
)  # fmt: skip
