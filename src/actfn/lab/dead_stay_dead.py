"""Dead ReLUs never come back."""

import numpy as np

from actfn.diagnose.plain import PlainNetwork
from actfn.lab.claim import CONDITIONAL, Claim, Number, Outcome, decide, over_seeds
from actfn.lab.networks import layers, silent, train

claim = Claim(
    name="dead_stay_dead",
    says="A dead ReLU never updates: it stays dead.",
    source="the page, Q2",
    question="A large rate kills units in three layers, then training goes on gently: which dead "
    "units fire again?",
    choices=("none", "some, in the first layer", "some, in the deeper layers"),
    right="some, in the deeper layers",
    expected="holds only if",
    code="dw = x.T @ (da * (z > 0))  # 0 for a dead unit, but x itself may change",
    tags=("relu", "dead units", "digits"),
)


def revived(seed: int) -> tuple[int, int, int, int]:
    """(dead, revived) units of the first layer, and of the deeper ones."""
    network = PlainNetwork(layers(seed, 3, 128))
    train(network, 0.8, 30, seed)
    before = silent(network)
    train(network, 0.05, 200, seed + 50)
    after = silent(network)
    counts = [(int(b.sum()), int((b & ~a).sum())) for b, a in zip(before, after, strict=True)]
    return *counts[0], sum(n for n, _ in counts[1:]), sum(n for _, n in counts[1:])


@claim.measure
def run() -> Outcome:
    found = np.array(over_seeds(revived))
    first, deeper = found[:, 1].sum(), found[:, 3].sum()
    return Outcome(
        decide(first == 0 and deeper == 0, CONDITIONAL if first == 0 else "does not hold"),
        "it is in the first layer: there the inputs never change; deeper down the layer before it "
        "moves, and may wake it",
        (
            Number(
                "deeper units that came back",
                tuple((found[:, 3] / np.maximum(found[:, 2], 1)).tolist()),
            ),
            Number(
                "units of the first layer that came back", tuple(found[:, 1].astype(float).tolist())
            ),
            Number("dead units in the deeper layers", tuple(found[:, 2].astype(float).tolist())),
        ),
    )
