"""Trials on copies: what the first steps of training do, and how large a step may be."""

from dataclasses import dataclass
from itertools import cycle, islice

import numpy as np

from actfn.diagnose.judge import LOST, SATURATED, LayerMeasures, judge_units, measure
from actfn.diagnose.observe import MOMENTS_FROM, Observer

STEPS = 20  # of training that a trial runs
_POWER_STEPS = 12  # of the power iteration: the largest curvature to a few per cent
_LOOKS = (1, 5, 20, 100)  # steps after which the units are looked at


@dataclass(frozen=True)
class Snapshot:
    """The measures that a remedy is judged by.

    Attributes
    ----------
    lost, saturated, units : how many units.
    sensitivity : that of the first layer over that of the last, None without a gradient.
    signal : how much of the difference between samples arrives, over that of the input.
    loss : None without one.
    """

    lost: int
    saturated: int
    units: int
    sensitivity: float | None
    signal: float | None
    loss: float | None

    @property
    def idle(self) -> int:
        """Units that do not learn."""
        return self.lost + self.saturated


@dataclass
class Look:
    """One pass over the batches, judged."""

    observer: Observer
    verdicts: dict[str, np.ndarray]
    measures: list[LayerMeasures]
    loss: float | None

    @property
    def snapshot(self) -> Snapshot:
        """The numbers to compare."""
        judged = [v for name, v in self.verdicts.items() if self.layer(name).activation is not None]
        every = np.concatenate(judged) if judged else np.array([], "<U14")
        sensitivities = [m.sensitivity for m in self.measures if m.sensitivity is not None]
        return Snapshot(
            lost=int(np.isin(every, LOST).sum()),
            saturated=int((every == SATURATED).sum()),
            units=int(every.size),
            sensitivity=sensitivities[0] if sensitivities else None,
            signal=arriving_signal(self.observer),
            loss=self.loss,
        )

    def layer(self, name: str):
        """What was seen of a layer."""
        return self.observer.layers[name]

    @property
    def blocked(self) -> bool:
        """All units of some layer are dead, so that nothing passes it."""
        return any(np.isin(v, LOST).all() for v in self.verdicts.values() if v.size)

    @property
    def lost(self) -> set[tuple[str, int]]:
        """(layer, unit) of all dead units."""
        return {
            (name, int(unit))
            for name, verdicts in self.verdicts.items()
            for unit in np.flatnonzero(np.isin(verdicts, LOST))
        }


@dataclass(frozen=True)
class Replay:
    """The first steps of training, on a copy.

    Attributes
    ----------
    steps, rate : how many, and the learning rate.
    losses : before each step.
    lost : {step: dead units after it}, 0 for the start.
    updates : layer -> |ΔW| / |W| of the first step.
    look : the state after the last step.
    """

    steps: int
    rate: float
    losses: list[float]
    lost: dict[int, int]
    updates: dict[str, float]
    look: Look

    @property
    def killed_at(self) -> int | None:
        """The first step looked at after which more units are dead than at the start."""
        return next((step for step, n in self.lost.items() if n > self.lost[0]), None)


def look_at(network, batches, updates=None, bounds=None) -> Look:
    """Observe a network and judge what was seen."""
    observer = Observer(MOMENTS_FROM)
    with np.errstate(all="ignore"):  # what overflows is found, and said once
        loss = network.observe(batches, observer)
    verdicts = {
        name: judge_units(layer, (bounds or {}).get(name))
        for name, layer in observer.layers.items()
    }
    return Look(observer, verdicts, measure(observer, verdicts, updates), loss)


def replay(network, batches, rate: float, steps: int = STEPS) -> Replay:
    """Train a copy for some steps; the network itself stays as it is."""
    trained, batches = network.copy(), list(batches)
    before, losses, updates = trained.weights(), [], {}
    lost = {0: len(look_at(trained, batches).lost)}
    for step, batch in enumerate(islice(cycle(batches), steps), start=1):
        losses.append(trained.step(batch, rate))
        if step == 1:
            updates = _updates(before, trained.weights())
        if not np.isfinite(losses[-1]):
            break
        if step in _LOOKS and step < steps:
            lost[step] = len(look_at(trained, batches).lost)
    last = look_at(trained, batches)
    lost[len(losses)] = len(last.lost)
    return Replay(len(losses), rate, losses, lost, updates, last)


def _updates(before, after) -> dict[str, float]:
    sizes = {name: float(np.linalg.norm(w)) for name, w in before.items()}
    return {
        name: float(np.linalg.norm(after[name] - w)) / sizes[name]
        for name, w in before.items()
        if sizes[name] > 0
    }


def sharpness(network, batch, seed: int = 0) -> float:
    """The largest eigenvalue of the loss's Hessian, by power iteration.

    Gradient descent with a rate above 2 / sharpness climbs out of every quadratic valley.
    """
    rng = np.random.default_rng(seed)
    vector = rng.normal(size=network.gradient_vector(batch).size)
    vector /= np.linalg.norm(vector)
    value = 0.0
    for _ in range(_POWER_STEPS):
        product = hessian_times(network, batch, vector)
        value, size = float(vector @ product), float(np.linalg.norm(product))
        if not size > 0:
            return 0.0
        vector = product / size
    return abs(value)


def hessian_times(network, batch, vector: np.ndarray) -> np.ndarray:
    """The Hessian times a unit vector, by central differences of gradients in float64."""
    weights = [float(np.linalg.norm(w)) for w in network.weights().values()]
    step = 1e-5 * max(1.0, *weights)  # keeps five digits: the gradients have sixteen
    up, down = (network.gradient_vector(batch, sign * step * vector) for sign in (1, -1))
    return (up - down) / (2 * step)


def arriving_signal(observer: Observer) -> float | None:
    """The spread between samples at the last layer over that at the network's input."""
    layers = [layer for layer in observer.layers.values() if layer.items]
    if observer.inputs is None or not layers or not observer.inputs.signal > 0:
        return None
    return layers[-1].z.signal / observer.inputs.signal
