"""SELU keeps mean 0 and variance 1 by itself."""

import numpy as np

from actfn.diagnose.plain import PlainNetwork
from actfn.lab.claim import CONDITIONAL, Claim, Curve, Number, Outcome, Picture, decide, over_seeds
from actfn.lab.networks import layers

DEPTH = 16

claim = Claim(
    name="selu_normalises_itself",
    says="SELU networks normalise themselves: mean 0 and variance 1 in every layer.",
    source="Klambauer et al. 2017",
    question=f"Through {DEPTH} layers with Kaiming's weights, made for ReLU: what is the variance "
    "at the end?",
    choices=("1, whatever the weights", "far from 1", "0"),
    right="far from 1",
    expected="holds only if",
    code="W = rng.normal(0, sqrt(1 / fan_in), shape)  # LeCun's",
    tags=("selu", "initialisation"),
)


def moments(seed: int, size: float, scale: float) -> list[tuple[float, float]]:
    """(mean, variance) of every hidden layer's output, for inputs of variance scale²."""
    network = PlainNetwork(layers(seed, DEPTH, 256, "selu", size))
    x = np.random.default_rng(seed).normal(0, scale, (500, 64)).astype(np.float32)
    passed, _ = network.forward(x)
    return [(float(a.mean()), float(a.var())) for a, _ in passed[1:]]


@claim.measure
def run() -> Outcome:
    right = over_seeds(lambda s: moments(s, 1.0, 2.0)[-1][1])
    wrong = over_seeds(lambda s: moments(s, float(np.sqrt(2)), 2.0)[-1][1])
    keeps, fails = all(0.5 < v < 2 for v in right), any(not 0.5 < v < 2 for v in wrong)
    curves = tuple(
        Curve(
            f"weights {size:.3g}/√fan in",
            range(1, DEPTH + 1),
            [v for _, v in moments(0, size, 2.0)],
        )
        for size in (1.0, float(np.sqrt(2)))
    )
    return Outcome(
        decide(keeps and not fails, CONDITIONAL if keeps else "does not hold"),
        "the weights have variance 1 / fan in, LeCun's: then even inputs of variance 4 are brought "
        "back to 1",
        (Number("variance after 16 layers, LeCun's weights", tuple(right)),
         Number("with Kaiming's weights", tuple(wrong))),
        Picture("layer", "variance", curves),
    )  # fmt: skip
