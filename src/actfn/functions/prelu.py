"""Parametric rectified linear unit (PReLU): a leaky ReLU whose slope is learned."""

from actfn.activation import Activation, Kink, Parameter
from actfn.elementary import copysign, where
from actfn.functions.leaky_relu import derivative_single as leaky_slope
from actfn.functions.leaky_relu import forward_single as leaky

prelu = Activation(
    name="prelu",
    formula="where(x > 0, x, weight * x)",
    parameters=(
        Parameter("weight", "0.25", "slope for x <= 0", ("0.01", "-0.2", "1.5"), learned=True),
    ),
    kinks={"0": Kink("weight", "the branch of x <= 0 in the formula, as in PyTorch and Paddle")},
    limits=("where(weight > 0, -inf, where(weight < 0, inf, 0))", "inf"),
    source="He, Zhang, Ren & Sun 2015, arXiv:1502.01852, equation 1",
    same_as={
        "torch": "nn.functional.prelu(weight=0.25)",
        "jax": "nnx.PReLU(negative_slope_init=0.25)",
        "keras": "layers.PReLU",
        "onnx": "PRelu",
        "hf": "prelu",
    },
    aliases=("parametric_relu",),
    variants={"keras": {"weight": "0"}},
    disagreements={
        "torch": "at 0 reverse mode gives the weight, forward mode and double backward give 1",
        "keras": "weights start at 0, one for each element of a sample",
        "jax": "Flax starts the weight at 0.01",
        "mlx": "the derivative at 0 is 1 + weight",
    },
    notes="The weight broadcasts like any array: shape it (channels, 1, 1) for one per channel.",
)


@prelu.kernel("forward")
def forward(x, weight):
    # A two-float product that is zero has lost its sign.
    left = copysign(weight * x, where(weight < 0, -x, x))
    return where(x > 0, x, left)


@prelu.single_kernel("forward")
def forward_single(x, weight):
    return leaky(x, weight)


@prelu.kernel("derivative")
def derivative(x, weight):
    return where(x > 0, 1, where(x <= 0, weight, x))


@prelu.single_kernel("derivative")
def derivative_single(x, weight):
    return leaky_slope(x, weight)


@prelu.kernel("second_derivative")
def second_derivative(x, weight):
    return where(x == x, 0, x)  # NaN stays NaN


@prelu.kernel("derivative", by="weight")
def by_weight(x, weight):
    return where(x > 0, 0, x)
