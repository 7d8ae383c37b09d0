"""The grammar of formulas: the nodes of the tree, and the reader that builds it from text.

The text may come from a stranger, so it is never executed: Python's own parser only cuts it into
pieces, and every piece outside a short whitelist is refused with a `FormulaError` that marks the
place.  Lengths, depths and powers are bounded before any work is done that depends on them.
"""

import ast
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NoReturn

from actfn.errors import FormulaError


@dataclass(frozen=True, slots=True)
class Number:
    """A number, held exactly: ``0.1`` is one tenth, not the double nearest to it."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Constant:
    """``pi``, ``e`` or ``inf`` (the last is meant for limits only)."""

    name: str


@dataclass(frozen=True, slots=True)
class Name:
    """An input or a parameter."""

    name: str


@dataclass(frozen=True, slots=True)
class Negative:
    """``-operand``."""

    operand: "Tree"


@dataclass(frozen=True, slots=True)
class Operation:
    """``left symbol right`` with a symbol among ``+ - * / **``."""

    symbol: str
    left: "Tree"
    right: "Tree"


@dataclass(frozen=True, slots=True)
class Comparison:
    """``left symbol right`` with a symbol among ``< <= > >=``: the condition of a ``where``."""

    symbol: str
    left: "Tree"
    right: "Tree"


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the grammar applied to its arguments."""

    function: str
    arguments: tuple["Tree", ...]


Tree = Number | Constant | Name | Negative | Operation | Comparison | Call

CONSTANTS = {"pi": math.pi, "e": math.e, "inf": math.inf}
MACROS = frozenset({"sigmoid", "softplus", "relu", "square"})
# Parameters may be called that too, as the bounds of a clip are: a bracket tells them apart.
_BOUNDS = ("min", "max")
ARITIES = {
    **dict.fromkeys("exp expm1 log log1p sqrt sin cos sinh cosh tanh atan erf erfc".split(), 1),
    **dict.fromkeys(("abs", "sign", *sorted(MACROS)), 1),
    **{"max": 2, "min": 2, "clip": 3, "where": 3},
}
MAX_LENGTH = 1000  # characters; the longest formula of the catalogue has about 150
MAX_DEPTH = 60  # levels of brackets or of the tree, far below what Python's recursion allows
MAX_POWER = 64  # a whole exponent beyond this is a slip or an attack
_MAX_DIGITS = 400  # decimal exponent of a number: 1e999999999 would fill the memory
_MAX_BITS = 20_000  # size of a constant that is worked out while reading


def children(tree: Tree) -> tuple[Tree, ...]:
    """Return the trees directly below a node."""
    match tree:
        case Negative(operand):
            return (operand,)
        case Operation(_, left, right) | Comparison(_, left, right):
            return (left, right)
        case Call(_, arguments):
            return arguments
    return ()


def walk(tree: Tree) -> Iterator[Tree]:
    """Yield the node and everything below it, from left to right."""
    yield tree
    for child in children(tree):
        yield from walk(child)


def constant_value(tree: Tree) -> Fraction | None:
    """Return the exact value of a tree made of numbers only; None for any other or a huge one."""
    match tree:
        case Number(value):
            return value
        case Negative(operand):
            positive = constant_value(operand)
            return None if positive is None else -positive
        case Operation(symbol, left, right):
            a, b = constant_value(left), constant_value(right)
            return None if a is None or b is None else _combine(symbol, a, b)
    return None


def _combine(symbol: str, a: Fraction, b: Fraction) -> Fraction | None:
    size = sum(n.bit_length() for value in (a, b) for n in (value.numerator, value.denominator))
    if symbol == "**":
        whole = b.denominator == 1 and abs(b) <= MAX_POWER and (a or b >= 0)
        return Fraction(a**b) if whole and size * abs(b) <= _MAX_BITS else None
    if size > _MAX_BITS or (symbol == "/" and not b):
        return None
    return {"+": a + b, "-": a - b, "*": a * b, "/": b and a / b}[symbol]


# ---- text to tree ---------------------------------------------------------------------------

_TOKEN = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<symbol>\*\*|<=|>=|[-+*/(),<>])|(?P<space> +)",
    re.ASCII,
)
_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
_COMPARISONS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_HINTS = {
    "^": "a power is written **",
    "\N{MINUS SIGN}": "the minus sign is -",
    "\N{MULTIPLICATION SIGN}": "multiply with *",
}


def read(text: str, names: Iterable[str] | None = None) -> Tree:
    """Read a formula; ``names`` are the inputs and parameters that may occur (None: any)."""
    return Reader(text, names).read()


class Reader:
    """Turns one text into a tree; keeps the text to mark the place of a refusal in it."""

    def __init__(self, text: str, names: Iterable[str] | None):
        self.text = text
        self.names = None if names is None else tuple(names)
        if not isinstance(text, str):
            raise FormulaError(f"a formula is a text, received {type(text).__name__}")
        for name in {*CONSTANTS, *ARITIES}.difference(_BOUNDS).intersection(self.names or ()):
            raise FormulaError(f"{name!r} means something in formulas, choose another name")

    def read(self) -> Tree:
        if len(self.text) > MAX_LENGTH:
            self.refuse(f"longer than {MAX_LENGTH} characters", MAX_LENGTH)
        self.check_tokens()
        try:
            body = ast.parse(self.text.strip(" "), mode="eval").body
        except SyntaxError as error:
            place = self.indent + (error.offset or 1) - 1
            self.refuse("something is missing or out of place", place)
        except (ValueError, MemoryError, RecursionError):
            self.refuse("nested too deeply", 0)
        return self.value(body, 1)

    def refuse(self, reason: str, place: "int | ast.expr") -> NoReturn:
        """Raise a FormulaError that shows the text around the place with a caret under it."""
        if isinstance(place, ast.expr):
            place = self.indent + place.col_offset
        start = max(0, place - 50)
        shown = "".join(c if c.isprintable() else "?" for c in self.text[start : place + 30])
        raise FormulaError(f"{reason}\n    {shown}\n    {' ' * (place - start)}^")

    @property
    def indent(self) -> int:
        return len(self.text) - len(self.text.lstrip(" "))

    def check_tokens(self) -> None:
        """Refuse foreign characters and unbalanced brackets before Python's parser sees them."""
        place, opened = 0, []
        while place < len(self.text):
            token = _TOKEN.match(self.text, place)
            if token is None:
                self.refuse(self.foreign(place), place)
            if token[0] == "(":
                opened.append(place)
            elif token[0] == ")" and not opened:
                self.refuse("this bracket closes nothing", place)
            elif token[0] == ")":
                opened.pop()
            if len(opened) > MAX_DEPTH:
                self.refuse("nested too deeply", place)
            place = token.end()
        if opened:
            self.refuse("this bracket is never closed", opened[-1])
        if not self.text.strip(" "):
            self.refuse("the formula is empty", 0)

    def foreign(self, place: int) -> str:
        character = self.text[place]
        if character in "0123456789":
            return "not a decimal number"
        hint = _HINTS.get(character, "")
        return f"{character!r} does not occur in formulas" + (hint and f": {hint}")

    def value(self, node: ast.expr, depth: int) -> Tree:
        """Translate a node that stands for a number (not a comparison)."""
        if depth > MAX_DEPTH:
            self.refuse("nested too deeply", node)
        match node:
            case ast.Constant():
                return self.number(node)
            case ast.Name():
                return self.name(node)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Negative(self.value(operand, depth + 1))
            case ast.BinOp(op=op) if type(op) in _OPERATORS:
                return self.operation(node, depth)
            case ast.Call(func=ast.Name(id=function)):
                return self.call(node, function, depth)
            case ast.Compare():
                self.refuse("a comparison may only be the first argument of where()", node)
        self.refuse("only numbers, names, + - * / ** and function calls can be used here", node)

    def number(self, node: ast.Constant) -> Number:
        start, end = self.indent + node.col_offset, node.end_col_offset or node.col_offset
        literal = self.text[start : self.indent + end]
        if not _TOKEN.fullmatch(literal) or literal[0] not in ".0123456789":
            self.refuse(f"{literal} is not a number", start)
        exponent = literal.lower().partition("e")[2]
        if exponent and abs(int(exponent)) > _MAX_DIGITS:
            self.refuse("the number is too large or too small", start)
        return Number(Fraction(literal))

    def name(self, node: ast.Name) -> Tree:
        if node.id in CONSTANTS:
            return Constant(node.id)
        if node.id in ARITIES and node.id not in (self.names or ()):
            self.refuse(f"{node.id} is a function: write {node.id}(...)", node)
        if self.names is not None and node.id not in self.names:
            self.refuse(f"unknown name {node.id!r}" + nearest(node.id, self.known_names()), node)
        return Name(node.id)

    def known_names(self) -> list[str]:
        return [*(self.names or ()), *CONSTANTS, *ARITIES]

    def operation(self, node: ast.BinOp, depth: int) -> Operation:
        symbol = _OPERATORS[type(node.op)]
        left, right = self.value(node.left, depth + 1), self.value(node.right, depth + 1)
        exponent = constant_value(right) if symbol == "**" else None
        if exponent is not None and exponent.denominator == 1 and abs(exponent) > MAX_POWER:
            self.refuse(f"whole powers end at {MAX_POWER}", node.right)
        return Operation(symbol, left, right)

    def call(self, node: ast.Call, function: str, depth: int) -> Call:
        if function not in ARITIES:
            self.refuse(f"unknown function {function!r}" + nearest(function, ARITIES), node)
        if node.keywords or len(node.args) != ARITIES[function]:
            wanted, plural = ARITIES[function], "s" * (ARITIES[function] > 1)
            self.refuse(f"{function} takes {wanted} argument{plural}, without keywords", node)
        first = self.condition if function == "where" else self.value
        arguments = [first(node.args[0], depth + 1)]
        arguments += [self.value(argument, depth + 1) for argument in node.args[1:]]
        return Call(function, tuple(arguments))

    def condition(self, node: ast.expr, depth: int) -> Comparison:
        match node:
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
                values = self.value(left, depth + 1), self.value(right, depth + 1)
                return Comparison(_COMPARISONS[type(op)], *values)
        self.refuse("where() starts with one comparison: < <= > or >=", node)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'beta'?"``, or an empty text when nothing is near."""
    import difflib  # only when somebody has made a mistake

    matches = difflib.get_close_matches(word, list(known), n=3)
    return f"; did you mean {' or '.join(map(repr, matches))}?" if matches else ""
