"""Where the weights start."""

import math

import numpy as np


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
