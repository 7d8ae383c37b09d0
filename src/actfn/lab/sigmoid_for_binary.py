"""Sigmoid for two classes, softmax for several."""

import numpy as np

import actfn
from actfn.diagnose.plain import PlainNetwork
from actfn.lab.claim import CONDITIONAL, Claim, Number, Outcome, decide, over_seeds
from actfn.lab.networks import accuracy, layers, standardised, train

claim = Claim(
    name="sigmoid_for_binary",
    says="Use sigmoid for binary and softmax for multi-class classification.",
    source="the page, interview tips",
    question="Ten sigmoids instead of a softmax over ten digits: what goes wrong?",
    choices=(
        "accuracy collapses",
        "the outputs are no probabilities: their sum is not 1",
        "nothing",
    ),
    right="the outputs are no probabilities: their sum is not 1",
    expected="holds only if",
    code="p = actfn.softmax(z)  # two classes: actfn.sigmoid(z[1] - z[0]) is the same",
    tags=("softmax", "sigmoid", "digits"),
)


def sigmoids(output, target):
    """Binary cross-entropy of ten outputs against one-hot targets, and its gradient."""
    loss, gradient = actfn.binary_cross_entropy_with_logits(
        output, np.eye(10, dtype=output.dtype)[target], with_grad=True
    )
    return loss, gradient * 10


def both(seed: int) -> tuple[float, float, float]:
    """(accuracy with softmax less that with sigmoids, mean |sum - 1| of the sigmoids)."""
    softmax, ten = PlainNetwork(layers(seed)), PlainNetwork(layers(seed), sigmoids)
    for network in (softmax, ten):
        train(network, 0.1, 200, seed)
    p = actfn.sigmoid(ten.forward(standardised()[2])[1])
    return accuracy(softmax) - accuracy(ten), float(np.abs(p.sum(axis=1) - 1).mean()), 0.0


@claim.measure
def run() -> Outcome:
    found = over_seeds(both)
    z = np.random.default_rng(0).normal(0, 3, (1000, 2))
    same = float(np.abs(actfn.softmax(z)[:, 1] - actfn.sigmoid(z[:, 1] - z[:, 0])).max())
    sums = Number("mean distance of the sum from 1, ten sigmoids", tuple(f[1] for f in found))
    gains = Number("accuracy of softmax less sigmoids", tuple(f[0] for f in found))
    needed = same < 1e-12 and sums.mean - sums.half_width > 0.02
    return Outcome(
        decide(
            needed and gains.mean - gains.half_width > 0.05,
            CONDITIONAL if needed else "does not hold",
        ),
        "probabilities are wanted: ten sigmoids find the right class nearly as often, but what "
        "they give does not sum to 1; for two classes both are the same function",
        (sums, gains, Number("softmax of two against sigmoid, largest difference", (same,))),
    )
