"""Swish: x sigmoid(beta x)."""

from actfn.activation import Activation, Parameter
from actfn.elementary import absolute, exp, maximum, minimum, where
from actfn.functions.silu import gate_curvature, gate_single, gate_slope

swish = Activation(
    name="swish",
    formula="x / (1 + exp(-beta * x))",
    parameters=(Parameter("beta", "1", "0 gives x / 2, a large one relu", ("0.3", "1.702", "25")),),
    limits=("-0", "inf"),
    source="Ramachandran, Zoph & Le 2017, arXiv:1710.05941, section 4",
    same_as={
        "tensorflow": "nn.silu(beta=1)",
        "onnx": "Swish(alpha=1)",
        "hf": "swish",
        "chainer": "functions.swish",
    },
    aliases=("swish_beta",),
    disagreements={
        "tensorflow": "NaN at -inf",
        "keras": "'swish' is another name of silu and takes no beta",
    },
    notes="beta = 1 is silu, beta = 1.702 is quick_gelu.",
)

LARGEST = 1.7976931348623157e308
# From here to 0 the next term of sigmoid' is below 2**-108.
QUADRATIC = 2.0**-26


def finite(x):
    """x with the infinities moved to the largest number, which may be multiplied by 0."""
    return maximum(minimum(x, LARGEST), -LARGEST)


@swish.kernel("forward", short=True)
def forward(x, beta):
    # As in silu: two halves of the exponential, so that only one product can be subnormal.
    z = beta * x
    half = exp(-0.5 * absolute(z))
    return where(z < 0, finite(x) * half * half, x) / (1 + half * half)


@swish.single_kernel("forward")
def forward_single(x, beta):
    return gate_single(x, beta * x)


@swish.kernel("derivative")
def derivative(x, beta):
    return gate_slope(beta * x)


@swish.kernel("second_derivative")
def second_derivative(x, beta):
    return gate_curvature(beta * x, beta)


@swish.kernel("derivative", by="beta")
def by_beta(x, beta):
    # x**2 sigmoid'(beta x), as a square. Near 0 the second term of sigmoid' = 1/4 - z**2 / 16
    # decides the ties of x**2 / 4 in 16 bits.
    z = beta * x
    half = exp(-0.5 * absolute(z))
    root = finite(x) * half / (1 + half * half)
    return where(absolute(z) < QUADRATIC, x * x * (0.25 - z * z / 16), root * root)
