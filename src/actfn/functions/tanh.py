"""Hyperbolic tangent."""

from actfn.activation import Activation
from actfn.elementary import absolute, copysign, exp, expm1, minimum, where
from actfn.elementary.single import (
    fused,
    product,
    sech_square,
    signed,
    tanh_bend,
    tanh_gap,
    unscaled,
)

tanh = Activation(
    name="tanh",
    formula="tanh(x)",
    limits=("-1", "1"),
    source="LeCun, Bottou, Orr & Mueller 1998, Efficient BackProp, section 4.4",
    same_as={
        "torch": "nn.functional.tanh",
        "jax": "nn.tanh",
        "keras": "activations.tanh",
        "onnx": "Tanh",
        "hf": "tanh",
    },
    aliases=("hyperbolic_tangent",),
    disagreements={
        "torch": "the gradient 1 - y**2 is 0 for |x| >= 9.01 in float32 (19 in float64), where "
        "the true one is a normal number up to 44",
        "jax": "the gradient 1 - y**2 is 0 for |x| >= 9.01 in float32",
    },
)


BENT = 0.65  # up to here tanh(x) is taken as x less a polynomial, in float32
FLAT = 64  # from here on 1 - tanh(x) is nothing


def sech(x):
    """1 / cosh(x), from the exponential that does not overflow."""
    e = exp(-absolute(x))
    return 2 * e / (1 + e * e)


@tanh.kernel("forward", short=True)
def forward(x):
    # m = exp(-2|x|) - 1 keeps its digits as x -> 0, and m + 2 lies between 1 and 2.
    m = expm1(-2 * absolute(x))
    return copysign(m / (m + 2), x)


@tanh.single_kernel("forward")
def forward_single(x):
    # x less what it bends away, and from there on 1 less what is missing.
    t = minimum(absolute(x), FLAT)
    u = product(t, t)
    near = fused(-product(u, t), tanh_bend(u), t)
    return signed(where(t < BENT, near, fused(-1, tanh_gap(t), 1)), x)


@tanh.kernel("derivative", short=True)
def derivative(x):
    return sech(x) * sech(x)


@tanh.single_kernel("derivative")
def derivative_single(x):
    # The exponential and a quotient are those of the forward kernel, and shared with it.
    return unscaled(sech_square(minimum(absolute(x), FLAT)))


@tanh.kernel("second_derivative")
def second_derivative(x):
    # The factor that is small enters last, so that only one product can be subnormal.
    return -2 * forward(x) * sech(x) * sech(x)


@tanh.kernel("derivative_from_output")
def derivative_from_output(y):
    return (1 - y) * (1 + y)
