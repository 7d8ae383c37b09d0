"""Scaled exponential linear unit (SELU)."""

from actfn.activation import Activation, Kink
from actfn.elementary import Exact, exp, expm1, where
from actfn.elementary.single import nearest, scaled

LEFT_SLOPE = "1.0507009873554804934193349852946 * 1.6732632423543772848170429916717"

selu = Activation(
    name="selu",
    formula=(
        "1.0507009873554804934193349852946 * "
        "where(x > 0, x, 1.6732632423543772848170429916717 * expm1(x))"
    ),
    kinks={"0": Kink(LEFT_SLOPE, "the branch of x <= 0 in the formula, as in PyTorch", LEFT_SLOPE)},
    limits=("-" + LEFT_SLOPE, "inf"),
    source="Klambauer, Unterthiner, Mayr & Hochreiter 2017, arXiv:1706.02515, equation 2",
    same_as={
        "torch": "nn.functional.selu",
        "jax": "nn.selu",
        "keras": "activations.selu",
        "onnx": "Selu",
    },
    aliases=("scaled_elu",),
    disagreements={
        "torch": "the gradient at NaN is not NaN",
        "jax": "the gradient is taken from expm1(x) + 1: 0 for x < -17 in float32",
        "tensorflow": "the gradient at 0 is that of the right side, 1.0507",
        "onnx": "both constants are rounded to float32",
        "mlx": "both constants are cut to 1.0507 and 1.67326",
    },
)

# The two published 32-digit constants: the scale, and its product with alpha.
SCALE = Exact(1.0507009873554805, 3.9874847667154144e-17)
SCALE_SINGLE = Exact(1.0507009029388428, 8.441663771998183e-08)  # cut off after float32
SCALE_ALPHA = Exact(1.7580993408473768, 1.41535193800845e-17)


@selu.kernel("forward", short=True)
def forward(x):
    # expm1 forgets the sign of a zero.
    return where(x > 0, SCALE * x, SCALE_ALPHA * where(x == 0, x, expm1(x)))


@selu.single_kernel("forward")
def forward_single(x):
    return where(x < 0, scaled(SCALE_ALPHA, expm1(x)), scaled(SCALE_SINGLE, x))


@selu.kernel("derivative", short=True)
def derivative(x):
    # Two factors, so that the constant does not multiply the error of a subnormal exp(x).
    half = exp(0.5 * x)
    return where(x > 0, SCALE, SCALE_ALPHA * half * half)


@selu.single_kernel("derivative")
def derivative_single(x):
    return where(x > 0, nearest(SCALE), scaled(SCALE_ALPHA, exp(x)))


@selu.kernel("second_derivative")
def second_derivative(x):
    half = exp(0.5 * x)
    return where(x > 0, 0, SCALE_ALPHA * half * half)


@selu.kernel("derivative_from_output")
def derivative_from_output(y):
    return where(y > 0, SCALE, SCALE_ALPHA + y)
