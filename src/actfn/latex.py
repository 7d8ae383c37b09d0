"""Formulas as LaTeX, written from the tree so that they look the way the formula is written.

Trees with indices are understood too: the name x_i, and the call sum_j(...) that goes over j.
"""

import re

from actfn.formula import to_text
from actfn.grammar import Call, Comparison, Constant, Name, Negative, Number, Operation, Tree

_GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau "
    "phi chi psi omega".split()
)
_FUNCTIONS = {
    **{name: rf"\{name}" for name in "log sin cos sinh cosh tanh max min".split()},
    "atan": r"\arctan",
    "sigmoid": r"\sigma",
}
_INDEXED = re.compile("([A-Za-z]+)_([ijklm]+)")
_OVER_ROW = re.compile("(sum|max)_([jklm])")
_RELATIONS = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge"}
_SUM, _PRODUCT, _NEGATIVE, _POWER, _ATOM = range(1, 6)  # how tightly something binds


def to_latex(tree: Tree) -> str:
    r"""Write a tree as LaTeX for math mode; the logistic sigmoid is σ.

    Examples
    --------
    >>> from actfn.formula import Formula
    >>> print(to_latex(Formula.parse("x / (1 + exp(-beta*x))").tree))
    \frac{x}{1 + e^{-\beta \, x}}
    """
    return _written(tree)[0]


def _written(tree: Tree) -> tuple[str, int]:
    """Return the LaTeX of a tree and how tightly its outermost operation binds."""
    match tree:
        case Number():
            return _number(to_text(tree))
        case Constant(name):
            return {"pi": r"\pi", "inf": r"\infty"}.get(name, name), _ATOM
        case Name(name):
            return _name(name), _ATOM
        case Negative(operand):
            return "-" + _bracketed(operand, _PRODUCT), _NEGATIVE
        case Comparison(symbol, left, right):
            return f"{to_latex(left)} {_RELATIONS[symbol]} {to_latex(right)}", _SUM
        case Operation():
            return _operation(tree)
        case Call("where"):
            return _cases(tree), _ATOM
        case Call() if _goes_over_row(tree):
            return _over_row(tree)
        case Call(function, arguments):
            return _call(function, arguments)
    raise TypeError(f"not a tree: {tree!r}")


def _number(text: str) -> tuple[str, int]:
    digits, _, exponent = text.lower().partition("e")
    if exponent:
        return rf"{digits} \cdot 10^{{{int(exponent)}}}", _PRODUCT
    return digits, _ATOM


def _name(name: str) -> str:
    if name == "lambd":
        return r"\lambda"
    if name in _GREEK:
        return rf"\{name}"
    if len(name) == 1:
        return name
    indexed = _INDEXED.fullmatch(name)
    if indexed:
        return f"{_name(indexed[1])}_{{{indexed[2]}}}"
    return rf"\mathrm{{{name}}}".replace("_", r"\_")


def _bracketed(tree: Tree, least: int) -> str:
    text, level = _written(tree)
    return text if level >= least else rf"\left({text}\right)"


def _operation(tree: Operation) -> tuple[str, int]:
    left, right = tree.left, tree.right
    match tree.symbol:
        case "+" | "-":
            return f"{_bracketed(left, _SUM)} {tree.symbol} {_bracketed(right, _PRODUCT)}", _SUM
        case "*":
            return _times(left, right), _PRODUCT
        case "/" if isinstance(left, Negative):
            return "-" + _operation(Operation("/", left.operand, right))[0], _NEGATIVE
        case "/":
            return rf"\frac{{{to_latex(left)}}}{{{to_latex(right)}}}", _POWER
    if isinstance(left, Call) and left.function in _FUNCTIONS and len(left.arguments) == 1:
        (argument,) = left.arguments
        return rf"{_FUNCTIONS[left.function]}^{{{to_latex(right)}}}{_in_brackets(argument)}", _POWER
    return f"{_bracketed(left, _ATOM)}^{{{to_latex(right)}}}", _POWER


def _times(left: Tree, right: Tree) -> str:
    # What follows a sum over the row would be read as part of it.
    first = _bracketed(left, _ATOM if _goes_over_row(left) else _PRODUCT)
    second = _bracketed(right, _POWER)
    if second[0].isdigit() or (second.startswith(r"\frac") and first[-1].isdigit()):
        return rf"{first} \cdot {second}"
    return rf"{first} {second}" if second.startswith(r"\left") else rf"{first} \, {second}"


def _goes_over_row(tree: Tree):
    return _OVER_ROW.fullmatch(tree.function) if isinstance(tree, Call) else None


def _in_brackets(tree: Tree) -> str:
    return rf"\left({to_latex(tree)}\right)"


def _call(function: str, arguments: tuple[Tree, ...]) -> tuple[str, int]:
    inside = ", ".join(map(to_latex, arguments))
    match function:
        case "exp":
            return f"e^{{{inside}}}", _POWER
        case "expm1":
            return f"e^{{{inside}}} - 1", _SUM
        case "log1p":
            return rf"\log\left(1 + {inside}\right)", _ATOM
        case "softplus":
            return rf"\log\left(1 + e^{{{inside}}}\right)", _ATOM
        case "relu":
            return rf"\max\left({inside}, 0\right)", _ATOM
        case "sqrt":
            return rf"\sqrt{{{inside}}}", _ATOM
        case "abs":
            return rf"\left|{inside}\right|", _ATOM
        case "square":
            return f"{_bracketed(arguments[0], _ATOM)}^{{2}}", _POWER
    name = _FUNCTIONS.get(function) or rf"\operatorname{{{function}}}"
    return rf"{name}\left({inside}\right)", _ATOM


def _over_row(tree: Call) -> tuple[str, int]:
    function, index = _goes_over_row(tree).groups()
    return rf"\{function}_{{{index}}} {_bracketed(tree.arguments[0], _PRODUCT)}", _PRODUCT


def _cases(tree: Tree) -> str:
    rows = []
    while isinstance(tree, Call) and tree.function == "where":
        condition, yes, tree = tree.arguments
        rows.append(rf"{to_latex(yes)} & {to_latex(condition)}")
    rows.append(rf"{to_latex(tree)} & \text{{otherwise}}")
    return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"
