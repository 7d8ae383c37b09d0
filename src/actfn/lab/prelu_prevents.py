"""PReLU prevents dead units."""

from actfn.lab.claim import Claim
from actfn.lab.prevention import attach

claim = Claim(
    name="prelu_prevents",
    says="PReLU solves the dying ReLU problem: a slope that starts at 0.25 lets gradients through.",
    source="the page, Q2",
    question="Units are asleep by their biases of -4. After 300 steps, does PReLU read digits "
    "better than ReLU from the same weights?",
    choices=("yes, much better", "no difference", "no, worse"),
    right="yes, much better",
    expected="holds",
    code="y = actfn.prelu(z)",
    tags=("prelu", "dead units", "digits"),
)

run = attach(claim, "prelu")
