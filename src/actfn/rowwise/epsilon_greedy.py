"""Epsilon-greedy exploration: mostly a best action, sometimes any."""

import numpy as np

from actfn.rowwise._arrays import floats
from actfn.rowwise._sampling import COINS, DRAWS, axis_of, draws, key_of, row_shape, stream_of


def epsilon_greedy(values, epsilon=0.1, *, axis=-1, rng=None):
    """Choose any action with probability epsilon, else a best one, for each row of values.

    Several best ones are equally likely, so that a learner that starts with all values equal does
    not always take the first. "Any" includes the best: that one has 1 - epsilon + epsilon / n.

    Parameters
    ----------
    values : array_like
        What each action is thought to be worth, in rows along `axis`; -inf for one that cannot be
        chosen, even blindly.
    epsilon : float
        0 to 1.
    axis : int
        Where a row runs.
    rng : None, int or numpy.random.Generator
        As in `sample`: the same (seed, row) gives the same action.

    Returns
    -------
    ndarray of int64
        One action per row.

    Raises
    ------
    ValueError
        For an epsilon out of range, and a row that holds NaN or is -inf everywhere.

    References
    ----------
    Sutton & Barto 2018, Reinforcement Learning, section 2.2.

    Examples
    --------
    >>> import actfn
    >>> int(actfn.epsilon_greedy([1.0, 3.0, 2.0], epsilon=0))
    1
    """
    chance = float(epsilon)
    if not 0.0 <= chance <= 1.0:
        raise ValueError(f"epsilon_greedy: epsilon must lie in 0 to 1; received {epsilon!r}")
    x, key = floats(values, "values"), key_of(rng, "epsilon_greedy")
    rows = row_shape(x, axis_of(axis, x, "epsilon_greedy"))
    blind = _coins(chance, rows, key)
    temperature = np.where(blind, np.inf, 0.0)
    stream = stream_of(key, DRAWS)
    return draws("epsilon_greedy", x, stream, axis=axis, temperature=temperature)


def _coins(chance: float, rows: tuple[int, ...], key) -> np.ndarray:
    """1 with that probability, for each row: a draw from two entries."""
    with np.errstate(divide="ignore"):
        logits = np.array([np.log1p(-chance), np.log(chance)])
    return draws("epsilon_greedy", np.broadcast_to(logits, (*rows, 2)), stream_of(key, COINS))
