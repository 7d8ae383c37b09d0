"""The reference of functions that oscillate: right everywhere, and it catches what is wrong."""

import numpy as np
import pytest

import actfn
from actfn import ulp
from actfn.examine import certify
from actfn.examine.ladder import LadderReference
from actfn.examine.sweep import sweep
from actfn.formula import Formula

SNAKE = actfn.get("snake")
BITS_OF_QUARTER_PI = 0x3F490FDB  # -pi/4 is a double zero of snake'
MINUS = 0x80000000


def rounded_once(x):
    """snake' as a kernel without any error but the last rounding gives it."""
    return SNAKE.derivative(x.astype(np.float64)).astype(np.float32)


@pytest.mark.parametrize("order", [0, 1])
def test_agrees_with_the_oracle(order):
    reference = certify.reference_of(SNAKE, certify.KERNELS[order])
    x = ulp.sample(np.float32, 3000, [np.pi / 4, -np.pi / 4, 1e30])
    hi, lo = SNAKE.oracle().double_double(x.astype(np.float64), order)
    found = reference.evaluate(x)
    error = np.abs((found - hi) - lo)
    assert np.all((error <= np.abs(hi) * 2.0**-36) | (error < 2.0**-160))


def test_asks_the_oracle_only_where_long_double_fails():
    reference, asked = certify.reference_of(SNAKE, "derivative"), []
    oracle = reference.oracle
    reference.oracle = lambda x: (asked.append(x), oracle(x))[1]
    start = MINUS + BITS_OF_QUARTER_PI - 50_000
    x = np.arange(start, start + 100_000, dtype=np.uint32).view(np.float32)
    reference.evaluate(x)
    assert 0 < sum(part.size for part in asked) < 20_000
    assert all(np.all(np.abs(part + np.pi / 4) < 1e-3) for part in asked)


def test_nan_and_infinity():
    found = certify.reference_of(SNAKE, "derivative").evaluate(np.float32([np.nan, np.inf, 0]))
    assert np.isnan(found[:2]).all()
    assert found[2] == 1.0
    found = certify.reference_of(SNAKE, "forward").evaluate(np.float32([np.inf, -np.inf]))
    assert found.tolist() == [np.inf, -np.inf]


@pytest.mark.parametrize(
    ("wrong", "least"),
    [
        # In float32 alone 1 + sin(2x) keeps no digit next to its zeros.
        (lambda x: 1 + np.sin(2 * x), 1000),
        # A single wrong answer, by one ULP, among a million.
        (lambda x: np.where(x == np.float32(-0.75), np.nextafter(rounded_once(x), 9),
                            rounded_once(x)), 0.5001),
        (lambda x: np.where(x == np.float32(-0.75), np.nan, rounded_once(x)), np.inf),
    ],
)  # fmt: skip
def test_a_wrong_kernel_is_caught(wrong, least):
    reference = certify.reference_of(SNAKE, "derivative")
    start = MINUS + BITS_OF_QUARTER_PI - (1 << 20)
    found = sweep(lambda x: wrong(x).astype(np.float32), reference, start, start + (1 << 20) + 100)
    right = sweep(rounded_once, reference, start, start + (1 << 20) + 100)
    assert right.worst <= 0.5001
    assert right.inputs == (1 << 20) + 100
    assert found.worst >= least


def test_an_operation_without_a_bound_is_refused():
    reference = LadderReference(Formula.parse("exp(x)").tree, {}, "x", lambda x: x)
    with pytest.raises(NotImplementedError, match="no bound"):
        reference.evaluate(np.float32([1.0]))
