"""A formula's tree, made into a function on truncated power series.

Every switch (abs, sign, max, min, clip, where) asks `Branches` which way to go, so that the two
sides of a kink can be developed separately and a path through the tree can be taken again.
"""

import operator
from collections.abc import Callable, Iterable
from fractions import Fraction

from flint import arb, ctx, fmpq, fmpq_series

from actfn import balls
from actfn.balls import Series
from actfn.formula import COMPARE, expand_macro
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
    walk,
)

_LONGEST = 64  # constants are stored as series of this length, whatever is wanted later
_ONE = Number(Fraction(1))
_MAX_ROOT, _MAX_POWER = 16, 64  # exponents up to here are worked out by roots and products


class Branches:
    """The decisions on the way through a tree.

    ``side`` says how a tie between two branches is resolved: 1 as just right of the point, -1 as
    just left of it, 0 as the formula is written.  ``path`` repeats earlier decisions.
    """

    def __init__(self, side: int = 0, path: Iterable[int | None] | None = None):
        self.side = side
        self.tied = False
        self.taken: list[int | None] = []
        self._path = None if path is None else iter(path)

    def choose(self, difference: Series, as_written: bool = False) -> int | None:
        """Return the sign of ``u - v`` that the branches u and v are chosen by; None for NaN."""
        if self._path is not None:
            return next(self._path)
        c = difference[0]
        if isinstance(c, arb) and c.is_nan():
            choice = None
        else:
            choice = balls.sign(c)
            if choice == 0 and not as_written:
                choice = self._beside_a_tie(difference)
        self.taken.append(choice)
        return choice

    def _beside_a_tie(self, difference: Series) -> int:
        for k in range(1, ctx.cap):
            slope = balls.sign(difference[k])
            if slope:
                self.tied = True
                return slope * self.side**k
        return 0  # equal as far as the series goes: either branch gives the same coefficients


Values = dict[str, Series]
Function = Callable[[Values, Branches], Series]


def compile_tree(tree: Tree) -> Function:
    """Turn a tree into a function of the series of its names."""
    match tree:
        case Number(value):
            return _fixed(fmpq(value.numerator, value.denominator))
        case Name(name):
            return lambda values, branches: values[name]
        case Constant("inf"):
            return _fixed(arb.pos_inf())
        case Call("where", (condition, yes, no)):
            return _where(condition, yes, no)
        case Call(function, _) if function in MACROS:
            return compile_tree(expand_macro(tree))
    compute = _without_cancellation(tree) or _compile_inner(tree)
    has_names = any(isinstance(node, Name) for node in walk(tree))
    return compute if has_names else _remembered(compute)


def _compile_inner(tree: Tree) -> Function:
    match tree:
        case Constant("pi"):
            return lambda values, branches: balls.constant(arb.pi())
        case Constant("e"):
            return lambda values, branches: balls.constant(arb.const_e())
        case Negative(operand):
            return _unary(operator.neg, operand)
        case Operation(symbol, left, right):
            return _binary(_ARITHMETIC[symbol], left, right)
        case Call("max" | "min" as function, (left, right)):
            return _extreme(function, compile_tree(left), compile_tree(right))
        case Call("clip", (value, low, high)):
            return _extreme("min", compile_tree(Call("max", (value, low))), compile_tree(high))
        case Call("abs" | "sign" as function, (value,)):
            return _by_sign(function, compile_tree(value))
        case Call(function, (value,)):
            return _unary(getattr(balls, function), value)
    raise TypeError(f"not a tree: {tree!r}")


def stored(value: fmpq | arb) -> Series:
    """Return the series of a constant, long enough for whatever length is wanted later."""
    length, ctx.cap = ctx.cap, _LONGEST
    try:
        return balls.constant(value)
    finally:
        ctx.cap = length


def _fixed(value: fmpq | arb) -> Function:
    series = stored(value)
    return lambda values, branches: series


def _remembered(compute: Function) -> Function:
    """Work a constant such as sqrt(2/pi) out once per precision."""
    found: dict[int, Series] = {}

    def constant(values: Values, branches: Branches) -> Series:
        if ctx.prec not in found:
            found[ctx.prec] = stored(compute(values, branches)[0])
        return found[ctx.prec]

    return constant


def _unary(function: Callable[[Series], Series], operand: Tree) -> Function:
    inner = compile_tree(operand)
    return lambda values, branches: function(inner(values, branches))


def _binary(function: Callable[[Series, Series], Series], left: Tree, right: Tree) -> Function:
    first, second = compile_tree(left), compile_tree(right)
    return lambda values, branches: function(first(values, branches), second(values, branches))


def _without_cancellation(tree: Tree) -> Function | None:
    """Write 1 ± erf(v) as erfc(∓v), and 1 ± tanh(v) likewise.

    The identities are exact; without them GELU at -1000 would need 700,000 bits.
    """
    match tree:
        case Operation("+" | "-" as symbol, one, Call() as call) if one == _ONE:
            plus = symbol == "+"
        case Operation("+", Call() as call, one) if one == _ONE:
            plus = True
        case _:
            return None
    if call.function not in ("erf", "tanh"):
        return None
    if call.function == "erf":
        function, flip = balls.erfc, plus
    else:
        function, flip = balls.one_plus_tanh, not plus
    (value,) = call.arguments
    return _unary(function, Negative(value) if flip else value)


def _power(a: Series, b: Series) -> Series:
    fixed = isinstance(b, fmpq_series) and b.length() <= 1
    if fixed and b[0].q <= _MAX_ROOT and abs(b[0].p) <= _MAX_POWER:
        return balls.power(a, b[0])
    if a[0] == 0 and b[0] > 0:
        return balls.sqrt(a)  # 0, with no derivative
    return balls.exp(balls.multiply(b, balls.log(a)))


_ARITHMETIC = {
    "+": balls.add,
    "-": balls.subtract,
    "*": balls.multiply,
    "/": balls.divide,
    "**": _power,
}


def _extreme(function: str, first: Function, second: Function) -> Function:
    wanted = 1 if function == "max" else -1

    def extreme(values: Values, branches: Branches) -> Series:
        a, b = first(values, branches), second(values, branches)
        choice = branches.choose(balls.subtract(a, b))
        if choice is None:
            return balls.undefined()
        return a if choice * wanted >= 0 else b

    return extreme


def _by_sign(function: str, inner: Function) -> Function:
    def by_sign(values: Values, branches: Branches) -> Series:
        value = inner(values, branches)
        choice = branches.choose(value)
        if choice is None:
            return balls.undefined()
        if function == "sign":
            return balls.constant(fmpq(choice))
        return -value if choice < 0 else value

    return by_sign


def _where(condition: Comparison, yes: Tree, no: Tree) -> Function:
    holds = COMPARE[condition.symbol]
    left, right = compile_tree(condition.left), compile_tree(condition.right)
    accepted, refused = compile_tree(yes), compile_tree(no)

    def where(values: Values, branches: Branches) -> Series:
        difference = balls.subtract(left(values, branches), right(values, branches))
        choice = branches.choose(difference, as_written=True)
        if choice is None:
            return balls.undefined()
        return (accepted if holds(choice, 0) else refused)(values, branches)

    return where
