"""Leaky rectified linear unit."""

from actfn.activation import Activation, Kink, Parameter
from actfn.elementary import where

leaky_relu = Activation(
    name="leaky_relu",
    formula="where(x > 0, x, negative_slope * x)",
    parameters=(Parameter("negative_slope", "0.01", "slope for x <= 0", ("0.3", "1.5", "-0.2")),),
    kinks={"0": Kink("negative_slope", "the branch of x <= 0 in the formula, as in PyTorch")},
    limits=("-inf", "inf"),
    source="Maas, Hannun & Ng 2013, section 2",
)


@leaky_relu.kernel("forward")
def forward(x, negative_slope):
    return where(x > 0, x, negative_slope * x)


@leaky_relu.kernel("derivative")
def derivative(x, negative_slope):
    return where(x > 0, 1, where(x <= 0, negative_slope, x))


@leaky_relu.kernel("derivative", by="negative_slope")
def by_negative_slope(x, negative_slope):
    return where(x > 0, 0, x)
