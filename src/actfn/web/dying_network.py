"""A small network whose units can be watched while they die.

Three hidden layers learn two interleaved half-moons by gradient descent on all points at once. A
unit is dark where its activation passes no gradient for any point: then nothing that comes into it
changes any more, in the first layer for good.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from actfn import whiteboard

POINTS, HIDDEN = 192, (16, 16, 16)
MOST_STEPS = 200
ACTIVATIONS = ("relu", "leaky_relu", "tanh")


@dataclass(frozen=True)
class Frame:
    """The network after so many steps.

    Attributes
    ----------
    step, loss, accuracy : the loss is the mean of binary cross-entropies.
    active : for each hidden layer and unit, the share of points for which a gradient passes.
    """

    step: int
    loss: float
    accuracy: float
    active: list[list[float]]


def moons(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two half-moons, scaled to mean 0, and which of them each point belongs to."""
    half = POINTS // 2
    angle = np.linspace(0, np.pi, half)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    points = np.concatenate([upper, lower]) + rng.normal(0, 0.12, (POINTS, 2))
    labels = np.repeat([0.0, 1.0], half)
    return (points - points.mean(axis=0)) / points.std(axis=0), labels


def train(
    rate: float, seed: int = 0, steps: int = 60, activation: str = "relu", bias: float = 0.0
) -> Iterator[Frame]:
    """The network before the first step and after each.

    Parameters
    ----------
    rate : learning rate.
    seed : decides the data and the weights at the start.
    steps : how many, at most 200.
    activation : "relu", "leaky_relu" or "tanh".
    bias : of every hidden unit at the start.
    """
    if activation not in ACTIVATIONS:
        raise ValueError(f"the activation is one of {', '.join(ACTIVATIONS)}, not {activation!r}")
    if not 0 <= steps <= MOST_STEPS:
        raise ValueError(f"0 to {MOST_STEPS} steps, not {steps}")
    rng = np.random.default_rng(seed)
    points, labels = moons(rng)
    sizes = (2, *HIDDEN, 1)
    weights = [
        rng.normal(0, np.sqrt(2 / size), (size, width))  # He et al. 2015
        for size, width in pairwise(sizes)
    ]
    biases = [np.full(width, float(bias) if width > 1 else 0.0) for width in sizes[1:]]
    for step in range(steps + 1):
        outputs, slopes = _forward(points, weights, biases, activation)
        yield _frame(step, outputs[-1][:, 0], labels, slopes)
        _descend(rate, labels, outputs, slopes, weights, biases)


def _forward(points, weights, biases, activation):
    """Outputs of all layers, the points first, and slopes of the hidden ones."""
    outputs, slopes = [points], []
    for layer, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        before = outputs[-1] @ weight + bias
        if layer == len(HIDDEN):
            outputs.append(before)
        else:
            value, slope = _activated(before, activation)
            outputs.append(value)
            slopes.append(slope)
    return outputs, slopes


def _activated(x, activation):
    if activation == "relu":
        return whiteboard.relu(x), whiteboard.relu_grad(x)
    if activation == "leaky_relu":
        return whiteboard.leaky_relu(x), whiteboard.leaky_relu_grad(x)
    y = whiteboard.tanh(x)
    return y, whiteboard.tanh_grad(y)


def _descend(rate, labels, outputs, slopes, weights, biases) -> None:
    # Of the sigmoid with its cross-entropy: p - y.
    gradient = (whiteboard.sigmoid(outputs[-1]) - labels[:, None]) / len(labels)
    for layer in reversed(range(len(weights))):
        back = gradient @ weights[layer].T
        weights[layer] -= rate * outputs[layer].T @ gradient
        biases[layer] -= rate * gradient.sum(axis=0)
        if layer:
            gradient = back * slopes[layer - 1]


def _frame(step: int, scores, labels, slopes) -> Frame:
    # log(1 + exp(s)) - y s, without overflow.
    loss = np.logaddexp(0, scores) - labels * scores
    right = (scores > 0) == (labels > 0.5)
    active = [(slope > 1e-6).mean(axis=0).round(4).tolist() for slope in slopes]
    return Frame(step, float(loss.mean()), float(right.mean()), active)
