"""StarReLU: a squared rectified linear unit, scaled and shifted to mean 0 and variance 1."""

from actfn.activation import Activation, Kink, Parameter
from actfn.elementary import where

star_relu = Activation(
    name="star_relu",
    formula="scale * max(x, 0)**2 + bias",
    parameters=(
        Parameter("scale", "0.8944", "factor of the square", ("1.7", "-0.3")),
        Parameter("bias", "-0.4472", "value for x <= 0", ("0", "0.3", "-1.1")),
    ),
    kinks={"0": Kink("0", "smooth there; the second derivative jumps from 0", second="0")},
    limits=("bias", "where(scale > 0, inf, where(scale < 0, -inf, bias))"),
    source="Yu et al. 2022, arXiv:2210.13452 (MetaFormer baselines)",
    disagreements={"timm": "the defaults are scale 1 and bias 0"},
    notes="The defaults are sqrt(4/5) and -sqrt(1/5) to four digits, as the paper prints them.",
)


@star_relu.kernel("forward")
def forward(x, scale, bias):
    # From the left: x * x alone could overflow float64 where the result does not.
    return where(x > 0, scale * x * x + bias, where(x <= 0, bias, x))


@star_relu.kernel("derivative", single=True)
def derivative(x, scale, bias):
    return where(x > 0, 2 * scale * x, where(x <= 0, 0, x))


@star_relu.kernel("second_derivative")
def second_derivative(x, scale, bias):
    return where(x > 0, 2 * scale, where(x <= 0, 0, x))


@star_relu.kernel("derivative", by="scale")
def by_scale(x, scale, bias):
    return where(x > 0, x * x, where(x <= 0, 0, x))


@star_relu.kernel("derivative", by="bias")
def by_bias(x, scale, bias):
    return where(x == x, 1, x)
