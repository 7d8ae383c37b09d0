"""Bilinear unit: the product of two linear maps, a gated unit without activation."""

from actfn.functions.identity import identity
from actfn.gated import Gated

bilinear = Gated(
    name="bilinear",
    activation=identity,
    source="Shazeer 2020, arXiv:2002.05202, equation 5",
)
