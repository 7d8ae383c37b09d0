"""Operators, brackets, powers and conditions: from tokens to a tree."""

from collections.abc import Callable
from fractions import Fraction
from typing import NoReturn

from actfn.grammar import MAX_POWER
from actfn.interview.formulas import constants
from actfn.interview.formulas.applications import Applications
from actfn.interview.formulas.cursor import MAX_CHAIN, UnknownName
from actfn.interview.formulas.tree import (
    ONE,
    Call,
    Comparison,
    Constant,
    Index,
    Logic,
    Name,
    Negative,
    Number,
    Operation,
    Transposed,
    Tree,
    as_truth,
    as_value,
    is_truth,
    number,
    walk,
)

_RELATIONS = {"<": "<", ">": ">", "≤": "<=", "≥": ">=", "≠": "!=", "==": "==", "=": "=="}
_MULTIPLY = ("*", "·", "⊙", "⊗", "@")
_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_MAX_DIGITS = 40  # of a typed number
_E, TRANSPOSED = Constant("e"), Constant("transposed")


class Expressions(Applications):
    """Reads values and conditions."""

    # ---- conditions and values --------------------------------------------------------------

    def value(self) -> Tree:
        """Read ``value`` or ``value if condition else value``."""
        with self.deeper():
            tree = self.logic()
            if self.at("?") and as_truth(tree) is not None:
                return self.chosen(as_truth(tree))
            if self.at("if") and not is_truth(tree) and not self.is_generator():
                return self.conditional(tree)
            return tree

    def conditional(self, tree: Tree) -> Tree:
        before = self.position
        self.take()
        condition = self.condition()
        self.accept(",")
        if self.at("else") and self.ahead().text not in (")", "]", "}", ";", ",", ""):
            self.take()
            self.accept(":")
            return Call("where", (condition, tree, self.value()))
        self.position = before
        return tree

    def chosen(self, condition: Tree) -> Tree:
        """Read ``condition ? value : other value``."""
        self.take()
        yes = self.value()
        self.expect(":")
        return Call("where", (condition, yes, self.value()))

    def condition(self) -> Tree:
        before, self.equal_is_condition = self.equal_is_condition, True
        tree = as_truth(self.bracketed_condition() or self.logic())
        self.equal_is_condition = before
        if tree is None:
            self.refuse("a condition is wanted here, such as x > 0")
        return tree

    def bracketed_condition(self) -> Tree | None:
        """Read ``(x > 0)``, behind which a value may follow: ``if (x > 0) 1 else 0``."""
        before = self.position
        tree = self.attempt(self.bracket) if self.at("(") else None
        if tree is not None and as_truth(tree) is not None and not self.at("and", "or"):
            return tree
        self.position = before
        return None

    def logic(self) -> Tree:
        return self.joined("or", self.conjunction)

    def conjunction(self) -> Tree:
        return self.joined("and", self.comparison)

    def joined(self, word: str, read: Callable[[], Tree]) -> Tree:
        """Read conditions joined by a word; after values it joins two cases, and stays."""
        first = read()
        parts = [first]
        while self.at(word) and as_truth(first) is not None:
            before = self.position
            self.take()
            part = self.attempt(read)
            if part is None or as_truth(part) is None:
                self.position = before
                break
            parts.append(part)
        return first if len(parts) == 1 else Logic(word, tuple(as_truth(part) for part in parts))

    def comparison(self) -> Tree:
        left, found = self.sum(), []
        while self.at(*_RELATIONS) and (self.equal_is_condition or not self.at("=")):
            symbol = _RELATIONS[self.take().text]
            right = self.sum()
            found.append(Comparison(symbol, left, right))
            left = right
        if not found:
            return left
        return found[0] if len(found) == 1 else Logic("and", tuple(found))

    # ---- operators --------------------------------------------------------------------------

    def sum(self) -> Tree:
        tree = self.product()
        for _ in range(MAX_CHAIN):
            if not self.at("+", "-"):
                return tree
            symbol = self.take().text
            tree = Operation(symbol, tree, self.product())
        self.refuse(f"a sum of more than {MAX_CHAIN} terms")

    def product(self) -> Tree:
        tree = self.factor()
        for _ in range(MAX_CHAIN):
            if self.at(*_MULTIPLY):
                symbol = self.take().text
                tree = Operation(symbol, tree, self.factor())
            elif self.accept("/"):
                tree = Operation("/", tree, self.divisor())
            elif self.starts_operand() and not self.follows_number():
                tree = Operation(" ", tree, self.power())
            else:
                return tree
        self.refuse(f"a product of more than {MAX_CHAIN} factors")

    def follows_number(self) -> bool:
        """Tell ``0 1``, which is no product: the condition ``x > 0`` ends before the value."""
        return self.token.kind == self.tokens[self.position - 1].kind == "number"

    def divisor(self) -> Tree:
        """Read what follows a slash; in ``1/2x`` the x may belong to it."""
        tree = self.factor()
        while self.starts_operand() and self.meets("slash"):
            tree = Operation(" ", tree, self.power())
        return tree

    def factor(self) -> Tree:
        negative = False
        while self.at("-", "+"):
            negative ^= self.take().text == "-"
        tree = self.power()
        return Negative(tree) if negative else tree

    def power(self) -> Tree:
        with self.deeper():
            tree = self.operand()
            if not self.accept("^"):
                return tree
            return self.raised(tree, self.exponent(tree))

    def raised(self, base: Tree, exponent: Tree) -> Tree:
        """Build a power, or the transposed of a row."""
        if exponent == TRANSPOSED:
            return self.subscripts(Transposed(base))
        if base == _E:
            return Call("exp", (exponent,))
        if _is_too_large(exponent):
            self.refuse(f"whole powers end at {MAX_POWER}")
        return self.primed(Operation("**", base, exponent))

    def exponent(self, base: Tree) -> Tree:
        if self.accept("⊤"):
            return TRANSPOSED
        if self.token.written == "T" and "T" not in self.words.names:
            self.take()
            return TRANSPOSED
        with self.deeper():
            if self.at("-", "+"):
                negative = self.take().text == "-"
                tree = self.exponent(base)
                return Negative(tree) if negative else tree
            bracketed = self.at(*_CLOSERS)
            tree = self.operand()
            if self.accept("^"):
                tree = self.raised(tree, self.exponent(tree))
        return tree if bracketed or base != _E else self.more_exponent(tree)

    def more_exponent(self, tree: Tree) -> Tree:
        """In ``e^2x`` the x may belong to the exponent."""
        while self.starts_operand() and not self.token.spaced and self.meets("exponent"):
            tree = Operation(" ", tree, self.power())
        over = self.at("/") and self.ahead().kind == "number" and not self.token.spaced
        if over and self.meets("exponent over a number"):
            self.take()
            tree = Operation("/", tree, self.operand())
        return tree

    # ---- operands ---------------------------------------------------------------------------

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


def _is_too_large(exponent: Tree) -> bool:
    """Tell a whole number beyond the limit, or numbers that are too large to be worked out."""
    size = number(exponent)
    if size is None:
        return all(isinstance(n, Number | Operation | Negative) for n in walk(exponent))
    return size.denominator == 1 and abs(size) > MAX_POWER
