r"""Answers as LaTeX: what was understood, in the one way everybody writes it."""

from typing import ClassVar

from actfn.interview.formulas.tree import (
    ONE,
    ZERO,
    Call,
    Comparison,
    Constant,
    Index,
    Indexed,
    Logic,
    Name,
    Over,
    Transposed,
    Tree,
    number,
)
from actfn.latex import ATOM, POWER, PRODUCT, SUM, Writer

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "λ": "lambda",
    "σ": "sigma", "τ": "tau", "η": "eta", "μ": "mu", "θ": "theta",
    "alpha": "alpha", "beta": "beta", "epsilon": "varepsilon", "lambda": "lambda",
}  # fmt: skip
_FUNCTIONS = {
    "sigmoid": r"\sigma", "Phi": r"\Phi", "phi": r"\varphi", "log": r"\log", "tanh": r"\tanh",
    "sinh": r"\sinh", "cosh": r"\cosh", "coth": r"\coth", "sin": r"\sin", "cos": r"\cos",
    "max": r"\max", "min": r"\min",
}  # fmt: skip
_INDICATOR = r"\mathbf{1}"


def to_latex(tree: Tree) -> str:
    """Write a resolved tree as LaTeX for math mode."""
    return AnswerWriter().latex(tree)


class AnswerWriter(Writer):
    """What answers have besides formulas: indices, sums, conditions, vectors and matrices."""

    functions = _FUNCTIONS
    constants: ClassVar = {**Writer.constants, "undefined": r"\text{undefined}"}
    relations: ClassVar = {**Writer.relations, "==": "=", "!=": r"\ne"}

    def written(self, tree: Tree) -> tuple[str, int]:
        """The LaTeX of a tree, and how tightly it binds."""
        match tree:
            case Index(letter):
                return letter, ATOM
            case Indexed(base, indices):
                inside = " ".join(map(self.latex, indices))
                return f"{self.bracketed(base, ATOM)}_{{{inside}}}", ATOM
            case Transposed(operand):
                return rf"{self.bracketed(operand, ATOM)}^{{\top}}", POWER
            case Over():
                return self._over(tree), SUM
            case Logic(word, parts):
                return rf" \text{{ {word} }} ".join(map(self._condition, parts)), SUM
        return super().written(tree)

    def number(self, tree) -> tuple[str, int]:
        """A fraction unless it has an end as a decimal."""
        value = tree.value
        if value.denominator > 1 and not _is_decimal(value.denominator):
            return rf"\frac{{{value.numerator}}}{{{value.denominator}}}", POWER
        return super().number(tree)[0], ATOM

    def name(self, name: str) -> str:
        """A Greek letter, a letter, fan_in and its like, or a word; primes stay."""
        if name.endswith("'"):
            return self.name(name[:-1]) + "'"
        if name in _GREEK:
            return rf"\{_GREEK[name]}"
        if name.startswith("fan_"):
            return rf"\mathrm{{fan}}_{{\mathrm{{{name[4:]}}}}}"
        return name if len(name) == 1 else rf"\mathrm{{{name}}}".replace("_", r"\_")

    def ends_in_number(self, left) -> bool:
        """Judged by the factor itself."""
        return number(left) is not None

    def _over(self, tree: Over) -> str:
        names = {"sum": r"\sum", "prod": r"\prod", "max": r"\max", "min": r"\min"}
        name = names.get(tree.function, rf"\operatorname{{{tree.function}}}")
        skipped = "" if tree.skipped is None else rf" \ne {self.latex(tree.skipped)}"
        return rf"{name}_{{{tree.letter}{skipped}}} {self.bracketed(tree.body, PRODUCT)}"

    def _condition(self, tree: Tree) -> str:
        known = isinstance(tree, (Comparison, Logic))
        return self.latex(tree) if known else r"\text{always}"

    def call(self, tree: Call) -> tuple[str, int]:
        """Cases, unit vectors and matrices, and the grammar's own functions."""
        arguments = tree.arguments
        match tree.function:
            case "where":
                return self._where(*arguments)
            case "onehot":
                return rf"e_{{{', '.join(map(self.latex, arguments))}}}", ATOM
            case "eye":
                return "I", ATOM
            case "ones":
                return _INDICATOR, ATOM
            case "tall":
                return self.written(arguments[0])
            case "wide":
                return self.written(Transposed(arguments[0]))
        return super().call(tree)

    def _where(self, condition: Tree, yes: Tree, no: Tree) -> tuple[str, int]:
        if (yes, no) == (ONE, ZERO):
            match condition:
                case Comparison("==", Index() as i, Index() | Name() as j):
                    return rf"\delta_{{{self.latex(i)} {self.latex(j)}}}", ATOM
            return rf"{_INDICATOR}_{{{self._condition(condition)}}}", ATOM
        rows = [(self.latex(yes), self._condition(condition))]
        while isinstance(no, Call) and no.function == "where" and no.arguments[1:] != (ONE, ZERO):
            condition, yes, no = no.arguments
            rows.append((self.latex(yes), self._condition(condition)))
        otherwise = None if no == Constant("undefined") else self.latex(no)
        return self.cases(rows, otherwise), ATOM

    def function(self, name: str) -> str:
        """The name of a function; primes stay."""
        plain = name.rstrip("'")
        written = self.functions.get(plain, rf"\operatorname{{{plain}}}".replace("_", r"\_"))
        return written + "'" * (len(name) - len(plain))


def _is_decimal(denominator: int) -> bool:
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    return denominator == 1
