"""Textbook forms that look right and are not: each must be caught, at the place it breaks.

Every entry: activation, what is wrong, the implementation, an input where it shows.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special


@dataclass(frozen=True)
class Broken:
    """A wrong implementation and where it must be found wrong."""

    activation: str
    fault: str
    function: object
    shows_at: float
    derivative: bool = False

    @property
    def name(self):
        return f"{self.activation}-{self.fault}".replace(" ", "_")


def elu_by_exp(x):
    return np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1)


def gelu_by_erf(x):
    return 0.5 * x * (1 + special.erf(x / np.float32(np.sqrt(2))))


def sigmoid_by_tanh(x):
    return np.float32(0.5) * (1 + np.tanh(np.float32(0.5) * x))


def sigmoid_slope_from_output(x):
    y = 1 / (1 + np.exp(-x))
    return y * (1 - y)


def silu_overflowing(x):
    return x / (1 + np.exp(-x))


def softplus_by_log(x):
    return np.log(1 + np.exp(x))


def softplus_with_threshold(x):
    return np.where(x > 20, x, np.log1p(np.exp(np.minimum(x, 20))))


def tanh_shrink_by_difference(x):
    return x - np.tanh(x)


def softsign_slope_by_difference(x):
    size = 1 + np.abs(x)
    return 1 / size - np.abs(x) / (size * size)


def hard_swish_multiplying_first(x):
    return x * np.clip(x + 3, 0, 6) / 6


def squareplus_by_sum(x):
    return (x + np.sqrt(x * x + 4)) / 2


def garbage_at_one_input(x):
    """Right everywhere but at a single float32."""
    y = (x.astype(np.float64) * special.ndtr(x.astype(np.float64))).astype(x.dtype)
    return np.where(x == np.float32(3.9999998), np.float32(7), y)


BROKEN = [
    Broken("elu", "cancels at 0", elu_by_exp, -1e-8),
    Broken("gelu", "cancels in the left tail", gelu_by_erf, -5.4),
    Broken("sigmoid", "cancels in the left tail", sigmoid_by_tanh, -10.0),
    Broken("sigmoid", "slope from a rounded output", sigmoid_slope_from_output, 17.0, True),
    Broken("silu", "is 0 where exp overflows", silu_overflowing, -89.5),
    Broken("softplus", "loses exp beside 1", softplus_by_log, -18.0),
    Broken("softplus", "overflows", softplus_by_log, 90.0),
    Broken("tanh_shrink", "cancels at 0", tanh_shrink_by_difference, 1e-3),
    Broken("softsign", "slope cancels", softsign_slope_by_difference, 1e7, True),
    Broken("hard_swish", "overflows before dividing", hard_swish_multiplying_first, 1e38),
    Broken("squareplus", "cancels on the left", squareplus_by_sum, -64.5),
    Broken("gelu", "garbage at one input", garbage_at_one_input, 3.9999998),
]
