"""Right implementations of unusual style: the examiner must find nothing to say against them.

Wide arithmetic inside, float32 tricks, ufunc methods, tables, loops over chunks, objects that can
be called, other libraries; NaN, ±inf and integers are taken care of in each.
"""

import math
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numba
import numpy as np
from scipy import special

import actfn

f32 = np.float32


@dataclass(frozen=True)
class Right:
    """A right implementation, what it is, and its derivative where it has one."""

    activation: str
    style: str
    function: Any
    derivative: Any = None
    options: dict = field(default_factory=dict)

    @property
    def name(self):
        return f"{self.activation}-{self.style}".replace(" ", "_")


def wide(function):
    """In float64, rounded once; integers become float32."""

    def rounded(x):
        x = np.asarray(x)
        kind = x.dtype if x.dtype.kind == "f" else np.result_type(x, f32)
        with np.errstate(over="ignore"):
            return np.asarray(function(x.astype(np.float64))).astype(kind)

    return rounded


def as_float(x):
    """x itself where it is a float array; integers as float32."""
    x = np.asarray(x)
    return x.astype(np.result_type(x, f32), copy=False)


# ---------------------------------------------------------------- relu and its kin


def relu_by_mask_on_a_copy(x):
    y = np.array(x)
    y[y < 0] = 0
    return y


def relu_by_half_sum(x):
    x = as_float(x)
    half = np.maximum(x, -1) / 2
    return np.where(x > 1, x, np.maximum(half + np.abs(half), 0))


def relu_by_select(x):
    x = np.asarray(x)
    return np.select([x > 0, x <= 0], [x, np.zeros_like(x)], default=x)


def relu_in_chunks(x):
    x = np.asarray(x)
    y = np.empty_like(x)
    source, target = x.reshape(-1), y.reshape(-1)
    for start in range(0, source.size, 7):
        target[start : start + 7] = np.maximum(source[start : start + 7], 0)
    return y


def relu6_of_numbers(x):
    x = np.asarray(x)
    return np.minimum(np.maximum(x, x.dtype.type(0)), x.dtype.type(6))


def hard_tanh_by_median(x):
    x = np.asarray(x)
    low, high = np.full_like(x, -1), np.full_like(x, 1)
    return np.where(np.isnan(x), x, np.median(np.stack([low, x, high]), axis=0)).astype(x.dtype)


def leaky_relu_by_maximum(x):
    x = as_float(x)
    return np.maximum(x, x * x.dtype.type(0.01))


def leaky_relu_of_parts(x):
    x = as_float(x)
    return np.maximum(x, 0) + x.dtype.type(0.01) * np.minimum(x, 0)


def hard_shrink_by_where(x):
    x = np.asarray(x)
    return np.where((np.abs(x) > 0.5) | np.isnan(x), x, x * 0)


def soft_shrink_by_clip(x):
    x = as_float(x)
    middle = np.clip(x, -0.5, 0.5)
    return np.where(np.abs(x) <= 0.5, x * 0, x - middle)


def identity_plus(x):
    return np.positive(np.asarray(x)).copy()


# ---------------------------------------------------------------- exponentials


@wide
def sigmoid_by_expit(x):
    return special.expit(x)


def sigmoid_two_sided(x):
    x = as_float(x)
    e = np.exp(-np.abs(x))
    return np.where(x < 0, e, np.where(np.isnan(x), x, 1)) / (1 + e)


def sigmoid_by_chunks_of_rows(x):
    x = as_float(x)
    y = np.empty_like(x)
    for index in np.ndindex(x.shape[:-1]):
        y[index] = sigmoid_two_sided(x[index])
    return y


@np.vectorize
def _sigmoid_of_one(x):
    x = float(x)
    if math.isnan(x):
        return x
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    return math.exp(max(x, -745.0)) / (1 + math.exp(max(x, -745.0)))


def sigmoid_of_numbers(x):
    x = as_float(x)
    return np.empty_like(x) if not x.size else np.asarray(_sigmoid_of_one(x)).astype(x.dtype)


@wide
def silu_by_expit(x):
    inside = np.maximum(x, -800)
    return np.where(x == np.inf, x, inside * special.expit(inside))


@wide
def silu_slope(x):
    inside = np.clip(x, -800, 800)
    s = special.expit(inside)
    return s * (1 + inside * special.expit(-inside))


def elu_by_expm1(x):
    x = as_float(x)
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))


def elu_slope(x):
    x = as_float(x)
    return np.exp(np.minimum(x, 0))


@wide
def selu_in_float64(x):
    alpha, scale = 1.6732632423543772, 1.0507009873554805
    return scale * np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def celu_masked_in_place(x):
    y = np.array(as_float(x))
    np.expm1(y, out=y, where=y < 0)
    return y


def softplus_by_logaddexp(x):
    x = as_float(x)
    return np.logaddexp(x, x.dtype.type(0))


def softplus_by_log1p(x):
    x = as_float(x)
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


@wide
def log_sigmoid_two_sided(x):
    return np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))


def tanh_of_numpy(x):
    return np.tanh(as_float(x))


@wide
def tanh_slope(x):
    e = np.exp(-2 * np.abs(x))
    return 4 * e / (1 + e) ** 2


@wide
def tanh_by_expm1(x):
    m = np.expm1(-2 * np.abs(x))
    return np.copysign(-m / (m + 2), x)


@wide
def mish_of_w(x):
    w = np.exp(np.minimum(x, 40))
    n = w * (w + 2)
    return np.maximum(x, -800) * (n / (n + 2))


@wide
def tanh_shrink_by_series(x):
    z = x * x
    series = x * z * (1 / 3 - z * (2 / 15 - z * (17 / 315 - z * 62 / 2835)))
    return np.where(np.abs(x) < 0.02, series, x - np.tanh(x))


@wide
def logcosh_stable(x):
    t = np.abs(x)
    z = x * x
    series = z * (1 / 2 - z * (1 / 12 - z * (1 / 45 - z * 17 / 2520)))
    return np.where(t < 0.02, series, t + np.log1p(np.exp(-2 * t)) - math.log(2))


# ---------------------------------------------------------------- the error function


@wide
def gelu_by_erfc(x):
    inside = np.maximum(x, -40)
    return np.where(inside < 0, inside, x) * special.erfc(-inside / math.sqrt(2)) / 2


@wide
def gelu_slope_in_float64(x):
    inside = np.clip(x, -40, 40)
    density = np.exp(-inside * inside / 2) / math.sqrt(2 * math.pi)
    return special.ndtr(inside) + inside * density


@wide
def gelu_tanh_by_sigmoid(x):
    z = np.clip(x, -50, 50)
    u = math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)
    return np.maximum(x, -50) * special.expit(2 * u)


@wide
def quick_gelu_in_float64(x):
    return np.maximum(x, -800) * special.expit(1.702 * np.maximum(x, -800))


# ---------------------------------------------------------------- rational functions


@wide
def softsign_of_reciprocals(x):
    t = np.abs(x)
    return np.copysign(
        np.where(t > 1, 1 / (1 + 1 / np.maximum(t, 1)), t / (1 + np.minimum(t, 1))), x
    )


@wide
def softsign_slope(x):
    return (1 / (1 + np.abs(x))) ** 2


@wide
def squareplus_by_hypot(x):
    root = np.hypot(x, 2)
    right = (np.maximum(x, 0) + root) / 2
    return np.where(x < 0, 2 / (root - np.minimum(x, 0)), right)


@wide
def hard_swish_in_float64(x):
    z = np.clip(x, -3, None)
    return z * np.minimum((z + 3) / 6, 1)


def hard_sigmoid_by_clip(x):
    x = as_float(x)
    return np.clip(wide(lambda z: (z + 3) / 6)(x), 0, 1)


# ---------------------------------------------------------------- things that can be called


class Swish:
    """An object with parameters; it is called."""

    def __init__(self, beta):
        self.beta = beta

    def __call__(self, x):
        return wide(lambda z: np.maximum(z, -800) * special.expit(self.beta * np.maximum(z, -800)))(
            x
        )

    def method(self, x):
        return self(x)


@numba.vectorize(["float32(float32)", "float64(float64)"])
def compiled_relu(x):
    return x if x > 0 or x != x else type(x)(0)


def table_of_halves():
    """All 65,536 results, looked up by the bits."""
    patterns = np.arange(2**16, dtype=np.uint16).view(np.float16)
    with np.errstate(all="ignore"):
        results = special.expit(patterns.astype(np.float64)).astype(np.float16)

    def sigmoid(x):
        x = np.asarray(x)
        if x.dtype != np.float16:
            return sigmoid_by_expit(x)
        return results[np.ascontiguousarray(x).view(np.uint16)].reshape(x.shape)

    return sigmoid


def with_out(x, out=None):
    x = as_float(x)
    return np.tanh(x, out=np.empty_like(x) if out is None else out)


F64 = {"dtype": "float64"}
F16 = {"dtype": "float16"}
RIGHT = [
    Right(
        "relu", "maximum", lambda x: np.maximum(x, 0), lambda x: (x > 0).astype(as_float(x).dtype)
    ),
    Right("relu", "mask on a copy", relu_by_mask_on_a_copy),
    Right("relu", "half the sum", relu_by_half_sum),
    Right("relu", "select", relu_by_select),
    Right("relu", "chunks", relu_in_chunks),
    Right("relu6", "numbers of the dtype", relu6_of_numbers),
    Right("hard_tanh", "median of three", hard_tanh_by_median),
    Right("leaky_relu", "maximum", leaky_relu_by_maximum),
    Right("leaky_relu", "sum of parts", leaky_relu_of_parts),
    Right("hard_shrink", "where", hard_shrink_by_where),
    Right("soft_shrink", "clip", soft_shrink_by_clip),
    Right("identity", "positive", identity_plus),
    Right("sigmoid", "expit", sigmoid_by_expit),
    Right("sigmoid", "two sides in float32", sigmoid_two_sided),
    Right("sigmoid", "row by row", sigmoid_by_chunks_of_rows),
    Right("sigmoid", "number by number", sigmoid_of_numbers),
    Right("sigmoid", "table", table_of_halves(), options=F16),
    Right("silu", "expit and its derivative", silu_by_expit, silu_slope),
    Right("silu", "actfn", actfn.silu, actfn.silu.derivative),
    Right("elu", "expm1 and its derivative", elu_by_expm1, elu_slope),
    Right("elu", "float64", elu_by_expm1, options=F64),
    Right("selu", "float64 inside", selu_in_float64),
    Right("celu", "in place on a copy", celu_masked_in_place),
    Right("softplus", "logaddexp", softplus_by_logaddexp, sigmoid_two_sided),
    Right("softplus", "log1p", softplus_by_log1p),
    Right("softplus", "float64", softplus_by_log1p, options=F64),
    Right("log_sigmoid", "two sides", log_sigmoid_two_sided),
    Right("tanh", "NumPy's", tanh_of_numpy, tanh_slope),
    Right("tanh", "expm1", tanh_by_expm1),
    Right("tanh", "with out", with_out),
    Right("mish", "w", mish_of_w),
    Right("tanh_shrink", "series near 0", tanh_shrink_by_series),
    Right("logcosh", "series near 0", logcosh_stable),
    Right("gelu", "erfc", gelu_by_erfc),
    Right("gelu", "half precision", gelu_by_erfc, options=F16),
    Right("gelu", "actfn in float64", actfn.gelu, actfn.gelu.derivative, F64),
    Right("gelu_tanh", "sigmoid", gelu_tanh_by_sigmoid),
    Right("quick_gelu", "float64 inside", quick_gelu_in_float64),
    Right("softsign", "reciprocals", softsign_of_reciprocals, softsign_slope),
    Right("squareplus", "hypot", squareplus_by_hypot),
    Right("hard_swish", "float64 inside", hard_swish_in_float64),
    Right("hard_sigmoid", "clip", hard_sigmoid_by_clip),
    Right("silu", "an object", Swish(1.0)),
    Right("silu", "a bound method", Swish(1.0).method),
    Right("silu", "partial", partial(lambda beta, x: Swish(beta)(x), 1.0)),
    Right("relu", "Numba", compiled_relu),
    Right("mish", "actfn's ufunc", actfn.mish.ufunc),
]
