"""Gaussian error linear unit (GELU), sigmoid approximation."""

from actfn.activation import Activation
from actfn.elementary import Exact, absolute, exp, maximum, where
from actfn.functions.silu import gate_curvature, gate_single, gate_slope, gate_slope_single

quick_gelu = Activation(
    name="quick_gelu",
    formula="x / (1 + exp(-1.702 * x))",
    limits=("-0", "inf"),
    source="Hendrycks & Gimpel 2016, arXiv:1606.08415, section 2",
    same_as={
        "onnx": "com.microsoft.QuickGelu(alpha=1.702)",
        "hf": "quick_gelu",
        "mlx": "nn.gelu_fast_approx",
    },
    aliases=("gelu_sigmoid", "gelu_quick", "gelu_fast_approx", "qgelu"),
    disagreements={
        "onnx": "ONNX Runtime is 7.7e7 ULP wrong at -10.55 (wrong sign) and bad at -inf",
    },
    notes="Called fast in MLX; the gelu_fast of Hugging Face is gelu_tanh.",
)

BETA = Exact(1.702, 4.263256414560601e-17)  # the decimal number 1.702


@quick_gelu.kernel("forward", short=True)
def forward(x):
    # As in silu: two halves of the exponential, so that only one product can be subnormal.
    half = exp(-0.5 * absolute(BETA * x))
    return where(x < 0, maximum(x, -800) * half * half, x) / (1 + half * half)


@quick_gelu.single_kernel("forward")
def forward_single(x):
    return gate_single(x, BETA * x)


@quick_gelu.kernel("derivative")
def derivative(x):
    return gate_slope(BETA * x)


@quick_gelu.single_kernel("derivative")
def derivative_single(x):
    return gate_slope_single(BETA * x)


@quick_gelu.kernel("second_derivative")
def second_derivative(x):
    return gate_curvature(BETA * x, BETA)
