"""Derivative formulas and LaTeX: every one is held against the oracle, which knows no SymPy."""

import re
from fractions import Fraction

import pytest

from actfn import catalogue
from actfn.formula import Formula
from actfn.latex import to_latex
from actfn.oracle import Oracle
from actfn.symbolic import derivative

POINTS = [Fraction(n, 7) for n in (-61, -24, -9, -3, -1, 1, 2, 5, 16, 40, 150)]
NAMES = catalogue.names()


def agrees(record, text, by, order=1):
    """Whether a formula is the derivative: both are evaluated as balls, which must overlap."""
    values = record.exact_values()
    inputs = {name: Fraction(3, 8) for name in record.inputs[1:]}
    variable = record.inputs[0]
    known = {**values, **inputs}
    if by in inputs:  # the other input varies
        known = {**values, variable: Fraction(3, 8)}
        variable = by
    truth = Oracle(record.tree, known, variable)
    low, high = (Formula.parse(end).evaluate() for end in record.domain)
    found = Oracle(Formula.parse(text, (*record.inputs, *record.parameter_names)), known, variable)
    wrt = by if by in values else None
    points = [x for x in POINTS if low < x < high]
    return points and all(found.value(x).overlaps(truth.value(x, order, wrt=wrt)) for x in points)


@pytest.mark.parametrize("name", NAMES)
def test_derivatives_are_true(name):
    record = catalogue.get(name)
    for by in (*record.inputs, *record.parameter_names):
        assert agrees(record, derivative(record, by=by).text, by), by


@pytest.mark.parametrize("name", NAMES)
def test_second_derivative_is_true(name):
    record = catalogue.get(name)
    by = record.inputs[0]
    assert agrees(record, derivative(record, order=2).text, by, order=2)


def test_a_wrong_derivative_is_noticed():
    tanh = catalogue.get("tanh")
    assert agrees(tanh, "1 - tanh(x)**2", "x")
    assert not agrees(tanh, "1 - tanh(x)**2 + 1e-20*x", "x")


@pytest.mark.parametrize(
    "name, text",
    [
        ("tanh", "1 - tanh(x)**2"),
        ("sigmoid", "sigmoid(x)*(1 - sigmoid(x))"),
        ("relu", "where(x > 0, 1, 0)"),
        ("relu6", "where(x <= 0, 0, where(x < 6, 1, 0))"),
        ("softsign", "1/(1 + abs(x))**2"),
        ("elu", "where(x > 0, 1, alpha*exp(x))"),
        ("gelu", "erfc(-x/sqrt(2))/2 + x*exp(-x**2/2)/sqrt(2*pi)"),
    ],
)
def test_derivatives_read_well(name, text):
    assert catalogue.get(name).derivative_formula == text


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match=r"no input or parameter 'beta'.*'x'"):
        derivative(catalogue.get("relu"), by="beta")


@pytest.mark.parametrize("name", NAMES)
def test_latex_is_well_formed(name):
    record = catalogue.get(name)
    for text in (record.latex, record.derivative_latex):
        assert text.count("{") == text.count("}")
        assert text.count(r"\left") == text.count(r"\right")
        assert text.count(r"\begin{cases}") == text.count(r"\end{cases}")
        assert "*" not in text
        assert not re.search(r"(?<!\\)_", text)


@pytest.mark.parametrize(
    "text, latex",
    [
        ("x / (1 + exp(-x))", r"\frac{x}{1 + e^{-x}}"),
        ("a - (b - c)", r"a - \left(b - c\right)"),
        ("-(a + b)**2", r"-\left(a + b\right)^{2}"),
        ("tanh(x)**2", r"\tanh^{2}\left(x\right)"),
        ("2 * 3 * x", r"2 \cdot 3 \, x"),
        ("beta * sigmoid(x)", r"\beta \, \sigma\left(x\right)"),
        ("abs(x)", r"\left|x\right|"),
        ("1e-30 * x", r"1 \cdot 10^{-30} \, x"),
        ("max(x, 0)**2", r"\max\left(x, 0\right)^{2}"),
        ("where(x < 0, 0, x)", r"\begin{cases} 0 & x < 0 \\ x & \text{otherwise} \end{cases}"),
    ],
)
def test_latex_of(text, latex):
    assert to_latex(Formula.parse(text).tree) == latex
