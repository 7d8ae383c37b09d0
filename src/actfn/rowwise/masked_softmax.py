"""Softmax over the entries that a mask lets through."""

from actfn.rowwise._record import RowFunction
from actfn.rowwise._softmax_rows import softmax_of
from actfn.rowwise.softmax import softmax

masked_softmax = RowFunction(
    name="masked_softmax",
    formula="exp(x / temperature) / sum(exp(x / temperature))",
    parameters={"mask": "True for what takes part", **softmax.parameters},
    source="softmax with `where`; attention masks: Vaswani et al. 2017, arXiv:1706.03762, 3.2.3",
    same_as={"jax": "nn.softmax(x, where=mask)", "keras": "layers.Softmax()(x, mask)"},
    disagreements={"torch": "filling with -inf gives NaN in a row that is masked everywhere"},
    notes="Zeros for a row that is masked everywhere.",
)


@masked_softmax.attach
def forward(x, mask, *, axis=-1, temperature=1.0, out=None):
    """softmax of the entries where `mask` is True; 0 elsewhere."""
    return softmax_of("masked_softmax", x, axis=axis, temperature=temperature, where=mask, out=out)


# A masked entry has probability 0, and so a gradient of 0: nothing is different.
for _operation in (softmax.backward, softmax.jvp):
    masked_softmax.attach(_operation)
