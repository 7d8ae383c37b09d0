"""The gain of the initial weights matters."""

import numpy as np

from actfn.diagnose.plain import PlainNetwork
from actfn.lab.claim import Claim, Curve, Number, Outcome, Picture, decide, over_seeds
from actfn.lab.networks import accuracy, layers, train

DEPTH = 10
DEFAULT = 1 / np.sqrt(3)  # of torch.nn.Linear: U(-1/sqrt(fan in), 1/sqrt(fan in))

claim = Claim(
    name="initial_gain_matters",
    says="Careful initialisation matters: Kaiming's for ReLU.",
    source="the page, Q2; He et al. 2015",
    question=f"{DEPTH} layers of ReLU with the usual default, a gain of 0.58 instead of 1.41: what "
    "does the network read after 150 steps?",
    choices=("as much", "90 %", "as much as by guessing"),
    right="as much as by guessing",
    expected="holds",
    code="W = rng.normal(0, sqrt(2 / fan_in), shape)",
    tags=("kaiming", "initialisation", "digits"),
)


def reads(seed: int, size: float) -> float:
    """Test accuracy after 150 steps."""
    network = PlainNetwork(layers(seed, DEPTH, size=size))
    train(network, 0.05, 150, seed)
    return accuracy(network)


@claim.measure
def run() -> Outcome:
    right, default = (over_seeds(reads, 3, g) for g in (np.sqrt(2), DEFAULT))
    sizes = (DEFAULT, 1.0, float(np.sqrt(2)), 1.8)
    curve = Curve("after 150 steps", sizes, [reads(0, size) for size in sizes])
    return Outcome(
        decide(min(right) > 0.8 and max(default) < 0.5),
        "every layer with the smaller gain passes on 0.41 of the signal, and of the gradient",
        (
            Number("accuracy with the exact gain", tuple(right)),
            Number("with the default", tuple(default)),
        ),
        Picture("gain", "test accuracy", (curve,)),
    )
