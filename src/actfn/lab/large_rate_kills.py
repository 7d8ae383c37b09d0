"""A learning rate that is too large kills ReLUs."""

import numpy as np

from actfn.diagnose.plain import PlainNetwork
from actfn.lab.claim import Claim, Curve, Number, Outcome, Picture, decide, over_seeds
from actfn.lab.networks import layers, silent, train

RATES = (0.05, 0.2, 0.8, 3.0)

claim = Claim(
    name="large_rate_kills",
    says="A large learning rate makes ReLUs die.",
    source="the page, Q2",
    question="30 steps of gradient descent at the rate 3: how many of 128 ReLUs still fire?",
    choices=("all", "all but about ten", "less than half"),
    right="less than half",
    expected="holds",
    code="w -= rate * x * dz  # one step too far, and w · x < 0 for every x",
    tags=("relu", "dead units", "learning rate", "digits"),
)


def dead(seed: int, rate: float) -> float:
    """The share of units that no image wakes after 30 steps."""
    network = PlainNetwork(layers(seed))
    train(network, rate, 30, seed)
    return float(np.mean(np.concatenate(silent(network))))


@claim.measure
def run() -> Outcome:
    shares = {rate: over_seeds(dead, 5, rate) for rate in RATES}
    low, high = (
        Number("dead at the rate 0.05", tuple(shares[0.05])),
        Number("dead at the rate 3", tuple(shares[3.0])),
    )
    curve = Curve("dead units", RATES, [float(np.mean(shares[rate])) for rate in RATES])
    return Outcome(
        decide(high.mean - high.half_width > 0.2 > low.mean),
        "one step moves the weights past all inputs at once",
        (high, low),
        Picture("learning rate", "share of dead units", (curve,)),
    )
