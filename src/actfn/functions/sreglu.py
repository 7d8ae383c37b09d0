"""Gated unit with the squared ReLU (SReGLU)."""

from actfn.functions.relu_squared import relu_squared
from actfn.gated import Gated

sreglu = Gated(
    name="sreglu",
    activation=relu_squared,
    kinks={"0": relu_squared.kinks["0"]},
    source="So et al. 2021, arXiv:2109.08668, section 3, as the gate of Shazeer's unit",
    aliases=("relu_squared_glu",),
)
