r"""Answers as LaTeX: what was understood, in the one way everybody writes it."""

from actfn.grammar import Operation as _GrammarOperation
from actfn.interview.formulas.tree import (
    ONE,
    ZERO,
    Call,
    Comparison,
    Constant,
    Index,
    Indexed,
    Logic,
    Name,
    Negative,
    Number,
    Operation,
    Over,
    Transposed,
    Tree,
    number,
)
from actfn.latex import to_latex as _grammar_latex

_SUM, _PRODUCT, _NEGATIVE, _POWER, _ATOM = range(1, 6)  # how tightly something binds
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "λ": "lambda",
    "σ": "sigma", "τ": "tau", "η": "eta", "μ": "mu", "θ": "theta",
    "alpha": "alpha", "beta": "beta", "epsilon": "varepsilon", "lambda": "lambda",
}  # fmt: skip
_FUNCTIONS = {
    "sigmoid": r"\sigma", "Phi": r"\Phi", "phi": r"\varphi", "log": r"\log", "tanh": r"\tanh",
    "sinh": r"\sinh", "cosh": r"\cosh", "coth": r"\coth", "sin": r"\sin", "cos": r"\cos",
    "max": r"\max", "min": r"\min",
}  # fmt: skip
_RELATIONS = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "==": "=", "!=": r"\ne"}
_INDICATOR = r"\mathbf{1}"


def to_latex(tree: Tree) -> str:
    """Write a resolved tree as LaTeX for math mode."""
    return _written(tree)[0]


def _written(tree: Tree) -> tuple[str, int]:
    """Return the LaTeX of a tree and how tightly its outermost operation binds."""
    match tree:
        case Number(value):
            if value.denominator > 1 and not _is_decimal(value.denominator):
                return rf"\frac{{{value.numerator}}}{{{value.denominator}}}", _POWER
            return _grammar_latex(tree), _ATOM
        case Constant(name):
            return {"pi": r"\pi", "inf": r"\infty", "undefined": r"\text{undefined}"}.get(
                name, name
            ), _ATOM
        case Name(name):
            return _name(name), _ATOM
        case Index(letter):
            return letter, _ATOM
        case Indexed(base, indices):
            inside = " ".join(map(to_latex, indices))
            return f"{_bracketed(base, _ATOM)}_{{{inside}}}", _ATOM
        case Transposed(operand):
            return rf"{_bracketed(operand, _ATOM)}^{{\top}}", _POWER
        case Negative(operand):
            return "-" + _bracketed(operand, _PRODUCT), _NEGATIVE
        case Over():
            return _over(tree), _SUM
        case Comparison() | Logic():
            return _condition(tree), _SUM
        case Operation():
            return _operation(tree)
        case Call("where", (condition, yes, no)):
            return _where(condition, yes, no)
        case Call():
            return _call(tree)
    raise TypeError(f"not a tree: {tree!r}")


def _is_decimal(denominator: int) -> bool:
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    return denominator == 1


def _name(name: str) -> str:
    if name.endswith("'"):
        return _name(name[:-1]) + "'"
    if name in _GREEK:
        return rf"\{_GREEK[name]}"
    if name.startswith("fan_"):
        return rf"\mathrm{{fan}}_{{\mathrm{{{name[4:]}}}}}"
    return name if len(name) == 1 else rf"\mathrm{{{name}}}".replace("_", r"\_")


def _bracketed(tree: Tree, least: int) -> str:
    text, level = _written(tree)
    return text if level >= least else rf"\left({text}\right)"


# ---- operations -----------------------------------------------------------------------------


def _operation(tree: Operation) -> tuple[str, int]:
    left, right = tree.left, tree.right
    match tree.symbol:
        case "+" | "-":
            return f"{_bracketed(left, _SUM)} {tree.symbol} {_bracketed(right, _PRODUCT)}", _SUM
        case "/" if isinstance(left, Negative):
            return "-" + _operation(Operation("/", left.operand, right))[0], _NEGATIVE
        case "/":
            return rf"\frac{{{to_latex(left)}}}{{{to_latex(right)}}}", _POWER
        case "**":
            return _power(left, right), _POWER
    return _times(tree), _PRODUCT


def _power(base: Tree, exponent: Tree) -> str:
    if isinstance(base, Call) and base.function in _FUNCTIONS and len(base.arguments) == 1:
        name, inside = _FUNCTIONS[base.function], to_latex(base.arguments[0])
        return rf"{name}^{{{to_latex(exponent)}}}\left({inside}\right)"
    return f"{_bracketed(base, _ATOM)}^{{{to_latex(exponent)}}}"


def _times(tree: _GrammarOperation) -> str:
    first, second = _bracketed(tree.left, _PRODUCT), _bracketed(tree.right, _POWER)
    if second[0].isdigit() or (number(tree.left) is not None and second.startswith(r"\frac")):
        return rf"{first} \cdot {second}"
    return rf"{first} {second}" if second.startswith(r"\left") else rf"{first} \, {second}"


def _over(tree: Over) -> str:
    names = {"sum": r"\sum", "prod": r"\prod", "max": r"\max", "min": r"\min"}
    name = names.get(tree.function, rf"\operatorname{{{tree.function}}}")
    skipped = "" if tree.skipped is None else rf" \ne {to_latex(tree.skipped)}"
    return rf"{name}_{{{tree.letter}{skipped}}} {_bracketed(tree.body, _PRODUCT)}"


# ---- conditions and functions ---------------------------------------------------------------


def _condition(tree: Tree) -> str:
    match tree:
        case Comparison(symbol, left, right):
            return f"{to_latex(left)} {_RELATIONS[symbol]} {to_latex(right)}"
        case Logic(word, parts):
            return rf" \text{{ {word} }} ".join(map(_condition, parts))
    return r"\text{always}"


def _where(condition: Tree, yes: Tree, no: Tree) -> tuple[str, int]:
    if (yes, no) == (ONE, ZERO):
        match condition:
            case Comparison("==", Index() as i, Index() | Name() as j):
                return rf"\delta_{{{to_latex(i)} {to_latex(j)}}}", _ATOM
        return rf"{_INDICATOR}_{{{_condition(condition)}}}", _ATOM
    return _cases(condition, yes, no), _ATOM


def _cases(condition: Tree, yes: Tree, no: Tree) -> str:
    rows = [rf"{to_latex(yes)} & {_condition(condition)}"]
    while isinstance(no, Call) and no.function == "where" and no.arguments[1:] != (ONE, ZERO):
        condition, yes, no = no.arguments
        rows.append(rf"{to_latex(yes)} & {_condition(condition)}")
    if no != Constant("undefined"):
        rows.append(rf"{to_latex(no)} & \text{{otherwise}}")
    return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"


def _call(tree: Call) -> tuple[str, int]:
    function, arguments = tree.function, tree.arguments
    inside = ", ".join(map(to_latex, arguments))
    match function:
        case "exp":
            return f"e^{{{inside}}}", _POWER
        case "expm1":
            return f"e^{{{inside}}} - 1", _SUM
        case "sqrt":
            return rf"\sqrt{{{inside}}}", _ATOM
        case "abs":
            return rf"\left|{inside}\right|", _ATOM
        case "onehot":
            return rf"e_{{{inside}}}", _ATOM
        case "eye":
            return "I", _ATOM
        case "ones":
            return _INDICATOR, _ATOM
        case "tall" | "wide":
            return _written(arguments[0] if function == "tall" else Transposed(arguments[0]))
    name = _FUNCTIONS.get(function.rstrip("'"), rf"\operatorname{{{_plain(function)}}}")
    return rf"{name}{_primes(function)}\left({inside}\right)", _ATOM


def _plain(function: str) -> str:
    return function.rstrip("'").replace("_", r"\_")


def _primes(function: str) -> str:
    return "'" * function.count("'")
