"""A case of the fault benchmark: a network, its batches, and the truth about it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from actfn.diagnose.slopes import AWAKE, slope_at, slope_of

CHECK = 4_000  # fresh samples that the truth about units is measured on
MANY = 0.1  # of a layer: then the network is ill
DEAD, SATURATED, VANISHING = "dead units", "saturated units", "vanishing gradient"


class Seen(NamedTuple):
    """A layer with an activation, and its pre-activations as (items, units, positions)."""

    name: str
    record: Any
    z: np.ndarray


@dataclass
class Case(ABC):
    """One network, its batches, and the truth.

    Attributes
    ----------
    name, layers, batches : what it is called, what it is made of, [(x, y), ...].
    lost : layer name -> numbers of the units that never learn.
    kinds : the kinds of findings that are true of the network; empty where it is healthy.
    """

    name: str
    layers: Any
    batches: list
    lost: dict[str, set[int]] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()

    @property
    @abstractmethod
    def network(self):
        """What can be observed."""

    @abstractmethod
    def fresh(self, rng, n: int):
        """n more inputs of the same kind."""

    @abstractmethod
    def pre_activations(self, x) -> list[Seen]:
        """What every layer with an activation gets, computed without any observer."""

    @abstractmethod
    def weight_gradients(self, batch) -> list[np.ndarray]:
        """The loss's gradient by every weight matrix, first to last."""

    def settle(self, rng) -> None:
        """Measure the truth on fresh samples, which has to contain what was planted."""
        planted, self.lost = self.lost, {}
        for name, record, z in self.pre_activations(self.fresh(rng, CHECK)):
            self.lost[name] = _lost(record, z)
            if len(self.lost[name]) >= MANY * z.shape[1]:
                self.kinds |= {SATURATED if slope_of(record).two_sided else DEAD}
        for layer, units in planted.items():
            if not units <= self.lost[layer]:
                raise AssertionError(f"{self.name}: planted units of {layer} are awake")


def _lost(record, z: np.ndarray) -> set[int]:
    """The units that do not learn.

    A unit is truly lost if its slope stays below 5 % of the steepest, at all positions, in at
    least 99.9 % of the samples; one with two flat sides if its mean slope does.
    """
    slope = slope_of(record)
    steep = slope_at(record, z) / slope.steepest
    if slope.two_sided:
        lost = steep.mean(axis=(0, 2)) < AWAKE
    else:
        lost = (steep >= AWAKE).any(axis=2).mean(axis=0) < 1e-3
    return set(np.flatnonzero(lost).tolist())
