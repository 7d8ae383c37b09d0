"""What is known of a formula tree before a kernel is made from it."""

import math
from fractions import Fraction

from actfn.elementary import Exact
from actfn.errors import FormulaError
from actfn.formula import Formula, to_text
from actfn.grammar import (
    Call,
    Comparison,
    Name,
    Negative,
    Operation,
    Tree,
    children,
    constant_value,
    walk,
)

MOST_NODES = 4000  # of a derivative
_LARGEST_EDGE, _ROOM = 120, 960  # exponents of two: where a power law has set in, what is safe


def edge_of(tree: Tree, name: str) -> float:
    """An |x| from which on f is a power of x, and where no intermediate result overflows."""
    degree = max(1, *(_degree(node, name) for node in walk(tree)))
    return 2.0 ** (min(_LARGEST_EDGE, _ROOM // degree) // 2 * 2)


def check_size(tree: Tree) -> None:
    """Refuse a tree that would take too long to compile."""
    if any(count > MOST_NODES for count, _ in enumerate(walk(tree))):
        raise FormulaError(f"the formula is too long: a derivative has over {MOST_NODES} parts")


def check_constants(tree: Tree) -> None:
    """Refuse a tree with a constant part that is not a finite number, such as log(-1)."""
    if not any(isinstance(node, Name) for node in walk(tree)):
        exact_constant(tree)
    else:
        for child in children(tree):
            check_constants(child)


def _degree(tree: Tree, name: str) -> int:
    """Up to which power of x a subtree grows."""
    match tree:
        case Name(found):
            return int(found == name)
        case Operation("*", left, right):
            return _degree(left, name) + _degree(right, name)
        case Operation("**", base, exponent):
            value = constant_value(exponent)
            return _degree(base, name) * math.ceil(abs(value)) if value is not None else 0
        case Operation(_, left, right):
            return max(_degree(left, name), _degree(right, name))
        case Call("sqrt", (value,)):
            return (_degree(value, name) + 1) // 2
        case Call("square", (value,)):
            return 2 * _degree(value, name)
        case Call("softplus" | "relu" | "abs", (value,)) | Negative(value):
            return _degree(value, name)
        case Call("max" | "min" | "clip" | "where", arguments):
            values = [a for a in arguments if not isinstance(a, Comparison)]
            return max(_degree(value, name) for value in values)
    return 0


def exact_constant(tree: Tree) -> Exact:
    """The value of a tree without names, to 106 bits."""
    value = constant_value(tree)
    try:
        if value is not None:
            hi, lo = float(value), float(value - Fraction(float(value)))
        else:
            from actfn.oracle import Oracle

            hi, lo = (float(part[()]) for part in Oracle(Formula("", tree, ())).double_double(0.0))
    except (ArithmeticError, ValueError):
        hi = lo = math.nan
    if not math.isfinite(hi):
        raise FormulaError(f"the constant {to_text(tree)} in the formula is not a finite number")
    return Exact(hi, lo)
