"""Hard shrinkage: small inputs become zero, the others pass."""

from actfn.activation import Activation, Kink, Parameter
from actfn.elementary import absolute, copysign, where

hard_shrink = Activation(
    name="hard_shrink",
    formula="where(abs(x) > threshold, x, 0)",
    parameters=(
        Parameter("threshold", "0.5", "largest |x| that becomes 0", ("0.3", "2"), minimum="0"),
    ),
    kinks={
        "-threshold": Kink("0", "the flat side: the formula gives 0 there"),
        "threshold": Kink("0", "the flat side: the formula gives 0 there"),
    },
    source="Donoho & Johnstone 1994, Biometrika 81, section 1 (hard thresholding)",
    same_as={
        "torch": "nn.functional.hardshrink",
        "keras": "activations.hard_shrink",
        "onnx": "Shrink(bias=0)",
    },
    aliases=("hard_threshold",),
    disagreements={
        "torch": "the parameter is called lambd",
        "keras": "NaN gives 0 on the NumPy backend, as in MLX",
        "paddle": "keeps x where |x| is the threshold, with derivative 1",
    },
    notes="An odd function down to the sign of its zeros.",
)


@hard_shrink.kernel("forward", single=True)
def forward(x, threshold):
    return where(absolute(x) <= threshold, copysign(0, x), x)


@hard_shrink.kernel("derivative", single=True)
def derivative(x, threshold):
    return where(absolute(x) > threshold, 1, where(absolute(x) <= threshold, 0, x))


@hard_shrink.kernel("second_derivative")
def second_derivative(x, threshold):
    return where(x == x, 0, x)  # NaN stays NaN


@hard_shrink.kernel("derivative", by="threshold")
def by_threshold(x, threshold):
    # Only the places of the jumps depend on it; a jump has no derivative.
    return where(x == x, 0, x)


@hard_shrink.kernel("derivative_from_output")
def derivative_from_output(y, threshold):
    return where(y == 0, 0, where(y == y, 1, y))
