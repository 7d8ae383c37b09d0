"""ReLU makes sparse representations."""

import numpy as np

from actfn.diagnose.plain import PlainNetwork
from actfn.lab.claim import CONDITIONAL, Claim, Number, Outcome, decide, over_seeds
from actfn.lab.networks import layers, standardised, train

SPARSE = 0.75  # zeros: at least half as many entries as chance gives

claim = Claim(
    name="relu_is_sparse",
    says="ReLU outputs zero for negative inputs: it creates sparse representations.",
    source="the page, Q1; Glorot, Bordes & Bengio 2011",
    question="What share of a ReLU layer's outputs is zero before training, and after it?",
    choices=("10 %, then 90 %", "50 %, then about the same", "90 % both times"),
    right="50 %, then about the same",
    expected="holds only if",
    code="(hidden == 0).mean()",
    tags=("relu", "sparse", "digits"),
)


def zeros(seed: int) -> tuple[float, float]:
    """Share of zeros in the last hidden layer, before and after training."""
    network, x = PlainNetwork(layers(seed)), standardised()[2]
    before = float(np.mean(network.forward(x)[0][-1][0] == 0))
    train(network, 0.1, 300, seed)
    return before, float(np.mean(network.forward(x)[0][-1][0] == 0))


@claim.measure
def run() -> Outcome:
    found = over_seeds(zeros)
    before, after = (tuple(pair[i] for pair in found) for i in (0, 1))
    return Outcome(
        decide(np.mean(after) > SPARSE, CONDITIONAL),
        "half zeros count as sparse: they are there before anything is learned, by symmetry, and "
        "training hardly adds to them",
        (Number("zeros after training", after), Number("zeros at the start", before)),
    )
