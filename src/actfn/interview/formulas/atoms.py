"""Numbers, names and brackets: what the operators stand between."""

from fractions import Fraction
from typing import NoReturn

from actfn.interview.formulas import constants
from actfn.interview.formulas.applications import Applications
from actfn.interview.formulas.cursor import UnknownName
from actfn.interview.formulas.tree import (
    ONE,
    Call,
    Constant,
    Index,
    Name,
    Number,
    Operation,
    Tree,
    as_value,
)

_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_MAX_DIGITS = 40  # of a typed number


class Atoms(Applications):
    """Reads one operand."""

    def starts_operand(self) -> bool:
        token = self.token
        if token.kind in ("number", "name", "function", "constant", "index", "unknown"):
            return True
        if token.kind == "symbol" and token.text == "|":
            return not self.open_bars
        return token.kind == "symbol" and token.text in ("(", "[", "{", "√", "<<")

    def operand(self) -> Tree:
        """Read an atom with its subscripts and primes."""
        token = self.token
        if not self.starts_operand() and not self.at("|", "<"):
            self.refuse_operand()
        readers = {
            "number": self.number, "name": self.name, "constant": self.constant,
            "index": self.index, "unknown": self.unknown, "symbol": self.bracket,
            "function": self.application,
        }  # fmt: skip
        with self.deeper():
            return self.primed(self.subscripts(readers[token.kind]()))

    def refuse_operand(self) -> NoReturn:
        if self.token.text in ("∂", "∇"):
            self.refuse("write the derivative itself, not that one has to be taken")
        if self.token.kind == "end":
            self.refuse("something is missing at the end")
        self.refuse("something is missing or out of place")

    def number(self) -> Tree:
        token = self.take()
        digits, _, exponent = token.text.lower().partition("e")
        if len(digits) > _MAX_DIGITS or len(exponent) > 4 or abs(int(exponent or 0)) > 400:
            self.refuse("the number is too long, too large or too small", token)
        tree = constants.exact(token.text)
        if self.token.kind == "lower" and tree == ONE:
            return self.indicator_below()
        if self.accept("%"):
            return Operation("/", tree, Number(Fraction(100)))
        return tree

    def constant(self) -> Tree:
        token = self.take()
        if token.text == "e" and self.token.kind == "lower":
            return Call("onehot", tuple(self.letters_below()))
        return Constant(token.text)

    def index(self) -> Tree:
        return Index(self.take().text)

    def unknown(self) -> Tree:
        token = self.take()
        if self.at("'") or token.text in ("d", "D"):
            self.refuse("write the derivative itself, not that one has to be taken", token)
        raise UnknownName(token.written, self.text, token.place)

    def name(self) -> Tree:
        token = self.take()
        if self.at("'") and f"{token.text}'" in self.words.names:
            self.take()
            return Name(f"{token.text}'")
        function = self.words.applied.get(token.text)
        if self.at("(") and function is not None and self.is_simple_argument():
            tree = self.attempt(lambda: self.applied(Name(token.text), function))
            if tree is not None:
                return tree
        return Name(token.text)

    def bracket(self) -> Tree:
        token = self.take()
        if token.text == "|":
            return self.absolute()
        if token.text == "√":
            return Call("sqrt", (self.operand(),))
        if token.text in ("<<", "<"):
            return self.angle(">>" if token.text == "<<" else ">")
        with self.inside_brackets(), self.deeper():
            if token.text == "{":
                return self.braces()
            tree = self.condition() if self.accept("if") else self.value()
            self.expect(_CLOSERS[token.text])
        return as_value(tree)

    def absolute(self) -> Tree:
        self.open_bars += 1
        tree = self.sum()
        self.open_bars -= 1
        self.expect("|")
        return Call("abs", (tree,))

    def angle(self, closer: str) -> Tree:
        left = self.sum()
        self.expect(",")
        right = self.sum()
        self.expect(closer)
        return Call("dot", (left, right))

    def braces(self) -> Tree:
        raise NotImplementedError

    def condition(self) -> Tree:
        raise NotImplementedError
