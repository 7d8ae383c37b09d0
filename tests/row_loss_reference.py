"""True values of the losses on top of softmax and sigmoid, with their gradients.

Like `row_reference`, on arrays of `flint.arb`. Each loss comes with its gradient, and with the
sizes of the terms that each number is the sum of: where terms of both signs cancel, no float64
evaluation is better than 2^-53 of that size.
"""

from typing import Any, NamedTuple

import numpy as np
from flint import arb

from row_reference import (
    elementwise,
    exact,
    exp,
    log1p,
    log_softmax,
    logsumexp,
    softmax,
)

weigh = elementwise(lambda c, v: arb(0) if c == 0 else c * v)  # a term without weight: no term


class Loss(NamedTuple):
    """A loss and its gradient, and for each the sum of the sizes of the terms it is made of."""

    loss: Any
    gradient: Any
    loss_size: Any
    gradient_size: Any


def reduced(parts, denominator, reduction):
    """Add up what is one number per row (or stack it) and divide everything by the denominator."""
    stacks = [np.array(part, dtype=object) for part in zip(*parts, strict=True)]
    if reduction != "none":
        stacks = [np.array(s.sum(), dtype=object) if s.ndim == 1 else s for s in stacks]
    scaled = (0 * s if denominator == 0 else s / denominator for s in stacks)
    return type(parts[0])(*(np.asarray(s, dtype=object) for s in scaled))


def over_rows(function, *matrices, reduction="mean", **options):
    """`function` of every row, reduced; "mean" divides by the number of rows."""
    parts = [function(*row, **options) for row in zip(*matrices, strict=True)]
    return reduced(parts, arb(len(parts) if reduction == "mean" else 1), reduction)


def cross_entropy(logits, target, *, class_weight=None, ignore_index=None, label_smoothing=0.0,
                  temperature=1.0, z_loss=0.0, reduction="mean") -> Loss:  # fmt: skip
    """sum_c k_c nll_c + z lse^2 per row; k_c mixes the labels with 1/C and is weighted by class."""
    count = logits.shape[1]
    weight = exact(np.ones(count) if class_weight is None else class_weight)
    soft = np.ndim(target) == 2
    labels = exact(target) if soft else [[arb(float(t == c)) for c in range(count)] for t in target]
    eps = arb(label_smoothing)
    parts, denominator = [], arb(0)
    for k, x in enumerate(logits):
        if not soft and target[k] == ignore_index:
            parts.append(Loss(arb(0), 0 * weight, arb(0), 0 * weight))
            continue
        label = np.array(labels[k], dtype=object)
        smooth = (1 - eps) * label + eps / count
        parts.append(cross_entropy_row(x, weight * smooth, temperature, z_loss))
        denominator += arb(1) if soft else (weight * label).sum()
    return reduced(parts, denominator if reduction == "mean" else arb(1), reduction)


def cross_entropy_row(x, k, T, z) -> Loss:
    """d nll_c / d x_j = (p_j - 1[c = j]) / T and d lse / d x_j = p_j / T give the gradient."""
    T, z, p, lse = arb(T), arb(z), softmax(x, T), logsumexp(x, T)
    terms = weigh(k, -log_softmax(x, T))
    pull, decay = k.sum() * p, 2 * z * lse * p
    return Loss(
        terms.sum() + z * lse**2,
        (pull - k + decay) / T,
        abs(terms).sum() + abs(z * lse**2),
        (abs(pull) + abs(k) + abs(decay)) / T,
    )


def nll_loss(log_p, target, *, class_weight=None, ignore_index=None, reduction="mean") -> Loss:
    """-w_y log_p_y per row."""
    weight = exact(np.ones(log_p.shape[1]) if class_weight is None else class_weight)
    parts, denominator = [], arb(0)
    for row, t in zip(log_p, target, strict=True):
        w = np.array([arb(0) if t == ignore_index or t != c else v for c, v in enumerate(weight)])
        loss = weigh(w, -row).sum()
        parts.append(Loss(loss, -w, abs(loss), abs(w)))
        denominator += w.sum()
    return reduced(parts, denominator if reduction == "mean" else arb(1), reduction)


def over_elements(*parts, reduction) -> Loss:
    """The same where every element is a row of its own: in the shape of the arrays."""

    def row(loss, gradient, loss_size, gradient_size):
        return Loss(loss, np.array([gradient]), loss_size, np.array([gradient_size]))

    made = over_rows(row, *(part.ravel() for part in parts), reduction=reduction)
    return Loss(*(m.reshape(parts[0].shape) if m.ndim else m for m in made))


def binary_cross_entropy(x, t, weight=1.0, pos_weight=1.0, reduction="mean") -> Loss:
    """w (r t softplus(-x) + (1 - t) softplus(x)), whose derivative is w ((1 - t) s(x) - r t s(-x)).

    r is pos_weight and s the sigmoid, softplus's derivative.
    """
    x, t, w, r = np.broadcast_arrays(x, exact(t), exact(weight), exact(pos_weight))
    terms = w * r * t * log1p(exp(-x)), w * (1 - t) * log1p(exp(x))
    slopes = w * (1 - t) / (1 + exp(-x)), w * r * t / (1 + exp(x))
    sizes = sum(map(abs, terms)), sum(map(abs, slopes))
    return over_elements(terms[0] + terms[1], slopes[0] - slopes[1], *sizes, reduction=reduction)


def focal(x, t, alpha=0.25, gamma=2.0, reduction="mean") -> Loss:
    """a q^gamma bce(x, t), q = 1 - p_t = t s(-x) + (1 - t) s(x), a = alpha t + (1 - alpha)(1 - t).

    bce' = s - t and q' = (1 - 2 t) s(x) s(-x).
    """
    t, gamma = exact(t), arb(gamma)
    s, r = 1 / (1 + exp(-x)), 1 / (1 + exp(x))
    a = 1 if alpha is None else arb(alpha) * t + (1 - arb(alpha)) * (1 - t)
    q, bce = t * r + (1 - t) * s, t * log1p(exp(-x)) + (1 - t) * log1p(exp(x))
    power = elementwise(lambda b: b**gamma)(q)
    slopes = a * power * ((1 - t) * s - t * r), a * gamma * power / q * (1 - 2 * t) * s * r * bce
    loss = np.asarray(a * power * bce, dtype=object)
    sizes = abs(loss), sum(map(abs, slopes))
    return over_elements(loss, slopes[0] + slopes[1], *sizes, reduction=reduction)


class Divergence(NamedTuple):
    loss: Any
    p_gradient: Any
    q_gradient: Any
    loss_size: Any
    p_size: Any
    q_size: Any


def kl_divergence(a, b, T=1.0) -> Divergence:
    """sum p (log p - log q) of one row; by b it is (q - p) / T, by a p (log p - log q - KL) / T."""
    p, q, T = softmax(a, T), softmax(b, T), arb(T)
    # A row's own entries of -inf have p = 0: no term, whatever log q is there.
    gap = np.array([arb(0) if w == 0 else u - v for u, v, w in
                    zip(log_softmax(a, T), log_softmax(b, T), p, strict=True)])  # fmt: skip
    kl = (p * gap).sum()
    size = abs(p * gap).sum()
    return Divergence(
        kl, p * (gap - kl) / T, (q - p) / T, size, p * (abs(gap) + size) / T, (q + p) / T
    )


def distillation(student, teacher, T=4.0) -> Loss:
    """T^2 KL(teacher || student) of one row, by the student."""
    made = kl_divergence(teacher, student, T)
    scale = arb(T) ** 2
    return Loss(
        *(scale * part for part in (made.loss, made.q_gradient, made.loss_size, made.q_size))
    )
