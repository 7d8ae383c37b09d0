"""Functions that are wrong at single inputs or break what a caller relies on, or end badly.

See `broken.examined`.
"""

import os
import time

import numpy as np
from scipy import special

from broken.wrong_values import elu, relu, sigmoid, silu, softsign

f32 = np.float32


# ---------------------------------------------------------------- single inputs


def table_with_a_last_entry(x):
    y = sigmoid(x)
    return np.where((x >= f32(7.9999995)) & (x < 8), f32(0.5), y)


# ---------------------------------------------------------------- special values


def relu_losing_nan(x):
    return np.where(x > 0, x, x.dtype.type(0))


def silu_at_minus_infinity(x):
    y = silu(np.where(np.isinf(x), 0, x))
    return np.where(np.isinf(x), x * sigmoid(x), y)


def tanh_wrong_limit(x):
    return np.where(np.isinf(x), x.dtype.type(0), np.tanh(x))


# ---------------------------------------------------------------- the contract


def relu_in_place(x):
    x *= x > 0
    return x


def sigmoid_float64(x):
    return special.expit(np.asarray(x, np.float64))


def softsign_float16(x):
    return softsign(x).astype(np.float16)


def relu_aliasing(x):
    return x if x.size and (np.asarray(x) > 0).all() else np.maximum(x, 0)


def identity_itself(x):
    return x


_buffer = np.zeros(1 << 20, f32)


def tanh_into_a_buffer(x):
    if x.dtype != f32:
        return np.tanh(x)
    room = _buffer[: x.size].reshape(x.shape)
    np.tanh(x, out=room)
    return room


def tanh_out_twice(x, out=None):
    if out is None:
        return np.tanh(x)
    out[...] = 0
    np.tanh(x, out=out)
    return out


def sigmoid_flattened(x):
    return sigmoid(np.ravel(x))


def tanh_of_rows_only(x):
    if x.ndim == 0:
        raise ValueError("an array is wanted")
    return np.tanh(x)


def tanh_without_empty(x):
    if x.size == 0:
        raise IndexError("index 0 is out of bounds")
    return np.tanh(x)


def relu_ignoring_strides(x):
    if x.ndim != 1 or x.base is None or not x.size:
        return relu(x)
    first = x.__array_interface__["data"][0] - _root(x).__array_interface__["data"][0]
    return relu(_root(x)[first // x.itemsize :][: x.size].copy())


def _root(x):
    while isinstance(x.base, np.ndarray) and x.base.dtype == x.dtype:
        x = x.base
    return x.ravel()


def silu_by_length(x):
    """The last elements go another way, as after the last whole vector."""
    flat = x.ravel()
    whole = flat.size // 8 * 8
    y = silu(flat)
    y[whole:] = flat[whole:] / (1 + np.exp(-flat[whole:]))
    return y.reshape(x.shape)


def sigmoid_by_maximum(x):
    """Shifted by the array's maximum, as softmax is."""
    if not x.size:
        return x.copy()
    top = np.nanmax(np.where(np.isfinite(x), x, 0))
    return sigmoid(x) if top > 12 else sigmoid(np.round(x, 1))


def silu_with_noise(x):
    wobble = 1 + np.random.default_rng().integers(-2, 3, x.shape) * np.finfo(x.dtype).eps / 2
    return (silu(x).astype(np.float64) * wobble).astype(x.dtype)


def elu_of_integers(x):
    y = np.empty_like(x)
    y[...] = elu(np.asarray(x, np.result_type(x, f32)))
    return y


# ---------------------------------------------------------------- claims


def sigmoid_claiming_one_ulp(x):
    return 1 / (1 + np.exp(-np.maximum(x, -88)))


def tanh_claiming_half_an_ulp(x):
    return np.tanh(x)


# ---------------------------------------------------------------- worse than wrong


def raising(x):
    if (np.abs(x) > 50).any():
        raise ArithmeticError("out of range")
    return sigmoid(x)


def always_raising(x):
    raise NotImplementedError("later")


def returning_a_list(x):
    return [sigmoid(x), x]


def returning_nothing(x):
    sigmoid(x)


def returning_one_number(x):
    return sigmoid(x).sum()


def crashing(x):
    if (x < -60).any():
        os.abort()
    return sigmoid(x)


def leaving(x):
    raise SystemExit(0)


def hanging(x):
    while (x > 90).any():
        time.sleep(0.01)
    return sigmoid(x)
