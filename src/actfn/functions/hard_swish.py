"""Hard swish: the input times a hard sigmoid of slope 1/6."""

from actfn.activation import Activation, Kink
from actfn.elementary import Exact, copysign, maximum, minimum, where
from actfn.elementary.single import fast_sum, scaled

hard_swish = Activation(
    name="hard_swish",
    formula="x * clip(x + 3, 0, 6) / 6",
    kinks={
        "-3": Kink("0", "the flat side, as in PyTorch, JAX, Paddle and MLX"),
        "3": Kink("1", "the side of the straight line, as in PyTorch, JAX, Paddle and MLX"),
    },
    limits=("-0", "inf"),
    source="Howard et al. 2019, arXiv:1905.02244, section 5.2",
    same_as={
        "torch": "nn.functional.hardswish",
        "jax": "nn.hard_swish",
        "keras": "activations.hard_silu",
        "onnx": "HardSwish",
        "hf": "hardswish",
    },
    aliases=("hard_silu",),
    disagreements={
        "torch": "NaN at -inf (-inf * 0); float32 inputs from 3.4e38 / 6 overflow",
        "jax": "NaN at -inf; the derivative is wrong by the whole step just inside 3 and -3",
        "keras": "NaN at -inf",
        "thinc": "hard_swish has slope 0.2; hard_swish_mobilenet is this one, "
        "with derivatives -0.5 and 1.5 at -3 and 3",
        "timm": "derivatives -0.5 and 1.5 at -3 and 3, also in NNlib",
    },
    notes="From -3 down the result is -0.0: x times 0, and the limit of the values just above -3.",
)


THIRD = Exact(0.3333333333333333, 1.850371707708594e-17)  # 1/3
SIXTH = Exact(0.1666666567325592, 9.934107462565104e-09)  # 1/6, cut off after float32


@hard_swish.kernel("forward")
def forward(x):
    # x + 3 is exact near -3, so the small results there keep all their digits. A two-float
    # product that is zero has lost its sign.
    inside = copysign(x * (x + 3) / 6, x)
    return where(x > -3, where(x < 3, inside, x), where(x <= -3, -0.0, x))


@hard_swish.single_kernel("forward")
def forward_single(x):
    # x comes last: of a subnormal result nothing is left to be corrected.
    return x * (SIXTH * fast_sum(3, minimum(maximum(x, -3), 3)))


@hard_swish.kernel("derivative")
def derivative(x):
    # 2x + 3 is exact around its zero at -1.5.
    return where(x > -3, where(x < 3, (2 * x + 3) / 6, 1), where(x <= -3, 0, x))


@hard_swish.single_kernel("derivative")
def derivative_single(x):
    inside = scaled(SIXTH, fast_sum(3, 2 * x))
    return where(x > -3, where(x < 3, inside, 1), where(x <= -3, 0, x))


@hard_swish.kernel("second_derivative")
def second_derivative(x):
    return where(x > -3, where(x < 3, THIRD, 0), where(x <= -3, 0, x))
