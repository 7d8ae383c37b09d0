"""What the remedies of the page do for units that start asleep."""

import numpy as np

from actfn.diagnose.plain import PlainNetwork
from actfn.lab.claim import CONDITIONAL, FALSE, HOLDS, Claim, Number, Outcome, over_seeds
from actfn.lab.networks import accuracy, layers, silent, train

BIAS, RATE, STEPS = -4.0, 0.2, 300
BETTER = 0.1  # of accuracy


def attach(claim: Claim, activation: str):
    """The run of a claim "this activation prevents dead units"."""

    def run() -> Outcome:
        relu = over_seeds(lambda seed: outcome(seed, "relu"), 3)
        other = over_seeds(lambda seed: outcome(seed, activation), 3)
        asleep = [a for _, a in other]
        gains = [o[0] - r[0] for o, r in zip(other, relu, strict=True)]
        prevents = min(gains) > BETTER
        awake = max(asleep) < 0.5 * min(a for _, a in relu)
        verdict = HOLDS if prevents and awake else CONDITIONAL if prevents or awake else FALSE
        return Outcome(
            verdict,
            _because(verdict, activation),
            (
                Number("accuracy gained over ReLU", tuple(gains)),
                Number("units that are never positive", tuple(asleep)),
                Number("with ReLU", tuple(a for _, a in relu)),
            ),
        )

    return claim.measure(run)


def _because(verdict: str, activation: str) -> str:
    if verdict == HOLDS:
        return "the gradient that passes the negative side brings the units back"
    if verdict == CONDITIONAL:
        return "learning is what counts: units may stay negative and still pass a gradient"
    return "what passes its negative side is too little to bring the units back in this time"


def outcome(seed: int, activation: str) -> tuple[float, float]:
    """(test accuracy, share of units that are never positive) from layers put to sleep."""
    made = layers(seed, activation=activation, size=np.sqrt(2))
    for layer in made[:-1]:
        layer[1][:] = BIAS
    network = PlainNetwork(made)
    train(network, RATE, STEPS, seed)
    return accuracy(network), float(np.mean(np.concatenate(silent(network))))
