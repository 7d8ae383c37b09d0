"""Operators, brackets, powers and conditions: from tokens to a tree."""

from collections.abc import Callable

from actfn.grammar import MAX_POWER
from actfn.interview.formulas.atoms import Atoms
from actfn.interview.formulas.cursor import MAX_CHAIN
from actfn.interview.formulas.tree import (
    Call,
    Comparison,
    Constant,
    Logic,
    Negative,
    Number,
    Operation,
    Transposed,
    Tree,
    as_truth,
    is_truth,
    number,
    walk,
)

_RELATIONS = {"<": "<", ">": ">", "≤": "<=", "≥": ">=", "≠": "!=", "==": "==", "=": "=="}
_MULTIPLY = ("*", "·", "⊙", "⊗", "@")
_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_E, TRANSPOSED = Constant("e"), Constant("transposed")


class Expressions(Atoms):
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
        if not self.token.kind == self.tokens[self.position - 1].kind == "number":
            return False
        return not (self.ahead().text in ("{", "[") or self.ahead().kind == "lower")  # 0.2 1{x > 0}

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


def _is_too_large(exponent: Tree) -> bool:
    """Tell a whole number beyond the limit, or numbers that are too large to be worked out."""
    size = number(exponent)
    if size is None:
        return all(isinstance(n, Number | Operation | Negative) for n in walk(exponent))
    return size.denominator == 1 and abs(size) > MAX_POWER
