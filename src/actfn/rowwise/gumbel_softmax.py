"""Gumbel-softmax: a random one-hot row, softened so that gradients pass."""

from actfn.rowwise._arrays import floats, temperature_of
from actfn.rowwise._backward import softmax_backward
from actfn.rowwise._record import RowFunction
from actfn.rowwise._sampling import axis_of, key_of, noisy
from actfn.rowwise._softmax_rows import softmax_of
from actfn.rowwise.hardmax import hardmax

gumbel_softmax = RowFunction(
    name="gumbel_softmax",
    formula="exp((x + noise) / temperature) / sum(exp((x + noise) / temperature))",
    parameters={
        "noise": "drawn for each entry from Gumbel's distribution, exp(-exp(-noise))",
        "temperature": "divides the noisy scores: 0 is their argmax, inf the uniform distribution",
        "hard": "the one-hot row of the largest entry in place of the soft row",
    },
    source="Jang, Gu & Poole 2017, arXiv:1611.01144, equation 2; Maddison, Mnih & Teh 2017, "
    "arXiv:1611.00712, equation 10",
    same_as={"torch": "nn.functional.gumbel_softmax(x, tau, hard, dim=dim)"},
    disagreements={"torch": "NaN at tau = 0, and next to +inf"},
    notes="The largest entry is entry i with probability softmax(x)_i at any temperature; only "
    "what is made of the noisy scores depends on it. Next to +inf all other entries count as -inf; "
    "among several of them the noise decides. A row of -inf only gives zeros. One NaN makes its "
    "whole row NaN.",
)


@gumbel_softmax.attach
def forward(logits, temperature=1.0, hard=False, *, axis=-1, rng=None):
    """softmax of (logits + noise) / temperature along `axis`.

    Parameters
    ----------
    logits : array_like
        Scores; not divided by the temperature before the noise is added.
    temperature : float
        0 to inf, both included.
    hard : bool
        Give the one-hot row of the largest entry. The soft row that belongs to it, which the
        backward pass needs, is what the same call with the same seed and hard=False gives;
        `straight_through` gives both at once.
    axis : int
        Where a row runs.
    rng : None, int or numpy.random.Generator
        What the noise follows from, as in `sample`: the same (seed, row) gives the same row,
        whatever the threads, the axis and the memory layout.
    """
    x, axes, temperature, scores = _noisy(logits, temperature, axis, rng)
    return _hard(scores, axes, x.dtype) if hard else _soft(scores, axes, temperature, x.dtype)


@gumbel_softmax.attach
def straight_through(logits, temperature=1.0, *, axis=-1, rng=None):
    """(the one-hot row, the soft row): use the first, and give the second to `backward`."""
    x, axes, temperature, scores = _noisy(logits, temperature, axis, rng)
    return _hard(scores, axes, x.dtype), _soft(scores, axes, temperature, x.dtype)


@gumbel_softmax.attach
def backward(grad_output, p, *, axis=-1, temperature=1.0, out=None):
    """p (grad_output - sum(grad_output p)) / temperature, where p is the soft output.

    The noise is a constant. With `hard` this is the straight-through estimate: the one-hot row,
    whose own derivative is 0, is treated as if it had been the soft one.
    """
    return softmax_backward("gumbel_softmax", grad_output, p, axis, temperature, out)


def _noisy(logits, temperature, axis, rng):
    x, temperature = floats(logits, "logits"), temperature_of(temperature)
    axes = axis_of(axis, x, "gumbel_softmax")
    return x, axes, temperature, noisy(x, axes, key_of(rng, "gumbel_softmax"))


def _soft(scores, axes, temperature, dtype):
    p = softmax_of("gumbel_softmax", scores, axis=axes, temperature=temperature, out=scores)
    return p.astype(dtype, copy=False)


def _hard(scores, axes, dtype):
    return hardmax(scores, axis=axes).astype(dtype, copy=False)
