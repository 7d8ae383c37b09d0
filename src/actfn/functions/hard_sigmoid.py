"""Hard sigmoid: a straight line clipped to [0, 1]."""

from actfn.activation import Activation, Kink, Parameter
from actfn.elementary import maximum, minimum, snap_reciprocal, where, whole_reciprocal
from actfn.elementary.single import fast_sum, nearest, scaled

hard_sigmoid = Activation(
    name="hard_sigmoid",
    formula="clip(slope * x + offset, 0, 1)",
    parameters=(
        Parameter("slope", "1/6", "slope of the line, > 0", ("0.2", "0.5", "0.1666667"), snap=True),
        Parameter("offset", "1/2", "value at 0", ("0.3",)),
    ),
    kinks={
        "-offset / slope": Kink("0", "the flat side, as in PyTorch, JAX and Paddle"),
        "(1 - offset) / slope": Kink("0", "the flat side, as in PyTorch, JAX and Paddle"),
    },
    limits=("0", "1"),
    source="Howard et al. 2019, arXiv:1905.02244, section 5.2; slope 1/4 in arXiv:1603.00391",
    same_as={
        "torch": "nn.functional.hardsigmoid",
        "jax": "nn.hard_sigmoid",
        "keras": "activations.hard_sigmoid",
        "onnx": "HardSigmoid(alpha=1/6)",
    },
    variants={"onnx": {"slope": "0.2"}},
    disagreements={
        "torch": "no second derivative; the derivative at NaN is 0",
        "jax": "the derivative at NaN is 0",
        "keras": "the slope was 0.2 (knees at -2.5 and 2.5) before Keras 3",
        "onnx": "the default slope is 0.2; so it is in MXNet, thinc, Chainer and Burn",
        "paddle": "the slope is 0.1666667, up to 6e4 ULP off near -3",
        "timm": "hard_sigmoid_me has derivative 1/6 at -3 and 3",
    },
    notes=(
        "A slope that is the float64 nearest to 1/n is read as exactly 1/n: 1/6 puts the knees "
        "at exactly -3 and 3, 0.2 at exactly -2.5 and 2.5."
    ),
)


def _from_left_knee(x, slope, offset):
    """n (slope x + offset) for a slope of 1/n, else with n = 1: no rounding near the knee."""
    n = whole_reciprocal(slope)
    return where(n > 1, x, slope * x) + n * offset


def _from_right_knee(x, slope, offset):
    """n (1 - offset - slope x): positive exactly to the left of the knee."""
    n = whole_reciprocal(slope)
    return n * (1 - offset) - where(n > 1, x, slope * x)


def _inside(x, slope, offset, value):
    """`value` between the knees, 0 at and outside them."""
    left, right = _from_left_knee(x, slope, offset), _from_right_knee(x, slope, offset)
    return where(left > 0, where(right > 0, value, 0), where(left <= 0, 0, left))


@hard_sigmoid.kernel("forward")
def forward(x, slope, offset):
    left, right = _from_left_knee(x, slope, offset), _from_right_knee(x, slope, offset)
    # Divided, not multiplied by 1/n, so that a result halfway between two float16 stays there.
    rising = left / whole_reciprocal(slope)
    return where(left > 0, where(right > 0, rising, 1), where(left <= 0, 0, left))


def _rising(x, slope, offset):
    """The line of n times the value, in float32."""
    n = whole_reciprocal(slope)
    return n * offset + where(n > 1, 1, slope) * x


@hard_sigmoid.single_kernel("forward")
def forward_single(x, slope, offset):
    rising = scaled(1 / whole_reciprocal(slope), _rising(x, slope, offset))
    return minimum(maximum(rising, 0), 1)


@hard_sigmoid.kernel("derivative")
def derivative(x, slope, offset):
    return _inside(x, slope, offset, snap_reciprocal(slope))


@hard_sigmoid.single_kernel("derivative")
def derivative_single(x, slope, offset):
    rising = _rising(x, slope, offset)
    left = fast_sum(-whole_reciprocal(slope), rising) < 0
    return where(rising > 0, where(left, nearest(slope), 0), where(rising <= 0, 0, x))


@hard_sigmoid.kernel("second_derivative")
def second_derivative(x, slope, offset):
    return where(x == x, 0, x)  # NaN stays NaN


@hard_sigmoid.kernel("derivative", by="slope")
def by_slope(x, slope, offset):
    return _inside(x, slope, offset, x)


@hard_sigmoid.kernel("derivative", by="offset")
def by_offset(x, slope, offset):
    return _inside(x, slope, offset, 1)


@hard_sigmoid.kernel("derivative_from_output")
def derivative_from_output(y, slope, offset):
    return where(y > 0, where(y < 1, snap_reciprocal(slope), 0), where(y <= 0, 0, y))
