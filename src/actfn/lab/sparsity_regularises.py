"""ReLU's zeros act as regularisation."""

import numpy as np

from actfn.diagnose.plain import PlainNetwork
from actfn.lab.claim import Claim, Number, Outcome, decide, over_seeds
from actfn.lab.networks import accuracy, layers, standardised, train

FEW, STEPS = 200, 300  # images to learn from, so that there is something to overfit

claim = Claim(
    name="sparsity_regularises",
    says="The sparsity of ReLU acts as implicit regularisation.",
    source="the page, Q1",
    question="From 200 images, which network reads new digits best: ReLU, or a leaky ReLU of slope "
    "0.3, which has no zeros at all?",
    choices=("ReLU, by some per cent", "no difference to speak of", "the leaky one, by far"),
    right="no difference to speak of",
    expected="does not hold",
    code="leaky_relu(z, negative_slope=0.3)",
    tags=("relu", "sparse", "digits"),
)


def read(seed: int) -> float:
    """Test accuracy with ReLU less that with a leaky ReLU, from the same weights."""
    import actfn
    from actfn.variant import Variant

    x, y, test_x, test_y = standardised()
    data = (x[:FEW], y[:FEW], test_x, test_y)
    found = []
    for activation in ("relu", Variant(actfn.leaky_relu, {"negative_slope": 0.3})):
        made = layers(seed)
        for layer in made[:-1]:
            layer[2] = activation
        network = PlainNetwork(made)
        train(network, 0.1, STEPS, seed, 32, data)
        found.append(accuracy(network, data))
    return found[0] - found[1]


@claim.measure
def run() -> Outcome:
    gain = Number("ReLU's test accuracy less the leaky one's", tuple(over_seeds(read, 6)))
    return Outcome(
        decide(gain.mean - gain.half_width > 0.005),
        "a function without zeros generalises as well from the same few images",
        (gain, Number("images", (float(np.float64(FEW)),))),
    )
