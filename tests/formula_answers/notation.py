"""Writes a tree in the notations that people use: Python, typed, with signs, LaTeX."""

from dataclasses import dataclass, field

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
    Negative,
    Number,
    Operation,
    Over,
    Tree,
)

_SUM, _PRODUCT, _NEGATIVE, _POWER, _ATOM = range(1, 6)
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_GREEK = {"α": "alpha", "β": "beta", "λ": "lambda", "ε": "epsilon", "σ": "sigma"}


@dataclass(frozen=True)
class Notation:
    """One way of writing: its operators, and how functions and conditions look."""

    name: str
    times: str
    minus: str = "-"
    greek: bool = True
    functions: dict[str, str] = field(default_factory=dict)


PYTHON = Notation("python", "*", greek=False)
TYPED = Notation("typed", " ", functions={"sigmoid": "σ", "Phi": "Φ", "phi": "φ", "log": "ln"})
SIGNS = Notation(
    "signs", "·", "\N{MINUS SIGN}", functions={"sigmoid": "σ", "Phi": "Φ", "phi": "φ", "sqrt": "√"}
)
LATEX = Notation(
    "latex",
    r" \cdot ",
    functions={
        **{name: rf"\{name}" for name in ("tanh", "sinh", "cosh", "max", "min")},
        **{"sigmoid": r"\sigma", "Phi": r"\Phi", "phi": r"\varphi", "log": r"\ln"},
    },
)
NOTATIONS = (PYTHON, TYPED, SIGNS, LATEX)


class Writer:
    """Writes trees in one notation."""

    def __init__(self, notation: Notation):
        self.n = notation

    def text(self, tree: Tree) -> str:
        return self.written(tree)[0]

    def written(self, tree: Tree) -> tuple[str, int]:
        match tree:
            case Number(value):
                return self.number(value)
            case Constant("pi"):
                return {"python": "pi", "latex": r"\pi "}.get(self.n.name, "π"), _ATOM
            case Constant(name):
                return name, _ATOM
            case Name(name):
                return self.name(name), _ATOM
            case Index(letter):
                return letter, _ATOM
            case Indexed(base, indices):
                below = "".join(self.text(index) for index in indices)
                return f"{self.bracketed(base, _ATOM)}_{below}", _ATOM
            case Negative(operand):
                return self.n.minus + self.bracketed(operand, _POWER), _NEGATIVE
            case Operation():
                return self.operation(tree)
            case Over(function, letter, body):
                return self.over(function, letter, body)
            case Call("where", parts):
                return self.where(*parts)
            case Call(function, arguments):
                return self.call(function, arguments)
        raise NotImplementedError(type(tree).__name__)

    def number(self, value) -> tuple[str, int]:
        if value.denominator == 1:
            return (str(value), _ATOM) if value >= 0 else (f"{self.n.minus}{-value}", _NEGATIVE)
        decimal = format(float(value), ".12g")
        exact = value == type(value)(decimal)
        return (decimal, _ATOM) if exact else (f"{value.numerator}/{value.denominator}", _PRODUCT)

    def name(self, name: str) -> str:
        if self.n.name == "latex" and name.startswith("fan_"):
            return rf"\text{{fan\_{name[4:]}}}"
        if name in _GREEK:
            if self.n.name == "latex":
                return rf"\{_GREEK[name]} "
            return name if self.n.greek else _GREEK[name]
        return name

    def bracketed(self, tree: Tree, least: int) -> str:
        text, level = self.written(tree)
        if level >= least:
            return text
        return rf"\left({text}\right)" if self.n.name == "latex" else f"({text})"

    def operation(self, tree: Operation) -> tuple[str, int]:
        left, right = tree.left, tree.right
        match tree.symbol:
            case "+" | "-":
                sign = tree.symbol if tree.symbol == "+" else self.n.minus
                return (
                    f"{self.bracketed(left, _SUM)} {sign} {self.bracketed(right, _PRODUCT)}",
                    _SUM,
                )
            case "/" if self.n.name == "latex":
                return rf"\frac{{{self.text(left)}}}{{{self.text(right)}}}", _POWER
            case "/":
                return f"{self.bracketed(left, _PRODUCT)}/{self.bracketed(right, _ATOM)}", _PRODUCT
            case "**":
                return self.power(left, right), _POWER
        return self.product(left, right), _PRODUCT

    def product(self, left: Tree, right: Tree) -> str:
        first, second = self.bracketed(left, _PRODUCT), self.bracketed(right, _POWER)
        if self.n.name == "typed" and (second[0].isdigit() or first[-1].isdigit()):
            return f"{first}*{second}"
        return f"{first}{self.n.times}{second}"

    def power(self, base: Tree, exponent: Tree) -> str:
        below, text = self.bracketed(base, _ATOM), self.text(exponent)
        if self.n.name == "signs" and text.lstrip(self.n.minus).isdigit():
            return below + text.replace(self.n.minus, "-").translate(_SUPERSCRIPTS)
        if self.n.name == "latex":
            return f"{below}^{{{text}}}"
        raised = "**" if self.n.name == "python" else "^"
        return f"{below}{raised}{self.bracketed(exponent, _ATOM)}"

    # ---- functions --------------------------------------------------------------------------

    def over(self, function: str, letter: str, body: Tree) -> tuple[str, int]:
        signs = {"python": "sum", "typed": "sum", "signs": "Σ", "latex": r"\sum"}
        name = signs[self.n.name] if function == "sum" else self.n.functions.get(function, function)
        return f"{name}_{letter} {self.bracketed(body, _PRODUCT)}", _PRODUCT

    def call(self, function: str, arguments: tuple[Tree, ...]) -> tuple[str, int]:
        inside = ", ".join(map(self.text, arguments))
        if function == "exp" and self.n.name == "latex":
            return f"e^{{{inside}}}", _POWER
        if function == "exp" and self.n.name == "signs":
            return f"e^({inside})", _POWER
        if function == "sqrt" and self.n.name == "latex":
            return rf"\sqrt{{{inside}}}", _ATOM
        if function == "abs" and self.n.name != "python":
            bars = (r"\left|", r"\right|") if self.n.name == "latex" else ("|", "|")
            return f"{bars[0]}{inside}{bars[1]}", _ATOM
        name = self.n.functions.get(function)
        if name is None:
            plain = {"python": function, "latex": rf"\operatorname{{{function}}}"}
            name = plain.get(self.n.name, function)
        return f"{name}({inside})", _ATOM

    def condition(self, tree: Tree) -> str:
        match tree:
            case Comparison(symbol, left, right):
                shown = {"latex": {"<=": r"\le", ">=": r"\ge", "==": "=", "!=": r"\ne"}}
                shown["signs"] = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}
                sign = shown.get(self.n.name, {}).get(symbol, symbol)
                return f"{self.text(left)} {sign} {self.text(right)}"
            case Logic(word, parts):
                joiner = rf"\text{{ {word} }}" if self.n.name == "latex" else f" {word} "
                return joiner.join(map(self.condition, parts))
        raise NotImplementedError

    def where(self, condition: Tree, yes: Tree, no: Tree) -> tuple[str, int]:
        if (yes, no) == (ONE, ZERO):
            return self.indicator(condition)
        holds = self.condition(condition)
        match self.n.name:
            case "python":
                return f"where({holds}, {self.text(yes)}, {self.text(no)})", _ATOM
            case "latex":
                rows = rf"{self.text(yes)} & {holds} \\ {self.text(no)} & \text{{otherwise}}"
                return rf"\begin{{cases}} {rows} \end{{cases}}", _ATOM
            case "signs":
                return f"{{{self.text(yes)}, {holds}; {self.text(no)}, otherwise}}", _ATOM
        return f"({self.text(yes)} if {holds} else {self.text(no)})", _ATOM

    def indicator(self, condition: Tree) -> tuple[str, int]:
        match condition, self.n.name:
            case Comparison("==", Index(i), Index(j)), "signs" | "typed":
                return f"δ_{i}{j}", _ATOM
            case Comparison("==", Index(i), Index(j)), "latex":
                return rf"\delta_{{{i}{j}}}", _ATOM
            case _, "latex":
                return rf"\mathbf{{1}}_{{{self.condition(condition)}}}", _ATOM
            case _, "python":
                return f"({self.condition(condition)})", _ATOM
        return f"1[{self.condition(condition)}]", _ATOM
