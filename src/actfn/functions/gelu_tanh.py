"""GELU, tanh approximation."""

from actfn.activation import Activation
from actfn.elementary import Exact, absolute, copysign, exp, minimum, where
from actfn.elementary.coefficients import GELU_TANH_SLOPE_ZERO
from actfn.elementary.single import fast_sum, gelu_tanh_slope_rise, one_plus_exp
from actfn.functions.silu import beside_zero

gelu_tanh = Activation(
    name="gelu_tanh",
    formula="x * sigmoid(2 * sqrt(2 / pi) * (x + 0.044715 * x**3))",
    limits=("-0", "inf"),
    source="Hendrycks & Gimpel 2016, arXiv:1606.08415, section 2",
    same_as={
        "torch": "nn.functional.gelu(approximate='tanh')",
        "jax": "nn.gelu",
        "keras": "ops.gelu",
        "onnx": "Gelu(approximate='tanh')",
        "hf": "gelu_pytorch_tanh",
    },
    aliases=("gelu_new", "gelu_fast", "gelu_python_tanh", "gelu_accurate", "gelu_approx"),
    notes="x (1 + tanh(u)) / 2 is x sigmoid(2u), without the cancellation of 1 + tanh.",
    disagreements={
        "torch": "1 + tanh cancels: 30 % off at -5, 0 below -5.06 in float32; NaN at -inf; "
        "the gradient is NaN for |x| > 1.84e19",
        "jax": "1 + tanh cancels: 0 below about -5; NaN at -inf; the gradient is NaN for "
        "|x| > 1.07e19 in float32 and |x| > 148 in float16",
        "onnx": "onnxruntime: off by 4 to 10 times the value near -5.2; NaN at -inf",
    },
)

# v = 2 sqrt(2/pi) (x + 0.044715 x^3) = x (LINEAR + CUBIC x^2)
LINEAR = Exact(1.5957691216057308, -9.96930880911092e-17)  # 2 sqrt(2/pi)
# The same, its first part so short that a sum with CUBIC x^2 is exact, whichever is larger.
SHORT_LINEAR = Exact(1.595768928527832, 1.930778986805098e-07)
CUBIC = Exact(0.07135481627260025, -6.175149918155315e-19)  # 0.044715 * 2 sqrt(2/pi)
CUBIC_3 = Exact(0.21406444881780073, 1.2025242832367862e-17)  # 3 * CUBIC, for the slope of v
CUBIC_6 = Exact(0.42812889763560147, 2.4050485664735725e-17)  # 6 * CUBIC, for its second slope
FAR_SINGLE = 6  # v(6) = 25
FAR = 24  # v(24) = 1025: exp(-v) is 0 in float64, its square root is not


def exponent(x):
    """v(x) in float32, cut off where exp(-v) no longer counts."""
    c = minimum(x, FAR_SINGLE)
    return c * fast_sum(SHORT_LINEAR, CUBIC * (c * c))


@gelu_tanh.kernel("forward", short=True)
def forward(x):
    t = minimum(absolute(x), FAR)
    half = exp(-0.5 * t * (LINEAR + CUBIC * (t * t)))
    # Two-float products that underflow lose the sign of their zero: the result has that of x.
    return copysign(where(x < 0, t * half * half, x) / (1 + half * half), x)


@gelu_tanh.single_kernel("forward")
def forward_single(x):
    return x / one_plus_exp(-exponent(x))


@gelu_tanh.kernel("derivative")
def derivative(x):
    t = minimum(absolute(x), FAR)
    s = t * t
    half = exp(-0.5 * t * (LINEAR + CUBIC * s))
    e = half * half
    a = half * (1 + e - t * (LINEAR + CUBIC_3 * s)) / ((1 + e) * (1 + e))
    g = copysign(a * half, a)  # keeps the sign where the product underflows
    # f'(x) + f'(-x) = 1
    return where(x < 0, g, 1 - g)


@gelu_tanh.single_kernel("derivative")
def derivative_single(x):
    c, v = minimum(x, FAR_SINGLE), exponent(x)
    y = 1 / one_plus_exp(-v)
    slope = y * (1 + c * (LINEAR + CUBIC_3 * (c * c)) * (exp(-v) * y))
    d = fast_sum(x, GELU_TANH_SLOPE_ZERO)
    return beside_zero(d, gelu_tanh_slope_rise(d), slope)


@gelu_tanh.kernel("second_derivative")
def second_derivative(x):
    # sigmoid' * (2 v' + x v'' - x v'^2 tanh(v/2)), even in x.
    t = minimum(absolute(x), FAR)
    s = t * t
    half = exp(-0.5 * t * (LINEAR + CUBIC * s))
    e = half * half
    slope = LINEAR + CUBIC_3 * s
    bend = (2 * slope + CUBIC_6 * s) * (1 + e) - t * (slope * slope) * (1 - e)
    a = half * bend / ((1 + e) * (1 + e) * (1 + e))
    return copysign(a * half, a)
