"""Drawing from a softmax: random indices of the rows."""

from actfn.rowwise._sampling import DRAWS, different_draws, draws, key_of, stream_of
from actfn.rowwise._sampling_filters import filters_of, whole_number


def sample(
    logits,
    *,
    axis=-1,
    temperature=1.0,
    top_k=None,
    top_p=None,
    min_p=None,
    size=None,
    replace=True,
    rng=None,
):
    """Draw entries of each row, entry i with probability softmax(logits / temperature)_i.

    Parameters
    ----------
    logits : array_like
        Scores, in rows along `axis`. float16, bfloat16, float32 or float64; integers and bool are
        promoted. -inf is never drawn.
    axis : int
        Where a row runs.
    temperature : float or array_like
        0 to inf, both included: one number, or one per row (it broadcasts to the shape of the
        rows). 0 draws among the largest, inf among all that are above -inf.
    top_k : int, optional
        Keep the k largest entries.
    top_p : float, optional
        Keep the smallest number of largest entries that have at least this probability together.
    min_p : float, optional
        Keep the entries that have at least this fraction of the largest probability.
    size : int, optional
        How many to draw from each row; by default one, without an axis of its own.
    replace : bool
        False: no entry twice among the `size` of one row.
    rng : None, int or numpy.random.Generator
        What the draws follow from: fresh entropy, a seed from 0 to 2**128 - 1, or two 64-bit words
        from the generator.

    Returns
    -------
    ndarray of int64
        Indices along `axis`, in the shape of the rows, or with one more axis of length `size` at
        the end; an int64 scalar for a single draw from a single row.

    Raises
    ------
    ValueError
        For a row that holds NaN or is -inf everywhere, for a parameter out of range, and for a
        `size` above what can be drawn without replacement. ShapeError and DTypeError as everywhere.

    Notes
    -----
    *Filters* work in the order temperature, top_k, top_p, min_p; each sees what the one before it
    left, made to sum to 1 again. They go by the scores, and **equal scores stay or go together**:
    top_k keeps all that equal the k-th largest, top_p all that equal the last one needed. So a
    filter never depends on where an entry stands, and `top_k=1` is the same as `temperature=0`.
    Nothing is sorted. top_p is decided in float64: where a sum of probabilities is closer to top_p
    than its rounding error, either side is possible.

    *Infinities.* Entries of +inf share everything equally (at temperature inf, with all others).

    *Probabilities* are those of the softmax to 2**-30 of themselves, however small: an entry is
    found by a walk down a tree of sums, with a coin at each node that is compared with a
    probability digit by digit for as long as it takes. Only what is below 1e-47 of the largest
    counts as 0.

    *Without replacement*, the first index is drawn like a single one, the next from what is left,
    and so on. This is done at once by the Gumbel top-k trick: to every log-probability is added
    independent Gumbel noise, and the `size` largest sums are, in order, the draws. Its 128 bits let
    odds down to 1e-38 win.

    *Reproducible.* Random numbers come from Philox4x64-10, a function of a key and a counter. The
    key is the seed (low word, high word), or the generator's two words. The counter is (number of
    the row in C order, number of the draw, number of the block of four words, purpose). So a row's
    draws are a function of seed, number and values of the row, whatever the other rows, the
    threads, the axis and the memory layout; and the first of many draws are those of fewer.
    Without replacement there is one draw, whose word j belongs to entry j.

    Derivative: none; see `gumbel_softmax` for one that passes gradients.

    References
    ----------
    top_k: Fan, Lewis & Dauphin 2018, arXiv:1805.04833. top_p: Holtzman et al. 2020,
    arXiv:1904.09751. min_p: Nguyen et al. 2024, arXiv:2407.01082. Without replacement: Kool, van
    Hoof & Welling 2019, arXiv:1903.06059. Philox: Salmon et al. 2011, SC '11.

    Examples
    --------
    >>> import actfn
    >>> actfn.sample([0.0, 2.0, 1.0], size=8, rng=1)
    array([1, 2, 1, 1, 0, 1, 1, 2])
    >>> actfn.sample([0.0, 2.0, 1.0], size=8, top_p=0.9, rng=1)
    array([1, 2, 1, 1, 2, 1, 1, 2])
    >>> actfn.sample([0.0, 2.0, 1.0], size=3, replace=False, rng=1)
    array([1, 2, 0])
    """
    filters = filters_of(top_k, top_p, min_p, "sample")
    options = {"axis": axis, "temperature": temperature, "filters": filters}
    if size is not None:
        options["size"] = whole_number(size, 0, "sample: size")
    key = key_of(rng, "sample")
    if size is None or replace:
        return draws("sample", logits, stream_of(key, DRAWS), **options)
    return different_draws("sample", logits, key, **options)
