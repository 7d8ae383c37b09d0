"""Scaled softmax (SSMax): the sharpness grows with the length of the row."""

import math

from actfn.rowwise._arrays import axes_of, floats
from actfn.rowwise._record import RowFunction
from actfn.rowwise._softmax_rows import softmax_of
from actfn.rowwise.softmax import softmax

scaled_softmax = RowFunction(
    name="scaled_softmax",
    formula="exp(scale * log(n) * x) / sum(exp(scale * log(n) * x))",
    parameters={"scale": "learnt in the paper; n is the length of the row"},
    source="Nakanishi 2025, arXiv:2501.19399, equation 3",
    float64_error="scale * log(n) is rounded to float64, and an entry carries that error times "
    "its distance from the largest",
    notes="A row of length 1 gives 1.",
)


def _temperature(x, axis, scale):
    """(temperature, whether the scores change their sign): scale * log(n) = +-1 / temperature."""
    x = floats(x)
    n = math.prod(x.shape[a] for a in axes_of(axis, x, "scaled_softmax"))
    factor = float(scale) * math.log(n)
    if not math.isfinite(factor):
        raise ValueError(f"scaled_softmax: scale must be finite, not {scale!r}")
    return (1.0 / abs(factor) if factor else math.inf), factor < 0


@scaled_softmax.attach
def forward(x, scale=1.0, *, axis=-1, out=None):
    """softmax(scale * log(n) * x) of the rows along `axis`."""
    temperature, negate = _temperature(x, axis, scale)
    return softmax_of(
        "scaled_softmax", x, axis=axis, temperature=temperature, out=out, negate=negate
    )


@scaled_softmax.attach
def backward(grad_output, p, scale=1.0, *, axis=-1, out=None):
    """The gradient of x, where p is the output."""
    temperature, negate = _temperature(p, axis, scale)
    result = softmax.backward(grad_output, p, axis=axis, temperature=temperature, out=out)
    if negate:
        result *= -1
    return result
