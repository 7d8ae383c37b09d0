"""Losses, one for each row, and the gradient of cross-entropy. For a mean, divide by the rows."""

import numpy as np

from actfn.whiteboard.floats import floats
from actfn.whiteboard.shifted import below_max, cooled, surprise


def _one_hot(labels, shape):
    """labels as rows of probabilities: they may be that already, or class numbers."""
    labels = np.asarray(labels)
    if labels.shape == shape:
        return floats(labels).astype(np.float64)
    if labels.shape != shape[:-1] or labels.dtype.kind not in "iu":
        raise ValueError(
            f"labels must be class numbers of shape {shape[:-1]} or probabilities of shape "
            f"{shape}, got {labels.dtype} of shape {labels.shape}"
        )
    if np.any((labels < 0) | (labels >= shape[-1])):  # an index of -1 would pick the last class
        raise ValueError(f"class numbers must lie in 0..{shape[-1] - 1}, got {labels}")
    return np.eye(shape[-1])[labels]


def _targets(labels, shape, label_smoothing):
    """(1 - ε) y + ε / C for C classes: with ε = label_smoothing, every class is expected a bit."""
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"label_smoothing must lie in 0..1, got {label_smoothing}")
    # ε is shared out over all classes, the right one too. Over the others alone it is another loss.
    return (1 - label_smoothing) * _one_hot(labels, shape) + label_smoothing / shape[-1]


def cross_entropy(logits, labels, label_smoothing=0.0):
    """-Σ y_i log p_i along the last axis, where p = softmax(logits): one loss for each row.

    `labels` are class numbers, one for each row, or rows y of probabilities.
    """
    logits = floats(logits)
    y = _targets(labels, logits.shape, label_smoothing)
    # 0 · log 0 counts as 0, not as NaN.
    terms = np.where(y == 0, 0, surprise(below_max(logits)))
    return (y * terms).sum(axis=-1).astype(logits.dtype)


def cross_entropy_grad(logits, labels, label_smoothing=0.0):
    """p - y, where p = softmax(logits): the gradient of each row's own loss.

    For the mean over N rows divide by N.
    """
    logits = floats(logits)
    y = _targets(labels, logits.shape, label_smoothing)
    log_p = -surprise(below_max(logits))
    # p - 1 is 0 once p has rounded to 1, and learning from that row stops. expm1(log p) is the
    # same number with all its digits.
    return np.where(y == 1, np.expm1(log_p), np.exp(log_p) - y).astype(logits.dtype)


def binary_cross_entropy_with_logits(logits, labels):
    """-y log p - (1 - y) log(1 - p), where p = sigmoid(logits): one loss for each element.

    `labels` are probabilities y, or classes 0 and 1.
    """
    x, y = floats(logits), floats(labels)
    if not np.all((y >= 0) & (y <= 1)):  # also refuses NaN, and classes called -1 and 1
        raise ValueError("labels must lie in 0..1")
    small = np.log1p(np.exp(-np.abs(x.astype(np.float64))))
    # -log p and -log(1 - p) without p, which is 1 from x = 37 on, where log(1 - p) is -inf.
    # Neither term is negative, so nothing cancels; max(x, 0) - x y does for y near 1.
    if_1, if_0 = np.maximum(-x, 0) + small, np.maximum(x, 0) + small
    loss = y * np.where(y == 0, 0, if_1) + (1 - y) * np.where(y == 1, 0, if_0)
    return loss.astype(x.dtype)


def _divergence(log_p, log_q):
    p, q = np.exp(log_p), np.exp(log_q)
    with np.errstate(invalid="ignore"):  # -inf - -inf and 0 · inf, both where p is 0
        d = log_q - log_p
        # Σ -p d has terms of both signs, which cancel for p near q and leave less than 0. Since
        # Σ p = Σ q, Σ p (exp(d) - 1 - d) is the same sum, and none of its terms is negative.
        terms = np.where(d < 1, p * (np.expm1(np.minimum(d, 1)) - d), q - p - p * d)
    return np.where(p == 0, q, terms).sum(axis=-1)


def kl_divergence(p_logits, q_logits):
    """Σ p_i log(p_i / q_i) along the last axis, where p and q are the softmax of the logits.

    What coding p costs extra if one believes in q. The other direction is another number.
    """
    x, y = floats(p_logits), floats(q_logits)
    # With the logits there is no log of a q that has become 0, and no 0 / 0.
    divergence = _divergence(-surprise(below_max(x)), -surprise(below_max(y)))
    return divergence.astype(np.result_type(x, y))


def distillation_loss(student, teacher, temperature=4.0):
    """T² Σ p_i log(p_i / q_i), where p = softmax(teacher / T) and q = softmax(student / T).

    One loss for each row. Hinton, Vinyals & Dean 2015, arXiv:1503.02531, section 2.
    """
    if not 0 < temperature < np.inf:
        raise ValueError(f"temperature must be finite and above 0, got {temperature}")
    x, y = floats(student), floats(teacher)
    # The gradient of the divergence shrinks like 1 / T². Without the factor a higher temperature
    # would also be a lower learning rate. And it is a sum over the classes: a mean, which some
    # libraries take by default, divides by their number.
    divergence = _divergence(-surprise(cooled(y, temperature)), -surprise(cooled(x, temperature)))
    return (temperature**2 * divergence).astype(x.dtype)
