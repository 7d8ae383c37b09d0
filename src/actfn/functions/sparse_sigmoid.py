"""Sparse sigmoid: a straight line from 0 at -1 to 1 at 1."""

from actfn.activation import Activation, Kink
from actfn.elementary import where

sparse_sigmoid = Activation(
    name="sparse_sigmoid",
    formula="clip((x + 1) / 2, 0, 1)",
    kinks={
        "-1": Kink("0", "the flat side, as for hard_sigmoid"),
        "1": Kink("0", "the flat side, as for hard_sigmoid"),
    },
    limits=("0", "1"),
    source="Blondel, Martins & Niculae 2019, arXiv:1901.02324",
    same_as={"jax": "nn.sparse_sigmoid", "keras": "activations.sparse_sigmoid"},
    disagreements={"jax": "the derivative at -1 and 1 is 0.25, half of the slope"},
    notes="hard_sigmoid with slope 1/2, as in BinaryConnect (arXiv:1511.00363).",
)


@sparse_sigmoid.kernel("forward", single=True)
def forward(x):
    return where(x > -1, where(x < 1, 0.5 * (x + 1), 1), where(x <= -1, 0, x))


@sparse_sigmoid.kernel("derivative", single=True)
def derivative(x):
    return where(x > -1, where(x < 1, 0.5, 0), where(x <= -1, 0, x))


@sparse_sigmoid.kernel("second_derivative")
def second_derivative(x):
    return where(x == x, 0, x)  # NaN stays NaN


@sparse_sigmoid.kernel("derivative_from_output")
def derivative_from_output(y):
    return where(y > 0, where(y < 1, 0.5, 0), where(y <= 0, 0, y))
