"""Sigmoid's gradient vanishes with depth."""

import numpy as np

from actfn.diagnose.plain import PlainNetwork
from actfn.lab.claim import Claim, Curve, Number, Outcome, Picture, decide, over_seeds
from actfn.lab.networks import batches, layers, weight_gradient_norms

DEPTH = 12
VANISHED = 1e-3  # of the last layer's gradient: a rate that suits one does nothing for the other

claim = Claim(
    name="sigmoid_vanishes",
    says="Sigmoid's gradient vanishes in deep networks.",
    source="the page, Q1; Hochreiter 1991",
    question=f"{DEPTH} hidden layers of 64 sigmoids: how large is the first layer's gradient, "
    "as a part of the last one's?",
    choices=("about the same", "a hundredth", "a millionth or less"),
    right="a millionth or less",
    expected="holds",
    code="dz = da * y * (1 - y)  # at most a quarter of da, in every layer",
    tags=("sigmoid", "vanishing gradient", "digits"),
)


def ratio(seed: int, activation: str, depth: int) -> float:
    """First over last weight gradient of fresh layers whose signal keeps its size."""
    network = PlainNetwork(layers(seed, depth, activation=activation, size=1.0))
    norms = weight_gradient_norms(network, next(batches(seed, 256)))
    return norms[0] / norms[-1]


@claim.measure
def run() -> Outcome:
    found = over_seeds(lambda seed: ratio(seed, "sigmoid", DEPTH))
    depths = (1, 2, 4, 6, 8, 10, 12)
    curve = [float(np.mean(over_seeds(ratio, 2, "sigmoid", d))) for d in depths]
    return Outcome(
        decide(max(found) < VANISHED),
        "each layer multiplies the gradient by f' ≤ 1/4 and by its weights",
        (Number("first over last weight gradient", tuple(found)),),
        Picture(
            "hidden layers", "first / last gradient", (Curve("sigmoid", depths, curve),), log=True
        ),
    )
