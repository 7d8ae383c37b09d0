"""The softmax family as it is usually written, each in the form that a test catches.

`page.py` has the forms of the page of interview questions; these are the ones beyond it.
"""

import numpy as np

from broken import page


def log_softmax(x, axis=-1):
    return np.log(page.softmax(x, axis))


def logsumexp(x, axis=-1):
    return np.log(np.exp(x).sum(axis=axis))


def softmin(x, axis=-1):
    return page.softmax(-x, axis)


def hardmax(x, axis=-1):
    return (x == x.max(axis=axis, keepdims=True)).astype(x.dtype)


def masked_softmax(x, mask, axis=-1):
    return page.softmax(x + (1 - mask) * -1e9, axis)


def softmax_with_sink(x, sink=0.0):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / (np.exp(sink) + e.sum(axis=-1, keepdims=True))


def softmax_with_temperature(x, T=1.0):
    e = np.exp(x / T - (x / T).max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_backward(grad_output, p, axis=-1):
    return p * (grad_output - (grad_output * p).sum(axis=axis, keepdims=True))


def sparsemax(x):
    z = -np.sort(-x, axis=-1)
    k = np.arange(1, x.shape[-1] + 1)
    size = (1 + k * z > z.cumsum(axis=-1)).sum(axis=-1, keepdims=True)
    tau = (np.take_along_axis(z.cumsum(axis=-1), size - 1, axis=-1) - 1) / size
    return np.maximum(x - tau, 0)


def entmax15(x):
    z = -np.sort(-x / 2, axis=-1)
    k = np.arange(1, x.shape[-1] + 1)
    mean = z.cumsum(axis=-1) / k
    tau = mean - np.sqrt(np.maximum(1 / k - (z * z).cumsum(axis=-1) / k + mean**2, 0))
    size = (tau <= z).sum(axis=-1, keepdims=True)
    return np.maximum(x / 2 - np.take_along_axis(tau, size - 1, axis=-1), 0) ** 2


def _spread_over_the_others(labels, classes, label_smoothing):
    one_hot = np.eye(classes)[labels]
    return (1 - label_smoothing) * one_hot + label_smoothing / (classes - 1) * (1 - one_hot)


def cross_entropy(logits, labels, label_smoothing=0.0):
    y = _spread_over_the_others(labels, logits.shape[-1], label_smoothing)
    return -(y * np.log(page.softmax(logits))).sum(axis=-1)


def cross_entropy_grad(logits, labels, label_smoothing=0.0):
    return page.softmax(logits) - _spread_over_the_others(labels, logits.shape[-1], label_smoothing)


def binary_cross_entropy_with_logits(logits, labels):
    p = 1 / (1 + np.exp(-logits))
    return -(labels * np.log(p) + (1 - labels) * np.log(1 - p))


def kl_divergence(p_logits, q_logits):
    p, q = page.softmax(p_logits), page.softmax(q_logits)
    return (p * np.log(p / q)).sum(axis=-1)


def distillation_loss(student, teacher, temperature=4.0):
    p, q = page.softmax(teacher / temperature), page.softmax(student / temperature)
    return (p * np.log(p / q)).mean(axis=-1)


# ---------------------------------------------------------------- drawing


def boltzmann(values, temperature=1.0, rng=None):
    e = np.exp(values / temperature)
    return np.random.default_rng(rng).choice(len(values), p=e / e.sum())


def _draws(p, rows, rng):
    return np.random.default_rng(rng).choice(len(p), size=rows, p=p)


def epsilon_greedy(values, epsilon=0.1, rng=None):
    """It never explores the greedy action, and takes the first of several best."""
    rows, n = values.shape
    p = np.full(n, epsilon / (n - 1))
    p[values[0].argmax()] = 1 - epsilon
    return _draws(p, rows, rng)


def noise_that_is_not_gumbel(logits, temperature=1.0, hard=False, rng=None):
    return hardmax(logits + np.random.default_rng(rng).normal(size=logits.shape))


def _cut(p, keep):
    return np.where(keep, p, 0) / p[keep].sum()


def _nucleus(p, top_p):
    order = np.argsort(-p)
    keep = np.empty(len(p), bool)
    keep[order] = np.cumsum(p[order]) - p[order] < top_p
    return keep


def _largest(p, k):
    return p >= np.sort(p)[-k]


def temperature_last(logits, temperature, top_k, top_p, min_p, rng):
    p = page.softmax(logits[0])
    p = _cut(p, _largest(p, top_k))
    p = _cut(p, _nucleus(p, top_p))
    p = _cut(p, p >= min_p * p.max()) ** (1 / temperature)
    return _draws(p / p.sum(), len(logits), rng)


def top_p_first(logits, temperature, top_k, top_p, min_p, rng):
    p = page.softmax(logits[0] / temperature)
    p = _cut(p, _nucleus(p, top_p))
    p = _cut(p, _largest(p, top_k))
    return _draws(_cut(p, p >= min_p * p.max()), len(logits), rng)


def min_p_before_top_p(logits, temperature, top_k, top_p, min_p, rng):
    p = page.softmax(logits[0] / temperature)
    p = _cut(p, _largest(p, top_k))
    p = _cut(p, p >= min_p * p.max())
    return _draws(_cut(p, _nucleus(p, top_p)), len(logits), rng)


def not_renormalised(logits, temperature, top_k, top_p, min_p, rng):
    p = page.softmax(logits[0] / temperature)
    p = np.where(_largest(p, top_k), p, 0)
    p = np.where(_nucleus(p, top_p), p, 0)
    return _draws(_cut(p, p >= min_p * p.max()), len(logits), rng)


def stops_before_top_p(logits, temperature, top_k, top_p, min_p, rng):
    p = page.softmax(logits[0] / temperature)
    p = _cut(p, _largest(p, top_k))
    order = np.argsort(-p)
    keep = np.empty(len(p), bool)
    keep[order] = np.cumsum(p[order]) <= top_p
    p = _cut(p, keep)
    return _draws(_cut(p, p >= min_p * p.max()), len(logits), rng)


def min_p_of_one(logits, temperature, top_k, top_p, min_p, rng):
    p = page.softmax(logits[0] / temperature)
    p = _cut(p, _largest(p, top_k))
    p = _cut(p, _nucleus(p, top_p))
    return _draws(_cut(p, p >= min_p), len(logits), rng)


def splits_equal_ones(logits, temperature, top_k, top_p, min_p, rng):
    p = page.softmax(logits[0] / temperature)
    keep = np.zeros(len(p), bool)
    keep[np.argsort(-p, kind="stable")[:top_k]] = True
    p = _cut(p, keep)
    p = _cut(p, _nucleus(p, top_p))
    return _draws(_cut(p, p >= min_p * p.max()), len(logits), rng)


def ladder_without_its_end(p, rng):
    return (np.cumsum(p, axis=-1) <= rng.random((*p.shape[:-1], 1))).sum(axis=-1)
