"""Gated unit with ReLU (ReGLU)."""

from actfn.functions.relu import relu
from actfn.gated import Gated

reglu = Gated(
    name="reglu",
    activation=relu,
    kinks={"0": relu.kinks["0"]},
    source="Shazeer 2020, arXiv:2002.05202, equation 5",
)
