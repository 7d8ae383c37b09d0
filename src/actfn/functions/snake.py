"""Snake: x plus a squared sine, for periodic data."""

from actfn.activation import Activation, Parameter
from actfn.elementary import absolute, cos, sin, where

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
    uncertified="it oscillates up to the largest float32, where no polynomial reference exists; "
    "sampled by bit pattern against the oracle instead",
    notes="The derivatives have no limit at +-inf and are NaN there, and where frequency * x "
    "overflows float64 (|x| > 1.8e308 / |frequency|).",
)


def finite(x):
    return absolute(x) <= 1.7976931348623157e308


def oscillating(t, value):
    """`value`, or NaN where there is no limit (or t has overflowed)."""
    return where(finite(t), value, t - t)


@snake.kernel("forward", wide=True)
def forward(x, frequency):
    t = frequency * x
    s = sin(t)
    # Beyond float64 the oscillation is far below x's last bit; and -0.0 + 0.0 would lose the sign.
    return where(finite(t) & (x != 0), x + s * s / frequency, x)


# wide: 1 + sin(2t) = (sin t + cos t)^2 has a double zero in every period, where float64 would
# keep no digit.
@snake.kernel("derivative", wide=True)
def derivative(x, frequency):
    t = frequency * x
    s = sin(t) + cos(t)
    return oscillating(t, s * s)


@snake.kernel("second_derivative", wide=True)
def second_derivative(x, frequency):
    t = frequency * x
    return oscillating(t, 2 * frequency * (cos(t) - sin(t)) * (cos(t) + sin(t)))


@snake.kernel("derivative", by="frequency", wide=True)
def by_frequency(x, frequency):
    t = frequency * x
    s = sin(t)
    # sin(2t) first: t times more than 1 could overflow.
    return oscillating(t, (2 * s * cos(t) * t - s * s) / (frequency * frequency))
