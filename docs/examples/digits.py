"""Reading handwritten digits with actfn and NumPy: softmax regression, and a network on top of it.

    python docs/examples/digits.py

docs/digits.md explains it step by step. scikit-learn is needed for its data set only.
"""

import numpy as np
from sklearn.datasets import load_digits

import actfn


def load(seed=0):
    """1,347 images to train with and 450 to test with, as rows of 64 numbers from 0 to 1."""
    digits = load_digits()
    images = (digits.data / 16).astype(np.float32)
    order = np.random.default_rng(seed).permutation(len(images))
    test, train = order[:450], order[450:]
    return images[train], digits.target[train], images[test], digits.target[test]


def layer(rng, inputs, outputs):
    """Weights and biases to start with."""
    spread = np.sqrt(2 / inputs)  # keeps the size of the signal from layer to layer
    weights = rng.normal(0, spread, size=(inputs, outputs)).astype(np.float32)
    return [weights, np.zeros(outputs, np.float32)]


# ---------------------------------------------------------------- softmax regression


def regression_logits(parameters, x):
    weights, bias = parameters
    return x @ weights + bias


def regression_gradients(parameters, x, target):
    logits = regression_logits(parameters, x)
    loss, d_logits = actfn.cross_entropy(logits, target, with_grad=True)
    return loss, [x.T @ d_logits, d_logits.sum(axis=0)]


# ---------------------------------------------------------------- two layers


def network_logits(parameters, x):
    weights_1, bias_1, weights_2, bias_2 = parameters
    hidden = actfn.gelu(x @ weights_1 + bias_1)
    return hidden @ weights_2 + bias_2


def network_gradients(parameters, x, target):
    weights_1, bias_1, weights_2, bias_2 = parameters
    # forward
    z = x @ weights_1 + bias_1
    hidden = actfn.gelu(z)
    logits = hidden @ weights_2 + bias_2
    # backward
    loss, d_logits = actfn.cross_entropy(logits, target, with_grad=True)
    d_hidden = d_logits @ weights_2.T
    d_z = actfn.gelu.backward(d_hidden, z)
    return loss, [x.T @ d_z, d_z.sum(axis=0), hidden.T @ d_logits, d_logits.sum(axis=0)]


# ---------------------------------------------------------------- training


def train(parameters, gradients, x, target, rng, epochs=100, batch=32, rate=0.5):
    """Stochastic gradient descent. It changes the parameters, returns the loss per epoch."""
    history = []
    for _ in range(epochs):
        losses = []
        for rows in np.array_split(rng.permutation(len(x)), len(x) // batch):
            loss, steps = gradients(parameters, x[rows], target[rows])
            for parameter, step in zip(parameters, steps, strict=True):
                parameter -= rate * step
            losses.append(loss)
        history.append(np.mean(losses))
    return history


def accuracy(logits, target):
    return np.mean(logits.argmax(axis=-1) == target)


def main():
    x, target, test_x, test_target = load()
    rng = np.random.default_rng(1)
    models = {
        "softmax regression": (layer(rng, 64, 10), regression_logits, regression_gradients),
        "64-64-10 with GELU": (
            layer(rng, 64, 64) + layer(rng, 64, 10),
            network_logits,
            network_gradients,
        ),
    }
    print(f"{'model':18}  parameters  first loss  last loss  test accuracy")
    results = {}
    for name, (parameters, logits, gradients) in models.items():
        history = train(parameters, gradients, x, target, rng)
        results[name] = accuracy(logits(parameters, test_x), test_target)
        size = sum(parameter.size for parameter in parameters)
        print(
            f"{name:18}  {size:10,}  {history[0]:10.4f}  {history[-1]:9.4f}  {results[name]:13.1%}"
        )
    return results


if __name__ == "__main__":
    main()
