"""Mish: x times the tanh of its softplus."""

from actfn.activation import Activation
from actfn.elementary import absolute, copysign, exp, maximum, minimum, where
from actfn.elementary.coefficients import MISH_SLOPE_ZERO
from actfn.elementary.single import fast_sum, mish_slope_rise, one_plus_exp
from actfn.functions.silu import beside_zero

mish = Activation(
    name="mish",
    formula="x * tanh(softplus(x))",
    limits=("-0", "inf"),
    source="Misra 2019, arXiv:1908.08681, equation 1",
    same_as={
        "torch": "nn.functional.mish",
        "jax": "nn.mish",
        "keras": "activations.mish",
        "onnx": "Mish",
        "hf": "mish",
    },
    disagreements={
        "torch": "137 ULP at -91.8 in float32, the gradient 0 below -88.7 and 1.7e8 ULP off at "
        "its zero, -1.19243; NaN at -inf",
        "jax": "0 below -89 in float32; the gradient is 2.5e8 ULP off at its zero; NaN at -inf",
        "onnx": "onnxruntime: 9400 ULP at -91.8 in float32; NaN at -inf",
    },
)

# With w = e^x, tanh(softplus(x)) = (w^2 + 2w) / (w^2 + 2w + 2). For x >= 0 numerator and
# denominator are divided by w^2 and written in e = e^-x, so that nothing overflows.


FAR_SINGLE = 20  # e^-20 squared is nothing beside 1, and e^20 to the fourth is still in float32


def denominator(x, e):
    return where(x < 0, (e + 2) * e + 2, (2 * e + 2) * e + 1)


def clamp(x):
    # f' and f'' have rounded to their limits beyond, and exp of half the left end and of the
    # whole right end, where f'' ~ e^-2x, is still a normal number.
    return maximum(minimum(x, 400), -800)


@mish.kernel("forward", short=True)
def forward(x):
    # e = half * half is e^-|x|; x e^x goes through the subnormal range only once this way.
    half = exp(-0.5 * absolute(x))
    e = half * half
    left = maximum(x, -800) * half * (e + 2) * half
    # Two-float products that underflow lose the sign of their zero: mish has the sign of x.
    return copysign(where(x < 0, left, x * (2 * e + 1)) / denominator(x, e), x)


@mish.single_kernel("forward")
def forward_single(x):
    # (d^2 - 1) / (d^2 + 1) with d = 1 + e^x, and d - 1 is e^x.
    c = minimum(x, FAR_SINGLE)
    d = one_plus_exp(c)
    return x * (exp(c) * fast_sum(d, 1)) / fast_sum(d * d, 1)


@mish.kernel("derivative")
def derivative(x):
    c = clamp(x)
    half = exp(-0.5 * absolute(c))
    e = half * half
    d = denominator(c, e)
    left = half * (((e + 4) * e + (4 * c + 6)) * e + (4 * c + 4)) / (d * d)
    right = ((((4 * c + 4) * e + (4 * c + 6)) * e + 4) * e + 1) / (d * d)
    return where(x < 0, copysign(left * half, left), right)


@mish.single_kernel("derivative")
def derivative_single(x):
    # e ((d + 1)(d^2 + 1) + 4xd) / (d^2 + 1)^2, e and d as above.
    c = minimum(x, FAR_SINGLE)
    d = one_plus_exp(c)
    bottom = fast_sum(d * d, 1)
    slope = exp(c) * (fast_sum(d, 1) * bottom + 4 * (c * d)) / (bottom * bottom)
    z = fast_sum(x, MISH_SLOPE_ZERO)
    return beside_zero(z, mish_slope_rise(z), slope)


@mish.kernel("second_derivative")
def second_derivative(x):
    c = clamp(x)
    half = exp(-0.5 * absolute(c))
    e = half * half
    p, q, r, s = 2 - 2 * c, 6 - 3 * c, 2 * c + 8, 2 * c + 4
    left = half * (((p * e + q) * e + r) * e + s)
    right = e * (((s * e + r) * e + q) * e + p)
    # The last factor is split off, so that an underflow happens once and keeps its sign.
    factor = where(x < 0, half, e)
    d = denominator(c, e)
    a = 4 * where(x < 0, left, right) / (d * d * d)
    return copysign(a * factor, a)
