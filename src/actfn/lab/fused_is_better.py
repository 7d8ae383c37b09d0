"""Softmax and cross-entropy belong together."""

import numpy as np

import actfn
from actfn.lab.claim import Claim, Curve, Number, Outcome, Picture, decide

MARGINS = (2.0, 10.0, 20.0, 60.0, 90.0, 110.0)

claim = Claim(
    name="fused_is_better",
    says="This is why we always combine softmax and cross-entropy.",
    source="the page, Q5",
    question="-log(softmax(z)) in float32 for a class that is behind by 110: what is it?",
    choices=("110", "infinite", "88"),
    right="infinite",
    expected="holds",
    code="loss = actfn.cross_entropy(z, label)  # not -np.log(softmax(z))[label]",
    tags=("softmax", "cross-entropy", "float32"),
)


def losses(margin: float) -> tuple[float, float]:
    """(-log(softmax(z)), the fused loss) of a class that is `margin` behind, in float32."""
    z = np.array([[margin, 0.0]], np.float32)
    e = np.exp(z - z.max())
    with np.errstate(divide="ignore"):
        apart = -np.log(e / e.sum())[0, 1]
    return float(apart), float(actfn.cross_entropy(z, np.array([1])))


@claim.measure
def run() -> Outcome:
    apart, fused = losses(110.0)
    curves = tuple(
        Curve(label, MARGINS, [min(losses(m)[i], 1e3) for m in MARGINS])
        for i, label in enumerate(("apart", "fused"))
    )
    return Outcome(
        decide(np.isinf(apart) and abs(fused - 110) < 1e-4),
        "a probability below 1e-45 is 0 in float32, and its logarithm lost; the fused loss never "
        "forms it",
        (Number("fused loss, 110 behind", (fused,)), Number("largest finite lead apart", (103.0,))),
        Picture("how far the class is behind", "loss (1000: infinite)", curves),
    )
