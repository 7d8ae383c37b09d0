"""What the remedies of the page do for units that start asleep."""

import numpy as np

from actfn.diagnose.plain import PlainNetwork
from actfn.diagnose.slopes import label
from actfn.lab.claim import CONDITIONAL, FALSE, Claim, Number, Outcome, decide, over_seeds
from actfn.lab.networks import accuracy, layers, silent, train

BIAS, RATE, STEPS = -4.0, 0.2, 300
BETTER = 0.1  # of accuracy


def attach(claim: Claim, activation, larger=None):
    """The run of a claim "this activation prevents dead units".

    `larger` is the same one with a larger slope, for where the usual one is too small.
    """

    def run() -> Outcome:
        relu = over_seeds(lambda seed: outcome(seed, "relu"), 3)
        other = over_seeds(lambda seed: outcome(seed, activation), 3)
        asleep = [a for _, a in other]
        gains = [o[0] - r[0] for o, r in zip(other, relu, strict=True)]
        holds = min(gains) > BETTER
        because = (
            "the gradient that passes the negative side is enough: a unit may stay there and learn"
        )
        more: tuple[Number, ...] = ()
        if not holds and larger is not None:
            steep = over_seeds(lambda seed: outcome(seed, larger)[0], 3)
            gained = tuple(s - r[0] for s, r in zip(steep, relu, strict=True))
            more = (Number(f"accuracy gained by {label(larger)}", gained),)
            because = "the slope is large enough: 0.01 brings back too little of the gradient"
        elif not holds:
            because = "what passes the negative side is too little to bring the units back in time"
        enough = bool(more) and min(more[0].values) > BETTER
        return Outcome(
            decide(holds, CONDITIONAL if enough else FALSE),
            because,
            (
                *more,
                Number("accuracy gained over ReLU", tuple(gains)),
                Number("units that are never positive", tuple(asleep)),
                Number("with ReLU", tuple(a for _, a in relu)),
            ),
        )

    return claim.measure(run)


def outcome(seed: int, activation) -> tuple[float, float]:
    """(test accuracy, share of units that are never positive) from layers put to sleep."""
    made = layers(seed, size=np.sqrt(2))
    for layer in made[:-1]:
        layer[1][:] = BIAS
        layer[2] = activation
    network = PlainNetwork(made)
    train(network, RATE, STEPS, seed)
    return accuracy(network), float(np.mean(np.concatenate(silent(network))))
