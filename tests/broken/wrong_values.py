"""Functions that are wrong in their values or slopes, grouped by defect; see `broken.examined`."""

import numpy as np
from scipy import special

f32 = np.float32


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
