"""True values of sparsemax, entmax and their losses, in arbitrary precision.

On arrays of `flint.arb` like `row_reference`. With a = alpha - 1, an entry is (a x - tau)**(1/a)
above the threshold tau. The support comes first: an entry takes part if those above it, with the
threshold put at the entry itself, give less than 1. Then the threshold, by Newton's method; that
it is right is proved by the signs on both of its sides, and the interval between them is what all
further numbers are worked out from.
"""

from typing import Any, NamedTuple

import numpy as np
from flint import arb, ctx

import row_reference as reference
from row_reference import exact

SLACK = 24  # bits of the precision that a step of Newton's method may leave


class Solved(NamedTuple):
    """One row: p, and s = p**(2 - alpha), 0 outside of the support."""

    p: np.ndarray
    s: np.ndarray


def number(v) -> arb:
    return v if isinstance(v, arb) else arb(float(v))


def norm_terms(unknown, gaps, a):
    """The p of entries `gaps` above the lowest of the support.

    The unknown is that entry's height, or for a > 1 its p, which no power of it has to resolve.
    """
    height = unknown**a if a > 1 else unknown
    return [unknown if a > 1 and g == 0 else (height + a * g) ** (1 / a) for g in gaps]


def in_support(ordered, k, a) -> bool:
    """Whether the entry k of a falling row takes part; next to 1 (2**-250) it does not."""
    total = sum((((a * (v - ordered[k])) ** (1 / a)) for v in ordered[:k]), arb(0))
    return bool(total < 1)


def support_size(ordered, a) -> int:
    low, high = 1, len(ordered) + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if in_support(ordered, middle - 1, a) else (low, middle)
    return low


def excess(unknown, gaps, a):
    return sum(norm_terms(unknown, gaps, a), arb(-1))


def solve(gaps, a) -> arb:
    """The unknown, as a ball that contains it; both methods come from above."""
    lowest = sum(1 for g in gaps if g == 0)
    rest = 1 - sum(((a * g) ** (1 / a) for g in gaps if g > 0), arb(0))
    unknown = (rest / lowest).mid() if a > 1 else arb(1)
    for _ in range(200):
        p = norm_terms(unknown, gaps, a)
        if a > 1:  # the sum is convex: d p_j / d s = (s / p_j)**(a - 1)
            step = (sum(p, arb(0)) - 1) / sum(((unknown / v) ** (a - 1) for v in p), arb(0))
        else:  # sum(h**(1/a))**a, a norm, is convex, with any precision of the powers
            total, slope = sum(p, arb(0)), sum((v ** (1 - a) for v in p), arb(0))
            step = (total**a - 1) / (total ** (a - 1) * slope)
        unknown = (unknown - step).mid()
        if abs(step) < abs(unknown) * arb(2) ** (SLACK - ctx.prec):
            break
    return enclosed(unknown, gaps, a)


def enclosed(unknown, gaps, a) -> arb:
    """A ball around the unknown with a change of sign."""
    radius = abs(unknown) * arb(2) ** (SLACK - ctx.prec)
    while not (excess(unknown - radius, gaps, a) < 0 < excess(unknown + radius, gaps, a)):
        radius *= 2**8
        if radius > 1:
            raise ArithmeticError("no change of sign")
    return arb(unknown, radius)


def solved(x, alpha) -> Solved:
    """p and s of one row, by the definition."""
    a = number(alpha) - 1
    if a == 0:
        p = reference.softmax(x)
        return Solved(p, p)
    finite = [v for v in x if not reference.missing(v)]
    ordered = sorted(finite, reverse=True)
    low = ordered[support_size(ordered, a) - 1]
    inside = [k for k, v in enumerate(x) if not reference.missing(v) and v >= low]
    gaps = [x[k] - low for k in inside]
    p, s = np.full((2, len(x)), arb(0), dtype=object)
    unknown = arb(1) if len(inside) == 1 else solve(gaps, a)
    for k, v in zip(inside, norm_terms(unknown, gaps, a), strict=True):
        p[k], s[k] = v, v ** (1 - a)
    return Solved(p, s)


def entmax(x, alpha=1.5):
    return solved(x, alpha).p


def sparsemax(x):
    return solved(x, 2.0).p


def threshold(x, alpha) -> arb:
    """The entry that would just not take part, tau / (alpha - 1)."""
    a, p = number(alpha) - 1, entmax(x, alpha)
    k = max(range(len(x)), key=lambda k: x[k])
    return x[k] - p[k] ** a / a


def jacobian(x, alpha=1.5):
    """s_i (1[i = j] - s_j / sum(s))."""
    s = solved(x, alpha).s
    return s[:, None] * (reference.unit(len(x)) - s[None, :] / s.sum())


def backward(g, p, alpha=1.5):
    """s_i (g_i - sum(s g) / sum(s)), for the p that is given."""
    power = 2 - number(alpha)
    s = np.array([v**power if v > 0 else arb(0) for v in p], dtype=object)
    return s * (g - (s * g).sum() / s.sum()) if s.any() else s


def alpha_slope(x, alpha=1.5):
    """d p / d alpha (Correia, Niculae & Martins 2019, proposition 1)."""
    p, s = solved(x, alpha)
    a = number(alpha) - 1
    log = np.array([v.log() if v > 0 else arb(0) for v in p], dtype=object)
    share = s / s.sum()
    if a == 0:
        return -(p * log**2 - p * (p * log**2).sum()) / 2
    return (p - share) / a**2 + (share * (p * log).sum() - p * log) / a


class Loss(NamedTuple):
    loss: Any
    gradient: Any


def entropy(p, alpha):
    """Tsallis' entropy sum(p - p**alpha) / (alpha (alpha - 1)), Shannon's at 1."""
    alpha = number(alpha)
    inside = [v for v in p if v > 0]
    if alpha == 1:
        return -sum((v * v.log() for v in inside), arb(0))
    return sum((v - v**alpha for v in inside), arb(0)) / (alpha * (alpha - 1))


def loss_row(x, y, alpha) -> Loss:
    """<p - y, x> + H(p) - H(y): Fenchel and Young's, whose gradient is p - y."""
    p = entmax(x, alpha)
    pull = p - y
    terms = [arb(0) if d == 0 else d * v for d, v in zip(pull, x, strict=True)]
    return Loss(sum(terms, arb(0)) + entropy(p, alpha) - entropy(y, alpha), pull)


def loss(logits, target, alpha=1.5, reduction="mean") -> Loss:
    """Over rows; the target is class numbers, or rows of labels."""
    count = logits.shape[1]
    labels = exact(target if np.ndim(target) == 2 else np.eye(count)[np.asarray(target)])
    parts = [loss_row(x, y / y.sum(), alpha) for x, y in zip(logits, labels, strict=True)]
    losses = np.array([part.loss for part in parts], dtype=object)
    gradient = np.array([part.gradient for part in parts], dtype=object)
    scale = len(parts) if reduction == "mean" else 1
    if reduction != "none":
        losses = np.array(losses.sum(), dtype=object)
    return Loss(np.asarray(losses / scale, dtype=object), gradient / scale)
