"""One number in, one number out."""

import math

import numpy as np

from actfn.whiteboard.floats import floats


def relu(x):
    """max(0, x)"""
    return np.maximum(floats(x), 0)


def relu_grad(x):
    """1 where x > 0, else 0; at the kink x = 0 the choice is 0."""
    # heaviside keeps the float type and NaN; (x > 0).astype(float) made float32 into float64
    # and NaN into 0, which hides the first sign of a diverging network.
    return np.heaviside(floats(x), 0)


def sigmoid(x):
    """1 / (1 + exp(-x))"""
    x = floats(x)
    # exp only ever sees -|x|, so it cannot overflow and needs no clip to ±500. The clip was too
    # wide for float32, where exp(89) is already inf, and too narrow for float64, where
    # sigmoid(-600) is 2.65e-261 and not sigmoid(-500).
    z = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, z) / (1 + z)  # for x < 0: exp(x) / (1 + exp(x)), the same number


def sigmoid_grad(y):
    """y (1 - y), where y = sigmoid(x) is the output."""
    # The rounded output has forgotten the right tail: in float32 y is 1, and this 0, from
    # x = 16.64 on. With x at hand, sigmoid(x) * sigmoid(-x) keeps it.
    y = floats(y)
    return y * (1 - y)


def tanh(x):
    """(exp(x) - exp(-x)) / (exp(x) + exp(-x))"""
    return np.tanh(floats(x))


def tanh_grad(y):
    """1 - y², where y = tanh(x) is the output."""
    y = floats(y)
    # Factored, because 1 - y is exact for y near 1, whereas y**2 is rounded first and 1 - y**2
    # then consists of that rounding error.
    return (1 - y) * (1 + y)


def leaky_relu(x, alpha=0.01):
    """x where x > 0, else alpha x."""
    x = floats(x)
    alpha = np.asarray(alpha, x.dtype)  # a float64 alpha would turn a float32 result into float64
    # np.where computes both sides for every element. The zeros keep alpha * x from overflowing
    # at a large positive x whose product nobody asked for.
    return np.where(x > 0, x, alpha * np.where(x > 0, 0, x))


def leaky_relu_grad(x, alpha=0.01):
    """1 where x > 0, else alpha; at the kink x = 0 the choice is alpha."""
    x = floats(x)
    alpha = np.asarray(alpha, x.dtype)  # np.where(x > 0, 1, 0.01) is float64 whatever x is
    return np.where(x > 0, 1, np.where(x <= 0, alpha, x))  # neither comparison holds for NaN


def prelu(x, weight):
    """x where x > 0, else weight x: a leaky ReLU whose slope is learnt.

    `weight` broadcasts against x: one slope for all, or shape (channels, 1, 1) for images.
    """
    return leaky_relu(x, weight)


def elu(x, alpha=1.0):
    """x where x > 0, else alpha (exp(x) - 1)."""
    x = floats(x)
    alpha = np.asarray(alpha, x.dtype)
    # expm1, because exp(x) - 1 is 0 for every |x| < 6e-8 in float32 and loses digits long before.
    # The inner where, because exp(1000) overflows even if the outer one discards it.
    return np.where(x > 0, x, alpha * np.expm1(np.where(x > 0, 0, x)))


def gelu(x):
    """x (1 + tanh(sqrt(2/π) (x + 0.044715 x³))) / 2

    The page's `gelu` is this approximation, so the name means it here too. Elsewhere in actfn it
    is `gelu_tanh`, and `gelu` is the exact x Φ(x); the two differ by up to 4.7e-4.
    """
    x = floats(x)
    # Beyond ±25 the gate below is 0 or 1 in every float type. The clip keeps x³ from overflowing,
    # which float16 does at x = 41, and -inf from becoming -inf * 0 = NaN.
    z = np.clip(x, -25, 25).astype(np.float64)
    # (1 + tanh(u)) / 2 = sigmoid(2u), and the right side does not cancel: 1 + tanh(u) has lost
    # 30 % at x = -5 in float32 and everything below -5.06.
    # math.sqrt and not np.sqrt: a np.float64 factor would make every result float64.
    gate = sigmoid(2 * math.sqrt(2 / math.pi) * z * (1 + 0.044715 * z * z))
    return (np.maximum(x, -25) * gate).astype(x.dtype)
