"""ReLU's gradient does not vanish with depth."""

import numpy as np

from actfn.diagnose.plain import PlainNetwork
from actfn.lab.claim import CONDITIONAL, Claim, Curve, Number, Outcome, Picture, decide, over_seeds
from actfn.lab.networks import batches, layers, weight_gradient_norms

DEPTH = 12
KEPT = 0.05  # of the last layer's gradient still arrives at the first
WEAK = 0.5  # of the right size of weights

claim = Claim(
    name="relu_does_not_vanish",
    says="ReLU has no vanishing gradient: its slope is 1 for positive inputs.",
    source="the page, Q1",
    question="The same deep network with ReLU, and weights of half the right size: what arrives "
    "of the gradient at the first layer?",
    choices=("nearly all, the slope is 1", "half of it", "next to nothing"),
    right="next to nothing",
    expected="holds only if",
    code="W = rng.normal(0, sqrt(2 / fan_in), shape)",
    tags=("relu", "vanishing gradient", "digits"),
)


def gradient(seed: int, factor: float, depth: int = DEPTH) -> tuple[float, float]:
    """(first over last gradient, first gradient) with weights `factor` times the right size."""
    made = layers(seed, depth)
    for layer in made:
        layer[0] *= np.float32(factor)
    norms = weight_gradient_norms(PlainNetwork(made), next(batches(seed, 256)))
    return norms[0] / norms[-1], norms[0]


@claim.measure
def run() -> Outcome:
    right = over_seeds(lambda seed: gradient(seed, 1.0))
    weak = over_seeds(lambda seed: gradient(seed, WEAK))
    kept = min(ratio for ratio, _ in right) > KEPT
    lost = max(w[1] / r[1] for w, r in zip(weak, right, strict=True)) < 1e-2
    depths = (2, 4, 6, 8, 10, 12)
    curves = tuple(
        Curve(
            f"{factor:g} times the exact size", depths, [gradient(0, factor, d)[1] for d in depths]
        )
        for factor in (1.0, 0.7, WEAK)
    )
    return Outcome(
        decide(kept and not lost, CONDITIONAL if kept else "does not hold"),
        "the weights have the exact gain, sqrt(2 / fan in): at half the size it is gone",
        (
            Number("first over last gradient, exact gain", tuple(r for r, _ in right)),
            Number("what half-sized weights leave of the first gradient",
                   tuple(w[1] / r[1] for w, r in zip(weak, right, strict=True))),
        ),
        Picture("hidden layers", "gradient of the first layer", curves, log=True),
    )  # fmt: skip
