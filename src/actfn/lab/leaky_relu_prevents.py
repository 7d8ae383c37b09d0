"""LeakyReLU prevents dead units."""

import actfn
from actfn.lab.claim import Claim
from actfn.lab.prevention import attach
from actfn.variant import Variant

claim = Claim(
    name="leaky_relu_prevents",
    says="LeakyReLU solves the dying ReLU problem: a slope of 0.01 lets gradients through.",
    source="the page, Q2",
    question="Units are asleep by their biases of -4. After 300 steps, does LeakyReLU read digits "
    "better than ReLU from the same weights?",
    choices=("yes, much better", "no difference", "no, worse"),
    right="no difference",
    expected="holds only if",
    code="y = actfn.leaky_relu(z)",
    tags=("leaky_relu", "dead units", "digits"),
)

run = attach(claim, "leaky_relu", Variant(actfn.leaky_relu, {"negative_slope": 0.25}))
