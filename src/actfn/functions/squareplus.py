"""Squareplus: a softplus made of a square root."""

from actfn.activation import Activation, Parameter
from actfn.elementary import absolute, minimum, sqrt, where
from actfn.elementary.single import fast_sum, root_of_sum

squareplus = Activation(
    name="squareplus",
    formula="where(x < 0, b / (2 * (sqrt(x**2 + b) - x)), (x + sqrt(x**2 + b)) / 2)",
    parameters=(Parameter("b", "4", "size of the curved part, > 0", ("0.3", "1"), minimum="0"),),
    limits=("0", "inf"),
    source="Barron 2021, arXiv:2112.11687, equation 1",
    same_as={"jax": "nn.squareplus", "keras": "activations.squareplus"},
    disagreements={
        "jax": "cancels for x < 0, 3e3 ULP at -64.5; NaN at -inf; the derivative is NaN at ±inf",
        "keras": "cancels for x < 0 as JAX; NaN at -inf",
    },
    notes="(x + sqrt(x^2 + b)) / 2; left of 0 that is written without its cancellation.",
)

LARGE = 1e150  # from here on sqrt(x^2 + b) is |x| to all digits, and soon the square overflows
FLAT = 1e300  # from here on the derivatives are at their limits


def _root(size, b):
    """sqrt(x^2 + b) for size = |x|."""
    near = minimum(size, LARGE)
    return where(size > LARGE, size, sqrt(near * near + b))


@squareplus.kernel("forward")
def forward(x, b):
    size = absolute(x)
    # The values at x and -x have the product b / 4. Halves are added: the sum could overflow.
    right = 0.5 * size + 0.5 * _root(size, b)
    return where(x < 0, 0.25 * b / right, right)


@squareplus.single_kernel("forward")
def forward_single(x, b):
    twice = fast_sum(root_of_sum(x, b), absolute(x))
    return where(x < 0, 0.5 * b / twice, 0.5 * twice)


@squareplus.kernel("derivative")
def derivative(x, b):
    # f'(x) = f(x) / sqrt(x^2 + b)
    size = minimum(absolute(x), FLAT)
    root = _root(size, b)
    right = 0.5 * size + 0.5 * root
    return where(x < 0, 0.25 * b / right, right) / root


@squareplus.single_kernel("derivative")
def derivative_single(x, b):
    root = root_of_sum(x, b)
    twice = fast_sum(root, absolute(x))
    # f'(x) = f(x) / sqrt(x^2 + b), in one division on either side of 0.
    return where(x < 0, 0.5 * b, 0.5 * twice) / where(x < 0, twice * root, root)


@squareplus.kernel("second_derivative")
def second_derivative(x, b):
    # One division after the other: the cube of the root would overflow.
    root = _root(minimum(absolute(x), FLAT), b)
    return 0.5 * b / root / root / root


@squareplus.kernel("derivative", by="b")
def by_b(x, b):
    return 0.25 / _root(absolute(x), b)


@squareplus.kernel("derivative_from_output")
def derivative_from_output(y, b):
    # x = y - b / (4y) gives sqrt(x^2 + b) = y + b / (4y); no digits are lost.
    v = minimum(y, FLAT)
    return v / (v + 0.25 * b / v)
