"""Gated unit with the exact GELU (GEGLU)."""

from actfn.functions.gelu import gelu
from actfn.gated import Gated

geglu = Gated(
    name="geglu",
    activation=gelu,
    source="Shazeer 2020, arXiv:2002.05202, equation 5",
    aliases=("geglu_erf",),
    disagreements={"ggml": "its `geglu` is the tanh form, here `geglu_tanh`"},
)
