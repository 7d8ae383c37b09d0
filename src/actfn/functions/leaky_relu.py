"""Leaky rectified linear unit."""

from actfn.activation import Activation, Kink, Parameter
from actfn.elementary import copysign, where
from actfn.elementary.single import nearest, scaled

leaky_relu = Activation(
    name="leaky_relu",
    formula="where(x > 0, x, negative_slope * x)",
    parameters=(Parameter("negative_slope", "0.01", "slope for x <= 0", ("0.3", "1.5", "-0.2")),),
    kinks={"0": Kink("negative_slope", "the branch of x <= 0 in the formula, as in PyTorch")},
    limits=("where(negative_slope > 0, -inf, where(negative_slope < 0, inf, 0))", "inf"),
    source="Maas, Hannun & Ng 2013, section 2",
    same_as={
        "torch": "nn.functional.leaky_relu",
        "jax": "nn.leaky_relu",
        "keras": "activations.leaky_relu",
        "onnx": "LeakyRelu",
        "hf": "leaky_relu",
    },
    aliases=("lrelu",),
    variants={"keras": {"negative_slope": "0.2"}},
    disagreements={
        "torch": "the derivative at NaN is the slope",
        "jax": "the derivative at 0 is 1",
        "keras": "the default slope is 0.2 in activations.leaky_relu and 0.3 in layers.LeakyReLU; "
        "the NumPy backend gives max(slope * x, x), wrong for slopes above 1 or below 0",
        "tensorflow": "the default slope is 0.2",
        "paddle": "the derivative at 0 is 1",
        "mlx": "the derivative at 0 is 1; max(slope * x, x) is wrong for slopes above 1",
        "mxnet": "the default slope is 0.25",
    },
    notes="The randomised leaky ReLU in training is this function with an array of random slopes.",
)


@leaky_relu.kernel("forward")
def forward(x, negative_slope):
    # A two-float product that is zero has lost its sign.
    left = copysign(negative_slope * x, where(negative_slope < 0, -x, x))
    return where(x > 0, x, left)


@leaky_relu.single_kernel("forward")
def forward_single(x, negative_slope):
    return where(x > 0, x, scaled(negative_slope, x))


@leaky_relu.kernel("derivative")
def derivative(x, negative_slope):
    return where(x > 0, 1, where(x <= 0, negative_slope, x))


@leaky_relu.single_kernel("derivative")
def derivative_single(x, negative_slope):
    return where(x > 0, 1, where(x <= 0, nearest(negative_slope), x))


@leaky_relu.kernel("second_derivative")
def second_derivative(x, negative_slope):
    return where(x == x, 0, x)  # NaN stays NaN


@leaky_relu.kernel("derivative", by="negative_slope")
def by_negative_slope(x, negative_slope):
    return where(x > 0, 0, x)
