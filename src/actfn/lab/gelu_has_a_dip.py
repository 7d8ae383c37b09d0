"""GELU is not monotone: it has a dip left of 0."""

import numpy as np

import actfn
from actfn.lab.claim import Claim, Curve, Number, Outcome, Picture, decide

claim = Claim(
    name="gelu_has_a_dip",
    says='GELU is non-monotonic: it has a slight "bump" near 0.',
    source="the page, Q4",
    question="Where is the lowest point of GELU, and how low is it?",
    choices=("-0.75, and -0.17", "-2, and -0.05", "0, and 0"),
    right="-0.75, and -0.17",
    expected="holds",
    code="actfn.gelu.facts.extrema",
    tags=("gelu",),
)


@claim.measure
def run() -> Outcome:
    x = np.linspace(-4, 1, 201)
    (dip,) = actfn.gelu.facts.extrema
    return Outcome(
        decide(actfn.gelu.facts.monotone == "no" and dip.kind == "minimum"),
        "left of its lowest point it rises towards 0 again: a dip rather than a bump",
        (Number("lowest value", (float(dip.value),)), Number("at", (float(dip.place),))),
        Picture("x", "y", (Curve("gelu", x.tolist(), actfn.gelu(x).tolist()),)),
    )
