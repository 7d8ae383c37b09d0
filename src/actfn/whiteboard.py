"""The model answers: activation functions as you would write them at a whiteboard.

Plain NumPy, a few lines each, under the names and signatures of the page of interview questions
that actfn grew from. Where the page's own code breaks, the code here does not, and a comment at
that place says what broke.

Every function

- takes arrays, lists and numbers, and never changes its input;
- returns float16 for float16, float32 for float32, float64 for float64, integers and booleans;
- passes NaN on;
- raises no floating-point flag (underflow apart) on finite input whose result is finite.

The library's own functions (`actfn.gelu`, `actfn.softmax`, ...) are more accurate and faster.
These are for reading and for learning.
"""

import math

import numpy as np

__all__ = [
    "cross_entropy",
    "cross_entropy_grad",
    "elu",
    "gelu",
    "kaiming_init",
    "leaky_relu",
    "leaky_relu_grad",
    "prelu",
    "relu",
    "relu_grad",
    "sigmoid",
    "sigmoid_grad",
    "softmax",
    "softmax_jacobian",
    "softmax_with_temperature",
    "tanh",
    "tanh_grad",
]


def _floats(x):
    """x as an array of floats: float types stay, integers, booleans and lists become float64."""
    x = np.asarray(x)
    # "same_kind" refuses complex numbers, text and objects with a TypeError.
    return x if x.dtype.kind == "f" else x.astype(np.float64, casting="same_kind")


# ---------------------------------------------------------------- one number in, one number out


def relu(x):
    """max(0, x)"""
    return np.maximum(_floats(x), 0)


def relu_grad(x):
    """1 where x > 0, else 0; at the kink x = 0 the choice is 0."""
    # heaviside keeps the float type and NaN; (x > 0).astype(float) made float32 into float64
    # and NaN into 0, which hides the first sign of a diverging network.
    return np.heaviside(_floats(x), 0)


def sigmoid(x):
    """1 / (1 + exp(-x))"""
    x = _floats(x)
    # exp only ever sees -|x|, so it cannot overflow and needs no clip to ±500. The clip was too
    # wide for float32, where exp(89) is already inf, and too narrow for float64, where
    # sigmoid(-600) is 2.65e-261 and not sigmoid(-500).
    z = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, z) / (1 + z)  # for x < 0: exp(x) / (1 + exp(x)), the same number


def sigmoid_grad(y):
    """y (1 - y), where y = sigmoid(x) is the output."""
    # The rounded output has forgotten the right tail: in float32 y is 1, and this 0, from
    # x = 16.64 on. With x at hand, sigmoid(x) * sigmoid(-x) keeps it.
    y = _floats(y)
    return y * (1 - y)


def tanh(x):
    """(exp(x) - exp(-x)) / (exp(x) + exp(-x))"""
    return np.tanh(_floats(x))


def tanh_grad(y):
    """1 - y², where y = tanh(x) is the output."""
    y = _floats(y)
    # Factored, because 1 - y is exact for y near 1, whereas y**2 is rounded first and 1 - y**2
    # then consists of that rounding error.
    return (1 - y) * (1 + y)


def leaky_relu(x, alpha=0.01):
    """x where x > 0, else alpha x."""
    x = _floats(x)
    alpha = np.asarray(alpha, x.dtype)  # a float64 alpha would turn a float32 result into float64
    # np.where computes both sides for every element. The zeros keep alpha * x from overflowing
    # at a large positive x whose product nobody asked for.
    return np.where(x > 0, x, alpha * np.where(x > 0, 0, x))


def leaky_relu_grad(x, alpha=0.01):
    """1 where x > 0, else alpha; at the kink x = 0 the choice is alpha."""
    x = _floats(x)
    alpha = np.asarray(alpha, x.dtype)  # np.where(x > 0, 1, 0.01) is float64 whatever x is
    return np.where(x > 0, 1, np.where(x <= 0, alpha, x))  # neither comparison holds for NaN


def prelu(x, weight):
    """x where x > 0, else weight x: a leaky ReLU whose slope is learnt.

    `weight` broadcasts against x: one slope for all, or shape (channels, 1, 1) for images.
    """
    return leaky_relu(x, weight)


def elu(x, alpha=1.0):
    """x where x > 0, else alpha (exp(x) - 1)."""
    x = _floats(x)
    alpha = np.asarray(alpha, x.dtype)
    # expm1, because exp(x) - 1 is 0 for every |x| < 6e-8 in float32 and loses digits long before.
    # The inner where, because exp(1000) overflows even if the outer one discards it.
    return np.where(x > 0, x, alpha * np.expm1(np.where(x > 0, 0, x)))


def gelu(x):
    """x (1 + tanh(sqrt(2/π) (x + 0.044715 x³))) / 2

    The page's `gelu` is this approximation, so the name means it here too. Elsewhere in actfn it
    is `gelu_tanh`, and `gelu` is the exact x Φ(x); the two differ by up to 4.7e-4.
    """
    x = _floats(x)
    # Beyond ±25 the gate below is 0 or 1 in every float type. The clip keeps x³ from overflowing,
    # which float16 does at x = 41, and -inf from becoming -inf * 0 = NaN.
    z = np.clip(x, -25, 25).astype(np.float64)
    # (1 + tanh(u)) / 2 = sigmoid(2u), and the right side does not cancel: 1 + tanh(u) has lost
    # 30 % at x = -5 in float32 and everything below -5.06.
    # math.sqrt and not np.sqrt: a np.float64 factor would make every result float64.
    gate = sigmoid(2 * math.sqrt(2 / math.pi) * z * (1 + 0.044715 * z * z))
    return (np.maximum(x, -25) * gate).astype(x.dtype)


# ---------------------------------------------------------------- one row in, one row out


def _below_max(x, axis=-1):
    """x - max(x) in float64: nowhere above 0, so its exp cannot overflow."""
    x = x.astype(np.float64)
    # Two finite numbers can lie further apart than float64 reaches: -inf then, and exp makes it 0.
    with np.errstate(over="ignore"):
        return x - x.max(axis=axis, keepdims=True, initial=-np.inf)


def softmax(x, axis=-1):
    """exp(x_i) / Σ exp(x_j) along `axis`."""
    x = _floats(x)
    # Shifting by the maximum cancels in the quotient. In float64, because float16 sums overflow
    # at 65,504 entries, and float32 sums of a whole vocabulary drift.
    e = np.exp(_below_max(x, axis))
    return (e / e.sum(axis=axis, keepdims=True)).astype(x.dtype)


def softmax_with_temperature(x, T=1.0):
    """exp(x_i / T) / Σ exp(x_j / T) along the last axis.

    T = 0 is the limit: one-hot at the largest entry, shared equally if there are several.
    T = inf is the other limit: uniform over finite entries.
    """
    if not T >= 0:  # also refuses NaN
        raise ValueError(f"temperature must be 0 or more, got {T}")
    x = _floats(x)
    if T > 1:  # the same quotient, and the difference of two halves cannot overflow
        x, T = x / 2, T / 2
    gap = _below_max(x)  # without this shift exp(x / T) overflows as soon as x > 710 T
    with np.errstate(over="ignore"):  # gap / T reaches -inf for small T, and exp makes it 0
        e = np.exp(gap / T) if T > 0 else np.heaviside(gap, 1)  # 1 at the maximum, 0 below it
    # Each row has its own sum; exp_x.sum() added up the whole batch.
    return (e / e.sum(axis=-1, keepdims=True)).astype(x.dtype)


def softmax_jacobian(p):
    """∂p_i/∂z_j = p_i (δ_ij - p_j), where p = softmax(z) is the output.

    It takes the output, like `sigmoid_grad` and `tanh_grad`. Shape (..., n) becomes (..., n, n).
    """
    p = _floats(p)
    jacobian = -p[..., :, None] * p[..., None, :]
    i = np.arange(p.shape[-1])
    # diag(p) - p pᵀ subtracts a rounded p² from p on the diagonal; p (1 - p) does not.
    jacobian[..., i, i] = p * (1 - p)
    return jacobian


def _surprise(x):
    """-log softmax(x) in float64 along the last axis."""
    gap = _below_max(x)
    others = np.exp(gap)
    # The largest entry adds exp(0) = 1 to the sum. Left out, the rest can go through log1p:
    # log(1 + 1e-17) is 0, log1p(1e-17) is 1e-17, the loss of a confident and right prediction.
    np.put_along_axis(others, gap.argmax(axis=-1, keepdims=True), 0, axis=-1)
    return np.log1p(others.sum(axis=-1, keepdims=True)) - gap


def _targets(labels, shape):
    """labels as rows of probabilities: they may be that already, or class numbers."""
    labels = np.asarray(labels)
    if labels.shape == shape:
        return labels
    if labels.shape != shape[:-1] or labels.dtype.kind not in "iu":
        raise ValueError(
            f"labels must be class numbers of shape {shape[:-1]} or probabilities of shape "
            f"{shape}, got {labels.dtype} of shape {labels.shape}"
        )
    if np.any((labels < 0) | (labels >= shape[-1])):  # an index of -1 would pick the last class
        raise ValueError(f"class numbers must lie in 0..{shape[-1] - 1}, got {labels}")
    return np.eye(shape[-1])[labels]


def cross_entropy(logits, labels):
    """-Σ y_i log p_i along the last axis, where p = softmax(logits): one loss for each row.

    `labels` are class numbers, one for each row, or rows y of probabilities.
    """
    logits = _floats(logits)
    y = _targets(labels, logits.shape)
    surprise = np.where(y == 0, 0, _surprise(logits))  # 0 · log 0 counts as 0, not as NaN
    return (y * surprise).sum(axis=-1).astype(logits.dtype)


def cross_entropy_grad(logits, labels):
    """p - y, where p = softmax(logits): the gradient of each row's own loss.

    For the mean over N rows divide by N.
    """
    logits = _floats(logits)
    y = _targets(labels, logits.shape)
    log_p = -_surprise(logits)
    # p - 1 is 0 once p has rounded to 1, and learning from that row stops. expm1(log p) is the
    # same number with all its digits.
    return np.where(y == 1, np.expm1(log_p), np.exp(log_p) - y).astype(logits.dtype)


# ---------------------------------------------------------------- where the weights start


def kaiming_init(fan_in, fan_out, rng=None, negative_slope=0.0):
    """Normal weights with variance 2 / ((1 + negative_slope²) fan_in), shape (fan_in, fan_out).

    With x @ W and a (leaky) ReLU after it, the mean square of the activations stays the same from
    layer to layer: the ReLU halves it, the 2 puts it back. `rng` is a generator, a seed or None.
    He et al. 2015, arXiv:1502.01852, equations 10 and 15.
    """
    if fan_in < 1 or fan_out < 1:
        raise ValueError(f"fan_in and fan_out must be at least 1, got {fan_in} and {fan_out}")
    std = math.sqrt(2 / ((1 + negative_slope**2) * fan_in))
    return np.random.default_rng(rng).normal(0.0, std, size=(fan_in, fan_out))
