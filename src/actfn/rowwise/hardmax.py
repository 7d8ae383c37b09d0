"""Hardmax: one at the first maximum of a row, zero elsewhere."""

import numpy as np

from actfn.rowwise._arrays import axes_of, floats, mask_of, output
from actfn.rowwise._record import RowFunction

hardmax = RowFunction(
    name="hardmax",
    formula="1 at the first entry equal to max(x), else 0",
    in_words="which of several largest entries is the first is no question of their values",
    source="ONNX operator Hardmax, opset 13",
    same_as={"onnx": "Hardmax (opset 13)"},
    disagreements={"softmax at temperature 0": "there, equal maxima share; here the first has all"},
    notes="Zeros for a row that is masked, or -inf, everywhere; NaN for a row with NaN.",
)


@hardmax.attach
def forward(x, *, axis=-1, where=None, out=None):
    """One-hot of the first maximum of the rows along `axis`, in the order of the axes given."""
    x = floats(x)
    axes = axes_of(axis, x, "hardmax")
    result = output(out, x.shape, x.dtype, "hardmax")
    scores = x if where is None else np.where(mask_of(where, x.shape, "hardmax"), x, -np.inf)
    last = np.moveaxis(scores, axes, range(-len(axes), 0))
    lead = last.shape[: x.ndim - len(axes)]
    rows = last.reshape(*lead, -1)
    winner = rows.argmax(axis=-1)[..., None]
    top = np.take_along_axis(rows, winner, axis=-1)
    # 1 for the winner; NaN wins every argmax and stays; -inf has lost to nobody.
    value = np.where(np.isnan(top), top, (top > -np.inf).astype(x.dtype))
    found = np.where(np.isnan(top), top, np.zeros(rows.shape, x.dtype))
    np.put_along_axis(found, winner, value, axis=-1)
    np.moveaxis(result, axes, range(-len(axes), 0))[...] = found.reshape(last.shape)
    return result


@hardmax.attach
def backward(grad_output, p, *, axis=-1, out=None):
    """0: the function is constant between its jumps."""
    p = floats(p, "p")
    result = output(out, p.shape, p.dtype, "hardmax.backward")
    result[...] = 0
    return result
