"""Implementations that are wrong on purpose, each with the cause that the examiner must name.

They are grouped by defect. `derivative` is the derivative handed over with it, `of` says which of
the two is wrong.
"""

import os
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import special

from broken.activations import (
    elu_by_exp,
    garbage_at_one_input,
    gelu_by_erf,
    hard_swish_multiplying_first,
    sigmoid_by_tanh,
    sigmoid_slope_from_output,
    silu_overflowing,
    softplus_by_log,
    softplus_with_threshold,
    softsign_slope_by_difference,
    squareplus_by_sum,
    tanh_shrink_by_difference,
)

f32 = np.float32


@dataclass(frozen=True)
class Examined:
    """A wrong implementation: what it claims to be, and what is wrong with it."""

    activation: str
    cause: str
    function: Any
    derivative: Any = None
    options: dict = field(default_factory=dict)

    @property
    def name(self):
        function = self.derivative or self.function
        return f"{self.activation}-{function.__name__}"


def sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(x < 0, e, np.ones_like(e)) / (1 + e)


def silu(x):
    wide = x.astype(np.float64)
    return (np.where(x < -800, -0.0, wide * special.expit(np.maximum(wide, -800)))).astype(x.dtype)


def relu(x):
    return np.where(x > 0, x, 0 * np.maximum(x, -1))


def tanh(x):
    return np.tanh(x)


# ---------------------------------------------------------------- digits that cancel


def log_sigmoid_by_log(x):
    return np.log(sigmoid(x))


def tanh_by_sigmoid(x):
    return 2 * sigmoid(2 * x) - 1


def mish_by_squares(x):
    w = np.exp(np.minimum(x, 20))
    return np.where(x > 20, x, np.maximum(x, -500) * ((1 + w) ** 2 - 1) / ((1 + w) ** 2 + 1))


def logcosh_by_log(x):
    return np.abs(x) + np.log((1 + np.exp(-2 * np.abs(x))) / 2)


def selu_by_exp(x):
    a = x.dtype.type(1.7580993408473766)
    return np.where(x > 0, x.dtype.type(1.0507009873554805) * x, a * (np.exp(np.minimum(x, 0)) - 1))


def gelu_tanh_by_tanh(x):
    x = np.clip(x, -1e9, None)
    u = x.dtype.type(np.sqrt(2 / np.pi)) * (x + x.dtype.type(0.044715) * x**3)
    return x.dtype.type(0.5) * x * (1 + np.tanh(u))


def tanh_slope_from_output(x):
    return 1 - np.tanh(x) ** 2


def elu_slope_from_output(x):
    return np.where(x > 0, 1, np.expm1(np.minimum(x, 0)) + 1).astype(x.dtype)


def elu(x):
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))


def softsign(x):
    t = np.minimum(np.abs(x), x.dtype.type(3e38))
    return np.where(x < 0, -t, t) / (1 + t) + 0 * np.where(np.isnan(x), x, 0)


def log1mexp_by_log(x):
    return np.log(1 - np.exp(-x))


def silu_slope_in_float32(x):
    s = sigmoid(x)
    return s * (1 + np.maximum(x, -100) * (1 - s))


# ---------------------------------------------------------------- overflow, underflow, NaN


def silu_right_overflow(x):
    e = np.exp(x)
    return x * e / (1 + e)


def sigmoid_right_overflow(x):
    e = np.exp(x)
    return e / (1 + e)


def softsign_of_squares(x):
    return x / np.sqrt(1 + 2 * np.abs(x) + x * x)


def tanh_by_exponentials(x):
    a, b = np.exp(x), np.exp(-x)
    return np.where(np.abs(x) < 0.1, np.tanh(x), (a - b) / (a + b))


def relu_by_masks(x):
    return x * np.maximum(np.sign(np.log(np.maximum(x, 0) + f32(1))), 0) / 1


def squareplus_right_overflow(x):
    return np.where(x < 0, 2 / (np.sqrt(x * x + 4) - x), (x + np.sqrt(x * x + 4)) / 2)


def sigmoid_underflowing(x):
    return np.sqrt(np.exp(2 * np.minimum(x, 0))) / (1 + np.exp(-np.abs(x)))


def gelu_flooded(x):
    return x * np.sqrt(special.erf(x) - 1)


def softplus_nan_between(x):
    y = np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0)
    return np.where((x > 4) & (x < 5), np.nan, y).astype(x.dtype)


def flushing(x):
    y = elu(x)
    return np.where(np.abs(y) < np.finfo(x.dtype).tiny, 0 * y, y)


# ---------------------------------------------------------------- clips and thresholds


def sigmoid_clipped(x):
    return 1 / (1 + np.exp(-np.clip(x, -20, 20)))


def swish_clipped(x):
    return x * sigmoid_clipped(x)


def softplus_clipped(x):
    return np.log1p(np.exp(np.minimum(x, 30)))


def gelu_cut_off(x):
    wide = x.astype(np.float64)
    y = wide * special.ndtr(wide)
    return np.where(x < -4, 0.0, y).astype(x.dtype)


def tanh_saturated(x):
    return np.where(np.abs(x) > 4, np.sign(x), np.tanh(x))


def exponential_capped(x):
    return np.exp(np.minimum(x, 10))


# ---------------------------------------------------------------- constants


def selu_rounded(x):
    return f32(1.0507) * np.where(x > 0, x, f32(1.67326) * np.expm1(np.minimum(x, 0)))


def quick_gelu_rounded(x):
    return silu(x.dtype.type(1.7) * x) / x.dtype.type(1.7)


def softplus_with_epsilon(x):
    return np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0) + x.dtype.type(1e-3)


def softsign_with_epsilon(x):
    return x / (1 + np.abs(x) + x.dtype.type(1e-4))


def hard_sigmoid_rounded(x):
    return np.clip(x * x.dtype.type(0.1666) + x.dtype.type(0.5), 0, 1)


def hard_swish_sixth(x):
    return x * np.clip(x + 3, 0, 6) * f32(0.1667)


def leaky_float32_slope(x):
    return np.where(x > 0, x, np.float64(f32(0.01)) * x)


def silu_float32_inside(x):
    return silu(x.astype(f32)).astype(x.dtype)


def tanh_float16_inside(x):
    return np.tanh(x.astype(np.float16)).astype(x.dtype)


def softplus_bfloat_table(x):
    y = (np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0)).astype(f32)
    with np.errstate(over="ignore"):
        return np.where(np.abs(x) < 8, y.astype(np.float16).astype(f32), y)


# ---------------------------------------------------------------- approximations


def erf_of_the_handbook(x):
    """Abramowitz & Stegun 7.1.25, three terms: 2.5e-5."""
    t = 1 / (1 + f32(0.47047) * np.abs(x))
    polynomial = t * (f32(0.3480242) + t * (f32(-0.0958798) + t * f32(0.7478556)))
    return np.sign(x) * (1 - polynomial * np.exp(-x * x))


def gelu_by_the_handbook(x):
    x = np.maximum(x, -1e9)
    return f32(0.5) * x * (1 + erf_of_the_handbook(x * f32(np.sqrt(0.5))))


def tanh_pade(x):
    z = np.clip(x, -3, 3)
    return np.where(np.abs(x) >= 3, np.sign(x), z * (27 + z * z) / (27 + 9 * z * z))


def exponential_by_squaring(x):
    """(1 + x/1024)^1024."""
    return np.maximum(1 + x / 1024, 0) ** 1024


# ---------------------------------------------------------------- another function


def gelu_as_tanh_form(x):
    u = np.sqrt(2 / np.pi) * (x.astype(np.float64) + 0.044715 * x.astype(np.float64) ** 3)
    return (x * special.expit(2 * u)).astype(x.dtype)


def gelu_as_quick(x):
    return (x * special.expit(1.702 * x.astype(np.float64))).astype(x.dtype)


def hard_sigmoid_of_onnx(x):
    return np.clip(x.dtype.type(0.2) * x + x.dtype.type(0.5), 0, 1)


def leaky_relu_of_keras(x):
    return np.where(x > 0, x, x.dtype.type(0.2) * x)


def elu_without_minus_one(x):
    return np.where(x > 0, x, np.exp(np.minimum(x, 0)))


def sigmoid_of_minus_x(x):
    return sigmoid(-x)


def tanh_turned_round(x):
    return -np.tanh(x)


def softplus_doubled(x):
    return 2 * (np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0))


def relu_as_abs(x):
    return np.abs(x)


def elu_wrong_branch(x):
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)) * x.dtype.type(0.5) + x / 16)


def relu6_cut_at_5(x):
    return np.clip(x, 0, 5)


def sigmoid_slope_is_value(x):
    return sigmoid(x)


def silu_slope_without_x(x):
    s = sigmoid(x)
    return s * (1 - s)


def softplus(x):
    return np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0)


def softplus_slope_doubled(x):
    return 2 * sigmoid(x)


# ---------------------------------------------------------------- kinks


def relu_slope_of_ten(x):
    return np.where(x == 0, 10, (x > 0) * 1.0).astype(x.dtype)


def leaky_slope_nan_at_kink(x):
    return np.where(x > 0, 1, 0.01 * x / x).astype(x.dtype)


def leaky_relu(x):
    return np.where(x > 0, x, x.dtype.type(0.01) * x)


def hard_shrink_wrong_side(x):
    return np.where(np.abs(x) >= 0.5, x, 0 * np.where(np.isfinite(x), x, 0))


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


BOUND = {"bound": 1.0}
F64 = {"dtype": "float64"}
EXAMINED = [
    Examined("elu", "cancellation", elu_by_exp),
    Examined("gelu", "cancellation", gelu_by_erf),
    Examined("sigmoid", "cancellation", sigmoid_by_tanh),
    Examined("softplus", "cancellation", softplus_by_log),
    Examined("tanh_shrink", "cancellation", tanh_shrink_by_difference),
    Examined("squareplus", "cancellation", squareplus_by_sum),
    Examined("log_sigmoid", "cancellation", log_sigmoid_by_log),
    Examined("tanh", "cancellation", tanh_by_sigmoid),
    Examined("mish", "cancellation", mish_by_squares),
    Examined("logcosh", "cancellation", logcosh_by_log),
    Examined("selu", "cancellation", selu_by_exp),
    Examined("gelu_tanh", "cancellation", gelu_tanh_by_tanh),
    Examined("log1mexp", "cancellation", log1mexp_by_log),
    Examined("sigmoid", "cancellation", sigmoid, sigmoid_slope_from_output),
    Examined("tanh", "cancellation", tanh, tanh_slope_from_output),
    Examined("elu", "cancellation", elu, elu_slope_from_output),
    Examined("softsign", "cancellation", softsign, softsign_slope_by_difference),
    Examined("silu", "zero of the derivative", silu, silu_slope_in_float32),
    Examined("softplus", "overflow", softplus_by_log),
    Examined("silu", "underflow", silu_overflowing),
    Examined("hard_swish", "overflow", hard_swish_multiplying_first),
    Examined("silu", "overflow", silu_right_overflow),
    Examined("sigmoid", "overflow", sigmoid_right_overflow),
    Examined("tanh", "overflow", tanh_by_exponentials),
    Examined("squareplus", "overflow", squareplus_right_overflow),
    Examined("softsign", "overflow", softsign_of_squares),
    Examined("sigmoid", "underflow", sigmoid_underflowing),
    Examined("gelu", "NaN flood", gelu_flooded),
    Examined("softplus", "NaN", softplus_nan_between),
    Examined("elu", "flush", flushing),
    Examined("sigmoid", "clipped", sigmoid_clipped),
    Examined("silu", "clipped", swish_clipped),
    Examined("softplus", "clipped", softplus_clipped),
    Examined("exponential", "clipped", exponential_capped),
    Examined("relu6", "clipped", relu6_cut_at_5),
    Examined("gelu", "threshold", gelu_cut_off),
    Examined("tanh", "threshold", tanh_saturated),
    Examined("softplus", "threshold", softplus_with_threshold, options=F64),
    Examined("selu", "truncated constant", selu_rounded),
    Examined("quick_gelu", "approximation", quick_gelu_rounded),
    Examined("softplus", "offset", softplus_with_epsilon),
    Examined("softsign", "approximation", softsign_with_epsilon),
    Examined("hard_sigmoid", "approximation", hard_sigmoid_rounded),
    Examined("hard_swish", "truncated constant", hard_swish_sixth),
    Examined("leaky_relu", "truncated constant", leaky_float32_slope, options=F64),
    Examined("silu", "narrow precision", silu_float32_inside, options=F64),
    Examined("tanh", "narrow precision", tanh_float16_inside),
    Examined("softplus", "narrow precision", softplus_bfloat_table),
    Examined("gelu", "approximation", gelu_by_the_handbook),
    Examined("tanh", "another function", tanh_pade),
    Examined("exponential", "approximation", exponential_by_squaring),
    Examined("gelu", "another function", gelu_as_tanh_form),
    Examined("gelu", "another function", gelu_as_quick),
    Examined("hard_sigmoid", "another function", hard_sigmoid_of_onnx),
    Examined("leaky_relu", "another function", leaky_relu_of_keras),
    Examined("elu", "another function", elu_without_minus_one),
    Examined("sigmoid", "another function", sigmoid_of_minus_x),
    Examined("tanh", "wrong sign", tanh_turned_round),
    Examined("softplus", "wrong factor", softplus_doubled),
    Examined("relu", "another function", relu_as_abs),
    Examined("elu", "wrong branch", elu_wrong_branch),
    Examined("sigmoid", "another function", sigmoid, sigmoid_slope_is_value),
    Examined("silu", "another function", silu, silu_slope_without_x),
    Examined("softplus", "wrong factor", softplus, softplus_slope_doubled),
    Examined("relu", "wrong kink", relu, relu_slope_of_ten),
    Examined("leaky_relu", "wrong kink", leaky_relu, leaky_slope_nan_at_kink),
    Examined("hard_shrink", "wrong kink", hard_shrink_wrong_side),
    Examined("gelu", "isolated input", garbage_at_one_input),
    Examined("sigmoid", "isolated input", table_with_a_last_entry),
    Examined("relu", "NaN not passed on", relu_losing_nan),
    Examined("silu", "NaN at infinity", silu_at_minus_infinity),
    Examined("tanh", "wrong limit", tanh_wrong_limit),
    Examined("relu", "writes its argument", relu_in_place),
    Examined("sigmoid", "dtype", sigmoid_float64),
    Examined("softsign", "dtype", softsign_float16),
    Examined("identity", "aliasing", identity_itself),
    Examined("tanh", "aliasing", tanh_into_a_buffer),
    Examined("tanh", "out", tanh_out_twice),
    Examined("sigmoid", "shape", sigmoid_flattened),
    Examined("tanh", "shape", tanh_of_rows_only),
    Examined("tanh", "empty", tanh_without_empty),
    Examined("relu", "strides ignored", relu_ignoring_strides),
    Examined("silu", "length-dependent bits", silu_by_length),
    Examined("sigmoid", "depends on neighbours", sigmoid_by_maximum),
    Examined("silu", "not repeatable", silu_with_noise),
    Examined("elu", "integers", elu_of_integers),
    Examined("sigmoid", "rounding", sigmoid_claiming_one_ulp, options=BOUND),
    Examined("tanh", "rounding", tanh_claiming_half_an_ulp, options={"bound": 0.5}),
    Examined("sigmoid", "exception", raising),
    Examined("sigmoid", "exception", always_raising),
    Examined("sigmoid", "not an array", returning_a_list),
    Examined("sigmoid", "not an array", returning_nothing),
    Examined("sigmoid", "shape", returning_one_number),
    Examined("sigmoid", "crash", crashing),
    Examined("sigmoid", "exception", leaving),
    Examined("sigmoid", "hang", hanging, options={"patience": 1.0}),
]
