"""Shrinkage with separate threshold and bias, ONNX's form of hard and soft shrinkage."""

from actfn.activation import Activation, Kink, Parameter
from actfn.elementary import absolute, copysign, where

shrink = Activation(
    name="shrink",
    formula="where(x > threshold, x - bias, where(x < -threshold, x + bias, 0))",
    parameters=(
        Parameter("threshold", "0.5", "largest |x| that becomes 0", ("0.3", "2"), minimum="0"),
        Parameter("bias", "0", "how far the others move towards 0", ("0.3", "-0.1")),
    ),
    kinks={
        "-threshold": Kink("0", "the flat side: the formula gives 0 there"),
        "threshold": Kink("0", "the flat side: the formula gives 0 there"),
    },
    source="ONNX operator Shrink, version 9",
    same_as={"onnx": "Shrink"},
    disagreements={"onnx": "the threshold is called lambd"},
    notes="bias = 0 is hard_shrink, bias = threshold is soft_shrink.",
)


@shrink.kernel("forward", single=True)
def forward(x, threshold, bias):
    size = absolute(x)
    return where(size <= threshold, copysign(0, x), where(x > 0, x - bias, x + bias))


@shrink.kernel("derivative", single=True)
def derivative(x, threshold, bias):
    return where(absolute(x) > threshold, 1, where(absolute(x) <= threshold, 0, x))


@shrink.kernel("second_derivative")
def second_derivative(x, threshold, bias):
    return where(x == x, 0, x)  # NaN stays NaN


@shrink.kernel("derivative", by="threshold")
def by_threshold(x, threshold, bias):
    # Only the places of the jumps depend on it; a jump has no derivative.
    return where(x == x, 0, x)


@shrink.kernel("derivative", by="bias")
def by_bias(x, threshold, bias):
    return where(absolute(x) > threshold, copysign(1, -x), where(absolute(x) <= threshold, 0, x))
