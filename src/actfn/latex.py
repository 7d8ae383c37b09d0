"""Formulas as LaTeX, written from the tree so that they look the way the formula is written.

Trees with indices are understood too: the name x_i, and the call sum_j(...) that goes over j.
"""

import re
from typing import ClassVar

from actfn.formula import to_text
from actfn.grammar import Call, Comparison, Constant, Name, Negative, Number, Operation, Tree

_GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau "
    "phi chi psi omega".split()
)
_FUNCTIONS = {
    **{name: rf"\{name}" for name in "log sin cos sinh cosh tanh max min".split()},
    "atan": r"\arctan",
    "sigmoid": r"\sigma",
}
_INDEXED = re.compile("([A-Za-z]+)_([ijklm]+)")
_OVER_ROW = re.compile("(sum|max)_([jklm])")
SUM, PRODUCT, NEGATIVE, POWER, ATOM = range(1, 6)  # how tightly something binds


def to_latex(tree: Tree) -> str:
    r"""Write a tree as LaTeX for math mode; the logistic sigmoid is σ.

    Examples
    --------
    >>> from actfn.formula import Formula
    >>> print(to_latex(Formula.parse("x / (1 + exp(-beta*x))").tree))
    \frac{x}{1 + e^{-\beta \, x}}
    """
    return FormulaWriter().latex(tree)


class Writer:
    """What every writer of LaTeX does alike: brackets, operations, and the commonest functions.

    `written` returns the LaTeX of a tree and how tightly its outermost operation binds; other
    kinds of trees add their nodes there.
    """

    functions: ClassVar[dict[str, str]]
    constants: ClassVar[dict[str, str]] = {"pi": r"\pi", "inf": r"\infty"}
    relations: ClassVar[dict[str, str]] = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge"}

    def latex(self, tree) -> str:
        """The LaTeX of a tree."""
        return self.written(tree)[0]

    def written(self, tree) -> tuple[str, int]:
        """The LaTeX of a tree, and how tightly it binds."""
        match tree:
            case Number():
                return self.number(tree)
            case Constant(name):
                return self.constants.get(name, name), ATOM
            case Name(name):
                return self.name(name), ATOM
            case Negative(operand):
                return "-" + self.bracketed(operand, PRODUCT), NEGATIVE
            case Comparison(symbol, left, right):
                relation = self.relations[symbol]
                return f"{self.latex(left)} {relation} {self.latex(right)}", SUM
            case Operation():
                return self.operation(tree)
            case Call():
                return self.call(tree)
        raise TypeError(f"not a tree: {tree!r}")

    def number(self, tree) -> tuple[str, int]:
        """A number, in powers of ten where it is long."""
        digits, _, exponent = to_text(tree).lower().partition("e")
        if exponent:
            return rf"{digits} \cdot 10^{{{int(exponent)}}}", PRODUCT
        return digits, ATOM

    def name(self, name: str) -> str:
        """The name of a number."""
        raise NotImplementedError

    def bracketed(self, tree, least: int) -> str:
        """In brackets if it binds less tightly than `least`."""
        text, level = self.written(tree)
        return text if level >= least else rf"\left({text}\right)"

    def operation(self, tree) -> tuple[str, int]:
        """Two operands and a sign between them."""
        left, right = tree.left, tree.right
        match tree.symbol:
            case "+" | "-":
                first, second = self.bracketed(left, SUM), self.bracketed(right, PRODUCT)
                return f"{first} {tree.symbol} {second}", SUM
            case "/" if isinstance(left, Negative):
                return "-" + self.operation(Operation("/", left.operand, right))[0], NEGATIVE
            case "/":
                return rf"\frac{{{self.latex(left)}}}{{{self.latex(right)}}}", POWER
            case "**":
                return self.power(left, right), POWER
        return self.times(left, right), PRODUCT

    def power(self, base, exponent) -> str:
        """A power; the exponent of a function stands before its brackets."""
        if isinstance(base, Call) and base.function in self.functions and len(base.arguments) == 1:
            name, inside = self.functions[base.function], self.latex(base.arguments[0])
            return rf"{name}^{{{self.latex(exponent)}}}\left({inside}\right)"
        return f"{self.bracketed(base, ATOM)}^{{{self.latex(exponent)}}}"

    def times(self, left, right) -> str:
        """A product: with a dot where two numbers would run together."""
        first, second = self.bracketed(left, self.factor(left)), self.bracketed(right, POWER)
        if second[0].isdigit() or (second.startswith(r"\frac") and self.ends_in_number(left)):
            return rf"{first} \cdot {second}"
        return rf"{first} {second}" if second.startswith(r"\left") else rf"{first} \, {second}"

    def factor(self, left) -> int:
        """How tightly the first factor of a product has to bind."""
        return PRODUCT

    def ends_in_number(self, left) -> bool:
        """Whether a fraction behind it would be read as part of a mixed number."""
        raise NotImplementedError

    def call(self, tree) -> tuple[str, int]:
        """A function of its arguments."""
        inside = ", ".join(map(self.latex, tree.arguments))
        match tree.function:
            case "exp":
                return f"e^{{{inside}}}", POWER
            case "expm1":
                return f"e^{{{inside}}} - 1", SUM
            case "sqrt":
                return rf"\sqrt{{{inside}}}", ATOM
            case "abs":
                return rf"\left|{inside}\right|", ATOM
        return rf"{self.function(tree.function)}\left({inside}\right)", ATOM

    def function(self, name: str) -> str:
        """The name of a function."""
        return self.functions.get(name) or rf"\operatorname{{{name}}}"

    def cases(self, rows: list[tuple[str, str]], otherwise: str | None) -> str:
        """Rows of (value, condition), then what holds otherwise."""
        lines = [f"{value} & {condition}" for value, condition in rows]
        lines += [] if otherwise is None else [rf"{otherwise} & \text{{otherwise}}"]
        return r"\begin{cases} " + r" \\ ".join(lines) + r" \end{cases}"


class FormulaWriter(Writer):
    """Formulas of the grammar, and those with indices."""

    functions = _FUNCTIONS

    def name(self, name: str) -> str:
        """A Greek letter, a letter, one with indices, or a word."""
        if name == "lambd":
            return r"\lambda"
        if name in _GREEK:
            return rf"\{name}"
        if len(name) == 1:
            return name
        indexed = _INDEXED.fullmatch(name)
        if indexed:
            return f"{self.name(indexed[1])}_{{{indexed[2]}}}"
        return rf"\mathrm{{{name}}}".replace("_", r"\_")

    def factor(self, left) -> int:
        """What follows a sum over the row would be read as part of it."""
        return ATOM if _goes_over_row(left) else PRODUCT

    def ends_in_number(self, left) -> bool:
        """Judged by the last character."""
        return self.bracketed(left, self.factor(left))[-1].isdigit()

    def call(self, tree) -> tuple[str, int]:
        """Cases, sums over a row, and the grammar's own functions."""
        inside = ", ".join(map(self.latex, tree.arguments))
        match tree.function:
            case "where":
                return self._where(tree), ATOM
            case "log1p":
                return rf"\log\left(1 + {inside}\right)", ATOM
            case "softplus":
                return rf"\log\left(1 + e^{{{inside}}}\right)", ATOM
            case "relu":
                return rf"\max\left({inside}, 0\right)", ATOM
            case "square":
                return f"{self.bracketed(tree.arguments[0], ATOM)}^{{2}}", POWER
        over = _goes_over_row(tree)
        if over:
            function, index = over.groups()
            body = self.bracketed(tree.arguments[0], PRODUCT)
            return rf"\{function}_{{{index}}} {body}", PRODUCT
        return super().call(tree)

    def _where(self, tree) -> str:
        rows = []
        while isinstance(tree, Call) and tree.function == "where":
            condition, yes, tree = tree.arguments
            rows.append((self.latex(yes), self.latex(condition)))
        return self.cases(rows, self.latex(tree))


def _goes_over_row(tree: Tree):
    return _OVER_ROW.fullmatch(tree.function) if isinstance(tree, Call) else None
