"""Building formula trees: constants are folded, 0 and 1 are left out."""

from collections.abc import Callable
from fractions import Fraction

from actfn.grammar import (
    Call,
    Comparison,
    Name,
    Negative,
    Number,
    Operation,
    Tree,
    children,
    constant_value,
)

ZERO, ONE, TWO = (Number(Fraction(n)) for n in (0, 1, 2))


def negative(tree: Tree) -> Tree:
    """-tree."""
    match tree:
        case Number(value):
            return Number(-value)
        case Negative(operand):
            return operand
    return Negative(tree)


def rational(value: Fraction) -> Tree:
    """A number as a tree that can be written: 1/3 has no decimal text and stays a quotient."""
    if _has_decimal(value):
        return Number(value)
    top, bottom = (Number(Fraction(n)) for n in (value.numerator, value.denominator))
    return Operation("/", top, bottom)


def _has_decimal(value: Fraction) -> bool:
    return (value * 10**400).denominator == 1


def _folded(symbol: str, left: Tree, right: Tree) -> Tree:
    whole = Operation(symbol, left, right)
    if isinstance(left, Number) and isinstance(right, Number):
        value = constant_value(whole)
        if value is not None and _has_decimal(value):
            return Number(value)
    return whole


def add(left: Tree, right: Tree) -> Tree:
    """left + right."""
    if left == ZERO:
        return right
    if right == ZERO:
        return left
    if isinstance(right, Negative):
        return subtract(left, right.operand)
    if left == right:
        return multiply(TWO, left)
    return _folded("+", left, right)


def subtract(left: Tree, right: Tree) -> Tree:
    """left - right."""
    if right == ZERO:
        return left
    if left == right:
        return ZERO
    if left == ZERO:
        return negative(right)
    if isinstance(right, Negative):
        return add(left, right.operand)
    return _folded("-", left, right)


def multiply(left: Tree, right: Tree) -> Tree:
    """left * right."""
    if ZERO in (left, right):
        return ZERO
    if left == ONE:
        return right
    if right == ONE:
        return left
    if isinstance(right, Operation) and right.symbol == "*" and isinstance(right.left, Number):
        # Numbers to the front, where they meet: a*(2*x) is 2*(a*x).
        return (
            multiply(multiply(left, right.left), right.right)
            if isinstance(left, Number)
            else (multiply(right.left, multiply(left, right.right)))
        )
    if isinstance(left, Negative):
        return negative(multiply(left.operand, right))
    if isinstance(right, Negative):
        return negative(multiply(left, right.operand))
    return _folded("*", left, right)


def divide(left: Tree, right: Tree) -> Tree:
    """left / right."""
    if left == ZERO and right != ZERO:
        return ZERO
    if right == ONE:
        return left
    if isinstance(left, Negative):
        return negative(divide(left.operand, right))
    match left, right:
        case Operation("*", Number(a), top), Operation("*", Number(b), bottom) if a == b:
            return divide(top, bottom)
    return _folded("/", left, right)


def power(base: Tree, exponent: Tree) -> Tree:
    """base ** exponent."""
    if exponent == ZERO:
        return ONE
    if isinstance(base, Number) and base.value < 0 and not isinstance(exponent, Number):
        base = Negative(Number(-base.value))  # as text -2**x would be -(2**x)
    return base if exponent == ONE else _folded("**", base, exponent)


def where(condition: Tree, yes: Tree, no: Tree) -> Tree:
    """where(condition, yes, no)."""
    return yes if yes == no else Call("where", (condition, yes, no))


def rebuilt(tree: Tree, parts: list[Tree]) -> Tree:
    """The node with other children, 0 and 1 left out."""
    match tree:
        case Negative():
            return negative(*parts)
        case Operation(symbol):
            return _BUILDERS[symbol](*parts)
        case Comparison(symbol):
            return Comparison(symbol, *parts)
        case Call("where"):
            return where(*parts)
        case Call(function):
            return Call(function, tuple(parts))
    return tree


_BUILDERS = {"+": add, "-": subtract, "*": multiply, "/": divide, "**": power}


_EXTREME: dict[str, Callable[..., Fraction]] = {
    "max": max,
    "min": min,
    "clip": lambda v, low, high: min(max(v, low), high),
}
_AT_ZERO = {
    **dict.fromkeys("expm1 log1p sqrt sin sinh tanh atan erf relu square".split(), Fraction(0)),
    **dict.fromkeys("exp cos cosh erfc".split(), Fraction(1)),
    "sigmoid": Fraction(1, 2),
}


def substitute(tree: Tree, name: str, value: Tree) -> Tree:
    """The tree with `value` in place of a name, conditions between numbers decided."""
    if isinstance(tree, Name):
        return value if tree.name == name else tree
    parts = [substitute(child, name, value) for child in children(tree)]
    match tree:
        case Call("where", _) if (decided := _decide(parts[0])) is not None:
            return parts[1] if decided else parts[2]
        case Call("sign" | "abs" as function, _) if (
            number := constant_value(parts[0])
        ) is not None:
            sign = (number > 0) - (number < 0)
            return Number(Fraction(sign) if function == "sign" else abs(number))
        case Call("max" | "min" | "clip" as function, _) if None not in (
            numbers := [constant_value(part) for part in parts]
        ):
            return Number(_EXTREME[function](*numbers))
        case Call(function, _) if parts[0] == ZERO and function in _AT_ZERO:
            return Number(_AT_ZERO[function])
    return rebuilt(tree, parts)


def _decide(condition: Tree) -> bool | None:
    if not isinstance(condition, Comparison):
        return None
    left, right = constant_value(condition.left), constant_value(condition.right)
    if condition.left == condition.right:
        left = right = Fraction(0)
    if left is None or right is None:
        return None
    symbol = condition.symbol
    return (
        (left < right or (left == right and "=" in symbol))
        if "<" in symbol
        else (left > right or (left == right and "=" in symbol))
    )
