"""Textbook forms that lose digits or overflow: what they are, and what to write instead.

A form is recognised by doing it: where it is as wrong as the implementation, input for input, the
implementation is taken to be written that way. Each is computed in the dtype that is examined.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from actfn.activation import DERIVATIVE, FORWARD

_LOOKED = 400  # inputs on which a form is tried
_ALIKE = 3.0  # octaves: two codes of one form differ in their roundings
_LOST = 64.0  # ULP: more than roundings
_MOST = 0.75  # of the inputs have to be alike


@dataclass(frozen=True)
class Form:
    """One way of writing an activation, or its derivative, that fails somewhere."""

    activations: str
    kernel: str
    function: Callable
    says: str
    remedy: str


def _erf(x):
    return np.vectorize(math.erf, otypes=[np.float64])(x).astype(x.dtype)


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def _clipped(x):
    return _sigmoid(np.clip(x, -20, 20))


def _phi(x):
    return x.dtype.type(0.5) * (1 + _erf(x * x.dtype.type(math.sqrt(0.5))))


def _tanh_half(x):
    return x.dtype.type(0.5) * (1 + np.tanh(x / 2))


def _tanh_gelu(x):
    inner = x.dtype.type(math.sqrt(2 / math.pi)) * (x + x.dtype.type(0.044715) * x * x * x)
    return x.dtype.type(0.5) * x * (1 + np.tanh(inner))


def _slope_of_output(s):
    return s * (1 - s)


def _mish_by_exp(x):
    w = np.exp(x)
    return x * ((1 + w) ** 2 - 1) / ((1 + w) ** 2 + 1)


_STABLE_SIGMOID = "use exp(-|x|) on both sides: e / (1 + e) for x < 0"
_EXPM1 = "use expm1(x)"

FORMS = (
    Form("gelu", FORWARD, lambda x: x * _phi(x),
         "1 + erf(x / sqrt(2)) cancels on the left", "write x * erfc(-x / sqrt(2)) / 2"),
    Form("gelu", DERIVATIVE,
         lambda x: _phi(x) + x * np.exp(-x * x / 2) * x.dtype.type(1 / math.sqrt(2 * math.pi)),
         "1 + erf(x / sqrt(2)) cancels on the left, and so does its sum with x phi(x)",
         "write erfc(-x / sqrt(2)) / 2 and take exp(-x^2 / 2) out of both terms"),
    Form("gelu_tanh", FORWARD, _tanh_gelu,
         "1 + tanh(u) cancels on the left", "write x * sigmoid(2 u)"),
    Form("sigmoid", FORWARD, _tanh_half,
         "1 + tanh(x / 2) cancels on the left", "write exp(x) / (1 + exp(x)) for x < 0"),
    Form("sigmoid", FORWARD, _clipped,
         "the input is clipped at 20, and the result stands still beyond",
         f"{_STABLE_SIGMOID}; nothing overflows then"),
    Form("silu swish", FORWARD, lambda x: x * _clipped(x),
         "the sigmoid's input is clipped at 20: beyond, the result is x times a constant",
         f"{_STABLE_SIGMOID}; nothing overflows then"),
    Form("silu swish", FORWARD, lambda x: x * _tanh_half(x),
         "1 + tanh(x / 2) cancels on the left", "write x exp(x) / (1 + exp(x)) for x < 0"),
    Form("sigmoid silu swish", FORWARD, _sigmoid,
         "exp(-x) overflows on the left, and 1 / inf is 0", _STABLE_SIGMOID),
    Form("silu swish", FORWARD, lambda x: x * _sigmoid(x),
         "exp(-x) overflows on the left, and x / inf is 0", _STABLE_SIGMOID),
    Form("sigmoid", FORWARD, lambda x: np.exp(x) / (1 + np.exp(x)),
         "exp(x) overflows on the right, and inf / inf is NaN", _STABLE_SIGMOID),
    Form("silu swish", FORWARD, lambda x: x * np.exp(x) / (1 + np.exp(x)),
         "exp(x) overflows on the right, and inf / inf is NaN", _STABLE_SIGMOID),
    Form("sigmoid", DERIVATIVE, lambda x: _slope_of_output(_sigmoid(x)),
         "y (1 - y) from the rounded output: 1 - y cancels on the right and is 0 once y is 1",
         "keep x: write e / (1 + e)^2 with e = exp(-|x|)"),
    Form("sigmoid", DERIVATIVE, lambda x: _slope_of_output(_clipped(x)),
         "y (1 - y) from a clipped sigmoid stands still where the input is clipped",
         "keep x: write e / (1 + e)^2 with e = exp(-|x|)"),
    Form("sigmoid", DERIVATIVE, lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2,
         "(1 + exp(-x))^2 overflows on the left", "write e / (1 + e)^2 with e = exp(-|x|)"),
    Form("tanh", DERIVATIVE, lambda x: 1 - np.tanh(x) ** 2,
         "1 - y^2 from the rounded output cancels and is 0 once y is 1",
         "keep x: write 4 e / (1 + e)^2 with e = exp(-2 |x|)"),
    Form("tanh", DERIVATIVE, lambda x: 1 / np.cosh(x) ** 2,
         "cosh(x)^2 overflows", "write 4 e / (1 + e)^2 with e = exp(-2 |x|)"),
    Form("tanh", FORWARD, lambda x: (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x)),
         "exp(x) - exp(-x) cancels near 0 and overflows far out",
         "write -m / (m + 2) with m = expm1(-2 |x|)"),
    Form("tanh", FORWARD, lambda x: 2 * _sigmoid(2 * x) - 1,
         "2 sigmoid(2 x) - 1 cancels near 0", "write -m / (m + 2) with m = expm1(-2 |x|)"),
    Form("elu celu", FORWARD, lambda x: np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1),
         "exp(x) - 1 cancels near 0", _EXPM1),
    Form("selu", FORWARD,
         lambda x: x.dtype.type(1.0507009873554805)
         * np.where(x > 0, x, x.dtype.type(1.6732632423543772) * (np.exp(np.minimum(x, 0)) - 1)),
         "exp(x) - 1 cancels near 0", _EXPM1),
    Form("elu celu", DERIVATIVE, lambda x: np.where(x > 0, 1, np.expm1(np.minimum(x, 0)) + 1),
         "the slope is taken from the output, expm1(x) + 1, which cancels on the left and is 0 "
         "once the output is -1", "write exp(x)"),
    Form("softplus", FORWARD, lambda x: np.log(1 + np.exp(x)),
         "1 + exp(x) forgets exp(x) on the left, and exp(x) overflows on the right",
         "write max(x, 0) + log1p(exp(-|x|))"),
    Form("softplus", FORWARD, lambda x: np.where(x > 20, x, np.log1p(np.exp(np.minimum(x, 20)))),
         "x is returned above 20, which is exact in float32 only",
         "write max(x, 0) + log1p(exp(-|x|)): it needs no threshold"),
    Form("softplus", DERIVATIVE, lambda x: np.where(x > 20, 1, _sigmoid(x)),
         "1 is returned above 20, which is exact in float32 only", _STABLE_SIGMOID),
    Form("log_sigmoid", FORWARD, lambda x: np.log(_sigmoid(x)),
         "log of a sigmoid that has rounded to 1 is 0 on the right, and exp(-x) overflows on the "
         "left", "write min(x, 0) - log1p(exp(-|x|))"),
    Form("tanh_shrink", FORWARD, lambda x: x - np.tanh(x),
         "x - tanh(x) cancels near 0", "use the series x^3/3 - 2 x^5/15 + ... near 0"),
    Form("mish", FORWARD, _mish_by_exp,
         "(1 + exp(x))^2 - 1 cancels on the left and overflows on the right",
         "write x n / (n + 2) with n = w (w + 2), w = exp(min(x, 40))"),
    Form("mish", FORWARD, lambda x: x * np.tanh(np.log(1 + np.exp(x))),
         "1 + exp(x) forgets exp(x) on the left, and exp(x) overflows on the right",
         "write x n / (n + 2) with n = w (w + 2), w = exp(min(x, 40))"),
    Form("softsign", DERIVATIVE,
         lambda x: 1 / (1 + np.abs(x)) - np.abs(x) / ((1 + np.abs(x)) * (1 + np.abs(x))),
         "1 / (1 + |x|) - |x| / (1 + |x|)^2 cancels far from 0", "write 1 / (1 + |x|)^2"),
    Form("squareplus", FORWARD, lambda x: (x + np.sqrt(x * x + 4)) / 2,
         "x + sqrt(x^2 + b) cancels on the left, and x^2 overflows",
         "write (b / 2) / (sqrt(x^2 + b) - x) for x < 0"),
    Form("hard_swish", FORWARD, lambda x: x * np.clip(x + 3, 0, 6) / 6,
         "x * 6 overflows before it is divided by 6", "divide first: x * (clip(x + 3, 0, 6) / 6)"),
    Form("logcosh", FORWARD, lambda x: np.log(np.cosh(x)),
         "cosh(x) is 1 near 0 and overflows far out",
         "write |x| + log1p(exp(-2 |x|)) - log(2), and a series near 0"),
)  # fmt: skip


def recognised(activation: str, kernel: str, x, distance, of: Callable) -> Form | None:
    """The form that is wrong in the same way.

    Parameters
    ----------
    activation, kernel : what is examined.
    x : two arrays, in the dtype that is examined: where it is wrong, and where it is right.
    distance : how far off the implementation is there, in ULP.
    of : callable (x, y) -> the distances of y from the truth.
    """
    wrong, right = _spread(x[0], distance[0]), (x[1], distance[1])
    best, score = None, _MOST
    for form in FORMS:
        if activation not in form.activations.split() or form.kernel != kernel:
            continue
        alike = min(_alike(form, places, sizes, of) for places, sizes in (wrong, right))
        if alike > score:
            best, score = form, alike
    return best


def _spread(x, distance):
    """Some of the wrong inputs: those that the form is known by; the rest is rounding."""
    lost = np.flatnonzero(~(distance <= _LOST))
    if lost.size > _LOOKED // 4:
        x, distance = x[lost], distance[lost]
    looked = np.unique(np.linspace(0, x.size - 1, min(_LOOKED, x.size)).astype(int))
    return x[looked], distance[looked]


def _alike(form: Form, x, distance, of: Callable) -> float:
    """The part of the inputs at which the form is about as far off."""
    if not x.size:
        return 1.0
    with np.errstate(all="ignore"):
        y = np.asarray(form.function(x)).astype(x.dtype)
        apart = np.abs(_octaves(of(x, y)) - _octaves(distance))
    return float(np.mean(apart <= _ALIKE))


def _octaves(distance):
    """log2 of a distance; NaN and infinite ones are beyond everything."""
    return np.log2(np.clip(np.nan_to_num(distance, nan=2.0**99, posinf=2.0**99), 1.0, 2.0**99))
