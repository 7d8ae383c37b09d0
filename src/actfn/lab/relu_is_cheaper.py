"""ReLU costs less than sigmoid."""

import numpy as np

import actfn
from actfn.diagnose.plain import PlainNetwork
from actfn.lab.claim import CONDITIONAL, Claim, Number, Outcome, decide
from actfn.lab.networks import batches, layers
from actfn.lab.timing import ratio

MARGINAL = 1.25  # a step that takes less than a quarter longer

claim = Claim(
    name="relu_is_cheaper",
    says="ReLU is cheaper than sigmoid: max(0, x) against exp and a division.",
    source="the page, Q1",
    question="A training step of a network with two layers of 256 sigmoids: how much longer does "
    "it take than with ReLU?",
    choices=("twice as long", "half as long again", "less than a quarter longer"),
    right="less than a quarter longer",
    expected="holds only if",
    code="np.maximum(x, 0) against 1 / (1 + np.exp(-x))",
    tags=("relu", "sigmoid", "cost", "digits"),
)


@claim.measure
def run() -> Outcome:
    x = np.random.default_rng(0).normal(size=50_000).astype(np.float32)
    out = np.empty_like(x)
    plain = ratio(lambda: 1 / (1 + np.exp(-x)), lambda: np.maximum(x, 0, out=out))
    ours = ratio(lambda: actfn.sigmoid(x, out=out), lambda: actfn.relu(x, out=out))
    batch = next(batches(0, 256))
    sigmoid, relu = (PlainNetwork(layers(0, 2, 256, f, size=1.0)) for f in ("sigmoid", "relu"))
    step = ratio(
        lambda: sigmoid.parameter_gradients(batch), lambda: relu.parameter_gradients(batch)
    )
    cheaper = min(plain) > 1.5
    return Outcome(
        decide(cheaper and min(step) > MARGINAL, CONDITIONAL if cheaper else "does not hold"),
        "the elements are counted alone: in a training step the matrix products take the time",
        (
            Number("NumPy's sigmoid over ReLU, per element", tuple(plain), "times"),
            Number("actfn's sigmoid over ReLU, per element", tuple(ours), "times"),
            Number("a training step, sigmoid over ReLU", tuple(step), "times"),
        ),
    )
