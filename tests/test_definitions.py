"""Activations that people define: `actfn.define`, and the calculus behind it."""

import math
import pickle
import subprocess
import sys
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest

import actfn
from actfn import contract, ulp
from actfn.activation import Kink
from actfn.calculus import differentiate
from actfn.errors import FormulaError, RecordError
from actfn.formula import Formula, to_text
from actfn.oracle import Oracle
from actfn.stable_forms import prepared, stable

DTYPES = [np.float32, np.float64, np.float16, ml_dtypes.bfloat16]
POINTS = 120

# The names of the built-in ones with a prefix: written as people write them, unstable forms too.
FORMULAS = {
    "own_swish": ("x / (1 + exp(-beta*x))", {"beta": 1.7}),
    "own_mish": ("x * tanh(log(1 + exp(x)))", {}),
    "own_gelu": ("0.5 * x * (1 + erf(x / sqrt(2)))", {}),
    "own_squareplus": ("(x + sqrt(x**2 + b)) / 2", {"b": 4}),
    "own_clip": ("x * clip(x + 3, 0, 6) / 6", {}),
}


@pytest.fixture(autouse=True)
def forget(monkeypatch):
    """What a test defines is gone after it."""
    from actfn import catalogue

    monkeypatch.setattr(catalogue, "_defined", {})


def oracle_of(f):
    def number(text):
        return Formula.parse(text).evaluate(**f.defaults)

    kinks = {number(place): kink for place, kink in f.kinks.items()}
    return Oracle(f.tree, f.defaults, "x", kinks, (-math.inf, math.inf), f.limits)


def inputs(dtype):
    sample = ulp.sample(dtype, POINTS, [0.0, 1.0, -1.0], np.random.default_rng(0))
    far = np.array([30, -30, 104, -104, 740, -740, 6e4, -6e4]).astype(dtype)
    x = np.concatenate([sample, far])
    return x[np.isfinite(x.astype(np.float64))]


@pytest.mark.parametrize("name", FORMULAS)
def test_kernels_keep_the_contract_in_every_dtype(name):
    formula, parameters = FORMULAS[name]
    f = actfn.define(name, formula, **parameters)
    oracle = oracle_of(f)
    for dtype in DTYPES:
        x = inputs(dtype)
        bound = contract.BOUNDS[np.dtype(dtype).name]
        for order, function in enumerate((f, f.derivative)):
            truth = oracle.double_double(x.astype(np.float64), order)
            distance = ulp.distance(function(x), *truth, np.dtype(dtype))
            worst = np.argmax(distance)
            assert distance[worst] <= bound, (np.dtype(dtype).name, order, x[worst])


def test_ends_and_nan():
    f = actfn.define("own_silu", "x / (1 + exp(-1.7*x))")
    x = np.array([-np.inf, -1e5, -0.0, 1e5, np.inf, np.nan])
    for dtype in DTYPES:
        with np.errstate(over="ignore", invalid="ignore"):  # 1e5 is inf in float16
            x = x.astype(dtype)
        y = f(x).astype(np.float64)
        assert y[0] == 0
        assert y[1] == 0
        assert np.signbit(y[:3]).all()
        assert y[4] == np.inf
        assert np.isnan(y[5])
        d = f.derivative(x).astype(np.float64)
        np.testing.assert_array_equal(d[[0, 1, 3, 4]], [0, 0, 1, 1])
        assert np.isnan(d[5])


def test_beyond_the_range_of_squares_it_goes_on_as_a_power():
    f = actfn.define("own_isru", "x / sqrt(1 + a*x**2)", a=1)
    x = np.array([1e200, -1e200, np.inf])
    np.testing.assert_array_equal(f(x), [1, -1, 1])
    g = actfn.define("own_plus", "(x + sqrt(x**2 + 4)) / 2")
    np.testing.assert_array_equal(g(np.array([1e200, np.inf, -np.inf])), [1e200, np.inf, 0])


def test_gradients_of_parameters():
    f = actfn.define("own_beta", "x * sigmoid(beta*x)", beta=0.5)
    x = np.linspace(-3, 3, 7)
    gradient = f.parameter_gradients(np.ones(7), x)["beta"]
    expected = sum(float(oracle_of(f).value(v, 1, wrt="beta")) for v in x)
    assert gradient == pytest.approx(expected)


def test_it_is_found_by_name_and_described():
    f = actfn.define("my_swish", "x / (1 + exp(-beta*x))", beta=1.7)
    assert actfn.get("my_swish") is f
    assert "my_swish" in actfn.names()
    assert actfn.from_spec(actfn.spec(f)) is f
    assert f.limits == ("-0", "inf")
    assert f.parameters[0].default == "1.7"
    assert f.title == "my_swish"


def test_defining_again():
    f = actfn.define("again", "x * a", a=2)
    assert actfn.define("again", "x * a", a=2) is f
    with pytest.raises(RecordError, match="already defined"):
        actfn.define("again", "x * a * a", a=2)
    g = actfn.define("again", "x * a * a", a=2, replace=True)
    assert (f(3.0), g(3.0)) == (6.0, 12.0)


@pytest.mark.parametrize("name", ["relu", "swish", "get", "cli", "Bad Name", "é", "a" * 61, "", 3])
def test_names_that_are_refused(name):
    with pytest.raises(RecordError):
        actfn.define(name, "x")


def test_pickle_here_and_in_a_new_process():
    f = actfn.define("leak", "max(x, slope*x)", slope=0.01, source="a note")
    text = pickle.dumps(f)
    assert pickle.loads(text) is f
    program = f"import pickle; f = pickle.loads({text!r}); print(f.name, f.source, f.defaults)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "leak a note {'slope': 0.01}", done.stderr


HOSTILE = [
    "__import__('os').system('true')", "lambda x: x", "x.real", "x[0]", "x if x else 1",
    "x; import os", "x\n", "x**1000", "x**(10**400)", "x*1e400", "9**9**9**9*x", "(" * 99 + "x",
    "+".join("x" * 600), "tanh(" * 50 + "x" + ")" * 50, "exp(" * 40 + "x" + ")" * 40,
]  # fmt: skip
NONSENSE = [
    "", "2", "x^2", "x < 1", "max(x)", "log(-1)*x", "0/0*x", "inf*x", "nan*x", "sqrt(x)", "1/x",
    "x**x", "y + x",
]  # fmt: skip


@pytest.mark.parametrize("formula", HOSTILE + NONSENSE)
def test_formulas_that_are_refused(formula):
    with pytest.raises(FormulaError):
        actfn.define("refused", formula)
    assert "refused" not in actfn.names()


@pytest.mark.parametrize("formula, hint", [("x*alhpa", "alpha"), ("sigmod(x)*alpha", "sigmoid")])
def test_unknown_names_get_a_suggestion(formula, hint):
    with pytest.raises(FormulaError, match=hint):
        actfn.define("misspelt", formula, alpha=1)


@pytest.mark.parametrize(
    "parameters",
    [
        {"b": 1.0},
        {"a": math.nan},
        {"a": math.inf},
        {"a": "1"},
        {"a": True},
        {"a": None},
        {"a": 1.0, "out": 2.0},
        {f"a{k}": 1.0 for k in range(1000)},
        {"__import__('os')": 1.0},
    ],
)
def test_parameters_that_are_refused(parameters):
    with pytest.raises((RecordError, FormulaError)):
        actfn.define("refused", "x*a" if "a" in parameters else "x", **parameters)


@pytest.mark.parametrize(
    "formula, parameters, kinks",
    [
        ("max(x, 0)", {}, {"0": ("0", "0")}),
        ("max(0, x)", {}, {"0": ("0", "0")}),
        ("abs(x)", {}, {"0": ("0", "0")}),
        ("clip(x, -1, 1)", {}, {"-1": ("0", "0"), "1": ("0", "0")}),
        ("max(x, slope*x)", {"slope": 0.1}, {"0": ("slope", "0")}),
        ("where(x >= 0, x, 0)", {}, {"0": ("1", "0")}),
        ("max(x - t, 0)", {"t": 1.5}, {"t": ("0", "0")}),
        ("abs(x - 1/3)", {}, {"1/3": ("0", "0")}),
        ("x*abs(x)", {}, {"0": ("0", "0")}),
        ("where(x > 0, x, exp(x) - 1)", {}, {"0": ("1", "1")}),
        ("x / (1 + exp(-x))", {}, {}),
    ],
)
def test_kinks_are_found(formula, parameters, kinks):
    f = actfn.define("kinked", formula, **parameters)
    assert {place: (k.derivative, k.second) for place, k in f.kinks.items()} == kinks


@pytest.mark.parametrize("choice", [0.5, "1/2", Fraction(1, 2), Kink("0.5", "the mean")])
def test_a_kink_that_somebody_chose(choice):
    f = actfn.define("halved", "max(x, 0)", kinks={0: choice})
    np.testing.assert_array_equal(f.derivative(np.array([-1.0, -0.0, 0.0, 1.0])), [0, 0.5, 0.5, 1])


def test_everything_else_is_derived_too():
    f = actfn.define("derived_silu", "x / (1 + exp(-x))")
    assert f.facts.range.high == "inf"
    assert "sigmoid(x)" in f.derivative_formula
    assert "derived_silu" in f.__doc__
    y, d = f.value_and_derivative(np.array([0.0, 1.0]))
    np.testing.assert_array_equal(y, f(np.array([0.0, 1.0])))
    np.testing.assert_array_equal(d, f.backward(np.ones(2), np.array([0.0, 1.0])))


def test_a_domain():
    f = actfn.define("root", "sqrt(x)", domain=(0, "inf"))
    with np.errstate(invalid="ignore"):
        y = f(np.array([-1.0, 0.0, 4.0, np.inf]))
    np.testing.assert_array_equal(y, [np.nan, 0, 2, np.inf])


# ---- calculus -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "formula",
    [
        "exp(a*x)", "expm1(x)", "log(2 + x)", "log1p(x**2)", "sqrt(2 + x)", "sin(x)", "cos(x)",
        "sinh(x)", "cosh(x)", "tanh(a*x)", "atan(x)", "erf(x)", "erfc(x)", "abs(x)", "sign(x)",
        "max(x, a)", "min(x, 2*x)", "clip(x, -a, a)", "where(x > a, x**2, x)", "sigmoid(x)",
        "softplus(x)", "relu(x)", "square(x)", "x**3", "(2 + x)**0.3", "a**x", "x/(1 + abs(x))",
        "x/sqrt(3 + a*x**2)", "x/(2 + x)", "1/(2 + x)", "-x*(a - x)", "1 + tanh(x)", "1 - erf(x)",
        "x + sqrt(x**2 + 4)", "1 - x/sqrt(1 + x**2)", "log(cosh(x))", "1 - tanh(x)**2",
        "2/(1 + exp(-x)) - 1", "log(1/(1 + exp(-x)))", "1/3 + tanh(x)/3",
    ],
)  # fmt: skip
def test_derivatives_and_stable_forms_are_right(formula):
    whole = Formula.parse(formula)
    for tree in (whole.tree, prepared(whole.tree), stable(whole.tree)):
        for name in ("x", "a"):
            slope = Formula.parse(to_text(differentiate(tree, name)))
            again = Formula.parse(to_text(stable(differentiate(tree, name))))
            for x in (-1.37, -0.45, 0.6, 1.9):
                values = {"x": x, "a": 0.7}
                assert Formula("", tree, whole.names).evaluate(**values) == pytest.approx(
                    whole.evaluate(**values)
                )
                step = 1e-6
                sides = [{**values, name: values[name] + h} for h in (-step, step)]
                low, high = (whole.evaluate(**side) for side in sides)
                difference = (high - low) / (2 * step)
                assert slope.evaluate(**values) == pytest.approx(difference, abs=1e-7)
                assert again.evaluate(**values) == pytest.approx(slope.evaluate(**values))


@pytest.mark.parametrize(
    "formula, text",
    [
        ("3*x + 2", "3"),
        ("x**2", "2*x"),
        ("x**1", "1"),
        ("a*x", "a"),
        ("5", "0"),
        ("where(x > 0, a, a)", "0"),
        ("x - x", "0"),
    ],
)
def test_zeros_and_ones_are_left_out(formula, text):
    assert to_text(differentiate(Formula.parse(formula).tree, "x")) == text


@pytest.mark.parametrize(
    "formula", ["relu(x)", "max(x, 0)", "max(0, x)", "clip(x, 0, 6)", "abs(x)"]
)
def test_the_convention_at_kinks(formula):
    slope = Formula.parse(to_text(differentiate(Formula.parse(formula).tree, "x")))
    assert slope.evaluate(x=0.0) == 0
