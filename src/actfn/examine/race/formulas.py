"""The formula of a record written out with a library's own functions.

That is what a person does whose library lacks the function: NumPy has neither gelu nor mish, and
`x / 2 * erfc(-x / 2**0.5)` is how one gets it. The text is made from the record's formula, numbers
are worked out beforehand, and the last step writes into `out` where the library can.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from actfn.formula import Formula, expand_macro
from actfn.grammar import (
    MACROS,
    Call,
    Comparison,
    Constant,
    Name,
    Negative,
    Number,
    Operation,
    Tree,
    children,
)
from actfn.symbolic import folded, rebuilt

_UFUNCS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}


class Missing(LookupError):
    """The library has no function of that name."""


class Written:
    """A formula as a function of arrays.

    Parameters
    ----------
    formula : Formula
        What to compute.
    inputs : the names that are arrays, in the order of the arguments.
    values : the other names' values.
    functions : names of the grammar -> the library's functions, and `scalar(number, array)` for a
        number of the array's type. Where add, subtract, multiply, divide, negative and positive
        are among them, all but where take `out=`.
    """

    def __init__(
        self,
        formula: Formula,
        inputs: tuple[str, ...],
        values: dict[str, float],
        functions: dict[str, Any],
    ):
        self._inputs, self._values, self._functions = inputs, values, functions
        self.used: set[str] = set()
        tree = folded(self._simple(formula.tree))
        self.source = f"lambda {', '.join(inputs)}, out=None: {self._last(tree)}"

    def function(self) -> Callable:
        """Compiled: takes the arrays, and `out=` for the result."""
        # Our own text, written from a formula that was read and checked.
        return eval(self.source, {"inf": math.inf, **self._functions})  # noqa: S307

    def _simple(self, tree: Tree) -> Tree:
        """Parameters by their values; no constant subtrees, no multiplication by 1."""
        match tree:
            case Name(name) if name not in self._inputs:
                return _number(self._values[name])
            case Number() | Constant() | Name():
                return tree
        parts = [self._simple(child) for child in children(tree)]
        tree = rebuilt(tree, parts)
        if not isinstance(tree, Comparison) and all(
            isinstance(part, Number | Constant) for part in parts
        ):
            return _number(Formula._of(tree).evaluate())
        match tree:
            case Operation("*" | "/", left, Number(value)) if value == 1:
                return left
            case Operation("*", Number(value), right) if value == 1:
                return right
            case Operation("/", left, Number(value)):  # a multiplication is faster
                return self._simple(Operation("*", left, _number(1 / float(value))))
        return tree

    def _last(self, tree: Tree) -> str:
        """The outermost step, into `out`."""
        if "add" not in self._functions:
            return self._text(tree)
        match tree:
            case Operation(symbol, left, right) if symbol in _UFUNCS:
                return f"{_UFUNCS[symbol]}({self._text(left)}, {self._text(right)}, out=out)"
            case Negative(operand):
                return f"negative({self._text(operand)}, out=out)"
            case Call("where"):  # has no out
                return self._text(tree)
            case Call(function) if function in self._functions:
                return f"{self._text(tree)[:-1]}, out=out)"
            case Call():
                return self._last(expand_macro(tree))
        return f"positive({self._text(tree)}, out=out)"

    def _text(self, tree: Tree) -> str:
        match tree:
            case Number(value):
                return repr(float(value))
            case Constant(name):
                return repr(Formula.parse(name, ()).evaluate())
            case Name(name):
                return name
            case Negative(operand):
                return f"(-{self._text(operand)})"
            case Operation("**", Name(name), Number(power)) if power in (2, 3, 4):
                return "(" + " * ".join([name] * int(power)) + ")"  # pow() is slow
            case Operation(symbol, left, right) | Comparison(symbol, left, right):
                return f"({self._text(left)} {symbol} {self._text(right)})"
            case Call(function, arguments):
                return self._call(tree, function, arguments)
        raise TypeError(f"not a tree: {tree!r}")

    def _call(self, tree: Call, function: str, arguments: tuple[Tree, ...]) -> str:
        if function not in self._functions:
            if function not in MACROS:
                raise Missing(function)
            return self._text(expand_macro(tree))
        self.used.add(function)
        texts = map(self._branch if function == "where" else self._text, arguments)
        return f"{function}({', '.join(texts)})"

    def _branch(self, tree: Tree) -> str:
        """A branch of where; two numbers would decide its type, so they take that of the input."""
        text = self._text(tree)
        return f"scalar({text}, {self._inputs[0]})" if isinstance(tree, Number) else text


def _number(value: float) -> Tree:
    if math.isinf(value):
        return Constant("inf") if value > 0 else Negative(Constant("inf"))
    return Number(Fraction(value))
