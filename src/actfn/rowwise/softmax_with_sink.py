"""Softmax with a sink: one more score that takes probability but gets no entry."""

from actfn.rowwise._record import RowFunction
from actfn.rowwise._softmax_rows import softmax_of
from actfn.rowwise.softmax import softmax

softmax_with_sink = RowFunction(
    name="softmax_with_sink",
    formula="exp(x / temperature) / (exp(sink / temperature) + sum(exp(x / temperature)))",
    parameters={"sink": "the extra score, one for all or one per row", **softmax.parameters},
    source="Miller 2023, Attention is off by one (sink 0); learnt sinks: Xiao et al. 2023, "
    "arXiv:2309.17453, section 3.2",
    notes="With sink = -inf it is softmax; a row of -inf gives zeros, as it should.",
)


@softmax_with_sink.attach
def forward(x, sink=0.0, *, axis=-1, temperature=1.0, out=None):
    """softmax of x and the sink, without the sink's own entry.

    Parameters
    ----------
    x, axis, temperature, out
        As in softmax.
    sink : array_like
        A number, or one for each row: it broadcasts to the shape of x less the axes.
    """
    return softmax_of(
        "softmax_with_sink", x, axis=axis, temperature=temperature, out=out, sink=sink
    )


softmax_with_sink.attach(softmax.backward)


@softmax_with_sink.attach
def sink_gradient(grad_output, p, *, axis=-1, temperature=1.0):
    """The gradient of the sink: -(1 - sum(p)) sum(grad_output p) / temperature, one per row."""
    import numpy as np

    from actfn.rowwise._arrays import axes_of, floats

    p = floats(p, "p")
    axes = axes_of(axis, p, "softmax_with_sink.sink_gradient")
    wide, g = p.astype(np.float64), floats(grad_output, "grad_output").astype(np.float64)
    left = 1.0 - wide.sum(axis=axes)
    return (-left * (g * wide).sum(axis=axes) / temperature).astype(p.dtype)
