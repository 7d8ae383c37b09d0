"""Hard mish: a piecewise polynomial that follows mish."""

from actfn.activation import Activation, Kink
from actfn.elementary import absolute, maximum, minimum, where
from actfn.elementary.single import fused

hard_mish = Activation(
    name="hard_mish",
    formula="x * clip(x + 2, 0, 2) / 2",
    kinks={
        "-2": Kink("0", "the side where the function is 0, as hard_swish at its left knee"),
        "0": Kink("1", "both sides have slope 1; the second derivative is that of the right"),
    },
    limits=("-0", "inf"),
    source="H-Mish by D. Misra 2020 (the author's notes); equation as in timm's hard_mish",
    aliases=("hardmish", "h_mish"),
    disagreements={"timm": "its memory-efficient version takes the inner derivative -1 at -2"},
)


@hard_mish.kernel("forward")
def forward(x):
    return where(x > 0, x, where(x <= -2, -0.0, where(x == 0, x, x * (x + 2) * 0.5)))


@hard_mish.single_kernel("forward")
def forward_single(x):
    # x + x**2 / 2, rounded once, and -0 left of -2.
    t = maximum(x, -2)
    return where(x < 0, -absolute(fused(0.5 * t, t, t)), x)


@hard_mish.kernel("derivative")
def derivative(x):
    return where(x > 0, 1, where(x <= -2, 0, x + 1))


@hard_mish.single_kernel("derivative")
def derivative_single(x):
    return where(x <= -2, 0, fused(1, minimum(x, 0), 1))


@hard_mish.kernel("second_derivative")
def second_derivative(x):
    return where(x >= 0, 0, where(x <= -2, 0, where(x < 0, 1, x)))
