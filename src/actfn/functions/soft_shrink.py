"""Soft shrinkage: inputs move towards zero by a threshold."""

from actfn.activation import Activation, Kink, Parameter
from actfn.elementary import absolute, copysign, maximum, where

soft_shrink = Activation(
    name="soft_shrink",
    formula="sign(x) * max(abs(x) - threshold, 0)",
    parameters=(
        Parameter("threshold", "0.5", "largest |x| that becomes 0", ("0.3", "2"), minimum="0"),
    ),
    kinks={
        "-threshold": Kink("0", "the flat side, as in PyTorch, Paddle and MLX"),
        "threshold": Kink("0", "the flat side, as in PyTorch, Paddle and MLX"),
    },
    source="Donoho & Johnstone 1994, Biometrika 81, section 1 (soft thresholding)",
    same_as={
        "torch": "nn.functional.softshrink",
        "keras": "activations.soft_shrink",
        "onnx": "Shrink(bias=0.5)",
    },
    aliases=("soft_threshold",),
    disagreements={
        "torch": "the parameter is called lambd; the sign of a zero depends on the array's length",
        "keras": "NaN gives 0 on the NumPy backend, as in MLX",
        "paddle": "NaN at -inf and inf",
    },
    notes="An odd function down to the sign of its zeros.",
)


@soft_shrink.kernel("forward")
def forward(x, threshold):
    return copysign(maximum(absolute(x) - threshold, 0), x)


@soft_shrink.kernel("derivative", single=True)
def derivative(x, threshold):
    return where(absolute(x) > threshold, 1, where(absolute(x) <= threshold, 0, x))


@soft_shrink.kernel("second_derivative")
def second_derivative(x, threshold):
    return where(x == x, 0, x)  # NaN stays NaN


@soft_shrink.kernel("derivative", by="threshold")
def by_threshold(x, threshold):
    return where(absolute(x) > threshold, copysign(1, -x), where(absolute(x) <= threshold, 0, x))


@soft_shrink.kernel("derivative_from_output")
def derivative_from_output(y, threshold):
    return where(y == 0, 0, where(y == y, 1, y))
