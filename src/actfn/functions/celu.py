"""Continuously differentiable exponential linear unit (CELU)."""

from actfn.activation import Activation, Kink, Parameter
from actfn.elementary import absolute, exp, expm1, maximum, where
from actfn.elementary.single import nearest, scaled

celu = Activation(
    name="celu",
    formula="where(x > 0, x, alpha * expm1(x / alpha))",
    parameters=(Parameter("alpha", "1", "minus the limit at -inf", ("0.3", "2", "50")),),
    kinks={
        "0": Kink("1", "the slope is 1 on both sides; the second derivative jumps", "1 / alpha")
    },
    limits=("-alpha", "inf"),
    source="Barron 2017, arXiv:1704.07483",
    same_as={
        "torch": "nn.functional.celu",
        "jax": "nn.celu",
        "keras": "activations.celu",
        "onnx": "Celu",
    },
    disagreements={
        "torch": "multiplies by the rounded 1/alpha: celu' is 79 ULP wrong at -26 for alpha=0.3; "
        "the gradient at NaN is 1",
        "mlx": "the gradient at 0 is 0",
        "paddle": "the gradient is NaN at 1000 for alpha=2",
    },
)

# From here to 0 the function is x to 60 bits, and x / alpha may have become subnormal.
LINEAR = 2.0**-60
# Times alpha, from there to 0 it is x in float32.
FLAT = -(2.0**-30)
# From here to 0 three terms of a series are exact to 70 bits.
SERIES = 2.0**-24


@celu.kernel("forward", short=True)
def forward(x, alpha):
    z = x / alpha
    bent = where(absolute(z) < LINEAR, x, alpha * expm1(z))
    return where(x > 0, x, bent)


@celu.single_kernel("forward")
def forward_single(x, alpha):
    return where(x < FLAT * absolute(alpha), scaled(alpha, expm1(x * (1 / alpha))), x)


@celu.kernel("derivative", short=True)
def derivative(x, alpha):
    return where(x > 0, 1, exp(x / alpha))


@celu.single_kernel("derivative")
def derivative_single(x, alpha):
    return where(x > 0, 1, nearest(exp(x * (1 / alpha))))


@celu.kernel("second_derivative")
def second_derivative(x, alpha):
    # Dividing before the second factor: exp(z) alone may be subnormal.
    half = exp(0.5 * x / alpha)
    return where(x > 0, 0, half / alpha * half)


# expm1(z) - z exp(z) is z**2 / 2 as z -> 0: in float64 the two would cancel.
@celu.kernel("derivative", by="alpha", wide=True)
def by_alpha(x, alpha):
    z = x / alpha
    series = -z * z * (0.5 + (1 + 0.375 * z) * z / 3)
    # z exp(z) is 0 long before -800, where it would be -inf * 0.
    tail = where(z < -800, 0, z) * exp(z)
    return where(x > 0, 0, where(absolute(z) < SERIES, series, expm1(z) - tail))


@celu.kernel("derivative_from_output")
def derivative_from_output(y, alpha):
    # y may be rounded past -alpha.
    return where(y > 0, 1, maximum(1 + y / alpha, 0))
