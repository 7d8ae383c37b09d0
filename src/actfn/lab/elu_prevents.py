"""ELU prevents dead units."""

from actfn.lab.claim import Claim
from actfn.lab.prevention import attach

claim = Claim(
    name="elu_prevents",
    says="ELU solves the dying ReLU problem: a smooth negative side lets gradients through.",
    source="the page, Q2",
    question="Units are asleep by their biases of -4. After 300 steps, does ELU read digits "
    "better than ReLU from the same weights?",
    choices=("yes, much better", "no difference", "no, worse"),
    right="yes, much better",
    expected="holds",
    code="y = actfn.elu(z)",
    tags=("elu", "dead units", "digits"),
)

run = attach(claim, "elu")
