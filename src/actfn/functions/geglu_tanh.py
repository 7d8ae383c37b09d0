"""Gated unit with the tanh approximation of GELU."""

from actfn.functions.gelu_tanh import gelu_tanh
from actfn.gated import Gated

geglu_tanh = Gated(
    name="geglu_tanh",
    activation=gelu_tanh,
    source="Shazeer 2020, arXiv:2002.05202, equation 5, with Hendrycks & Gimpel's approximation",
)
