"""Formulas: what is read, what is refused, and what the tree gives back."""

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actfn.errors import FormulaError
from actfn.formula import (
    Call,
    Comparison,
    Constant,
    Formula,
    Name,
    Negative,
    Number,
    Operation,
    kink_candidates,
    to_text,
)
from actfn.grammar import ARITIES

X = Name("x")

HOSTILE = {
    "empty": "",
    "blank": "   ",
    "very long": "x" * 5000,
    "deep brackets": "(" * 200 + "x" + ")" * 200,
    "deep minus": "-" * 900 + "x",
    "deep power": "x**" * 300 + "x",
    "long sum": "x+" * 400 + "x",
    "attribute": "x.real",
    "dunder": "x.__class__",
    "lambda": "lambda: x",
    "import": "__import__('os')",
    "import call": "__import__(x)",
    "open": "open(x)",
    "tower": "2**10**10",
    "power": "x**65",
    "folded power": "x**(8*8 + 1)",
    "huge number": "1e999999999",
    "unclosed": "exp(x",
    "unopened": "exp(x))",
    "crossed": ")x(",
    "unicode letter": "é",
    "unicode digit": "x + ٣",
    "full-width name": "ｘ",  # noqa: RUF001
    "unicode minus": "x − 1",  # noqa: RUF001
    "caret power": "x^2",
    "null byte": "x\0",
    "two lines": "x\n+ 1",
    "bare comparison": "x < 1",
    "comparison in call": "exp(x < 1)",
    "chained": "where(0 < x < 1, x, 0)",
    "equality": "where(x == 1, x, 0)",
    "number as condition": "where(x, 1, 2)",
    "boolean": "x and x",
    "conditional": "x if x else 1",
    "starred": "exp(*x)",
    "keyword": "exp(a=x)",
    "too few": "max(x)",
    "too many": "exp(x, x)",
    "function as name": "exp + 1",
    "called result": "exp(x)(x)",
    "called name": "x(x)",
    "tuple": "x, x",
    "subscript": "x[0]",
    "string": "'x'",
    "true": "True",
    "assignment": "x := 1",
    "hexadecimal": "0x10",
    "underscore": "1_000",
    "imaginary": "1j",
    "glued": "2x",
    "unfinished": "x +",
    "plus sign": "+x",
    "remainder": "x % 2",
    "floor": "x // 2",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_outside_the_grammar(text):
    with pytest.raises(FormulaError) as caught:
        Formula.parse(text, ["x"])
    assert "^" in str(caught.value).splitlines()[-1]


def test_caret_stands_under_the_place():
    with pytest.raises(FormulaError) as caught:
        Formula.parse("  x / (1 + exp(-bata*x))", ["x", "beta"])
    message, shown, caret = str(caught.value).splitlines()
    assert "'beta'" in message
    assert shown[caret.index("^") :].startswith("bata")


def test_caret_in_a_long_text():
    with pytest.raises(FormulaError) as caught:
        Formula.parse(" + ".join(["x"] * 30) + " + yy + x", ["x"])
    _, shown, caret = str(caught.value).splitlines()
    assert shown[caret.index("^") :].startswith("yy")


def test_unknown_function_gets_its_neighbour():
    with pytest.raises(FormulaError, match="'sigmoid'"):
        Formula.parse("x * sigmiod(x)", ["x"])


def test_names_that_mean_something_are_refused():
    with pytest.raises(FormulaError, match="'e'"):
        Formula.parse("x + e", ["x", "e"])


def test_not_a_text():
    with pytest.raises(FormulaError, match="int"):
        Formula.parse(3, ["x"])


@given(st.text(alphabet="x0123456789.+-*/()<>=, eexpmaxwhere", max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text):
    try:
        formula = Formula.parse(text, ["x"])
    except FormulaError:
        return
    assert isinstance(formula.evaluate(x=0.5), float)


def test_numbers_are_exact():
    assert Formula.parse("0.1").tree == Number(Fraction(1, 10))
    assert Formula.parse("1.5e-3").tree == Number(Fraction(3, 2000))
    assert Formula.parse("12345678901234567890").tree == Number(Fraction(12345678901234567890))


def test_tree():
    formula = Formula.parse("where(x > 0, x, alpha*expm1(-x)) - pi", ["x", "alpha", "beta"])
    scaled = Operation("*", Name("alpha"), Call("expm1", (Negative(X),)))
    chosen = Call("where", (Comparison(">", X, Number(Fraction(0))), X, scaled))
    assert formula.tree == Operation("-", chosen, Constant("pi"))
    assert formula.names == ("x", "alpha")


NUMBERS = st.decimals(0, 1000, places=3).map(lambda d: Number(Fraction(d)))
LEAVES = st.one_of(NUMBERS, st.sampled_from([X, Name("beta"), Constant("pi")]))
POWERS = st.integers(0, 9).map(lambda n: Number(Fraction(n)))


def _larger(trees):
    calls = [
        st.builds(Call, st.just(name), st.tuples(*[trees] * arity))
        for name, arity in ARITIES.items()
        if name != "where"
    ]
    conditions = st.builds(Comparison, st.sampled_from(["<", "<=", ">", ">="]), trees, trees)
    return st.one_of(
        st.builds(Operation, st.sampled_from("+-*/"), trees, trees),
        st.builds(Operation, st.just("**"), trees, POWERS),
        st.builds(Negative, trees),
        st.builds(Call, st.just("where"), st.tuples(conditions, trees, trees)),
        *calls,
    )


TREES = st.recursive(LEAVES, _larger, max_leaves=12)


@given(TREES)
@settings(max_examples=200, deadline=None)
def test_text_reads_back_as_the_same_tree(tree):
    assert Formula.parse(to_text(tree)).tree == tree


@given(TREES, st.floats(), st.floats())
@settings(max_examples=200, deadline=None)
def test_evaluation_never_raises(tree, x, beta):
    assert isinstance(Formula.parse(to_text(tree)).evaluate(x=x, beta=beta), float)


def test_substitute():
    formula = Formula.parse("x * sigmoid(beta*x)", ["x", "beta"])
    assert formula.substitute(beta="1.702").names == ("x",)
    assert formula.substitute(beta="1.702").text == "x*sigmoid(1.702*x)"
    swapped = formula.substitute(x="beta", beta="x + 1")  # all at once, not one after the other
    assert swapped.text == "beta*sigmoid((x + 1)*beta)"


VALUES = [
    ("exp(x)", 1000.0, math.inf),
    ("x / exp(x)", 1000.0, 0.0),
    ("1 / x", 0.0, math.inf),
    ("1 / x", -0.0, -math.inf),
    ("x / x", 0.0, math.nan),
    ("x**-3", -0.0, -math.inf),
    ("x**0.5", -1.0, math.nan),
    ("x**3", -1e200, -math.inf),
    ("sinh(x)", -1000.0, -math.inf),
    ("cosh(x)", -1000.0, math.inf),
    ("log(x)", 0.0, -math.inf),
    ("log1p(x)", -2.0, math.nan),
    ("sin(x)", math.inf, math.nan),
    ("max(x, 0)", math.nan, math.nan),
    ("where(x > 0, x, 0)", math.nan, math.nan),
    ("clip(x, -1, 1)", 7.0, 1.0),
    ("sign(x)", -3.0, -1.0),
    ("relu(x)", -3.0, 0.0),
    ("square(x)", -3.0, 9.0),
    ("sigmoid(x)", 0.0, 0.5),
    ("softplus(x)", 0.0, math.log(2)),
    ("-x**2", 3.0, -9.0),
    ("2**-x", 1.0, 0.5),
    ("e**x", 0.0, 1.0),
    ("-inf", 0.0, -math.inf),
]


@pytest.mark.parametrize(("text", "x", "expected"), VALUES)
def test_evaluate(text, x, expected):
    got = Formula.parse(text, ["x"]).evaluate(x=x)
    assert got == expected or (math.isnan(got) and math.isnan(expected))


def test_signed_zero():
    assert math.copysign(1.0, Formula.parse("-0").evaluate()) == -1.0
    assert math.copysign(1.0, Formula.parse("x / (1 + exp(-x))").evaluate(x=-1000)) == -1.0


def test_missing_value():
    with pytest.raises(FormulaError, match="beta"):
        Formula.parse("x * beta").evaluate(x=1.0)


def test_kink_candidates():
    tree = Formula.parse("clip(x + 3, 0, 6) + abs(x) + relu(x) + where(x < a, max(x, b), 1)").tree
    found = [to_text(difference) for difference in kink_candidates(tree)]
    assert found == ["x + 3", "x + 3 - 6", "x", "x - a", "x - b"]
    assert kink_candidates(Formula.parse("x * tanh(softplus(x))").tree) == []
