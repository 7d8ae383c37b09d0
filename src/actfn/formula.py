"""Formulas: the text of a mathematical definition, and the tree that everything starts from.

A formula such as ``x / (1 + exp(-beta*x))`` is the one place where an activation is defined;
derivatives, true values and documentation are derived from its tree.  `actfn.grammar` holds the
nodes and the reader.  Only the standard library is used: ``import actfn`` loads this module.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from fractions import Fraction

from actfn.errors import FormulaError
from actfn.grammar import (
    CONSTANTS,
    Call,
    Comparison,
    Constant,
    Name,
    Negative,
    Number,
    Operation,
    Tree,
    children,
    read,
    walk,
)


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula: its text, its tree, and the names it uses in their order of appearance."""

    text: str
    tree: Tree
    names: tuple[str, ...]

    @classmethod
    def parse(cls, text: str, names: Iterable[str] | None = None) -> "Formula":
        """Read a formula.

        Parameters
        ----------
        text : str
            The formula, on one line of at most 1000 characters.
        names : iterable of str, optional
            The inputs and parameters that may occur; None allows any.

        Raises
        ------
        FormulaError
            When the text is outside the grammar; a caret marks the place.

        Examples
        --------
        >>> Formula.parse("x / (1 + exp(-beta*x))", ["x", "beta"]).names
        ('x', 'beta')
        """
        return cls._of(read(text, names), text)

    @classmethod
    def _of(cls, tree: Tree, text: str | None = None) -> "Formula":
        names = dict.fromkeys(node.name for node in walk(tree) if isinstance(node, Name))
        return cls(to_text(tree) if text is None else text, tree, tuple(names))

    def substitute(self, **texts: str) -> "Formula":
        """Replace names by formulas, all at once.

        Examples
        --------
        >>> Formula.parse("x * sigmoid(beta*x)").substitute(beta="1.7").text
        'x*sigmoid(1.7*x)'
        """
        trees = {name: read(text) for name, text in texts.items()}
        return Formula._of(_replace(self.tree, trees))

    def evaluate(self, **values: float) -> float:
        """Evaluate in float64 by IEEE rules: overflow is inf, 1/0 is inf, NaN propagates.

        Numbers never raise; a name without a value is a `FormulaError`.  Values for names that
        do not occur are ignored.

        Examples
        --------
        >>> Formula.parse("x / (1 + exp(-x))").evaluate(x=-1000)
        -0.0
        """
        missing = [name for name in self.names if name not in values]
        if missing:
            raise FormulaError(f"no value given for {', '.join(missing)} in {self.text!r}")
        return _evaluate(self.tree, {name: _to_float(value) for name, value in values.items()})


def expand_macro(tree: Call) -> Tree:
    """Write a call of sigmoid, softplus, relu or square in terms of the other functions."""
    (value,) = tree.arguments
    match tree.function:
        case "sigmoid":
            return Operation("/", _ONE, Operation("+", _ONE, Call("exp", (Negative(value),))))
        case "softplus":
            return Call("log1p", (Call("exp", (value,)),))
        case "relu":
            return Call("max", (value, _ZERO))
        case "square":
            return Operation("**", value, _TWO)
    raise ValueError(f"{tree.function} is not a macro")


_ZERO, _ONE, _TWO = (Number(Fraction(n)) for n in (0, 1, 2))


def kink_candidates(tree: Tree) -> list[Tree]:
    """Return the differences ``u - v`` at whose zeros the formula changes its branch.

    They come from abs, sign, max, min, clip, relu and where; a difference with 0 is ``u`` itself.
    Whether there is a kink at such a zero is for the caller to find out: ``x*abs(x)`` has none.
    """
    pairs = [pair for node in walk(tree) for pair in _branch_pairs(node)]
    return list(dict.fromkeys(u if v == _ZERO else Operation("-", u, v) for u, v in pairs))


def _branch_pairs(node: Tree) -> list[tuple[Tree, Tree]]:
    match node:
        case Call("abs" | "sign" | "relu", (value,)):
            return [(value, _ZERO)]
        case Call("max" | "min", (left, right)) | Comparison(_, left, right):
            return [(left, right)]
        case Call("clip", (value, low, high)):
            return [(value, low), (value, high)]
    return []


def _replace(tree: Tree, trees: dict[str, Tree]) -> Tree:
    parts = [_replace(child, trees) for child in children(tree)]
    match tree:
        case Name(name):
            return trees.get(name, tree)
        case Negative():
            return Negative(*parts)
        case Operation(symbol) | Comparison(symbol):
            return type(tree)(symbol, *parts)
        case Call(function):
            return Call(function, tuple(parts))
    return tree


# ---- tree to text ---------------------------------------------------------------------------

_LEVELS = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 4}
_NEGATIVE, _ATOM = 3, 5
_EXACT = Context(prec=2000, traps=[Inexact])


def to_text(tree: Tree) -> str:
    """Write a tree as text that reads back as the same tree."""
    match tree:
        case Number(value):
            return _number_text(value)
        case Constant(name) | Name(name):
            return name
        case Negative(operand):
            return "-" + _bracketed(operand, _NEGATIVE)
        case Comparison(symbol, left, right):
            return f"{to_text(left)} {symbol} {to_text(right)}"
        case Call(function, arguments):
            return f"{function}({', '.join(map(to_text, arguments))})"
        case Operation(symbol, left, right):
            level, power = _LEVELS[symbol], symbol == "**"
            space = " " if level == 1 else ""
            left_text = _bracketed(left, _ATOM if power else level)
            return left_text + space + symbol + space + _bracketed(right, level + (not power))
    raise TypeError(f"not a tree: {tree!r}")


def _bracketed(tree: Tree, least: int) -> str:
    """Write an operand, in brackets where it binds less tightly than ``least``."""
    match tree:
        case Operation(symbol):
            level = _LEVELS[symbol]
        case _:
            level = _NEGATIVE if isinstance(tree, Negative) else _ATOM
    return to_text(tree) if level >= least else f"({to_text(tree)})"


def _number_text(value: Fraction) -> str:
    # Every number that was read from a decimal text has a finite decimal text.
    digits = _EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
    plain = format(digits.normalize(_EXACT), "f")
    return plain if len(plain) <= 20 else f"{digits.normalize(_EXACT):e}"


# ---- tree to float64 ------------------------------------------------------------------------


def _evaluate(tree: Tree, values: dict[str, float]) -> float:
    match tree:
        case Number(value):
            return _to_float(value)
        case Constant(name):
            return CONSTANTS[name]
        case Name(name):
            return values[name]
        case Call("where", (Comparison() as condition, yes, no)):
            return _where(condition, yes, no, values)
        case Call("sigmoid" | "softplus" | "relu" | "square"):
            return _evaluate(expand_macro(tree), values)
    arguments = [_evaluate(child, values) for child in children(tree)]
    if any(map(math.isnan, arguments)):
        return math.nan
    return _FUNCTIONS[_key(tree)](*arguments)


def _key(tree: Tree) -> str:
    """What `_FUNCTIONS` calls the outermost operation."""
    match tree:
        case Call(function):
            return function
        case Operation(symbol) | Comparison(symbol):
            return symbol
    return "negative"


def _where(condition: Comparison, yes: Tree, no: Tree, values: dict[str, float]) -> float:
    left, right = _evaluate(condition.left, values), _evaluate(condition.right, values)
    if math.isnan(left) or math.isnan(right):
        return math.nan
    return _evaluate(yes if COMPARE[condition.symbol](left, right) else no, values)


def _to_float(value: float | Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _ieee(function: Callable[[float], float]) -> Callable[[float], float]:
    """Turn the exceptions of `math` into the values that IEEE arithmetic gives."""

    def guarded(value: float) -> float:
        try:
            return function(value)
        except OverflowError:  # exp, expm1, sinh: the result has the sign of the argument
            return math.inf if value > 0 else -math.inf
        except ValueError:  # outside the domain
            return math.nan

    return guarded


def _divide(a: float, b: float) -> float:
    if b:
        return a / b
    return math.copysign(math.inf, a) * math.copysign(1.0, b) if a else math.nan


def _power(a: float, b: float) -> float:
    odd = math.isfinite(b) and b % 2 == 1
    try:
        return math.pow(a, b)
    except OverflowError:
        return -math.inf if a < 0 and odd else math.inf
    except ValueError:  # 0**-n is a pole, (-2)**0.5 is undefined
        return math.nan if a else math.copysign(math.inf, a if odd else 1.0)


COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}

_FUNCTIONS: dict[str, Callable[..., float]] = {
    **{name: _ieee(getattr(math, name)) for name in "exp expm1 sqrt sin cos sinh tanh".split()},
    **{name: getattr(math, name) for name in ("atan", "erf", "erfc")},
    "cosh": lambda a: _ieee(math.cosh)(abs(a)),
    "log": lambda a: math.log(a) if a > 0 else -math.inf if a == 0 else math.nan,
    "log1p": lambda a: math.log1p(a) if a > -1 else -math.inf if a == -1 else math.nan,
    "abs": abs,
    "sign": lambda a: math.copysign(1.0, a) if a else a,
    "max": max,
    "min": min,
    "clip": lambda value, low, high: min(max(value, low), high),
    "negative": lambda a: -a,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _divide,
    "**": _power,
}
