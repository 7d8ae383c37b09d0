"""Drawing from a softmax. Everywhere `rng` is a generator, a seed or None."""

import numpy as np

from actfn.whiteboard.floats import floats
from actfn.whiteboard.rows import hardmax, softmax_with_temperature
from actfn.whiteboard.shifted import shares


def _draw(p, rng):
    """An index along the last axis with probability p, for each row."""
    if not np.all(p.sum(axis=-1) > 0):  # also if there are NaN
        raise ValueError("a row has nothing to draw from: it is empty, all -inf, or has a NaN")
    ends = np.cumsum(p, axis=-1)
    # Times the last end, which is 1 only nearly: a random number above it would draw an index
    # that does not exist, or one whose p is 0.
    u = np.random.default_rng(rng).random((*p.shape[:-1], 1)) * ends[..., -1:]
    return (ends <= u).sum(axis=-1)


def _check(top_k, top_p, min_p):
    if not (top_k is None or top_k >= 1):
        raise ValueError(f"top_k must be at least 1, got {top_k}")
    if not (top_p is None or 0 < top_p <= 1):
        raise ValueError(f"top_p must lie above 0 and not above 1, got {top_p}")
    if not (min_p is None or 0 <= min_p <= 1):
        raise ValueError(f"min_p must lie in 0..1, got {min_p}")


def _keep(p, least):
    return shares(np.where(p >= least, p, 0))


def _filtered(p, top_k, top_p, min_p):
    if top_k is not None:
        k = min(top_k, p.shape[-1])
        p = _keep(p, -np.sort(-p, axis=-1)[..., k - 1 : k])
    if top_p is not None:
        largest_first = -np.sort(-p, axis=-1)
        before = np.insert(np.cumsum(largest_first, axis=-1)[..., :-1], 0, 0, axis=-1)
        # One is needed if those before it are not enough. To ask for sum <= top_p instead leaves
        # nothing where the first is larger than top_p.
        needed = np.where(before < top_p, largest_first, 1)
        p = _keep(p, needed.min(axis=-1, keepdims=True))
    if min_p is not None:
        p = _keep(p, min_p * p.max(axis=-1, keepdims=True))
    return p


def sample_with_temperature(logits, temperature=1.0, top_k=None, top_p=None, min_p=None, rng=None):
    """Draw an index with probability softmax(logits / temperature), for each row.

    The filters work in this order, and each one's result is made to sum to 1 before the next:

    1. `temperature`: 0 draws among the largest, inf among all above -inf;
    2. `top_k`: the k largest stay;
    3. `top_p`: the smallest number of largest ones stays that has at least this much together;
    4. `min_p`: those stay that have at least this fraction of the largest one.

    Equal ones stay or go together, as if all were needed: top_k = 1 is temperature = 0, and where
    an entry stands does not matter. Probabilities come in steps of 2⁻⁵³, those of the random
    number.
    """
    _check(top_k, top_p, min_p)
    # In float64: the sums of top_p stop growing at 1/2 if 5000 shares of 1/5000 are float16.
    p = softmax_with_temperature(floats(logits).astype(np.float64), temperature)
    return _draw(_filtered(p, top_k, top_p, min_p), rng)


def boltzmann(values, temperature=1.0, rng=None):
    """Choose action i with probability softmax(values / temperature), for each row of values.

    0 is greedy, inf is blind; in between, an action is tried the more often the better it looks.
    """
    return sample_with_temperature(values, temperature, rng=rng)


def epsilon_greedy(values, epsilon=0.1, rng=None):
    """Choose any action with probability epsilon, else a best one, for each row of values.

    Actions with the value -inf are not there.
    """
    if not 0 <= epsilon <= 1:
        raise ValueError(f"epsilon must lie in 0..1, got {epsilon}")
    values = floats(values).astype(np.float64)
    # argmax would always take the first of several best: at the start, with all values 0, the
    # first action only.
    greedy, blind = softmax_with_temperature(values, 0), softmax_with_temperature(values, np.inf)
    return _draw((1 - epsilon) * greedy + epsilon * blind, rng)


def gumbel_softmax(logits, temperature=1.0, hard=False, rng=None):
    """softmax((logits + G) / temperature) along the last axis, with Gumbel noise G.

    Its largest entry is entry i with probability softmax(logits)_i, whatever the temperature, and
    it can be differentiated. `hard` gives that entry as a one-hot row; the backward pass then goes
    through the soft row as if it had been used. Jang, Gu & Poole 2017, arXiv:1611.01144.
    """
    logits = floats(logits)
    # -log(-log(u)) of a u that is drawn as 0 or rounded to 1 is infinite; rng.gumbel draws again.
    noisy = logits + np.random.default_rng(rng).gumbel(size=logits.shape)
    soft = softmax_with_temperature(noisy, temperature)
    return (hardmax(noisy) if hard else soft).astype(logits.dtype)
