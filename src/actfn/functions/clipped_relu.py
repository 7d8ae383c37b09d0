"""Rectified linear unit clipped at a chosen value."""

from actfn.activation import Activation, Kink, Parameter
from actfn.elementary import minimum, where
from actfn.elementary.single import nearest

clipped_relu = Activation(
    name="clipped_relu",
    formula="clip(x, 0, max_value)",
    parameters=(
        # Deep Speech's value, and that of the one framework with a function of this name
        # (Chainer); for 6 there is relu6.
        Parameter("max_value", "20", "upper bound, > 0", ("6", "0.3"), minimum="0"),
    ),
    kinks={
        "0": Kink("0", "the flat side, as for relu"),
        "max_value": Kink("0", "the flat side, as for relu6"),
    },
    limits=("0", "max_value"),
    source="Hannun et al. 2014, arXiv:1412.5567, section 2",
    same_as={
        "torch": "nn.functional.hardtanh(min_val=0, max_val=20)",
        "keras": "activations.relu(max_value=20)",
        "onnx": "Clip(min=0, max=20)",
    },
    aliases=("relu_k", "bounded_relu"),
    disagreements={
        "thinc": "relu_k clips at 6 by default",
        "torch": "clamp has derivative 1 at both bounds, hardtanh has 0; #184574",
        "onednn": "eltwise_clip has derivative 1 at the upper bound, eltwise_clip_v2 has 0",
    },
)


@clipped_relu.kernel("forward")
def forward(x, max_value):
    return where(x > 0, where(x < max_value, x, max_value), where(x <= 0, 0, x))


@clipped_relu.single_kernel("forward")
def forward_single(x, max_value):
    return where(x > 0, minimum(x, nearest(max_value)), where(x <= 0, 0, x))


@clipped_relu.kernel("derivative", single=True)
def derivative(x, max_value):
    return where(x > 0, where(x < max_value, 1, 0), where(x <= 0, 0, x))


@clipped_relu.kernel("second_derivative")
def second_derivative(x, max_value):
    return where(x == x, 0, x)  # NaN stays NaN


@clipped_relu.kernel("derivative", by="max_value")
def by_max_value(x, max_value):
    return where(x < max_value, 0, where(x >= max_value, 1, x))


@clipped_relu.kernel("derivative_from_output")
def derivative_from_output(y, max_value):
    return where(y > 0, where(y < max_value, 1, 0), where(y <= 0, 0, y))
