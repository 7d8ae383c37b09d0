"""Rectified linear unit (ReLU)."""

from actfn.activation import Activation, Kink
from actfn.elementary import where

relu = Activation(
    name="relu",
    formula="max(x, 0)",
    kinks={"0": Kink("0", "the flat side, as every framework; compared in arXiv:2106.12915")},
    limits=("0", "inf"),
    source="Nair & Hinton 2010 (ICML), section 2; Agarap 2018, arXiv:1803.08375",
    same_as={
        "torch": "nn.functional.relu",
        "jax": "nn.relu",
        "keras": "activations.relu",
        "onnx": "Relu",
        "hf": "relu",
    },
    aliases=("rectifier", "rectified_linear"),
    disagreements={
        "torch": "relu(-0.0) is -0.0; the derivative at NaN is 1",
        "jax": "the derivative at NaN is 0",
        "tensorflow": "the sign of relu(-0.0) depends on the length of the array",
        "paddle": "relu(NaN) is 0 on the CPU",
    },
    notes="At -0.0, as everywhere on the left, the result is +0.0.",
)


@relu.kernel("forward", single=True)
def forward(x):
    # The inner choice lets NaN through and makes -0.0 a +0.0, which max(x, 0) would not promise.
    return where(x > 0, x, where(x <= 0, 0, x))


@relu.kernel("derivative", single=True)
def derivative(x):
    return where(x > 0, 1, where(x <= 0, 0, x))


@relu.kernel("second_derivative")
def second_derivative(x):
    return where(x == x, 0, x)  # NaN stays NaN


@relu.kernel("derivative_from_output")
def derivative_from_output(y):
    return where(y > 0, 1, where(y <= 0, 0, y))
