"""Boltzmann exploration: actions by the softmax of their values."""

from actfn.rowwise._sampling import DRAWS, draws, key_of, stream_of


def boltzmann(values, temperature=1.0, *, axis=-1, rng=None):
    """Choose an action for each row of values, action i with softmax(values / temperature)_i.

    0 is greedy, inf is blind; in between, an action is tried the more often the better it looks.

    Parameters
    ----------
    values : array_like
        What each action is thought to be worth, in rows along `axis`; -inf for one that cannot be
        chosen.
    temperature : float or array_like
        0 to inf, both included; one number, or one per row.
    axis : int
        Where a row runs.
    rng : None, int or numpy.random.Generator
        As in `sample`, which says how the draws follow from it.

    Returns
    -------
    ndarray of int64
        One action per row; those that `sample` draws from the same seed.

    Raises
    ------
    ValueError
        For a negative temperature or NaN, and a row that holds NaN or is -inf everywhere.

    References
    ----------
    Sutton & Barto 2018, Reinforcement Learning, section 2.8 (soft-max distribution).

    Examples
    --------
    >>> import actfn
    >>> int(actfn.boltzmann([1.0, 3.0, 2.0], temperature=0))
    1
    """
    stream = stream_of(key_of(rng, "boltzmann"), DRAWS)
    return draws("boltzmann", values, stream, axis=axis, temperature=temperature)
