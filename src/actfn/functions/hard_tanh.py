"""Hard hyperbolic tangent: the input clipped to an interval."""

from actfn.activation import Activation, Kink, Parameter
from actfn.elementary import where

hard_tanh = Activation(
    name="hard_tanh",
    formula="clip(x, min_value, max_value)",
    parameters=(
        Parameter("min_value", "-1", "lower bound", ("-0.3", "-2")),
        Parameter("max_value", "1", "upper bound", ("0.7", "3")),
    ),
    kinks={
        "min_value": Kink("0", "the flat side, as in PyTorch, Paddle and MLX"),
        "max_value": Kink("0", "the flat side, as in PyTorch, Paddle and MLX"),
    },
    limits=("min_value", "max_value"),
    source="Collobert 2004, Large Scale Machine Learning (thesis), chapter 5",
    same_as={
        "torch": "nn.functional.hardtanh",
        "jax": "nn.hard_tanh",
        "keras": "activations.hard_tanh",
        "onnx": "Clip(min=-1, max=1)",
    },
    disagreements={
        "torch": "the derivative at NaN is 1; clamp has derivative 1 at both bounds",
        "jax": "the derivative at -1 and 1 is 1; see also pytorch #120258; no other bounds",
        "keras": "no other bounds",
        "paddle": "the derivative at NaN is 0",
    },
)


@hard_tanh.kernel("forward")
def forward(x, min_value, max_value):
    below = where(x <= min_value, min_value, x)  # or NaN
    return where(x > min_value, where(x < max_value, x, max_value), below)


@hard_tanh.kernel("derivative")
def derivative(x, min_value, max_value):
    return where(x > min_value, where(x < max_value, 1, 0), where(x <= min_value, 0, x))


@hard_tanh.kernel("second_derivative")
def second_derivative(x, min_value, max_value):
    return where(x == x, 0, x)  # NaN stays NaN


@hard_tanh.kernel("derivative", by="min_value")
def by_min_value(x, min_value, max_value):
    return where(x > min_value, 0, where(x <= min_value, 1, x))


@hard_tanh.kernel("derivative", by="max_value")
def by_max_value(x, min_value, max_value):
    return where(x < max_value, 0, where(x >= max_value, 1, x))


@hard_tanh.kernel("derivative_from_output")
def derivative_from_output(y, min_value, max_value):
    return where(y > min_value, where(y < max_value, 1, 0), where(y <= min_value, 0, y))
