"""Networks that read scikit-learn's digits, and three ways to kill them."""

from itertools import pairwise

import numpy as np
from sklearn.datasets import load_digits

from actfn.diagnose.plain import PlainNetwork

RATE, TOO_LARGE = 0.1, 6.0


def batches(size=128, items=1280, dtype=np.float32):
    digits = load_digits()
    x, y = (digits.data / 16).astype(dtype), digits.target
    return [(x[i : i + size], y[i : i + size]) for i in range(0, items, size)]


def layers(seed=0, sizes=(64, 64, 64, 10), activation="relu"):
    rng = np.random.default_rng(seed)
    made = [
        [
            rng.normal(0, np.sqrt(2 / a), (a, b)).astype(np.float32),
            np.zeros(b, np.float32),
            activation,
        ]
        for a, b in pairwise(sizes)
    ]
    made[-1][2] = None
    return made


def trained(start, rate=RATE, steps=30):
    """The same layers after some steps of gradient descent."""
    network = PlainNetwork(start, None, rate)
    with np.errstate(all="ignore"):
        for step in range(steps):
            network.step(batches()[step % 10], rate)
    return [list(layer) for layer in network.layers]


def large_bias(seed=0):
    made = layers(seed)
    made[1][1][:] = -20
    return made


def bad_weights(seed=0):
    """Weights with a negative mean: every input of digits is positive."""
    made = layers(seed)
    made[0][0] -= 0.15
    return made
