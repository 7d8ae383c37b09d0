"""The functions of the page of interview questions, as it has them.

The page gives its last three answers as formulas only; they are written out literally here.
test_whiteboard.py shows for each fault that it is caught.
"""

import numpy as np


def relu(x):
    return np.maximum(0, x)


def relu_grad(x):
    return (x > 0).astype(float)


def sigmoid(x):
    return 1 / (1 + np.exp(-np.clip(x, -500, 500)))


def sigmoid_grad(y):
    return y * (1 - y)


def tanh(x):
    return np.tanh(x)


def tanh_grad(y):
    return 1 - y**2


def softmax(x, axis=-1):
    exp_x = np.exp(x - x.max(axis=axis, keepdims=True))
    return exp_x / exp_x.sum(axis=axis, keepdims=True)


def leaky_relu(x, alpha=0.01):
    return np.where(x > 0, x, alpha * x)


def leaky_relu_grad(x, alpha=0.01):
    return np.where(x > 0, 1, alpha)


def elu(x, alpha=1.0):
    return np.where(x > 0, x, alpha * (np.exp(x) - 1))


def gelu(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def softmax_with_temperature(x, T=1.0):
    exp_x = np.exp(x / T)
    return exp_x / exp_x.sum()


def softmax_jacobian(p):
    return np.diag(p) - np.outer(p, p)


def cross_entropy(logits, y):
    return -np.sum(y * np.log(softmax(logits)))


def cross_entropy_grad(logits, y):
    return softmax(logits) - y
