"""xIELU: a quadratic right of zero, the integral of an ELU left of it, plus a line."""

from actfn.activation import Activation, Kink, Parameter
from actfn.elementary import copysign, exp, exp_tail, maximum, minimum, where
from actfn.elementary.single import exp_line, exp_line_slope

xielu = Activation(
    name="xielu",
    formula="where(x > 0, alpha_p*x**2 + beta*x, alpha_n*(expm1(x) - x) + beta*x)",
    parameters=(
        Parameter("alpha_p", "0.8", "curvature on the right, > 0", ("1.3",)),
        Parameter("alpha_n", "0.8", "size of the exponential part, > 0", ("0.3", "0.5", "2")),
        Parameter("beta", "0.5", "slope at 0", ("1",)),
    ),
    kinks={"0": Kink("beta", "smooth there; f'' is that of the branch x <= 0", second="alpha_n")},
    limits=("where(alpha_n > beta, inf, where(alpha_n < beta, -inf, -alpha_n))", "inf"),
    source="Huang & Schlag 2024, arXiv:2411.13010",
    same_as={"hf": "xielu"},
    disagreements={
        "hf": "the derivative on [-1e-6, 0] is beta - alpha_n instead of beta; the parameters are "
        "given before softplus"
    },
    notes=(
        "alpha_p and alpha_n are the positive values themselves; networks learn them through "
        "softplus, alpha_n with beta added."
    ),
)

NEAR = -0.34  # exp_tail is accurate from here to 0


# Both f and f' have a zero left of 0 whose place depends on the parameters; terms of size 1
# cancel there, and float64 would leave too few digits for float32.
@xielu.kernel("forward", wide=True)
def forward(x, alpha_p, alpha_n, beta):
    # Near 0, expm1(x) - x is x^2 / 2: written by its own series, and x is factored out.
    near = maximum(minimum(x, 0), NEAR)
    chord = alpha_n * near * exp_tail(near) + beta
    # A two-float product that is zero has lost its sign.
    small = copysign(x * chord, where(chord < 0, -x, x))
    # Further out the two linear terms are one, which vanishes where alpha_n = beta.
    line = where(alpha_n == beta, 0, (beta - alpha_n) * x)
    left = alpha_n * exp(minimum(x, 0)) - alpha_n + line
    return where(x > 0, x * (alpha_p * x + beta), where(x > NEAR, small, left))


@xielu.single_kernel("forward")
def forward_single(x, alpha_p, alpha_n, beta):
    return exp_line(x, alpha_n, beta, alpha_p)


@xielu.kernel("derivative", wide=True)
def derivative(x, alpha_p, alpha_n, beta):
    near = maximum(minimum(x, 0), NEAR)
    small = alpha_n * (near + near * near * exp_tail(near)) + beta
    # The constants first: only exp is left where alpha_n = beta.
    left = alpha_n * exp(minimum(x, 0)) + (beta - alpha_n)
    return where(x > 0, 2 * alpha_p * x + beta, where(x < NEAR, left, small))


@xielu.single_kernel("derivative")
def derivative_single(x, alpha_p, alpha_n, beta):
    return exp_line_slope(x, alpha_n, beta, alpha_p)


@xielu.kernel("second_derivative")
def second_derivative(x, alpha_p, alpha_n, beta):
    return where(x > 0, 2 * alpha_p, alpha_n * exp(minimum(x, 0)))


@xielu.kernel("derivative", by="alpha_p")
def by_alpha_p(x, alpha_p, alpha_n, beta):
    return where(x > 0, x * x, where(x <= 0, 0, x))


@xielu.kernel("derivative", by="alpha_n")
def by_alpha_n(x, alpha_p, alpha_n, beta):
    near = maximum(minimum(x, 0), NEAR)
    left = where(x > NEAR, near * near * exp_tail(near), exp(minimum(x, 0)) - 1 - x)
    return where(x > 0, 0, left)


@xielu.kernel("derivative", by="beta")
def by_beta(x, alpha_p, alpha_n, beta):
    return x
