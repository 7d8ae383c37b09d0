"""Snake: x plus a squared sine, for periodic data."""

from actfn.activation import Activation, Parameter
from actfn.elementary import absolute, cos, sin, sin_product, where
from actfn.elementary.single import fast_sum, nearest, sin_square, sin_square_turned

snake = Activation(
    name="snake",
    formula="x + sin(frequency*x)**2 / frequency",
    parameters=(Parameter("frequency", "1", "how fast it oscillates", ("0.3", "-1")),),
    limits=("-inf", "inf"),
    source="Liu, Ziyin, Hartwig & Ueda 2020, arXiv:2006.08195, equation 3",
    aliases=("snake_activation",),
    disagreements={
        "tensorflow-addons": "computes (1 - cos(2 a x)) / (2 a), which loses digits for small a x",
    },
    notes="The derivatives have no limit at +-inf and are NaN there, and where frequency * x "
    "overflows float64 (|x| > 1.8e308 / |frequency|).",
)


def finite(x):
    return absolute(x) <= 1.7976931348623157e308


def oscillating(t, value):
    """`value`, or NaN where there is no limit (or t has overflowed)."""
    return where(finite(t), value, t - t)


@snake.kernel("forward")
def forward(x, frequency):
    s = sin_product(frequency, x, 0)
    # Beyond float64 the oscillation is far below x's last bit; and -0.0 + 0.0 would lose the sign.
    return where(finite(frequency * x) & (x != 0), x + s * s / frequency, x)


@snake.single_kernel("forward")
def forward_single(x, frequency):
    # sin(t)**2 is at most |t|, so that x is the larger term.
    y = fast_sum(x, sin_square(frequency, x) * (1 / frequency))
    return where(x == 0, x, nearest(y))


# 1 + sin(2t) = 2 sin(t + pi/4)^2: the quarter turns next to its zeros are subtracted exactly.
@snake.kernel("derivative")
def derivative(x, frequency):
    s = sin_product(frequency, x, 0.5)
    return oscillating(frequency * x, 2 * s * s)


@snake.single_kernel("derivative")
def derivative_single(x, frequency):
    return 2 * sin_square_turned(frequency, x)


@snake.kernel("second_derivative")
def second_derivative(x, frequency):
    # cos(2t), with 2t never formed: it may overflow where t does not.
    product = sin_product(frequency, x, 0.5) * sin_product(frequency, x, 1.5)
    return oscillating(frequency * x, 4 * frequency * product)


@snake.kernel("derivative", by="frequency", wide=True)
def by_frequency(x, frequency):
    t = frequency * x
    s = sin(t)
    # sin(2t) first: t times more than 1 could overflow.
    return oscillating(t, (2 * s * cos(t) * t - s * s) / (frequency * frequency))
