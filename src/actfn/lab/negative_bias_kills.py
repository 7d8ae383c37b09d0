"""A large negative bias kills ReLUs."""

import numpy as np

from actfn.diagnose.plain import PlainNetwork
from actfn.lab.claim import Claim, Curve, Number, Outcome, Picture, decide, over_seeds
from actfn.lab.networks import layers, silent, train

BIASES = (0.0, -1.0, -2.0, -4.0, -8.0)

claim = Claim(
    name="negative_bias_kills",
    says="A large negative bias makes a ReLU die.",
    source="the page, Q2",
    question="All biases of a layer start at -8: how many of its units fire after 100 steps?",
    choices=("all, they learn a better bias", "half", "hardly any"),
    right="hardly any",
    expected="holds",
    code="z = x @ W + b  # b < -max(x @ W): no gradient reaches b either",
    tags=("relu", "dead units", "bias", "digits"),
)


def dead(seed: int, bias: float) -> float:
    """The share of a layer's units that are dead after 100 steps."""
    made = layers(seed)
    made[1][1][:] = bias
    network = PlainNetwork(made)
    train(network, 0.05, 100, seed)
    return float(silent(network)[1].mean())


@claim.measure
def run() -> Outcome:
    shares = {bias: over_seeds(dead, 3, bias) for bias in BIASES}
    curve = Curve("dead units", BIASES, [float(np.mean(shares[b])) for b in BIASES])
    return Outcome(
        decide(min(shares[-8.0]) > 0.5 > max(shares[0.0])),
        "the bias gets its gradient through the same closed gate as the weights",
        (Number("dead at -8", tuple(shares[-8.0])), Number("dead at 0", tuple(shares[0.0]))),
        Picture("bias at the start", "share of dead units", (curve,)),
    )
