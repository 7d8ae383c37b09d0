"""Gated unit with the sigmoid approximation of GELU."""

from actfn.functions.quick_gelu import quick_gelu
from actfn.gated import Gated

quick_geglu = Gated(
    name="quick_geglu",
    activation=quick_gelu,
    source="Shazeer 2020, arXiv:2002.05202, equation 5, with the gate x sigmoid(1.702 x)",
    aliases=("geglu_quick", "qgeglu"),
)
