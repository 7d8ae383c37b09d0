"""Losses of Fenchel and Young for entmax, without cancellation.

<p - y, x> + H(p) - H(y) is a small difference where p is near the labels y. It is the same as a
sum of terms that are all 0 or more: with a = alpha - 1, entry i contributes

    d(y_i, p_i) + y_i max(g_i - 1/a, 0),     g_i = max(x) - x_i + (1 - max(p)**a) / a,

where d(y, p), the integral of t**(a - 1) (y - t) over t from p to y, is Bregman's divergence of
t**alpha / (alpha a), and g_i is (1 - p_i**a) / a in the support and beyond 1/a outside of it. For
alpha = 1 it is -log(p_i).
"""

import math

import numpy as np

from actfn.errors import ShapeError
from actfn.rowwise._arrays import PART, axes_of, by_rows, floats
from actfn.rowwise._entmax import alpha_of, entmax_of
from actfn.rowwise._losses import checked_reduction
from actfn.rowwise._targets import class_targets, soft_targets

# Sums of labels are 1 up to their rounding: bfloat16's is 2**-9 of each.
LABEL_ERROR = 2.0**-8
# Of the series below; 2**-TERMS is nothing next to its first term.
TERMS = 56


def entmax_loss_of(name, logits, target, alpha, *, axis, reduction, with_grad):
    """The loss, or (loss, gradient)."""
    x, alpha = floats(logits, "logits"), alpha_of(alpha)
    if alpha == math.inf:
        raise ValueError(f"{name}: a loss needs a finite alpha")
    checked_reduction(reduction, name)
    axes = axes_of(axis, x, name)
    if len(axes) > 1:
        raise ShapeError(f"{name}: classes run along one axis; received axis={axis!r}")
    target = _checked(target, x, axes[0], name)
    losses = np.empty([n for k, n in enumerate(x.shape) if k != axes[0]])
    gradient = np.empty(x.shape, x.dtype) if with_grad else None
    scale = 1.0 / max(losses.size, 1) if reduction == "mean" else 1.0
    by_rows(
        _call_for(alpha, scale), [x, target], [losses, gradient] if with_grad else [losses], axes
    )
    loss = losses if reduction == "none" else np.float64(losses.sum()) * scale
    loss = loss.astype(x.dtype)
    return (loss, gradient) if with_grad else loss


def _checked(target, x, axis, name):
    """Class numbers or rows of labels, whichever the shape says."""
    target = np.asarray(target)
    if target.shape != x.shape:
        shape = x.shape[:axis] + x.shape[axis + 1 :]
        return class_targets(target, shape, x.shape[axis], None, name)
    labels = soft_targets(target, name)
    sums = labels.sum(axis=axis, dtype=np.float64)
    wrong = ~(np.abs(sums - 1.0) <= LABEL_ERROR)
    if wrong.any():
        place = tuple(int(k) for k in np.argwhere(wrong)[0])
        raise ValueError(f"{name}: the labels at {place} sum to {sums[place]}, not to 1")
    if labels.min(initial=0) < 0:
        place = tuple(int(k) for k in np.argwhere(labels < 0)[0])
        raise ValueError(f"{name}: the label at {place} is {labels[place]}, below 0")
    return labels


def _call_for(alpha, scale):
    """What `by_rows` calls: parts in float64, which are as large as its own."""

    def call(sources, results):
        rows, targets = sources
        step = max(1, PART // rows.shape[-1])
        for first in range(0, len(rows), step):
            part = slice(first, first + step)
            x, target = rows[part].astype(np.float64), targets[part]
            of = _of_labels if target.ndim > 1 else _of_classes
            with np.errstate(all="ignore"):
                loss, pull = of(x, target, alpha)
                results[0][part] = loss
                if len(results) > 1:
                    results[1][part] = pull * scale

    return call


def _gaps(x, p, a):
    """g for all entries: (1 - p**a) / a and more."""
    largest = p.max(axis=-1, keepdims=True)
    top = -np.log(largest) if a == 0.0 else -np.expm1(a * np.log(largest)) / a
    peak = x.max(axis=-1, keepdims=True)
    return np.where(x == peak, 0.0, peak - x) + top


def _of_classes(x, target, alpha):
    """(loss, p - y) of rows whose labels are 1 at `target`."""
    a, p = alpha - 1.0, entmax_of("entmax_loss", x, alpha, axis=-1)
    at = (np.arange(len(x)), target)
    gap = _gaps(x, p, a)[at]
    p[at] = 0.0
    missed = p.sum(axis=-1)  # 1 - p[at] has no digits left where that is small
    loss = (p**alpha).sum(axis=-1) / alpha + _own(1.0, missed, gap, alpha)
    p[at] = -missed
    return loss, p


def _of_labels(x, y, alpha):
    """(loss, p - y) of rows of labels, once they sum to 1 in float64."""
    y = y.astype(np.float64)
    y /= y.sum(axis=-1, keepdims=True)
    p = entmax_of("entmax_loss", x, alpha, axis=-1)
    missed = y - p
    # A label near 1 and its p have lost what the others show.
    at = (np.arange(len(x)), y.argmax(axis=-1))
    missed[at] = np.where(y[at] > 0.5, missed[at] - missed.sum(axis=-1), missed[at])
    own = _own(y, missed, _gaps(x, p, alpha - 1.0), alpha)
    loss = np.where(y > 0.0, own, p**alpha / alpha).sum(axis=-1)
    return loss, -missed


def _own(y, missed, gap, alpha):
    """d(y, p) + y max(gap - 1/a, 0) for labels y > 0, where `missed` is y - p."""
    a = alpha - 1.0
    most = math.inf if a == 0.0 else 1.0 / a
    inside = np.minimum(gap, most)  # (1 - p**a) / a
    label = np.log(y) if a == 0.0 else np.expm1(a * np.log(y)) / a  # the same for y, negative
    power = 1.0 - a * inside if a else 1.0
    far = (y * (inside + label) - power * missed) / alpha
    near = y**alpha * _series(missed / y, a)
    own = np.where(np.abs(missed) <= y * min(0.5, most), near, far)
    return own + y * np.where(gap > most, gap - most, 0.0)


def _series(q, a):
    """The integral of (1 - r)**(a - 1) r over r from 0 to q."""
    coefficient, terms = 1.0, []
    for k in range(TERMS):
        terms.append(coefficient / (k + 2))
        coefficient *= (k + 1 - a) / (k + 1)
    value = np.zeros_like(q)
    for c in reversed(terms):
        value = value * q + c
    return value * q * q
