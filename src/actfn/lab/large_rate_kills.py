"""A learning rate that is too large kills ReLUs."""

import numpy as np

from actfn.lab.claim import Claim, Curve, Number, Outcome, Picture, decide, over_seeds
from actfn.lab.networks import killed

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


@claim.measure
def run() -> Outcome:
    shares = {rate: over_seeds(killed, 5, rate) for rate in RATES}
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
