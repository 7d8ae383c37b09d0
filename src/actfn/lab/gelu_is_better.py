"""GELU is empirically better than ReLU."""

from actfn.diagnose.plain import PlainNetwork
from actfn.lab.claim import Claim, Number, Outcome, decide, over_seeds
from actfn.lab.networks import accuracy, layers, train

BETTER = 0.005  # of accuracy: two images of 450

claim = Claim(
    name="gelu_is_better",
    says="GELU is empirically better than ReLU.",
    source="the page, Q4; Hendrycks & Gimpel 2016",
    question="On digits, with the same weights and steps: how much better does a network with GELU "
    "read?",
    choices=("by some per cent", "by less than the seeds differ", "it is worse"),
    right="by less than the seeds differ",
    expected="does not hold",
    code="hidden = actfn.gelu(x @ W + b)",
    tags=("gelu", "relu", "digits"),
)


def gained(seed: int) -> float:
    """GELU's test accuracy less ReLU's."""
    found = []
    for activation in ("gelu", "relu"):
        network = PlainNetwork(layers(seed, activation=activation, size=1.4))
        train(network, 0.1, 200, seed)
        found.append(accuracy(network))
    return found[0] - found[1]


@claim.measure
def run() -> Outcome:
    gain = Number("GELU's accuracy less ReLU's", tuple(over_seeds(gained, 6)))
    return Outcome(
        decide(gain.mean - gain.half_width > BETTER),
        "on a small network and digits no difference shows; reports are about large transformers",
        (gain,),
    )
