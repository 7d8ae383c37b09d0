"""Hard hyperbolic tangent: the input clipped to an interval."""

from actfn.activation import Activation, Kink, Parameter
from actfn.elementary import maximum, minimum, where
from actfn.elementary.single import nearest

hard_tanh = Activation(
    name="hard_tanh",
    formula="clip(x, min, max)",
    parameters=(
        Parameter("min", "-1", "lower bound", ("-0.3", "-2")),
        Parameter("max", "1", "upper bound", ("0.7", "3")),
    ),
    kinks={
        "min": Kink("0", "the flat side, as in PyTorch, Paddle and MLX"),
        "max": Kink("0", "the flat side, as in PyTorch, Paddle and MLX"),
    },
    limits=("min", "max"),
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
def forward(x, min, max):
    below = where(x <= min, min, x)  # or NaN
    return where(x > min, where(x < max, x, max), below)


@hard_tanh.single_kernel("forward")
def forward_single(x, min, max):
    # No float32 lies between a bound and the float32 nearest to it.
    return minimum(maximum(x, nearest(min)), nearest(max))


@hard_tanh.kernel("derivative", single=True)
def derivative(x, min, max):
    return where(x > min, where(x < max, 1, 0), where(x <= min, 0, x))


@hard_tanh.kernel("second_derivative")
def second_derivative(x, min, max):
    return where(x == x, 0, x)  # NaN stays NaN


@hard_tanh.kernel("derivative", by="min")
def by_min(x, min, max):
    return where(x > min, 0, where(x <= min, 1, x))


@hard_tanh.kernel("derivative", by="max")
def by_max(x, min, max):
    return where(x < max, 0, where(x >= max, 1, x))


@hard_tanh.kernel("derivative_from_output")
def derivative_from_output(y, min, max):
    return where(y > min, where(y < max, 1, 0), where(y <= min, 0, y))
