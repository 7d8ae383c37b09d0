"""ELU's mean is nearer to zero than ReLU's."""

import actfn
from actfn.diagnose.plain import PlainNetwork
from actfn.lab.claim import Claim, Number, Outcome, decide, over_seeds
from actfn.lab.networks import layers, standardised

claim = Claim(
    name="elu_is_centred",
    says="ELU pushes the mean of activations closer to zero.",
    source="Clevert, Unterthiner & Hochreiter 2016, section 3",
    question="For Gaussian inputs ReLU's mean is 0.40. And ELU's?",
    choices=("0.16", "0", "0.38"),
    right="0.16",
    expected="holds",
    code="np.where(x > 0, x, np.expm1(x)).mean()",
    tags=("elu", "digits"),
)


def mean(seed: int, activation: str) -> float:
    """The mean output of the second hidden layer on images."""
    network, x = PlainNetwork(layers(seed, activation=activation)), standardised()[0]
    return float(network.forward(x)[0][-1][0].mean())


@claim.measure
def run() -> Outcome:
    elu, relu = (over_seeds(mean, 5, a) for a in ("elu", "relu"))
    return Outcome(
        decide(max(map(abs, elu)) < min(relu) / 1.5),
        "its negative side, down to -1, takes back a part of what the positive side adds",
        (
            Number("mean of ELU on digits", tuple(elu)),
            Number("mean of ReLU on digits", tuple(relu)),
            Number("ELU, Gaussian inputs, exactly", (actfn.elu.facts.mean,)),
            Number("ReLU, Gaussian inputs, exactly", (actfn.relu.facts.mean,)),
        ),
    )
