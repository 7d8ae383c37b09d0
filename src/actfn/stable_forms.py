"""Exact identities that take the cancellation out of a formula before it is computed.

People write 1 + erf(v), log(1 + exp(v)) or x + sqrt(x**2 + 4); in the tails all digits of these
cancel. Each rule below replaces such a form by an equal one that has no difference of nearly
equal numbers. What no rule knows is computed as it is written.
"""

from fractions import Fraction

from actfn.calculus import cosh, under_root
from actfn.grammar import (
    Call,
    Comparison,
    Negative,
    Operation,
    Tree,
    children,
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
    rebuilt,
    subtract,
    where,
)


def stable(tree: Tree) -> Tree:
    """Rewrite a tree from its leaves upwards; the result is equal to it in exact arithmetic."""
    return _Rewriting(last=True).of(tree)


def prepared(tree: Tree) -> Tree:
    """Rewrite a tree that is still to be differentiated.

    log(cosh(v)) and u + sqrt(u**2 + b) stay: their stable forms have derivatives that cancel.
    """
    return _Rewriting(last=False).of(tree)


class _Rewriting:
    """Remembers what became of every node: trees share their parts."""

    def __init__(self, last: bool):
        self.last = last
        self.known: dict[int, tuple[Tree, Tree]] = {}

    def of(self, tree: Tree) -> Tree:
        found = self.known.get(id(tree))
        if found is None:
            whole = rebuilt(tree, [self.of(child) for child in children(tree)])
            whole = _rewritten(whole)
            if self.last:
                whole = _rewritten_last(whole)
            found = self.known[id(tree)] = tree, whole
        return found[1]


def _rewritten(tree: Tree) -> Tree:
    match tree:
        case Operation("+", left, right):
            return _sum(_constant_plus, left, right) or tree
        case Operation("-", left, right):
            return _sum(_constant_plus, left, negative(right)) or tree
        case Operation("/", _, Operation("+", _, _)):
            return _sigmoid(tree) or tree
        case Operation("/", Call("sinh", (value,)), Call("cosh", (other,))) if value == other:
            return Call("tanh", (value,))
        case Call("log", (value,)):
            return _logarithm(value) or tree
        case Call("log1p", (Call("exp", (value,)),)):
            return Call("softplus", (value,))
    return tree


def _rewritten_last(tree: Tree) -> Tree:
    match tree:
        case Operation("+", left, right):
            return _sum(_root_plus, left, right) or _sum(_one_plus_quotient, left, right) or tree
        case Operation("-", left, right):
            right = negative(right)
            return _sum(_root_plus, left, right) or _sum(_one_plus_quotient, left, right) or tree
        case Call("log", (Call("cosh", (value,)),)):
            # cosh(v) = 1 + 2*sinh(v/2)**2, which is 1 only at 0.
            sine = Call("sinh", (divide(value, TWO),))
            return Call("log1p", (multiply(TWO, power(sine, TWO)),))
    return tree


def _sum(rule, left: Tree, right: Tree) -> Tree | None:
    """What a rule makes of a sum, with the terms in either order."""
    return rule(left, right) or rule(right, left)


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
        case Call("sigmoid", (inner,)):
            return negative(Call("softplus", (negative(inner),)))
        case Operation("+", left, right) if ONE in (left, right):
            return _rewritten(Call("log1p", (right if left == ONE else left,)))
        case Operation("-", left, right) if left == ONE:
            return _rewritten(Call("log1p", (negative(right),)))
    return None


def _constant_plus(first: Tree, second: Tree) -> Tree | None:
    """constant + term, where term is a function whose limit is -constant."""
    constant = constant_value(first)
    if not constant:
        return None
    factor, call = _split(second)
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
            return multiply(rational(constant), negative(Call("tanh", (divide(value, TWO),))))
        case Operation("**", Call("tanh", (value,)), exponent) if ratio == -1 and exponent == TWO:
            return divide(rational(constant), power(cosh(value), TWO))
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


def _one_plus_quotient(first: Tree, second: Tree) -> Tree | None:
    """c + c*u/sqrt(u**2 + b) = c*(u + sqrt(u**2 + b))/sqrt(u**2 + b)."""
    constant, (factor, term) = constant_value(first), _split(second)
    match term:
        case Operation("/", top, Call("sqrt") as root) if constant and abs(factor) == abs(constant):
            value = top if factor == constant else negative(top)
            rest = _root_plus(value, root)
            return rest and divide(multiply(rational(constant), rest), root)
    return None


def _root_plus(value: Tree, root: Tree) -> Tree | None:
    """u + sqrt(u**2 + b), which for negative u is b/(sqrt(u**2 + b) - u)."""
    plain = value.operand if isinstance(value, Negative) else value
    rest = under_root(plain, root)
    if rest is None or value == ZERO:
        return None
    other = divide(rest, subtract(root, value))
    return where(Comparison("<", value, ZERO), other, add(value, root))
