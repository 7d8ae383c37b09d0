"""Thresholded rectified linear unit: the input above a threshold, zero up to it."""

from actfn.activation import Activation, Kink, Parameter
from actfn.elementary import where

thresholded_relu = Activation(
    name="thresholded_relu",
    formula="where(x > threshold, x, 0)",
    parameters=(Parameter("threshold", "1", "above it the input passes", ("0.3", "0")),),
    kinks={"threshold": Kink("0", "the flat side: the formula gives 0 there")},
    limits=("0", "inf"),
    source="Konda, Memisevic & Krueger 2014, arXiv:1402.3337",
    same_as={
        "torch": "nn.functional.threshold(threshold=1, value=0)",
        "keras": "activations.threshold(threshold=1, default_value=0)",
        "onnx": "ThresholdedRelu",
    },
    aliases=("trelu", "fatrelu"),
    disagreements={
        "torch": "the derivative at NaN is 1, as of threshold()",
        "onnx": "the parameter is called alpha",
        "nnlib": "trelu(theta)",
    },
)


@thresholded_relu.kernel("forward", single=True)
def forward(x, threshold):
    return where(x > threshold, x, where(x <= threshold, 0, x))


@thresholded_relu.kernel("derivative", single=True)
def derivative(x, threshold):
    return where(x > threshold, 1, where(x <= threshold, 0, x))


@thresholded_relu.kernel("second_derivative")
def second_derivative(x, threshold):
    return where(x == x, 0, x)  # NaN stays NaN


@thresholded_relu.kernel("derivative", by="threshold")
def by_threshold(x, threshold):
    # Only the place of the jump depends on it; the jump itself has no derivative.
    return where(x == x, 0, x)
