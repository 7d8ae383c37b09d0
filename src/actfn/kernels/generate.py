"""From a formula tree to a scalar kernel, for activations that people define themselves.

The text of the kernel is built from the tree's nodes and from numbers only: no name and no
character of the formula gets into it. Numbers are carried as pairs (v, g), see
`actfn.kernels.composed`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from actfn import elementary
from actfn.errors import FormulaError
from actfn.formula import expand_macro
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
    walk,
)
from actfn.kernels import composed
from actfn.kernels.formula_checks import edge_of, exact_constant
from actfn.kernels.function_texts import ON_NUMBERS, ON_PAIRS, SLOPES_AT_ZERO, Pair
from actfn.kernels.sources import function_from_source
from actfn.tree_building import power

LARGEST = 1.7976931348623157e308
_CONSTANT = frozenset("c0123456789(")
_SCOPE = {
    name: getattr(module, name)
    for module, names in (
        (elementary, "absolute copysign cos log maximum minimum sin sqrt where"),
        (
            composed,
            "atan_of beyond cosh_factor erf_of erfc_factor exp_of_distance expm1_factor "
            "in_one_piece log1p_of log_of result_of sigmoid_factor sign_of sinh_factor "
            "softplus_factor tanh_of",
        ),
    )
    for name in names.split()
}


@dataclass(frozen=True)
class Ends:
    """What a kernel does at the ends of the line.

    With a `power_law` f is continued as one from the edge on; otherwise `limits` holds at ±inf.
    A zero at 0 has the sign of x where f changes its sign there ("odd"), or is +0 ("positive").
    """

    power_law: bool
    limits: tuple[float, float] = (math.nan, math.nan)
    zero: str | None = None
    domain: tuple[float, float] = (-math.inf, math.inf)


def generate(label: str, tree: Tree, names: tuple[str, ...], ends: Ends) -> Callable:
    """Make the kernel of a tree; `names` are the input and the parameters, in order."""
    writer = _Writer(names, edge_of(tree, names[0]) if ends.power_law else None)
    text = writer.kernel(tree, ends)
    return function_from_source(label, "kernel", text, {**_SCOPE, **writer.constants})


class _Writer:
    """Writes one assignment per node; equal subtrees are written once."""

    def __init__(self, names: tuple[str, ...], edge: float | None):
        self.arguments = {name: f"a{k}" for k, name in enumerate(names)}
        self.edge = edge
        self.lines: list[str] = []
        self.constants: dict[str, object] = {}
        self.known: dict[Tree, Pair] = {}
        self.texts: dict[str, str] = {}

    def kernel(self, tree: Tree, ends: Ends) -> str:
        x = "a0"
        if self.edge is not None:
            self.lines.append(f"x = minimum(maximum(a0, {-self.edge!r}), {self.edge!r})")
            x = "x"
        self.known[Name(next(iter(self.arguments)))] = Pair(x)
        pair = self.pair(tree)
        y = self.wide(pair.v)
        if pair.g is not None:
            y = self.let(f"result_of({pair.v}, {pair.g})")
        if self.edge is not None:
            y = self.let(f"beyond({y}, a0, {self.edge!r}, {math.sqrt(self.edge)!r})")
        else:
            low, high = (self.number(limit) for limit in ends.limits)
            y = self.let(f"where(a0 > {LARGEST}, {high}, where(a0 < -{LARGEST}, {low}, {y}))")
        if ends.zero is not None:
            zero = "copysign(0.0, a0)" if ends.zero == "odd" else "0.0"
            y = self.let(f"where(a0 == 0.0, where({y} == 0.0, {zero}, {y}), {y})")
        y = self.within(y, ends.domain)
        # A constant branch would turn NaN into a number.
        self.lines.append(f"return where(a0 == a0, {y}, a0)")
        head = f"def kernel({', '.join(self.arguments.values())}):"
        return "\n    ".join([head, *self.lines]) + "\n"

    def within(self, y: str, domain: tuple[float, float]) -> str:
        """NaN outside the domain."""
        for symbol, end in zip("<>", domain, strict=True):
            if math.isfinite(end):
                nan = self.number(math.nan)
                y = self.let(f"where(a0 {symbol} {self.number(end)}, {nan}, {y})")
        return y

    def let(self, text: str) -> str:
        """A variable for this text."""
        if text not in self.texts:
            self.texts[text] = f"t{len(self.texts)}"
            self.lines.append(f"{self.texts[text]} = {text}")
        return self.texts[text]

    def number(self, value: float) -> str:
        return self.constant(elementary.Exact(value, 0.0))

    def constant(self, value: elementary.Exact) -> str:
        if value.lo == 0.0 and math.isfinite(value.hi):
            return repr(value.hi) if value.hi >= 0 else f"({value.hi!r})"
        name = next((n for n, known in self.constants.items() if known == value), None)
        name = name or f"c{len(self.constants)}"
        self.constants[name] = value
        return self.wide(name)

    def wide(self, text: str) -> str:
        """A constant in the arithmetic of x: two bare constants would meet in float64."""
        return self.let(f"where(a0 == a0, {text}, a0)") if text[0] in _CONSTANT else text

    def pair(self, tree: Tree) -> Pair:
        if tree not in self.known:
            if not any(isinstance(node, Name) for node in walk(tree)):
                self.known[tree] = Pair(self.constant(exact_constant(tree)))
            else:
                self.known[tree] = self.written(tree)
        return self.known[tree]

    def plain(self, tree: Tree) -> str:
        """The value of a tree as one number."""
        pair = self.pair(tree)
        return pair.v if pair.g is None else self.let(f"in_one_piece({pair.v}, {pair.g})")

    def written(self, tree: Tree) -> Pair:
        match tree:
            case Name(name):
                return Pair(self.arguments[name])
            case Negative(operand):
                pair = self.pair(operand)
                return Pair(self.let(f"-{pair.v}"), pair.g)
            case Operation("+" | "-" as symbol, left, right):
                return self.sum(symbol, self.pair(left), self.pair(right))
            case Operation("*" | "/" as symbol, left, right):
                return self.product(symbol, self.pair(left), self.pair(right))
            case Operation("**", base, exponent):
                return self.power(base, exponent)
            case Call("where", (condition, yes, no)):
                return self.choice(self.condition(condition), self.pair(yes), self.pair(no))
            case Call("max" | "min" as function, (left, right)):
                if not any(isinstance(node, Name) for node in walk(left)):
                    left, right = right, left  # at a tie the constant: relu(-0.0) is +0.0
                return self.larger(">" if function == "max" else "<", left, right)
            case Call("clip", (value, low, high)):
                return self.pair(Call("min", (Call("max", (value, low)), high)))
            case Call("relu" | "square"):
                return self.pair(expand_macro(tree))
            case Call(function, (value,)) if function in ON_PAIRS:
                return ON_PAIRS[function](self, self.pair(value))
            case Call(function, (value,)) if function in ON_NUMBERS:
                return self.function(function, value)
        raise FormulaError(f"{tree!r} cannot be computed")

    def function(self, name: str, argument: Tree) -> Pair:
        pair, result = self.pair(argument), ON_NUMBERS[name](self, self.plain(argument))
        if pair.g is None or name not in SLOPES_AT_ZERO:
            return result
        # An argument that underflows in one piece: f(w) = c*w, to 140 bits from exp(-100) on.
        slope = self.constant(SLOPES_AT_ZERO[name])
        line = self.product("*", pair, Pair(slope))
        return self.choice(f"{pair.g} < -100.0", line, result)

    def sum(self, symbol: str, a: Pair, b: Pair) -> Pair:
        if a.g == b.g:
            return Pair(self.let(f"{self.wide(a.v)} {symbol} {b.v}"), a.g)
        d = self.let(f"{a.g or 0.0} - {b.g or 0.0}")
        e = self.let(f"exp_of_distance({d})")
        left, right = f"{a.v} {symbol} {b.v} * {e}", f"{a.v} * {e} {symbol} {b.v}"
        v = self.let(f"where({d} > 0.0, {left}, {right})")
        return Pair(v, self.let(f"where({d} > 0.0, {a.g or 0.0}, {b.g or 0.0})"))

    def product(self, symbol: str, a: Pair, b: Pair) -> Pair:
        if b.v == "1.0":
            v = a.v
        else:
            text = f"{self.wide(a.v)} {symbol} {b.v}"
            v = b.v if (a.v, symbol) == ("1.0", "*") else self.let(text)
        if b.g is None:
            return Pair(v, a.g)
        sign = "+" if symbol == "*" else "-"
        if a.g is None:
            return Pair(v, b.g if sign == "+" else self.let(f"-{b.g}"))
        return Pair(v, self.let(f"{a.g} {sign} {b.g}"))

    def choice(self, condition: str, yes: Pair, no: Pair) -> Pair:
        v = self.let(f"where({condition}, {self.wide(yes.v)}, {no.v})")
        if yes.g == no.g:
            return Pair(v, yes.g)
        return Pair(v, self.let(f"where({condition}, {yes.g or 0.0}, {no.g or 0.0})"))

    def larger(self, symbol: str, left: Tree, right: Tree) -> Pair:
        condition = self.condition(Comparison(symbol, left, right))
        return self.choice(condition, self.pair(left), self.pair(right))

    def condition(self, comparison: Comparison) -> str:
        a, b = self.pair(comparison.left), self.pair(comparison.right)
        if a.g is None and b.g is None and {a.v[0], b.v[0]} <= set("ax0123456789("):
            return f"{a.v} {comparison.symbol} {b.v}"
        # Computed numbers have a second half, which a comparison would not look at.
        return f"{self.sum('-', a, b).v} {comparison.symbol} 0.0"

    def power(self, base: Tree, exponent: Tree) -> Pair:
        value = constant_value(exponent)
        if value is not None and (2 * value).denominator == 1 and abs(value) <= 64:
            return self.whole_power(base, value)
        if base == Constant("e"):
            return Pair("1.0", self.plain(exponent))
        return Pair("1.0", self.plain(Operation("*", exponent, Call("log", (base,)))))

    def whole_power(self, base: Tree, value: Fraction) -> Pair:
        """A power with an exponent n or n/2, by repeated multiplication."""
        if value < 0:
            return self.pair(Operation("/", Number(Fraction(1)), power(base, Number(-value))))
        if value.denominator == 2:
            return self.pair(power(Call("sqrt", (base,)), Number(2 * value)))
        pair, n = self.pair(base), int(value)
        v, square = None, pair.v if pair.v == "1.0" else self.wide(pair.v)
        while n:
            if n & 1:
                v = square if v is None else self.product("*", Pair(v), Pair(square)).v
            n >>= 1
            square = self.product("*", Pair(square), Pair(square)).v if n else square
        return Pair(v or "1.0", pair.g and self.let(f"{float(value)} * {pair.g}"))
