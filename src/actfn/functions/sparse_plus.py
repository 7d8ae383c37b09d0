"""Sparse plus: a softplus that is exactly 0 below -1 and exactly x above 1."""

from actfn.activation import Activation, Kink
from actfn.elementary import minimum, sqrt, where

sparse_plus = Activation(
    name="sparse_plus",
    formula="where(x <= -1, 0, where(x < 1, (x + 1)**2 / 4, x))",
    kinks={
        "-1": Kink("0", "smooth there; f'' takes the flat side, as sparse_sigmoid does"),
        "1": Kink("1", "smooth there; f'' takes the flat side, as sparse_sigmoid does"),
    },
    limits=("0", "inf"),
    source="Blondel, Martins & Niculae 2019, arXiv:1901.02324",
    same_as={"jax": "nn.sparse_plus", "keras": "activations.sparse_plus"},
    disagreements={"jax": "the derivative at inf is NaN"},
    notes="Also SmeLU with beta = 1. The derivative is sparse_sigmoid.",
)


@sparse_plus.kernel("forward")
def forward(x):
    t = x + 1
    return where(x > -1, where(x < 1, 0.25 * t * t, x), where(x <= -1, 0, x))


@sparse_plus.kernel("derivative", single=True)
def derivative(x):
    return where(x > -1, where(x < 1, 0.5 * (x + 1), 1), where(x <= -1, 0, x))


@sparse_plus.kernel("second_derivative")
def second_derivative(x):
    return where(x > -1, where(x < 1, 0.5, 0), where(x <= -1, 0, x))


@sparse_plus.kernel("derivative_from_output")
def derivative_from_output(y):
    return where(y > 0, sqrt(minimum(y, 1)), where(y <= 0, 0, y))
