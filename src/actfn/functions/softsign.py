"""Softsign: a sigmoid curve made of one division."""

from actfn.activation import Activation, Kink
from actfn.elementary import absolute, copysign, minimum, where
from actfn.elementary.single import fast_sum, product, unscaled

softsign = Activation(
    name="softsign",
    formula="x / (1 + abs(x))",
    kinks={"0": Kink("1", "smooth there; f'' jumps from 2 to -2, its mean is taken", second="0")},
    limits=("-1", "1"),
    source="Turian, Bergstra & Bengio 2009; Glorot & Bengio 2010, section 3",
    same_as={
        "torch": "nn.functional.softsign",
        "jax": "nn.soft_sign",
        "keras": "activations.softsign",
        "onnx": "Softsign",
    },
    disagreements={
        "torch": "NaN at -inf and inf; the derivative is 42 % off at 1e7 and 0 from 1.1e7",
        "jax": "NaN at -inf and inf; the derivative has the wrong sign for large x",
        "keras": "NaN at -inf and inf",
        "tensorflow": "NaN at -inf and inf; no second derivative",
    },
)

LARGE = 1e308  # from here on the value is 1 to all digits, and inf / inf is avoided
FLAT = 1e165  # from here on the derivative is below the smallest subnormal
ROOM = 2.0**32  # in float32, so that the rest of the square is not subnormal
SCALE = 2.0**-52  # keeps the square of 1 + |x| in range


@softsign.kernel("forward")
def forward(x):
    size = minimum(absolute(x), LARGE)
    return copysign(size / (1 + size), x)


@softsign.single_kernel("forward")
def forward_single(x):
    # Where |x| is the larger one and has no rest left for 1, that is too small to be seen.
    return x / fast_sum(1, absolute(x))


@softsign.kernel("derivative")
def derivative(x):
    # Scaled back in the end, so that a subnormal result is rounded only once.
    size = SCALE * (1 + minimum(absolute(x), FLAT))
    return 1 / (size * size) * (SCALE * SCALE)


@softsign.single_kernel("derivative")
def derivative_single(x):
    q = ROOM / (1 + absolute(x))
    return unscaled(product(q, q))


@softsign.kernel("second_derivative")
def second_derivative(x):
    q = 1 / (1 + absolute(x))
    cube = 2 * (q * q) * q
    return where(x > 0, -cube, where(x < 0, cube, where(x == 0, 0, x)))


@softsign.kernel("derivative_from_output")
def derivative_from_output(y):
    q = 1 - absolute(y)
    return q * q
