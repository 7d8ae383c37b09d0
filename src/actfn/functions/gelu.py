"""Gaussian error linear unit (GELU), exact form."""

from actfn.activation import Activation
from actfn.elementary import (
    absolute,
    copysign,
    exp,
    gauss_tail,
    gelu_slope,
    maximum,
    minimum,
    where,
)
from actfn.elementary.coefficients import INVERSE_SQRT_2PI
from actfn.elementary.single import fast_sum, scaled_slope, scaled_tail_product, unscaled

gelu = Activation(
    name="gelu",
    formula="x * erfc(-x / sqrt(2)) / 2",
    limits=("-0", "inf"),
    source="Hendrycks & Gimpel 2016, arXiv:1606.08415, section 2",
    same_as={
        "torch": "nn.functional.gelu",
        "jax": "nn.gelu(approximate=False)",
        "keras": "activations.gelu",
        "onnx": "Gelu",
        "hf": "gelu",
    },
    aliases=("gelu_exact", "gelu_erf", "gelu_python"),
    disagreements={
        "torch": "0.5 x (1 + erf(x / sqrt 2)) cancels: in float32 17 % off at -5, 0 below -5.54; "
        "gelu'(-0.751792) has the wrong sign; float32 gelu(inf) is NaN for two or more elements, "
        "and inf already from 1.7e38",
        "jax": "nn.gelu is the tanh form unless approximate=False; 111 ULP on [-10, -5]; "
        "NaN at -inf",
        "keras": "ops.gelu is the tanh form, activations.gelu the exact one; NaN at -inf",
        "onnx": "onnxruntime: 0 below -5.54 in float32, NaN at -inf",
    },
)

FAR = 40  # exp(-40**2 / 2) is 0 in float64; a larger square would overflow in the end
# In float32 that is so at 15; times 2**64 nothing is subnormal on the way there.
FAR_SINGLE, SCALE = 15, 2.0**64


@gelu.kernel("forward", short=True)
def forward(x):
    t = minimum(absolute(x), FAR)
    # exp(-t^2/4) twice: the square would be subnormal before the product is.
    half = exp(-0.25 * (t * t))
    tail = gauss_tail(t) * half
    # Two-float products that underflow lose the sign of their zero: gelu has the sign of x.
    return copysign(where(x < 0, t * tail * half, x * (1 - tail * half)), x)


@gelu.kernel("derivative", short=True)
def derivative(x):
    t = minimum(absolute(x), FAR)
    half = exp(-0.25 * (t * t))
    a = gelu_slope(t) * half
    g = copysign(a * half, a)  # keeps the sign where the product underflows
    # f'(x) + f'(-x) = 1, and f' is 1 - g far from 0: nothing is lost.
    return where(x < 0, g, 1 - g)


@gelu.single_kernel("forward")
def forward_single(x):
    t = minimum(absolute(x), FAR_SINGLE)
    # x - x Phi(-x) for x > 0, and x Phi(x) for x < 0.
    return unscaled(fast_sum(maximum(SCALE * x, 0), -scaled_tail_product(t)))


@gelu.single_kernel("derivative")
def derivative_single(x):
    g = scaled_slope(minimum(absolute(x), FAR_SINGLE))
    return unscaled(where(x < 0, g, SCALE - g))


@gelu.kernel("second_derivative")
def second_derivative(x):
    # (2 - x^2) times the normal density.
    t = minimum(absolute(x), FAR)
    half = exp(-0.25 * (t * t))
    a = INVERSE_SQRT_2PI * (2 - t * t) * half
    return copysign(a * half, a)
