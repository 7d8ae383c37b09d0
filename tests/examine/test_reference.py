"""The reference against high-precision values of the same, hand-written series.

`Series` has the oracle's interface without its formulas, so that a mistake in one of the two
does not hide a mistake in the other.
"""

import math
from fractions import Fraction

import flint
import numba
import numpy as np
import pytest

from actfn.examine import reference as module
from actfn.examine.reference import build_reference
from actfn.examine.segments import Reference, evaluate_one

# Below this a value need not be known any better.
NEGLIGIBLE = flint.arb(2) ** -1200


class Series:
    """True values of a function written with `flint.arb_series`."""

    def __init__(self, function, kinks=(), declared=(0, 0, 0), ends=(0.0, math.inf)):
        self.function = function
        self.kinks = tuple(kinks)
        self.declared = declared
        self.ends = ends

    def jet(self, x, digits=30, length=3):
        """Taylor coefficients; bits are doubled until exact inputs give enough digits."""
        with flint.ctx.workprec(160):
            while True:
                coefficients = self._coefficients(x, length)
                if isinstance(x, flint.arb) or self._certain(coefficients, digits):
                    return coefficients
                if flint.ctx.prec > 10_000:
                    raise ArithmeticError(x)
                flint.ctx.prec *= 2

    def _coefficients(self, x, length):
        cap, flint.ctx.cap = flint.ctx.cap, length
        try:
            series = self.function(flint.arb_series([flint.arb(x), 1]))
            return [series[k] for k in range(length)]
        finally:
            flint.ctx.cap = cap

    @staticmethod
    def _certain(coefficients, digits):
        def certain(c):
            return c.abs_upper() < NEGLIGIBLE or c.rel_accuracy_bits() > 4 * digits

        return all(map(certain, coefficients))

    def value(self, x, order=0, digits=30):
        if math.isinf(x):
            return flint.arb(self.ends[x > 0] if order == 0 else 1.0 * (x > 0))
        if x in self.kinks:
            return flint.arb(self.declared[order])
        return self.jet(x, digits, order + 1)[order] * math.factorial(order)


def branch(threshold, below, above):
    """A function with two formulas; undecided while the ball contains the threshold."""

    def function(x):
        difference = x[0] - threshold()
        if difference > 0:
            return above(x)
        if difference < 0:
            return below(x)
        raise ArithmeticError(difference)

    return function


def erf_half(x):
    return (x / flint.arb(2).sqrt()).erf()


def zero(x):
    return x * 0


def third():
    return flint.arb(1) / 3  # to the precision of the moment


FUNCTIONS = {
    "exp": Series(lambda x: x.exp()),
    "tanh": Series(lambda x: 1 - 2 / ((2 * x).exp() + 1), ends=(-1.0, 1.0)),
    "silu": Series(lambda x: x / (1 + (-x).exp())),
    "gelu": Series(lambda x: x * (1 + erf_half(x)) / 2),
    "softplus": Series(lambda x: (1 + x.exp()).log()),
    "tanhshrink": Series(lambda x: x - 1 + 2 / ((2 * x).exp() + 1), ends=(-math.inf, math.inf)),
    "relu": Series(branch(flint.arb, zero, lambda x: x), kinks=(0.0,)),
    "elu": Series(
        branch(flint.arb, lambda x: x.exp() - 1, lambda x: x), (0.0,), (0, 1, 0), (-1, math.inf)
    ),
    "shifted": Series(branch(third, zero, lambda x: x - third()), kinks=(Fraction(1, 3),)),
}
# Zeros of the derivatives: one step of the input changes the value by its own size there.
ZEROS = {"gelu": -0.7517915246935645, "silu": -1.2784645427610738}

cases = pytest.mark.parametrize(
    ("name", "order"),
    [(name, order) for name in FUNCTIONS for order in (0, 1)],
    ids=lambda value: str(value),
)


@pytest.fixture(scope="module")
def built():
    """References are built once, whatever the tests."""
    found = {}

    def get(name, order=0) -> Reference:
        if (name, order) not in found:
            oracle = FUNCTIONS[name]
            found[name, order] = build_reference(oracle, order, oracle.kinks)
        return found[name, order]

    return get


def inputs(name):
    """Random finite bit patterns, ordinary values, neighbours of zeros, kinks and ±0."""
    rng = np.random.default_rng(20)
    patterns = rng.integers(0, 2**32, 300, dtype=np.uint32).view(np.float32)
    ordinary = rng.normal(0, 4, 100).astype(np.float32)
    centres = [ZEROS.get(name, -1.0), 1 / 3, 1.0, 2.0, 88.7, 2.0**-126, -103.9]
    steps = np.arange(-6, 7)
    near = np.array(centres, np.float32).view(np.uint32)[:, np.newaxis] + steps.astype(np.uint32)
    x = np.concatenate([patterns, ordinary, near.astype(np.uint32).ravel().view(np.float32)])
    return x[np.isfinite(x)]


def is_right(found, truth) -> bool:
    if abs(truth) > 2.0**130:
        return math.copysign(1, found) == math.copysign(1, truth) and abs(found) > 2.0**128
    return abs(found - truth) <= max(2.0**-36 * abs(truth), 2.0**-160)


def mistakes(reference, oracle, name, order=0, within=math.inf):
    x = inputs(name)
    x = x[np.abs(x) <= within]
    found = reference.evaluate(x)
    truths = [float(oracle.value(float(v), order)) for v in x]
    return [(v, f, t) for v, f, t in zip(x, found, truths, strict=True) if not is_right(f, t)]


@cases
def test_values_are_right(built, name, order):
    assert mistakes(built(name, order), FUNCTIONS[name], name, order) == []


@cases
def test_most_of_the_line_is_proven(built, name, order):
    """Below |x| = 2^7 every segment is."""
    reference = built(name, order)
    start = np.abs(reference.first.view(np.float32))
    assert reference.proven[start < module.SATURATED].all()


@cases
def test_tables_are_small_and_in_order(built, name, order):
    reference = built(name, order)
    assert reference.first[0] == 0
    assert np.all(np.diff(reference.first.astype(np.int64)) > 0)
    assert reference.first.size < 20_000
    assert np.isfinite(reference.coefficients[reference.first != 0x7F800000]).sum() > 0


def test_a_wrong_coefficient_is_noticed(built):
    """The comparison above must be able to fail: 2^-30 in one segment's constant is seen."""
    reference = built("silu")
    segment = np.searchsorted(reference.first, np.float32(1.0).view(np.uint32), side="right") - 1
    coefficients = reference.coefficients.copy()
    coefficients[segment, 0] *= 1 + 2.0**-30
    broken = Reference(**{**vars(reference), "coefficients": coefficients})
    assert mistakes(broken, FUNCTIONS["silu"], "silu")


def test_another_function_is_noticed(built):
    """Gelu is not its tanh approximation, though they differ by 5e-4 at most."""

    def gelu_tanh(x):
        scale = (flint.arb(2) / flint.arb.pi()).sqrt()
        cubic = x + x * x * x * (flint.arb(44715) / 1_000_000)
        return x / (1 + (scale * cubic * -2).exp())

    approximation = Series(gelu_tanh)
    assert mistakes(built("gelu"), approximation, "gelu", within=8)


@pytest.mark.parametrize("name", ["silu", "tanhshrink", "elu"])
def test_scalar_form_gives_the_same_bits(built, name):
    reference = built(name)
    x = np.concatenate([inputs(name), np.array([0.0, -0.0, np.inf, -np.inf], np.float32)])
    compiled = numba.njit(evaluate_one)
    for function in (evaluate_one, compiled):
        found = [function(v, int(v.view(np.uint32)), *reference.tables) for v in x]
        np.testing.assert_allclose(found, reference.evaluate(x), rtol=2.0**-44, atol=2.0**-165)


def test_special_inputs(built):
    x = np.array([np.inf, -np.inf, 0.0, -0.0, np.nan], np.float32)
    np.testing.assert_array_equal(built("tanh").evaluate(x), [1, -1, 0, 0, np.nan])
    np.testing.assert_array_equal(built("gelu").evaluate(x), [np.inf, 0, 0, 0, np.nan])


def test_kink_that_is_an_input_has_the_declared_derivative(built):
    tiny = np.float32(2.0**-149)
    x = np.array([-tiny, -0.0, 0.0, tiny], np.float32)
    np.testing.assert_array_equal(built("relu", 1).evaluate(x), [0, 0, 0, 1])


def test_kink_between_two_inputs_separates_them(built):
    below = np.float32(np.nextafter(np.float32(1 / 3), np.float32(0)))
    above = np.float32(1 / 3)
    assert float(below) < 1 / 3 < float(above)
    np.testing.assert_array_equal(built("shifted", 1).evaluate([below, above]), [0, 1])


def test_undeclared_kink_costs_segments_but_not_accuracy():
    oracle = Series(branch(lambda: flint.arb(2).sqrt(), zero, lambda x: x - 1))
    reference = build_reference(oracle)
    root = np.float32(math.sqrt(2))
    x = np.array([np.nextafter(root, np.float32(0)), root, np.nextafter(root, np.float32(2))])
    truths = [float(oracle.value(float(v))) for v in x]
    np.testing.assert_array_equal(reference.evaluate(x), truths)


def test_outside_the_domain_is_nan():
    oracle = Series(lambda x: (1 + x).log(), kinks=(-1.0,), declared=(-math.inf, math.inf, 0))
    reference = build_reference(oracle, domain=(-1.0, math.inf))
    inside = np.nextafter(np.float32(-1), np.float32(0))
    found = reference.evaluate([-2.0, -1.0, inside, -np.inf, -1.0000001])
    np.testing.assert_array_equal(np.isnan(found), [True, False, False, True, True])
    assert found[1] == -math.inf
    assert found[2] == pytest.approx(math.log(2.0**-24), rel=2.0**-36)


def test_endless_oscillation_is_refused(monkeypatch):
    monkeypatch.setattr(module, "MOST_SEGMENTS", 1500)
    with pytest.raises(ArithmeticError, match="too many segments"):
        build_reference(Series(lambda x: x.sin()))
