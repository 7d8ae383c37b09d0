"""True values from mpmath, for tests that do not go through a record's formula."""

import math

import mpmath
import numpy as np

from actfn import ulp

mpmath.mp.prec = 2200  # enough for 1 + tanh(u) at the far end of float64


def values(function, inputs):
    return [function(mpmath.mpf(float(x))) for x in inputs]


def sigmoid(x):
    return 1 / (1 + mpmath.exp(-x))


def gelu_tanh(x):
    u = mpmath.sqrt(2 / mpmath.pi) * (x + mpmath.mpf("0.044715") * x**3)
    return x * (1 + mpmath.tanh(u)) / 2


def softmax(row, T=1.0):
    powers = [mpmath.exp(mpmath.mpf(float(x)) / T) for x in row]
    return [power / sum(powers) for power in powers]


def distances(y, truths):
    """How far each y lies from its true value, in ULP."""
    hi = np.array([float(truth) for truth in truths])
    lo = [float(t - h) if math.isfinite(h) else 0.0 for t, h in zip(truths, hi, strict=True)]
    return ulp.distance(np.ravel(y), hi, np.array(lo), np.asarray(y).dtype)
