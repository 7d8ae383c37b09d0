"""A bad initialisation kills ReLUs."""

import numpy as np

from actfn.diagnose.plain import PlainNetwork
from actfn.lab.claim import CONDITIONAL, Claim, Number, Outcome, decide, over_seeds
from actfn.lab.networks import digits, layers, silent

claim = Claim(
    name="bad_start_kills",
    says="Bad initialisation makes ReLUs die.",
    source="the page, Q2",
    question="Weights a hundred times too large, or weights with a negative mean: which of the two "
    "kills units?",
    choices=("both", "only the large ones", "only those with a negative mean"),
    right="only those with a negative mean",
    expected="holds only if",
    code="W = rng.normal(-0.15, 0.18, shape)",
    tags=("relu", "dead units", "initialisation", "digits"),
)


def dead(seed: int, factor: float, shift: float) -> float:
    """The share of units of the first layer that no image wakes."""
    made = layers(seed)
    made[0][0] = (made[0][0] * factor + shift).astype(np.float32)
    return float(silent(PlainNetwork(made), digits())[0].mean())


@claim.measure
def run() -> Outcome:
    right = over_seeds(lambda seed: dead(seed, 1.0, 0.0))
    large = over_seeds(lambda seed: dead(seed, 100.0, 0.0))
    shifted = over_seeds(lambda seed: dead(seed, 1.0, -0.15))
    kills = min(shifted) > 0.5
    return Outcome(
        decide(kills and min(large) > 0.5, CONDITIONAL if kills else "does not hold"),
        "the weights have a negative mean and the inputs a positive one; size alone kills nothing",
        (
            Number("dead with mean -0.15", tuple(shifted)),
            Number("dead with a hundred times the size", tuple(large)),
            Number("dead with Kaiming's weights", tuple(right)),
        ),
    )
