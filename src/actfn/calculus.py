"""Derivatives of formula trees, in pure Python.

`actfn.symbolic` looks for the most readable derivative and needs SymPy for it. This module is for
computing: it is quick, it knows every function of the grammar, and it keeps to forms that do not
cancel (the derivative of sigmoid(v) is sigmoid(v)*sigmoid(-v), that of tanh is 1/cosh(v)**2).

At a kink the branch that the formula itself takes there decides. A max or min that meets a tie
counts as its second argument, a clip as the bound and abs as 0, so that relu(x), max(x, 0) and
clip(x, 0, 6) all have the derivative 0 at their kinks.
"""

from fractions import Fraction

from actfn.errors import FormulaError
from actfn.grammar import (
    Call,
    Comparison,
    Constant,
    Name,
    Negative,
    Number,
    Operation,
    Tree,
    constant_value,
)
from actfn.tree_building import (
    ONE,
    TWO,
    ZERO,
    add,
    divide,
    multiply,
    negative,
    power,
    rational,
    subtract,
    where,
)

PI = Constant("pi")


def differentiate(tree: Tree, name: str) -> Tree:
    """Differentiate a formula.

    Parameters
    ----------
    tree : Tree
        From `Formula.parse(...).tree`.
    name : str
        The input or parameter to differentiate by.

    Returns
    -------
    Tree
        Lightly simplified: constants are folded, 0 and 1 are left out.

    Examples
    --------
    >>> from actfn.formula import Formula, to_text
    >>> to_text(differentiate(Formula.parse("x * sigmoid(beta*x)").tree, "x"))
    'sigmoid(beta*x) + x*(sigmoid(beta*x)*sigmoid(-(beta*x))*beta)'
    >>> to_text(differentiate(Formula.parse("where(x > 0, x, a*x)").tree, "a"))
    'where(x > 0, 0, x)'
    """
    return _Derivative(name).of(tree)


class _Derivative:
    """Remembers the derivative of every node: trees share their parts."""

    def __init__(self, name: str):
        self.name = name
        self.known: dict[int, tuple[Tree, Tree]] = {}  # by identity; the node is kept alive

    def of(self, tree: Tree) -> Tree:
        found = self.known.get(id(tree))
        if found is None:
            found = self.known[id(tree)] = tree, self.work_out(tree)
        return found[1]

    def work_out(self, tree: Tree) -> Tree:
        match tree:
            case Number() | Constant():
                return ZERO
            case Name(name):
                return ONE if name == self.name else ZERO
            case Negative(operand):
                return negative(self.of(operand))
            case Operation("+", left, right):
                return add(self.of(left), self.of(right))
            case Operation("-", left, right):
                return subtract(self.of(left), self.of(right))
            case Operation("*", left, right):
                return add(multiply(self.of(left), right), multiply(left, self.of(right)))
            case Operation("/", left, right):
                return self.quotient(left, right)
            case Operation("**", base, exponent):
                return self.power(base, exponent)
            case Call("sqrt", (value,)):
                return divide(self.of(value), multiply(TWO, tree))
            case Call("log", (value,)):
                return divide(self.of(value), value)
            case Call("log1p", (value,)):
                return divide(self.of(value), add(ONE, value))
            case Call(function, arguments) if function in _SLOPES:
                inner = self.of(arguments[0])
                return ZERO if inner == ZERO else multiply(_SLOPES[function](*arguments), inner)
            case Call():
                return self.branches(tree)
        raise FormulaError(f"a comparison has no derivative: {tree!r}")

    def quotient(self, left: Tree, right: Tree) -> Tree:
        top, bottom = self.of(left), self.of(right)
        if bottom == ZERO:
            return divide(top, right)
        rest = self.constant_under_root(left, right)
        if rest is not None:
            # u/sqrt(k*u**2 + c): the two terms of the rule cancel to c/w for large u.
            return divide(multiply(rest, top), power(right, rational(Fraction(3))))
        rest = beside(left, right)
        if rest is not None and self.of(rest) == ZERO:
            # u/(c + u) and u/(c + |u|): c is what remains of (c + u) - u.
            return divide(multiply(rest, top), power(right, TWO))
        if left == ONE:
            return negative(divide(bottom, power(right, TWO)))
        # Two fractions and not one with the bottom squared, which overflows sooner.
        return subtract(divide(top, right), divide(multiply(left, bottom), power(right, TWO)))

    def constant_under_root(self, value: Tree, root: Tree) -> Tree | None:
        """The c of `root` = sqrt(k*value**2 + c) with constant k and c, or None."""
        match root:
            case Call("sqrt", (Operation("+", left, right),)):
                for square, rest in ((left, right), (right, left)):
                    if self.of(rest) == ZERO and self.is_scaled_square(square, value):
                        return rest
        return None

    def is_scaled_square(self, tree: Tree, value: Tree) -> bool:
        match tree:
            case Operation("*", left, right) if not is_square(tree, value):
                left_fits = self.of(left) == ZERO and is_square(right, value)
                return left_fits or (self.of(right) == ZERO and is_square(left, value))
            case Operation("/", left, right):
                return self.of(right) == ZERO and is_square(left, value)
        return is_square(tree, value)

    def power(self, base: Tree, exponent: Tree) -> Tree:
        value = constant_value(exponent)
        inner, outer = self.of(base), self.of(exponent)
        if value is not None:
            lowered = multiply(rational(value), power(base, rational(value - 1)))
            return multiply(lowered, inner)
        by_base = multiply(multiply(exponent, power(base, subtract(exponent, ONE))), inner)
        if outer == ZERO:
            return by_base
        whole = Operation("**", base, exponent)
        return add(by_base, multiply(multiply(whole, Call("log", (base,))), outer))

    def branches(self, tree: Call) -> Tree:
        slopes = [ZERO if isinstance(a, Comparison) else self.of(a) for a in tree.arguments]
        match tree.function, tree.arguments:
            case "where", (condition, _, _):
                return where(condition, slopes[1], slopes[2])
            case ("max" | "min") as function, (left, right):
                symbol = ">" if function == "max" else "<"
                if isinstance(left, (Number, Constant)):  # the same answer in either order
                    left, right, slopes = right, left, slopes[::-1]
                return where(Comparison(symbol, left, right), slopes[0], slopes[1])
            case "relu", (value,):
                return where(Comparison(">", value, ZERO), slopes[0], ZERO)
            case "clip", (value, low, high):
                above = where(Comparison(">=", value, high), slopes[2], slopes[0])
                return where(Comparison("<=", value, low), slopes[1], above)
        raise FormulaError(f"no derivative is known for {tree.function}")


def _call(name: str):
    return lambda value: Call(name, (value,))


exp, sqrt, cosh, sigmoid = (_call(name) for name in ("exp", "sqrt", "cosh", "sigmoid"))


def _gaussian(value: Tree, factor: int) -> Tree:
    slope = divide(Number(Fraction(factor)), sqrt(PI))
    return multiply(slope, exp(negative(power(value, TWO))))


# The derivative of f(v) by v.
_SLOPES = {
    "exp": exp,
    "expm1": exp,
    "sin": _call("cos"),
    "cos": lambda v: negative(Call("sin", (v,))),
    "sinh": cosh,
    "cosh": _call("sinh"),
    "tanh": lambda v: divide(ONE, power(cosh(v), TWO)),
    "atan": lambda v: divide(ONE, add(ONE, power(v, TWO))),
    "erf": lambda v: _gaussian(v, 2),
    "erfc": lambda v: _gaussian(v, -2),
    "abs": _call("sign"),
    "sign": lambda v: ZERO,
    "sigmoid": lambda v: multiply(sigmoid(v), sigmoid(negative(v))),
    "softplus": sigmoid,
    "square": lambda v: multiply(TWO, v),
}


# ---- shapes ---------------------------------------------------------------------------------


def under_root(value: Tree, root: Tree) -> Tree | None:
    """The c of `root` = sqrt(value**2 + c), or None where `root` is not of that form."""
    match root:
        case Call("sqrt", (Operation("+", left, right),)):
            if is_square(left, value):
                return right
            return left if is_square(right, value) else None
    return None


def beside(value: Tree, total: Tree) -> Tree | None:
    """The c of `total` = c + value or c + |value|, or None."""
    match total:
        case Operation("+", left, right):
            parts = (value, Call("abs", (value,)))
            return left if right in parts else right if left in parts else None
    return None


def is_square(tree: Tree, value: Tree) -> bool:
    """Is the tree value**2, however it is written?"""
    squares = (power(value, TWO), Operation("*", value, value), Call("square", (value,)))
    return tree in squares
