"""Randomised leaky rectified linear unit (RReLU), as it is evaluated after training."""

from actfn.activation import Activation, Kink, Parameter
from actfn.elementary import copysign, where
from actfn.functions.leaky_relu import derivative_single as leaky_slope
from actfn.functions.leaky_relu import forward_single as leaky

rrelu = Activation(
    name="rrelu",
    formula="where(x > 0, x, (lower + upper) / 2 * x)",
    parameters=(
        Parameter("lower", "1/8", "smallest slope for x <= 0", ("0.05",)),
        Parameter("upper", "1/3", "largest slope for x <= 0", ("0.6",)),
    ),
    kinks={"0": Kink("(lower + upper) / 2", "the branch of x <= 0, as for leaky_relu")},
    limits=("-inf", "inf"),
    source="Xu, Wang, Chen & Li 2015, arXiv:1505.00853, section 2.4",
    same_as={"torch": "nn.functional.rrelu(training=False)"},
    aliases=("randomized_leaky_relu",),
    disagreements={
        "torch": "the derivative at NaN is the slope of the left side",
        "paddle": "training, with random slopes, is the default",
        "mxnet": "the default upper bound is 0.334",
    },
    notes=(
        "The slope is the mean of the range. In training every element has its own slope, drawn "
        "uniformly from [lower, upper]: that is leaky_relu with an array of random slopes, kept "
        "for the backward pass."
    ),
)


def _slope(lower, upper):
    return 0.5 * (lower + upper)


@rrelu.kernel("forward")
def forward(x, lower, upper):
    slope = _slope(lower, upper)
    # A two-float product that is zero has lost its sign.
    left = copysign(slope * x, where(slope < 0, -x, x))
    return where(x > 0, x, left)


@rrelu.single_kernel("forward")
def forward_single(x, lower, upper):
    return leaky(x, _slope(lower, upper))


@rrelu.kernel("derivative")
def derivative(x, lower, upper):
    return where(x > 0, 1, where(x <= 0, _slope(lower, upper), x))


@rrelu.single_kernel("derivative")
def derivative_single(x, lower, upper):
    return leaky_slope(x, _slope(lower, upper))


@rrelu.kernel("second_derivative")
def second_derivative(x, lower, upper):
    return where(x == x, 0, x)  # NaN stays NaN


@rrelu.kernel("derivative", by="lower")
def by_lower(x, lower, upper):
    return where(x > 0, 0, 0.5 * x)


@rrelu.kernel("derivative", by="upper")
def by_upper(x, lower, upper):
    return where(x > 0, 0, 0.5 * x)
