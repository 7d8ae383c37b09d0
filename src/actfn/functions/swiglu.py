"""Gated unit with SiLU (SwiGLU)."""

from actfn.functions.silu import silu
from actfn.gated import Gated

swiglu = Gated(
    name="swiglu",
    activation=silu,
    source="Shazeer 2020, arXiv:2002.05202, equation 6, with beta = 1",
    same_as={"onnx": "SwiGLU(alpha=1)"},
    aliases=("silu_and_mul",),
    notes="The first half is the gate, the opposite of `glu`.",
)
