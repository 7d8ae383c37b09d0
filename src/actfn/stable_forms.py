"""Exact identities that take the cancellation out of a formula before it is computed.

People write 1 + erf(v), log(1 + exp(v)) or x + sqrt(x**2 + 4); in the tails all digits of these
cancel. Each rule below replaces such a form by an equal one that has no difference of nearly
equal numbers. What no rule knows is computed as it is written.
"""

from fractions import Fraction

from actfn.calculus import (
    ONE,
    TWO,
    ZERO,
    add,
    cosh,
    differentiate,
    divide,
    multiply,
    negative,
    power,
    rational,
    rebuilt,
    subtract,
    under_root,
    where,
)
from actfn.grammar import (
    Call,
    Comparison,
    Negative,
    Number,
    Operation,
    Tree,
    children,
    constant_value,
)


def stable(tree: Tree) -> Tree:
    """Rewrite a tree from its leaves upwards; the result is equal to it in exact arithmetic."""
    return _Rewriting().of(tree)


def stable_derivative(tree: Tree, name: str) -> Tree:
    """Differentiate an already stable tree and make the result stable."""
    return stable(differentiate(tree, name))


class _Rewriting:
    """Remembers what became of every node: trees share their parts."""

    def __init__(self):
        self.known: dict[int, tuple[Tree, Tree]] = {}

    def of(self, tree: Tree) -> Tree:
        found = self.known.get(id(tree))
        if found is None:
            parts = [self.of(child) for child in children(tree)]
            found = self.known[id(tree)] = tree, _rewritten(rebuilt(tree, parts))
        return found[1]


def _rewritten(tree: Tree) -> Tree:
    match tree:
        case Operation("+", left, right):
            return _sum(left, right) or _sum(right, left) or tree
        case Operation("-", left, right):
            found = _sum(left, negative(right)) or _sum(negative(right), left)
            return found or tree
        case Operation("/", _, Operation("+", _, _)):
            return _sigmoid(tree) or tree
        case Call("log", (value,)):
            return _logarithm(value) or tree
        case Call("log1p", (Call("exp", (value,)),)):
            return Call("softplus", (value,))
    return tree


def _sigmoid(tree: Operation) -> Tree | None:
    match tree:
        case Operation("/", top, Operation("+", left, right)):
            for one, other in ((left, right), (right, left)):
                if one == ONE and isinstance(other, Call) and other.function == "exp":
                    return multiply(top, Call("sigmoid", (negative(other.arguments[0]),)))
    return None


def _logarithm(value: Tree) -> Tree | None:
    match value:
        case Operation("/", left, right) if left == ONE:
            return negative(_rewritten(Call("log", (right,))))
        case Call("cosh", (inner,)):
            # cosh(v) = 1 + 2*sinh(v/2)**2, which is 1 only at 0.
            sine = Call("sinh", (divide(inner, TWO),))
            return Call("log1p", (multiply(TWO, power(sine, TWO)),))
        case Call("sigmoid", (inner,)):
            return negative(Call("softplus", (negative(inner),)))
        case Operation("+", left, right) if ONE in (left, right):
            return _rewritten(Call("log1p", (right if left == ONE else left,)))
        case Operation("-", left, right) if left == ONE:
            return _rewritten(Call("log1p", (negative(right),)))
    return None


def _sum(first: Tree, second: Tree) -> Tree | None:
    """An equal form of first + second; called with the terms in both orders."""
    constant = constant_value(first)
    if constant is not None and constant != 0:
        return _constant_plus(constant, second)
    return _root_plus(first, second)


def _constant_plus(constant: Fraction, term: Tree) -> Tree | None:
    """constant + term, where term is a function whose limit is -constant."""
    factor, call = _split(term)
    ratio = factor / constant
    match call:
        case Call("exp", (value,)) if ratio == -1:
            return multiply(rational(-constant), Call("expm1", (value,)))
        case Call("erf", (value,)) if abs(ratio) == 1:
            flipped = negative(value) if ratio == 1 else value
            return multiply(rational(constant), Call("erfc", (flipped,)))
        case Call("erfc", (value,)) if ratio == -1:
            return multiply(rational(constant), Call("erf", (value,)))
        case Call("tanh", (value,)) if abs(ratio) == 1:
            doubled = multiply(rational(2 * ratio), value)
            return multiply(rational(2 * constant), Call("sigmoid", (doubled,)))
        case Call("sigmoid", (value,)) if ratio == -1:
            return multiply(rational(constant), Call("sigmoid", (negative(value),)))
        case Call("sigmoid", (value,)) if ratio == -2:
            return multiply(rational(-constant), Call("tanh", (divide(value, TWO),)))
        case Operation("**", Call("tanh", (value,)), exponent) if ratio == -1 and exponent == TWO:
            return divide(rational(constant), power(cosh(value), TWO))
        case Operation("/", top, Call("sqrt") as root):
            return _one_plus_quotient(constant, factor, top, root)
    return None


def _split(term: Tree) -> tuple[Fraction, Tree]:
    """A term as (rational factor, the rest)."""
    match term:
        case Negative(operand):
            factor, rest = _split(operand)
            return -factor, rest
        case Operation("*", left, right):
            for one, other in ((left, right), (right, left)):
                if (value := constant_value(one)) is not None:
                    factor, rest = _split(other)
                    return value * factor, rest
        case Operation("/", left, right):
            if (value := constant_value(right)) is not None and value != 0:
                factor, rest = _split(left)
                return factor / value, rest
            factor, rest = _split(left)
            return factor, divide(rest, right)
    return Fraction(1), term


def _one_plus_quotient(constant: Fraction, factor: Fraction, top: Tree, root: Tree) -> Tree | None:
    """c + c*u/sqrt(u**2 + b) = c*(u + sqrt(u**2 + b))/sqrt(u**2 + b)."""
    if abs(factor) != abs(constant) or under_root(top, root) is None:
        return None
    value = top if factor == constant else negative(top)
    return divide(multiply(rational(constant), _root_plus(value, root)), root)


def _root_plus(value: Tree, root: Tree) -> Tree | None:
    """u + sqrt(u**2 + b), which for negative u is b/(sqrt(u**2 + b) - u)."""
    plain = value.operand if isinstance(value, Negative) else value
    rest = under_root(plain, root)
    if rest is None or value == ZERO:
        return None
    other = divide(rest, subtract(root, value))
    return where(Comparison("<", value, ZERO), other, add(value, root))
