"""GELU is smooth, ReLU has a kink."""

import numpy as np

import actfn
from actfn.lab.claim import Claim, Curve, Number, Outcome, Picture, decide

STEP = 1e-6  # either side of 0

claim = Claim(
    name="gelu_is_smooth",
    says="GELU is differentiable everywhere, ReLU has a kink.",
    source="the page, Q4",
    question="By how much does the slope of ReLU jump at 0, and that of GELU?",
    choices=("1 and 1", "1 and 0", "0 and 0"),
    right="1 and 0",
    expected="holds",
    code="actfn.gelu.derivative(x)",
    tags=("gelu", "relu"),
)


def jump(record) -> float:
    """The slope just right of 0 less that just left of it."""
    left, right = record.derivative(np.array([-STEP, STEP]))
    return float(right - left)


@claim.measure
def run() -> Outcome:
    x = np.linspace(-3, 3, 121)
    relu, gelu = jump(actfn.relu), jump(actfn.gelu)
    smooth = np.isinf(actfn.gelu.facts.smoothness) and actfn.relu.facts.smoothness == 0
    return Outcome(
        decide(bool(smooth) and relu == 1 and gelu < 1e-5),
        "the formula of GELU has no case distinction",
        (Number("jump of ReLU's slope", (relu,)), Number("of GELU's, within 2e-6", (gelu,))),
        Picture("x", "slope", tuple(
            Curve(r.name, x.tolist(), r.derivative(x).tolist()) for r in (actfn.relu, actfn.gelu)
        )),
    )  # fmt: skip
