"""The oracle against mpmath, against known values, and at the places where evaluation is hard."""

import math
import time
from fractions import Fraction
from types import SimpleNamespace

import mpmath
import numpy as np
import pytest
from flint import arb, ctx

from actfn.errors import RecordError
from actfn.oracle import Oracle

mp = mpmath.mp.clone()
mp.dps = 2200  # digits: x - tanh(x) at 5e-324 cancels 650, GELU at -60 nearly 800

SILU = "x / (1 + exp(-x))"
SIGMOID = "1 / (1 + exp(-x))"
GELU = "x * (1 + erf(x / sqrt(2))) / 2"
GELU_TANH = "x * (1 + tanh(sqrt(2/pi) * (x + 0.044715*x**3))) / 2"
MISH = "x * tanh(softplus(x))"
SQUAREPLUS = "(x + sqrt(x**2 + 4)) / 2"


def _phi(x):
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def _sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def _tanh(x):
    return (mp.exp(x) - mp.exp(-x)) / (mp.exp(x) + mp.exp(-x))


# The value and two derivatives, worked out by hand.
BY_HAND = {
    SIGMOID: (
        _sigmoid,
        lambda x: _sigmoid(x) * (1 - _sigmoid(x)),
        lambda x: _sigmoid(x) * (1 - _sigmoid(x)) * (1 - 2 * _sigmoid(x)),
    ),
    SILU: (
        lambda x: x * _sigmoid(x),
        lambda x: _sigmoid(x) * (1 + x * (1 - _sigmoid(x))),
        lambda x: _sigmoid(x) * (1 - _sigmoid(x)) * (2 + x * (1 - 2 * _sigmoid(x))),
    ),
    GELU: (
        lambda x: x * (1 + mp.erf(x / mp.sqrt(2))) / 2,
        lambda x: (1 + mp.erf(x / mp.sqrt(2))) / 2 + x * _phi(x),
        lambda x: _phi(x) * (2 - x * x),
    ),
    "tanh(x)": (
        _tanh,
        lambda x: 1 - _tanh(x) ** 2,
        lambda x: -2 * _tanh(x) * (1 - _tanh(x) ** 2),
    ),
    "x - tanh(x)": (
        lambda x: x - _tanh(x),
        lambda x: _tanh(x) ** 2,
        lambda x: 2 * _tanh(x) * (1 - _tanh(x) ** 2),
    ),
    "softplus(x)": (
        lambda x: mp.log(1 + mp.exp(x)),
        _sigmoid,
        lambda x: _sigmoid(x) * (1 - _sigmoid(x)),
    ),
    SQUAREPLUS: (
        lambda x: (x + mp.sqrt(x * x + 4)) / 2,
        lambda x: (1 + x / mp.sqrt(x * x + 4)) / 2,
        lambda x: 2 / mp.sqrt(x * x + 4) ** 3,
    ),
    "erfc(x) + atan(x) + x**(1/3)": (
        lambda x: mp.erfc(x) + mp.atan(x) + mp.cbrt(x),
        lambda x: -2 / mp.sqrt(mp.pi) * mp.exp(-x * x) + 1 / (1 + x * x) + mp.cbrt(x) / (3 * x),
        lambda x: (
            4 * x / mp.sqrt(mp.pi) * mp.exp(-x * x)
            - 2 * x / (1 + x * x) ** 2
            - 2 * mp.cbrt(x) / (9 * x * x)
        ),
    ),
    "sinh(x) / cosh(x) + sin(x) * cos(x) + expm1(x)": (
        lambda x: _tanh(x) + mp.sin(2 * x) / 2 + mp.exp(x) - 1,
        lambda x: 1 - _tanh(x) ** 2 + mp.cos(2 * x) + mp.exp(x),
        lambda x: -2 * _tanh(x) * (1 - _tanh(x) ** 2) - 2 * mp.sin(2 * x) + mp.exp(x),
    ),
}
POINTS = [-60.0, -38.0, -20.0, -12.8, -8.4, -1.2784645427610738, -0.75179152469, -1e-3, -1e-40]
POINTS += [5e-324, 1e-310, 1e-40, 0.3, 1.0, 2.5, 17.0, 40.0, 300.0]


@pytest.mark.parametrize("text", BY_HAND)
def test_against_mpmath(text):
    oracle = Oracle(text)
    for x in POINTS:
        if x < 0 and "1/3" in text:
            continue
        pairs = oracle.jets(np.array([x]))
        for order, by_hand in enumerate(BY_HAND[text]):
            truth = by_hand(mp.mpf(x))
            _assert_pair(*pairs[order, :, 0], truth, f"{text}, order {order} at {x!r}")


def _assert_pair(hi, lo, truth, place):
    """Check that hi + lo is the truth rounded twice."""
    if abs(truth) < mp.mpf(2) ** -1100:
        assert hi == 0, place
        return
    if abs(truth) > mp.mpf(2) ** 1024:
        assert (hi, lo) == (math.copysign(math.inf, truth), 0.0), place
        return
    rest = truth - mp.mpf(hi)
    assert abs(rest) <= mp.mpf(math.ulp(hi)) / 2, place
    assert abs(mp.mpf(lo) - rest) <= mp.mpf(math.ulp(lo)) / 2 * (1 + mp.mpf(2) ** -40), place


@pytest.mark.parametrize("digits", [15, 30, 200])
def test_digits_of_value(digits):
    truth = BY_HAND[GELU][1](mp.mpf(-38))
    ball = Oracle(GELU).value(-38.0, order=1, digits=digits)
    assert ball.rel_accuracy_bits() >= digits * math.log2(10)
    text = ball.mid().str(digits + 5, radius=False)
    assert abs(mp.mpf(text) / truth - 1) < mp.mpf(10) ** -digits


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        (SILU, 0, 0.0),
        (SILU, 1, 0.5),
        (GELU, 1, 0.5),
        (GELU_TANH, 1, 0.5),
        ("tanh(x)", 1, 1.0),
        ("tanh(x)", 2, 0.0),
        (SIGMOID, 0, 0.5),
        (SIGMOID, 1, 0.25),
        (SQUAREPLUS, 0, 1.0),
        ("cosh(x)", 0, 1.0),
        ("erf(x)", 0, 0.0),
        ("square(x)", 2, 2.0),
    ],
)
def test_exact_values_at_zero(text, order, expected):
    hi, lo = Oracle(text).double_double(np.array([0.0]), order)
    assert (hi[0], lo[0]) == (expected, 0.0)


def test_rational_values_are_exact():
    """x/6 + 1/2 at 1.5 is 3/4, which no ball can tell; the edge x = -3 is met exactly."""
    hi, lo = Oracle("x * clip(x/6 + 1/2, 0, 1)").double_double(np.array([1.5, -3.0, 3.0, 0.1]))
    assert hi[:3].tolist() == [1.125, 0.0, 3.0]
    assert lo[:3].tolist() == [0.0, 0.0, 0.0]
    assert lo[3] != 0.0
    assert Oracle("x**(1/3) + sqrt(x)").double_double([64.0])[0] == 12.0


def test_tiny_inputs_keep_the_second_half():
    """bfloat16 subnormals lie next to ties, which only the next term of the series decides."""
    hi, lo = Oracle(SILU).double_double(np.array([1e-40]))
    assert hi[0] == 5e-41
    assert lo[0] == pytest.approx(2.5e-81, rel=1e-15)


LARGE = {  # the formula, its first derivative at the two ends, and its value there
    SILU: ((0.0, 1.0), (0.0, "x")),
    SIGMOID: ((0.0, 0.0), (0.0, 1.0)),
    GELU: ((0.0, 1.0), (0.0, "x")),
    GELU_TANH: ((0.0, 1.0), (0.0, "x")),
    MISH: ((0.0, 1.0), (0.0, "x")),
    "softplus(x)": ((0.0, 1.0), (0.0, "x")),
    "-softplus(-x)": ((1.0, 0.0), ("x", 0.0)),
    "tanh(x)": ((0.0, 0.0), (-1.0, 1.0)),
    "x * tanh(x)": ((-1.0, 1.0), ("-x", "x")),
    "where(x > 0, x, expm1(x))": ((0.0, 1.0), (-1.0, "x")),
    "erf(x)": ((0.0, 0.0), (-1.0, 1.0)),
}


@pytest.mark.parametrize("size", [1e3, 1e10, 1e38, 1e300])
@pytest.mark.parametrize("text", LARGE)
def test_large_inputs(text, size):
    slopes, values = LARGE[text]
    pairs = Oracle(text).jets(np.array([-size, size]))
    for end, x in enumerate((-size, size)):
        expected = {"x": x, "-x": -x}.get(values[end], values[end])
        assert pairs[:, 0, end].tolist() == [expected, slopes[end], 0.0]
        assert not pairs[:, 1, end].any()  # what is missing is below every float64


def test_large_inputs_of_squareplus():
    hi, lo = Oracle(SQUAREPLUS).double_double(np.array([-1e300, -1e10, 1e10, 1e38]))
    assert hi == pytest.approx([1e-300, 1e-10, 1e10, 1e38], rel=1e-15)
    assert lo[2:] == pytest.approx([1e-10, 1e-38])


@pytest.mark.parametrize("text", [SILU, GELU, GELU_TANH, MISH])
def test_sign_of_a_vanishing_value(text):
    for x in (-1e3, -1e10, -1e38, -1e300, -math.inf):
        pairs = Oracle(text).jets(np.array([x]))
        assert np.signbit(pairs[:2, 0, 0]).all()


def test_overflow_and_nan():
    hi, lo = Oracle("x**3").double_double(np.array([1e200, -1e200, math.nan]))
    assert hi[:2].tolist() == [math.inf, -math.inf]
    assert lo[:2].tolist() == [0.0, 0.0]
    assert math.isnan(hi[2])


def test_infinite_ends():
    ends = np.array([-math.inf, math.inf])
    assert Oracle(SILU).jets(ends)[:, 0].tolist() == [[0.0, math.inf], [0.0, 1.0], [0.0, 0.0]]
    assert Oracle("x / (1 + x**2)").jets(ends)[:, 0].tolist() == [[0.0, 0.0]] * 3
    assert Oracle("log(x**2 + 1)").double_double(ends)[0].tolist() == [math.inf, math.inf]
    assert np.isnan(Oracle("x + sin(x)").double_double(ends, 1)[0]).all()
    declared = Oracle("atan(x) * a", {"a": 2}, limits=("-pi", "pi"))
    assert declared.double_double(ends)[0].tolist() == [-math.pi, math.pi]
    assert declared.double_double(ends)[1][1] == pytest.approx(1.2246467991473532e-16)
    negative = Oracle(SILU, limits=("-0", "inf")).double_double(ends)[0]
    assert np.signbit(negative[0])


def test_domain():
    oracle = Oracle("log(x)", domain=(0, math.inf))
    hi, _ = oracle.double_double(np.array([-1.0, 0.0, 1.0, -math.inf]))
    assert np.isnan(hi[[0, 3]]).all()
    assert hi[1:3].tolist() == [-math.inf, 0.0]


def _kink(derivative, second=None):
    return SimpleNamespace(derivative=derivative, second=second)


def test_declared_kink():
    oracle = Oracle("max(x, slope*x)", {"slope": Fraction(1, 4)}, kinks={0: _kink("slope", "0")})
    assert oracle.jets(np.array([0.0]))[:, 0, 0].tolist() == [0.0, 0.25, 0.0]
    assert oracle.jets(np.array([-2.0, 2.0]))[1, 0].tolist() == [0.25, 1.0]
    assert [float(c) for c in oracle.jet(0.0)] == [0.0, 0.25, 0.0]
    halves = Oracle("max(x, 0)", kinks={Fraction(0): _kink(Fraction(1, 2), 3.0)})
    assert halves.jets(np.array([0.0]))[:, 0, 0].tolist() == [0.0, 0.5, 3.0]


def test_undeclared_kink():
    oracle = Oracle("relu(x)")
    assert oracle.double_double(np.array([0.0]))[0] == [0.0]  # the value is not in doubt
    with pytest.raises(RecordError, match="kink at x = 0"):
        oracle.double_double(np.array([0.0]), 1)


def test_a_tie_that_is_no_kink():
    """softsign is once differentiable at 0, x*abs(x)*x twice; only then does a side matter."""
    softsign = Oracle("x / (1 + abs(x))")
    assert softsign.double_double(np.array([0.0]), 1)[0] == [1.0]
    with pytest.raises(RecordError):
        softsign.double_double(np.array([0.0]), 2)
    assert Oracle("relu(x) - relu(-x)").jets(np.array([0.0]))[:, 0, 0].tolist() == [0.0, 1.0, 0.0]
    assert Oracle("x * abs(x) * x").jets(np.array([0.0]))[:, 0, 0].tolist() == [0.0, 0.0, 0.0]


def test_where_obeys_its_comparison():
    for symbol, expected in ((">", 3.0), (">=", 2.0)):
        oracle = Oracle(f"where(x {symbol} 1, 2*x, 3*x)")
        assert oracle.jets(np.array([1.0]))[:, 0, 0].tolist() == [expected, expected, 0.0]


def test_derivative_by_a_parameter():
    """For x*sigmoid(beta*x) it is x**2 * s * (1 - s); the float 1.7 stands for that double."""
    oracle = Oracle("x * sigmoid(beta*x)", {"beta": 1.7})
    x, beta = mp.mpf(0.3), mp.mpf(1.7)
    s = _sigmoid(beta * x)
    hi, lo = oracle.double_double(np.array([0.3]), 1, wrt="beta")
    _assert_pair(hi[0], lo[0], x * x * s * (1 - s), "beta")
    assert float(oracle.value(0.3, order=1, wrt="beta")) == hi[0]
    pairs = oracle.jets(np.array([0.3, -1e300]), wrt="beta")
    assert pairs[1, 0, 0] == hi[0]
    assert pairs[1, 0, 1] == 0.0
    _assert_pair(*pairs[2, :, 0], x**3 * s * (1 - s) * (1 - 2 * s), "beta twice")
    with pytest.raises(RecordError, match="gamma"):
        oracle.value(0.3, order=1, wrt="gamma")


def test_parameter_derivative_at_a_kink_follows_the_declared_side():
    text = "sign(x) * max(abs(x) - width, 0)"
    for derivative, expected in (("0", 0.0), ("1", -1.0)):
        kinks = {Fraction(1, 2): _kink(derivative)}
        oracle = Oracle(text, {"width": 0.5}, kinks=kinks)
        assert oracle.double_double(np.array([0.5]), 1, wrt="width")[0] == [expected]


def test_fractions_are_exact_parameters():
    exact = Oracle("slope * x", {"slope": Fraction(1, 100)}).double_double(np.array([100.0]))
    rounded = Oracle("slope * x", {"slope": 0.01}).double_double(np.array([100.0]))
    assert (exact[0][0], exact[1][0]) == (1.0, 0.0)
    assert rounded[1][0] != 0.0


def test_missing_parameter():
    with pytest.raises(RecordError, match="beta"):
        Oracle("x * beta")


def test_uncertain_input():
    ball = Oracle(SILU).jet(arb(1, 1e-6))[0]
    assert ball.contains(Oracle(SILU).value(1.0))
    assert ball.rad() < 1e-5


def test_undecidable_is_an_error():
    with pytest.raises(ArithmeticError, match="undecided"):
        Oracle("sin(pi*x)").value(1.0)


def test_towers_do_not_fill_the_memory():
    hi, _ = Oracle("(((x**64)**64)**64)**64").double_double(np.array([0.3, 1.0, 3.0]))
    assert hi.tolist() == [0.0, 1.0, math.inf]
    assert Oracle("exp(exp(exp(exp(-x))))").double_double(np.array([2.0]))[0][0] > 1
    assert Oracle("exp(-exp(exp(x)))").double_double(np.array([30.0]))[0] == [0.0]


def test_longer_series():
    coefficients = Oracle("exp(x) * 2").jet(0.0, length=8)
    assert float(coefficients[7]) == pytest.approx(2 / math.factorial(7), rel=1e-15)


def test_shapes():
    oracle = Oracle(SILU)
    assert oracle.jets(np.zeros((2, 3))).shape == (3, 2, 2, 3)
    assert oracle.double_double(np.zeros(()))[0].shape == ()
    assert oracle.jets(np.zeros(0)).shape == (3, 2, 0)


def test_settings_of_flint_are_left_alone():
    before = ctx.prec, ctx.cap
    Oracle(GELU).jets(np.array([-40.0]))
    with pytest.raises(ArithmeticError):
        Oracle("sin(pi*x)").value(1.0)
    assert (ctx.prec, ctx.cap) == before


def test_speed():
    """A table for a 16-bit type has 65,536 points; it must not take minutes."""
    x = np.random.default_rng(7).uniform(-8, 8, 1000)
    oracle = Oracle(SILU)
    oracle.jets(x[:10])
    started = time.process_time()
    oracle.jets(x)
    assert (time.process_time() - started) / x.size < 1e-3  # seconds; about 40e-6 when idle
