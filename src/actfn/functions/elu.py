"""Exponential linear unit (ELU)."""

from actfn.activation import Activation, Kink, Parameter
from actfn.elementary import exp, expm1, maximum, where
from actfn.elementary.single import scaled, signed

elu = Activation(
    name="elu",
    formula="where(x > 0, x, alpha * expm1(x))",
    parameters=(Parameter("alpha", "1", "minus the limit at -inf", ("0.3", "1.5", "5")),),
    kinks={"0": Kink("alpha", "the branch of x <= 0 in the formula, as in PyTorch", "alpha")},
    limits=("-alpha", "inf"),
    source="Clevert, Unterthiner & Hochreiter 2015, arXiv:1511.07289, section 3",
    same_as={
        "torch": "nn.functional.elu",
        "jax": "nn.elu",
        "keras": "activations.elu",
        "onnx": "Elu",
    },
    aliases=("exponential_linear_unit",),
    disagreements={
        "torch": "the gradient at NaN is 1",
        "jax": "the gradient is taken from expm1(x) + 1: 0 for x < -17 in float32; #39795",
        "onnx": "ONNX Runtime computes exp(x) - 1: 0 for -3e-8 < x < 0",
        "mlx": "the gradient is NaN for x > 88.7",
        "nnlib": "the derivative at 0 is 1 for any alpha",
    },
)


@elu.kernel("forward", short=True)
def forward(x, alpha):
    # expm1 forgets the sign of a zero.
    return where(x > 0, x, alpha * where(x == 0, x, expm1(x)))


@elu.single_kernel("forward")
def forward_single(x, alpha):
    # The right hand side is x, and at zeros x times the sign of alpha.
    return where(x < 0, scaled(alpha, expm1(x)), maximum(signed(x, alpha), x))


@elu.kernel("derivative", short=True)
def derivative(x, alpha):
    # Two factors, so that alpha does not multiply the rounding error of a subnormal exp(x).
    half = exp(0.5 * x)
    return where(x > 0, 1, alpha * half * half)


@elu.single_kernel("derivative")
def derivative_single(x, alpha):
    return where(x > 0, 1, scaled(alpha, exp(x)))


@elu.kernel("second_derivative")
def second_derivative(x, alpha):
    half = exp(0.5 * x)
    return where(x > 0, 0, alpha * half * half)


@elu.kernel("derivative", by="alpha")
def by_alpha(x, alpha):
    return where(x > 0, 0, where(x == 0, x, expm1(x)))


@elu.kernel("derivative_from_output")
def derivative_from_output(y, alpha):
    # y may be rounded past -alpha.
    return where(y > 0, 1, maximum(y + alpha, 0))
