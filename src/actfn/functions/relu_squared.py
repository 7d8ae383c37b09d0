"""Squared rectified linear unit."""

from actfn.activation import Activation, Kink
from actfn.elementary import sqrt, where

relu_squared = Activation(
    name="relu_squared",
    formula="max(x, 0)**2",
    kinks={"0": Kink("0", "smooth there; the second derivative jumps from 0 to 2", second="0")},
    limits=("0", "inf"),
    source="So et al. 2021, arXiv:2109.08668 (Primer)",
    same_as={"hf": "relu2"},
    aliases=("relu2", "squared_relu", "requ"),
    disagreements={"transformer_engine": "calls it srelu"},
)


@relu_squared.kernel("forward", single=True)
def forward(x):
    return where(x > 0, x * x, where(x <= 0, 0, x))


@relu_squared.kernel("derivative", single=True)
def derivative(x):
    return where(x > 0, 2 * x, where(x <= 0, 0, x))


@relu_squared.kernel("second_derivative")
def second_derivative(x):
    return where(x > 0, 2, where(x <= 0, 0, x))


@relu_squared.kernel("derivative_from_output")
def derivative_from_output(y):
    return where(y > 0, 2 * sqrt(y), where(y <= 0, 0, y))
