"""True values from mpmath, for tests that do not go through a record's formula."""

import math

import mpmath
import numpy as np

from actfn import ulp

# A context of its own: the precision of mpmath's shared one would be every other test's too.
mp = mpmath.mp.clone()
mp.prec = 2200  # enough for 1 + tanh(u) at the far end of float64


def values(function, inputs):
    return [function(mp.mpf(float(x))) for x in inputs]


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def gelu_tanh(x):
    u = mp.sqrt(2 / mp.pi) * (x + mp.mpf("0.044715") * x**3)
    return x * (1 + mp.tanh(u)) / 2


def softmax(row, T=1.0):
    powers = [mp.exp(mp.mpf(float(x)) / T) for x in row]
    return [power / sum(powers) for power in powers]


def distances(y, truths):
    """How far each y lies from its true value, in ULP."""
    hi = np.array([float(truth) for truth in truths])
    lo = [float(t - h) if math.isfinite(h) else 0.0 for t, h in zip(truths, hi, strict=True)]
    return ulp.distance(np.ravel(y), hi, np.array(lo), np.asarray(y).dtype)
