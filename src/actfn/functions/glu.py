"""Gated linear unit (GLU): a value times the sigmoid of a gate."""

from actfn.functions.sigmoid import sigmoid
from actfn.gated import Gated

glu = Gated(
    name="glu",
    activation=sigmoid,
    gate_position="last",
    source="Dauphin, Fan, Auli & Grangier 2016, arXiv:1612.08083, equation 1",
    same_as={
        "torch": "nn.functional.glu",
        "jax": "nn.glu",
        "keras": "activations.glu",
    },
    notes="The second half is the gate, as in the paper and in every framework that has it.",
)
