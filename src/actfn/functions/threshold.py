"""Threshold: the input above a threshold, a fixed value up to it."""

from actfn.activation import Activation, Kink, Parameter
from actfn.elementary import where
from actfn.elementary.single import nearest

threshold = Activation(
    name="threshold",
    formula="where(x > threshold, x, value)",
    parameters=(
        Parameter("threshold", None, "above it the input passes", ("0.5", "-1.25")),
        Parameter("value", None, "the result elsewhere", ("-0.25", "3")),
    ),
    kinks={"threshold": Kink("0", "the constant side: the formula gives `value` there")},
    limits=("value", "inf"),
    source="Collobert, Kavukcuoglu & Farabet 2011, Torch7 (nn.Threshold)",
    same_as={"torch": "nn.functional.threshold", "keras": "activations.threshold"},
    disagreements={
        "torch": "the derivative at NaN is 1",
        "keras": "the NumPy backend gives `value` for NaN; the parameter is called default_value",
    },
)


@threshold.kernel("forward")
def forward(x, threshold, value):
    return where(x > threshold, x, where(x <= threshold, value, x))


@threshold.single_kernel("forward")
def forward_single(x, threshold, value):
    return where(x > threshold, x, where(x <= threshold, nearest(value), x))


@threshold.kernel("derivative", single=True)
def derivative(x, threshold, value):
    return where(x > threshold, 1, where(x <= threshold, 0, x))


@threshold.kernel("second_derivative")
def second_derivative(x, threshold, value):
    return where(x == x, 0, x)  # NaN stays NaN


@threshold.kernel("derivative", by="threshold")
def by_threshold(x, threshold, value):
    # Only the place of the jump depends on it; the jump itself has no derivative.
    return where(x == x, 0, x)


@threshold.kernel("derivative", by="value")
def by_value(x, threshold, value):
    return where(x > threshold, 0, where(x <= threshold, 1, x))
