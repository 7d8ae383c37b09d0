"""Planted faults in plain layers, and healthy ones that are easily accused."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from actfn.diagnose.fault_case import VANISHING, Case, Seen
from actfn.diagnose.plain import PlainNetwork
from actfn.diagnose.slopes import activation_of

WIDTH, INPUTS, CLASSES = 128, 64, 10


@dataclass
class DenseCase(Case):
    """Plain layers, [(weight, bias, activation), ...]; `scale` is the loss's unit."""

    scale: float = 1.0

    def loss(self, output, target):
        """Cross-entropy times the case's unit."""
        from actfn.rowwise.cross_entropy import cross_entropy

        loss, gradient = cross_entropy(output, target, with_grad=True)
        return loss * self.scale, gradient * self.scale

    @property
    def network(self) -> PlainNetwork:
        """The layers as a network."""
        return PlainNetwork(self.layers, self.loss)

    def fresh(self, rng, n: int) -> np.ndarray:
        """Gaussian samples with the mean and the spread of the batches."""
        x = np.concatenate([x for x, _ in self.batches])
        return (rng.normal(size=(n, x.shape[1])) * x.std() + x.mean()).astype(np.float32)

    def pre_activations(self, x) -> list[Seen]:
        """Every layer with an activation; a layer has one position."""
        network = self.network
        passed, _ = network.forward(x)
        rows = zip(network.names, self.layers, passed, strict=True)
        return [
            Seen(name, activation_of(layer[2]), z[:, :, None])
            for name, layer, (_, z) in rows
            if layer[2] is not None
        ]

    def weight_gradients(self, batch) -> list[np.ndarray]:
        """Of every weight, the output's too."""
        return [step[0] for step in self.network.parameter_gradients(batch)[1]]


def _layers(rng, depth=4, activation="relu", gain=2.0):
    sizes = [INPUTS, *[WIDTH] * depth, CLASSES]
    made = [
        [
            rng.normal(0, np.sqrt(gain / a), (a, b)).astype(np.float32),
            np.zeros(b, np.float32),
            activation,
        ]
        for a, b in pairwise(sizes)
    ]
    made[-1][2] = None
    return made


def _batches(rng, size=256, n=4, scale=1.0):
    found = []
    for _ in range(n):
        x = (rng.normal(size=(size, INPUTS)) * scale).astype(np.float32)
        found.append((x, rng.integers(0, CLASSES, size)))
    return found


def _healthy(size, n, activation="relu", gain=2.0, depth=4, scale=1.0, loss=1.0):
    def make(rng):
        made = _layers(rng, depth, activation, gain)
        return DenseCase("", made, _batches(rng, size, n, scale=scale), scale=loss)

    return make


def _sparse(rate, size=256, n=4):
    """Every unit of the second layer fires in this share of the samples."""

    def make(rng):
        made = _layers(rng)
        z = _pre_activations(made, _batches(rng, 2000, 1)[0][0], 1)
        made[1][1][:] = -np.quantile(z, 1 - rate, axis=0)
        return DenseCase("", made, _batches(rng, size, n))

    return make


def _pre_activations(layers, x, index):
    return PlainNetwork(layers).forward(x)[0][index][1]


def _dead(share, size=256, n=4, activation="relu", sparse=None, depth=4, layer=1, bias=-40.0):
    def make(rng):
        made = _layers(rng, depth, activation)
        if sparse:
            z = _pre_activations(made, _batches(rng, 2000, 1)[0][0], layer)
            made[layer][1][:] = -np.quantile(z, 1 - sparse, axis=0)
        units = rng.choice(WIDTH, round(share * WIDTH), replace=False)
        made[layer][1][units] = bias
        return DenseCase(
            "", made, _batches(rng, size, n), {f"layer {layer + 1}": set(units.tolist())}
        )

    return make


def _dead_by_weights(share, size=256, n=4):
    """Weights from ReLU outputs, which are positive, to weights that are all negative."""

    def make(rng):
        made = _layers(rng)
        units = rng.choice(WIDTH, round(share * WIDTH), replace=False)
        made[1][0][:, units] = -np.abs(made[1][0][:, units])
        return DenseCase("", made, _batches(rng, size, n), {"layer 2": set(units.tolist())})

    return make


def _rescaled(factor, share=0.3):
    def make(rng):
        case = _dead(share)(rng)
        for array in case.layers[1][:2]:
            array *= np.float32(factor)
        case.layers[2][0] /= np.float32(factor)
        return case

    return make


def _saturated(activation, share, bias=8.0, gain=1.0):
    def make(rng):
        made = _layers(rng, 3, activation, gain)
        units = rng.choice(WIDTH, round(share * WIDTH), replace=False)
        made[1][1][units] = bias * rng.choice([-1, 1], units.size)
        return DenseCase("", made, _batches(rng), {"layer 2": set(units.tolist())})

    return make


def _swinging(activation, size=200.0):
    """Pre-activations so large that the units jump between their two flat sides."""

    def make(rng):
        made = _layers(rng, 3, activation, 1.0)
        made[1][0] *= np.float32(size)
        return DenseCase("", made, _batches(rng), {"layer 2": set(range(WIDTH))})

    return make


def _deep(activation, gain, depth, kinds, scale=1.0):
    def make(rng):
        return DenseCase(
            "", _layers(rng, depth, activation, gain), _batches(rng), {}, frozenset(kinds), scale
        )

    return make


def _default_weights(depth, kinds):
    """torch's default: U(-1/sqrt(fan in), 1/sqrt(fan in)) for weights and biases."""

    def make(rng):
        made = _layers(rng, depth)
        for layer in made:
            edge = 1 / np.sqrt(layer[0].shape[0])
            layer[0][...] = rng.uniform(-edge, edge, layer[0].shape)
            layer[1][...] = rng.uniform(-edge, edge, layer[1].shape)
        return DenseCase("", made, _batches(rng), {}, frozenset(kinds))

    return make


def _trained(rate, steps, activation="relu"):
    """Trained for a while; what is dead afterwards is found on many samples."""

    def make(rng):
        made = _layers(rng, activation=activation)
        batches = _learnable(rng)
        network = PlainNetwork(made)
        for step in range(steps):
            network.step(batches[step % len(batches)], rate)
        return DenseCase("", [list(layer) for layer in network.layers], batches)

    return make


def _learnable(rng, size=128, n=8):
    """Classes that a linear teacher tells apart."""
    teacher = rng.normal(size=(INPUTS, CLASSES))
    found = []
    for _ in range(n):
        x = rng.normal(size=(size, INPUTS)).astype(np.float32)
        found.append((x, (x @ teacher).argmax(axis=1)))
    return found


DENSE: dict[str, Callable] = {
    # the ten of the published comparison
    "healthy": _healthy(256, 4),
    "healthy, batch of 16": _healthy(16, 1),
    "sparse, 20 %": _sparse(0.2),
    "sparse, 5 %": _sparse(0.05),
    "rare detectors, 0.5 %": _sparse(0.005, 256, 1),
    "30 % dead": _dead(0.3, 256, 1),
    "30 % dead, the rest sparse": _dead(0.3, sparse=0.05),
    "60 % dead": _dead(0.6),
    "a whole layer dead": _dead(1.0),
    "healthy, inputs times 1e-6": _healthy(256, 4, scale=1e-6),
    # healthy networks that are easily accused
    "healthy, two batches of 16": _healthy(16, 2),
    "healthy, batch of 32": _healthy(32, 1),
    "healthy, batch of 64": _healthy(64, 1),
    "healthy, 64 batches of 16": _healthy(16, 64),
    "healthy, loss times 1e-6": _healthy(256, 4, loss=1e-6),
    "healthy, loss times 1e6": _healthy(256, 4, loss=1e6),
    "healthy, inputs times 1e6": _healthy(256, 4, scale=1e6),
    "healthy GELU": _healthy(256, 4, "gelu"),
    "healthy tanh": _healthy(256, 4, "tanh", 1.0),
    "healthy leaky ReLU, batch of 16": _healthy(16, 1, "leaky_relu"),
    "healthy ELU": _healthy(256, 4, "elu", 1.55),
    "healthy sigmoid, shallow": _healthy(256, 4, "sigmoid", 1.0, depth=2),
    "healthy, ten layers": _healthy(256, 4, depth=10),
    "trained well": _trained(0.05, 60),
    "trained GELU": _trained(0.05, 60, activation="gelu"),
    "rare detectors, 0.5 %, more data": _sparse(0.005, 256, 8),
    "framework's default, shallow": _default_weights(2, ()),
    # dead units
    "10 % dead": _dead(0.1),
    "30 % dead, batch of 16": _dead(0.3, 16, 1),
    "30 % dead, first layer": _dead(0.3, layer=0),
    "30 % dead, last layer": _dead(0.3, layer=3),
    "30 % dead GELU": _dead(0.3, activation="gelu"),
    "30 % dead SiLU": _dead(0.3, activation="silu", bias=-60.0),
    "30 % dead ELU": _dead(0.3, activation="elu"),
    "3 dead units": _dead(3 / WIDTH),
    "40 % dead by their weights": _dead_by_weights(0.4),
    "40 % dead, layer times 1e4": _rescaled(1e4),
    "40 % dead, layer times 1e-4": _rescaled(1e-4),
    "30 % dead Mish": _dead(0.3, activation="mish"),
    "killed by a large rate": _trained(0.8, 40),
    # saturation
    "30 % saturated tanh": _saturated("tanh", 0.3),
    "60 % saturated tanh": _saturated("tanh", 0.6),
    "40 % saturated sigmoid": _saturated("sigmoid", 0.4, 20.0, 16.0),
    "tanh between its ends": _swinging("tanh"),
    "sigmoid between its ends": _swinging("sigmoid", 2000.0),
    # depth
    "sigmoid, 12 layers": _deep("sigmoid", 1.0, 12, {VANISHING, "fading signal"}),
    "sigmoid, 12 layers, loss times 1e6": _deep(
        "sigmoid", 1.0, 12, {VANISHING, "fading signal"}, 1e6
    ),
    "tanh, 12 layers, small weights": _deep("tanh", 0.2, 12, {"fading signal"}),
    "ReLU, 12 layers, small weights": _deep("relu", 0.3, 12, {"fading signal"}),
    "ReLU, 12 layers, large weights": _deep("relu", 12.0, 12, {"growing signal"}),
    "framework's default, ten layers": _default_weights(10, {"fading signal"}),
}
