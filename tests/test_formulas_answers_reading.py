"""What is read as what, and what is refused at once."""

import doctest
import time
from importlib import import_module
from pkgutil import iter_modules

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import formula_answers
from actfn.errors import FormulaError
from actfn.interview import formulas
from actfn.interview.formulas.characters import plain
from actfn.interview.formulas.reader import read_answer

ELU = "elu_derivative"
JACOBIAN = "softmax_jacobian_entry"
SIGMOID = "sigmoid_derivative"

HOSTILE = {
    "empty": "",
    "blank": " \n ",
    "100 kB": "x+" * 50_000,
    "deep brackets": "(" * 200 + "x" + ")" * 200,
    "deep minus": "-" * 900 + "x",
    "deep power": "x^" * 300 + "x",
    "tower": "9^9^9",
    "tower in an exponent": "x^(9^9^9)",
    "tower of brackets": "x^((64^64)^64)",
    "power": "x^65",
    "huge number": "1e999999999",
    "long number": "9" * 1000,
    "long sum": "+".join("x" * 300),
    "long quotient": "x" + "/x" * 100,
    "nested functions": "exp(" * 40 + "x" + ")" * 40,
    "functions without brackets": "exp " * 100 + "x",
    "roots": "√" * 300 + "x",
    "fractions": r"\frac" * 200 + "{x}{x}",
    "nested cases": "{x if x>0 " * 30,
    "open brackets": "where(" * 20,
    "subscripts": "x" + "_i" * 100,
    "attribute": "x.__class__",
    "import": "__import__('os')",
    "call": "eval('1')",
    "exec": "exec('import os')",
    "lambda": "lambda: x",
    "comprehension": "[x for x in y]",
    "unclosed": "exp(x",
    "unopened": "x)",
    "crossed": "(x]",
    "null byte": "x\0",
    "emoji": "x😀",
    "surrogate": "\ud800",
    "unknown command": r"\write18{rm}",
    "two formulas": "x, x + 1",
    "bare condition": "x > 0 > ",
    "defined by itself": "u where u = u + 1",
    "defined in a circle": "u, u = v, v = u",
    "defining the input": "x^2, x = 1",
    "derivative of a derivative": "σ'''(x)",
    "operator": "d/dx σ(x)",
    "no text": None,
    "bytes": b"x",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_refused_at_once_with_a_reason(name):
    formulas.check(SIGMOID, "s")  # the task's own preparation is not the answer's fault
    before = time.perf_counter()
    result = formulas.check(SIGMOID, HOSTILE[name])
    assert time.perf_counter() - before < 2
    assert (result.accepted, result.readable) == (False, False)
    assert result.message.startswith("This cannot be read: ")
    assert len(result.message) < 400


@pytest.mark.parametrize(
    "text",
    [
        "((((x^64)^64)^64)^64)^64",
        "exp(exp(exp(exp(exp(x)))))",
        "tanh(1e300 x)",
        "cos(1e9 x)",
        "1/0",
        "0/0",
        "log(-1)",
        "nan",
        "inf",
        "sqrt(-x^2 - 1)",
    ],
)
def test_readable_but_wrong_and_quick(text):
    before = time.perf_counter()
    result = formulas.check(SIGMOID, text)
    assert time.perf_counter() - before < 2
    assert (result.accepted, result.readable) == (False, True)


def test_nested_sums_end():
    body = "p_k p_j p_l"
    nested = "sum(" * 4 + f"Σ_k Σ_j Σ_l {body} + sum_k(p_k sum_j(p_j sum_l p_l))" + ")" * 4
    before = time.perf_counter()
    assert not formulas.check("softmax_backward", nested).accepted
    assert time.perf_counter() - before < 5


def test_the_place_of_a_slip_is_marked():
    message = formulas.check(SIGMOID, "s*(1-sigmod(x))").message
    first, shown, caret = message.splitlines()
    assert "sigmod" in first
    assert shown[caret.index("^") :].startswith("sigmod")


def test_an_unknown_name_gets_its_neighbours():
    assert "'fan_in'" in formulas.check("kaiming_variance", "2/fanim").message


PIECES = (
    "x s p_i z_i y g δ_ij σ( ( ) [ ] { } + - * / ^ · ⊙ @ , ; : = ≠ < ≤ | ' _ .T .sum() 1 2 0.5 e^ "
    "exp( ln tanh² Σ Σ_k max( if else where and for \\frac{ \\sqrt \\begin{cases} \\\\ & \\sigma "
    "^T diag( 1{ I onehot( argmax i j k n T α π √ % → u= f( softmax softmax_i <p,g> ² ᵢ"
).split()
GOOD = [t for c in formula_answers.read("by_hand.txt").values() for t in c.right]


@st.composite
def damaged(draw):
    """Draw a right answer with something cut out or put in."""
    text = draw(st.sampled_from(GOOD))
    place = draw(st.integers(0, len(text)))
    return text[:place] + draw(st.sampled_from(PIECES)) + text[place + draw(st.integers(0, 3)) :]


@settings(max_examples=150, deadline=None)
@given(
    text=damaged() | st.lists(st.sampled_from(PIECES), max_size=20).map("".join) | st.text(),
    name=st.sampled_from(formulas.names()),
)
@example("0.2 if argmax|x| < 2.5 else 0", "bce_logits_gradient")
@example("0 if 1 == argmax(x) else 1", "bce_logits_gradient")
def test_no_text_raises(text, name):
    result = formulas.check(name, text)
    assert result.message


MODULES = [
    formulas.__name__,
    *(f"{formulas.__name__}.{m.name}" for m in iter_modules(formulas.__path__)),
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_are_true(name):
    assert doctest.testmod(import_module(name)).failed == 0


# ---- notation -------------------------------------------------------------------------------

SAME = [
    (SIGMOID, "s(1−s)", "s (1 - s)"),
    (SIGMOID, "u(x)^2, u(x) = x", "u^2 where u = x"),
    (SIGMOID, "σ(1-σ)", "σ(x) (1 - σ(x))"),
    (SIGMOID, "σ²(x)", "σ(x)^2"),
    (SIGMOID, "xe^-x", "x exp(-x)"),
    (SIGMOID, "e^{-x}", "exp(-x)"),
    (SIGMOID, "tanh x", "tanh(x)"),
    (SIGMOID, "tanh 2x", "tanh(2 x)"),
    (SIGMOID, "σ^{-1}(x)", "logit(x)"),
    (SIGMOID, "√2 x", "sqrt(2) x"),
    (SIGMOID, "|x|", "abs(x)"),
    (SIGMOID, "½x", "(1/2) x"),
    (SIGMOID, r"\frac12 x", "(1/2) x"),
    (SIGMOID, "1.4142135", "sqrt(2)"),
    (SIGMOID, "25% x", "25/100 x"),
    (SIGMOID, "dσ/dx = s", "s"),
    (ELU, "1 if x > 0 else α", "{1, x > 0; α, otherwise}"),
    (ELU, "x > 0: 1; else α", "where(x > 0, 1, α)"),
    (ELU, "x > 0 ? 1 : α", "where(x > 0, 1, α)"),
    (ELU, r"\begin{cases}1&x>0\\\alpha&\text{else}\end{cases}", "where(x > 0, 1, α)"),
    (ELU, "1{x>0}", "1[x > 0]"),
    (ELU, "I(x>0)", "(x > 0)"),
    (JACOBIAN, "pi pj", "p_i p_j"),
    (JACOBIAN, "pᵢpⱼ", "p_i p_j"),
    (JACOBIAN, "p[i]", "p_i"),
    (JACOBIAN, "δ_ij", "[i = j]"),
    (JACOBIAN, "Σ p_k z_k", "sum_k p_k z_k"),
    (JACOBIAN, r"\sum_{k=1}^{n} p_k z_k", "sum_k p_k z_k"),
    (JACOBIAN, "exp(z_i)/Σ exp(z_j) p_i", "(exp(z_i)/sum_j exp(z_j)) p_i"),
    (JACOBIAN, "p pᵀ", "p p^T"),
    (JACOBIAN, "np.outer(p, p)", "p ⊗ p"),
]


@pytest.mark.parametrize("name, text, same", SAME, ids=[text for _, text, _ in SAME])
def test_two_notations_of_one_tree(name, text, same):
    words = formulas.get(name).words
    assert read_answer(text, words).tree == read_answer(same, words).tree


DIFFERENT = [
    (SIGMOID, "s^2 x", "s^(2 x)"),
    (SIGMOID, "1/2 x", "1/(2x)"),
    (SIGMOID, "-x^2", "(-x)^2"),
    (SIGMOID, "e^x/2", "e^(x/2)"),
    (SIGMOID, "3.14159", "pi + 0"),
    (SIGMOID, "3.14", "pi"),
    (JACOBIAN, "p_i", "p_j"),
    (JACOBIAN, "δ_ij", "δ_ii"),
]


@pytest.mark.parametrize("name, text, other", DIFFERENT, ids=[text for _, text, _ in DIFFERENT])
def test_two_trees(name, text, other):
    words = formulas.get(name).words
    assert read_answer(text, words).tree != read_answer(other, words).tree


def test_plain_notation():
    assert plain(r"\frac{a}{b}\cdot\left(x\right)").strip() == "frac{a}{b}·(x)"
    assert plain("x⁻¹ᵀ") == "x^(-1)^⊤"
    assert plain("p_{i}\\top") == "p_i^⊤"
    with pytest.raises(FormulaError, match="does not occur"):
        plain("x ☃")


@pytest.mark.parametrize(
    "name, text, latex",
    [
        (SIGMOID, "s(1-s)", r"s \left(1 - s\right)"),
        (SIGMOID, "e^-x/(1+e^-x)^2", r"\frac{e^{-x}}{\left(1 + e^{-x}\right)^{2}}"),
        (SIGMOID, "tanh²(x/2)/3", r"\frac{\tanh^{2}\left(\frac{x}{2}\right)}{3}"),
        (SIGMOID, "1/2x", r"\frac{1}{2} \, x"),
        (ELU, "1 if x>0 else 2", r"\begin{cases} 1 & x > 0 \\ 2 & \text{otherwise} \end{cases}"),
        (JACOBIAN, "p_i(δ_ij-p_j)", r"p_{i} \left(\delta_{i j} - p_{j}\right)"),
        ("softmax_jacobian", "diag(p)-pp'", r"\operatorname{diag}\left(p\right) - p \, p^{\top}"),
        ("logsumexp_gradient", "e^z_i/Σ e^z_k", r"\frac{e^{z_{i}}}{\sum_{k} e^{z_{k}}}"),
        ("kaiming_variance", "2/fan_in", r"\frac{2}{\mathrm{fan}_{\mathrm{in}}}"),
        ("gelu_derivative", "Φ+xφ", r"\Phi\left(x\right) + x \, \varphi\left(x\right)"),
    ],
)  # fmt: skip
def test_what_was_understood_is_shown(name, text, latex):
    assert formulas.check(name, text).latex == latex


@pytest.mark.parametrize("name", formulas.names())
def test_the_latex_of_a_model_answer_reads_back(name):
    latex = formulas.check(name, formulas.get(name).expected).latex
    assert formulas.check(name, latex).accepted
