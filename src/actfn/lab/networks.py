"""What the claims are run on: scikit-learn's digits, and small networks of plain layers."""

from functools import cache
from itertools import pairwise

import numpy as np

from actfn.diagnose.plain import PlainNetwork
from actfn.diagnose.trials import look_at
from actfn.initialisation import gain

DIGITS = "digits"  # claims with this tag read them, and need scikit-learn


@cache
def digits():
    """(train x, train y, test x, test y): 1,347 and 450 images of 64 numbers from 0 to 1."""
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise ImportError(
            "the lab reads scikit-learn's digits: pip install scikit-learn"
        ) from error
    data = load_digits()
    x = (data.data / 16).astype(np.float32)
    order = np.random.default_rng(0).permutation(len(x))
    test, train = order[:450], order[450:]
    return x[train], data.target[train], x[test], data.target[test]


def layers(seed, depth=2, width=64, activation="relu", size=None, outputs=10):
    """`depth` hidden layers; weights of standard deviation size / sqrt(fan in), biases 0.

    Without a size each layer has the exact gain of the activation before it.
    """
    rng = np.random.default_rng(seed)
    sizes = [64, *[width] * depth, outputs]
    made = []
    for i, (a, b) in enumerate(pairwise(sizes)):
        scale = size if size is not None else (1.0 if i == 0 else gain(activation))
        weight = rng.normal(0, scale / np.sqrt(a), (a, b)).astype(np.float32)
        made.append([weight, np.zeros(b, np.float32), activation])
    made[-1][2] = None
    return made


def standardised():
    """Digits with mean 0 and variance 1 over all pixels, as Gaussian theory has its inputs."""
    x, y, test_x, test_y = digits()
    mean, spread = x.mean(), x.std()
    return (x - mean) / spread, y, (test_x - mean) / spread, test_y


def batches(seed=0, size=64, steps=100, data=None):
    """`steps` random batches."""
    x, y = (data or standardised())[:2]
    rng = np.random.default_rng(1000 + seed)
    for _ in range(steps):
        rows = rng.integers(0, len(x), size)
        yield x[rows], y[rows]


def train(network: PlainNetwork, rate, steps=100, seed=0, size=64, data=None) -> list[float]:
    """Losses of `steps` steps; what overflows on the way is part of the result."""
    with np.errstate(all="ignore"):
        return [network.step(batch, rate) for batch in batches(seed, size, steps, data)]


def accuracy(network: PlainNetwork, data=None) -> float:
    """The share of test images that are read rightly."""
    _, _, x, y = data or standardised()
    with np.errstate(all="ignore"):
        return float(np.mean(network.forward(x)[1].argmax(axis=1) == y))


def look(network: PlainNetwork, data=None):
    """The network on all training images, judged."""
    x, y = (data or standardised())[:2]
    return look_at(network, [(x, y)])


def weight_gradient_norms(network: PlainNetwork, batch) -> list[float]:
    """The norm of every layer's weight gradient."""
    return [float(np.linalg.norm(step[0])) for step in network.parameter_gradients(batch)[1]]


def killed(seed: int, rate: float) -> float:
    """The share of units that no image wakes after 30 steps from Kaiming's weights."""
    network = PlainNetwork(layers(seed))
    train(network, rate, 30, seed)
    return float(np.mean(np.concatenate(silent(network))))


def silent(network: PlainNetwork, data=None) -> list[np.ndarray]:
    """Per hidden layer: which units no training image wakes."""
    x, _ = (data or standardised())[:2]
    with np.errstate(all="ignore"):
        passed, _ = network.forward(x)
    return [(z <= 0).all(axis=0) for _, z in passed[:-1]]
