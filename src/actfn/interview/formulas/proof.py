"""Exact algebra: a normal form in which most right answers are literally the model answer.

Sigmoid, tanh and their relatives are written by exponentials, erf and log stay as they are; what
is left is a quotient of polynomials, and two of these are equal or not.  Equal normal forms prove
that the formulas are equal wherever both are defined.  Unequal ones prove nothing here: then
numbers decide.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction

from actfn.interview.formulas.forms import Form
from actfn.interview.formulas.polynomials import (
    ONE,
    NotRational,
    Quotient,
    atom,
    number,
    root,
)
from actfn.interview.formulas.shapes import SCALAR
from actfn.interview.formulas.tree import Call, Constant, Name, Negative, Number, Operation, Tree

_HALF = Fraction(1, 2)


def equal(one: Form, other: Form, definitions: Mapping[str, Tree]) -> bool:
    """Tell whether exact algebra proves that two numbers are equal."""
    if one.shape != SCALAR or other.shape != SCALAR:
        return False
    mine = _Normal({**definitions, **one.definitions})
    theirs = _Normal({**definitions, **other.definitions}, mine.atoms)
    try:
        return mine.of(one.tree).equals(theirs.of(other.tree))
    except NotRational:
        return False


class _Normal:
    """Computes normal forms; functions such as log are atoms, told apart by their arguments."""

    def __init__(
        self,
        definitions: Mapping[str, Tree],
        atoms: list[tuple[str, Quotient]] | None = None,
    ):
        self.definitions = definitions
        self.atoms = [] if atoms is None else atoms
        self.level = 0

    def of(self, tree: Tree) -> Quotient:
        match tree:
            case Number(value):
                return number(value)
            case Constant("pi"):
                return atom("pi")
            case Constant("e"):
                return atom(("exp", ()))
            case Name(name):
                return self.named(name)
            case Negative(operand):
                return -self.of(operand)
            case Operation("**", base, exponent):
                return self.power(base, exponent)
            case Operation(symbol, left, right) if symbol in _ARITHMETIC:
                return _ARITHMETIC[symbol](self.of(left), self.of(right))
            case Call(function, (argument,)) if function in _BY_OTHERS:
                return _BY_OTHERS[function](self, self.of(argument))
        raise NotRational

    def named(self, name: str) -> Quotient:
        if name not in self.definitions:
            return atom(name)
        self.level += 1
        if self.level > 10:
            raise NotRational
        result = self.of(self.definitions[name])
        self.level -= 1
        return result

    def power(self, base: Tree, exponent: Tree) -> Quotient:
        size = self.of(exponent).terms()
        if set(size) - {()}:
            raise NotRational
        power = size.get((), Fraction(0))
        if power.denominator == 1:
            return self.of(base).to_the(int(power))
        if power.denominator == 2:
            return root(self.of(base)).to_the(int(2 * power))
        raise NotRational

    # ---- functions --------------------------------------------------------------------------

    def exp(self, u: Quotient) -> Quotient:
        """Return e^u as a product of powers, one for each term of u; e^(k log q) is q^k."""
        result = ONE
        for monomial, coefficient in u.terms().items():
            inside = self.inside_log(monomial, coefficient)
            if inside is not None:
                result = result * inside.to_the(int(coefficient))
            else:
                result = result * atom(("exp", monomial), coefficient)
        return result

    def inside_log(self, monomial, coefficient: Fraction) -> Quotient | None:
        match monomial:
            case ((("atom", k), exponent),) if exponent == 1 and coefficient.denominator == 1:
                function, argument = self.atoms[k]
                return argument if function == "log" else None
        return None

    def function(self, name: str, u: Quotient) -> Quotient:
        """Return an atom for a function that has no simpler form."""
        for k, (known, argument) in enumerate(self.atoms):
            if known == name and argument.equals(u):
                return atom(("atom", k))
        self.atoms.append((name, u))
        return atom(("atom", len(self.atoms) - 1))

    def odd(self, name: str, u: Quotient) -> Quotient:
        """Return an atom for an odd function, the same one for u and -u."""
        for k, (known, argument) in enumerate(self.atoms):
            if known == name and argument.equals(-u):
                return -atom(("atom", k))
        return self.function(name, u)

    def sigmoid(self, u: Quotient) -> Quotient:
        return ONE / (ONE + self.exp(-u))

    def tanh(self, u: Quotient) -> Quotient:
        square = self.exp(u + u)
        return (square - ONE) / (square + ONE)

    def softplus(self, u: Quotient) -> Quotient:
        return self.function("log", ONE + self.exp(u))

    def phi(self, u: Quotient) -> Quotient:
        return self.exp(-(u * u) * number(_HALF)) * root(ONE / (number(2) * atom("pi")))

    def normal(self, u: Quotient) -> Quotient:
        inside = self.odd("erf", u * root(number(_HALF)))
        return number(_HALF) * (ONE + inside)


_ARITHMETIC: dict[str, Callable[[Quotient, Quotient], Quotient]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}
_TWO = number(2)
_BY_OTHERS: dict[str, Callable[[_Normal, Quotient], Quotient]] = {
    "exp": _Normal.exp,
    "expm1": lambda n, u: n.exp(u) - ONE,
    "sigmoid": _Normal.sigmoid,
    "sigmoid'": lambda n, u: n.sigmoid(u) * n.sigmoid(-u),
    "tanh": _Normal.tanh,
    "tanh'": lambda n, u: ONE - n.tanh(u).to_the(2),
    "softplus": _Normal.softplus,
    "softplus'": _Normal.sigmoid,
    "log": lambda n, u: n.function("log", u),
    "log1p": lambda n, u: n.function("log", ONE + u),
    "log_sigmoid": lambda n, u: -n.softplus(-u),
    "cosh": lambda n, u: (n.exp(u) + n.exp(-u)) / _TWO,
    "sinh": lambda n, u: (n.exp(u) - n.exp(-u)) / _TWO,
    "sech": lambda n, u: _TWO / (n.exp(u) + n.exp(-u)),
    "coth": lambda n, u: ONE / n.tanh(u),
    "sqrt": lambda n, u: root(u),
    "erf": lambda n, u: n.odd("erf", u),
    "erfc": lambda n, u: ONE - n.odd("erf", u),
    "Phi": _Normal.normal,
    "phi": _Normal.phi,
    "Phi'": _Normal.phi,
    "phi'": lambda n, u: -(u * n.phi(u)),
    "silu": lambda n, u: u * n.sigmoid(u),
    "gelu": lambda n, u: u * n.normal(u),
    "mish": lambda n, u: u * n.tanh(n.softplus(u)),
    "abs": lambda n, u: n.function("abs", u),
    "sign": lambda n, u: n.odd("sign", u),
}
