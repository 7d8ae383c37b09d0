"""A place in the tokens of an answer, and what every part of the reader shares."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from actfn.errors import FormulaError
from actfn.interview.formulas.lexer import Token, marked, refuse, tokens, without_modules
from actfn.interview.formulas.tree import Call, Tree
from actfn.interview.formulas.vocabulary import Vocabulary

MAX_LEVELS = 100  # of the reader's own recursion, about four for each bracket
MAX_STEPS = 5000  # tokens read, those read again in another way included
MAX_CHAIN = 60  # terms of one sum, or factors of one product


# Notation whose second reading breaks the order of operations: 1/2x as 1/(2x), e^2x as e^(2x).
PRECEDENCE = frozenset({"slash", "exponent", "exponent over a number"})


class UnknownName(FormulaError):
    """A word that means nothing in this task."""

    def __init__(self, word: str, text: str, place: int):
        self.word = word
        shown = word if len(word) <= 30 else f"{word[:30]}..."
        super().__init__(marked(text, f"{shown!r} means nothing in this question", place))


class Cursor:
    """Walks through the tokens.

    Some notation can be meant in two ways: 1/2x, e^2x, φ x.  The usual reading comes first; each
    kind that was met is added to ``met``, and a reader made with it in ``loose`` reads it the
    other way.
    """

    def __init__(self, text: str, words: Vocabulary, loose: frozenset[str] = frozenset()):
        self.text = without_modules(text)
        self.words = words
        self.loose = loose
        self.met: set[str] = set()
        self.tokens = tokens(self.text, words)
        self.position: int = 0
        self.level = 0
        self.steps_left = MAX_STEPS
        self.open_bars = 0
        self.open_sums = 0
        self.equal_is_condition: bool = False
        self.bare_uses: list[str] = []

    # ---- tokens -----------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def ahead(self, count: int = 1) -> Token:
        return self.tokens[min(self.position + count, len(self.tokens) - 1)]

    def take(self) -> Token:
        self.steps_left -= 1
        if self.steps_left < 0:
            raise FormulaError("the formula is too involved to be read: write it more simply")
        token = self.token
        self.position = min(self.position + 1, len(self.tokens) - 1)
        return token

    def at(self, *texts: str) -> bool:
        """Tell whether a symbol or a keyword of these stands here."""
        return self.token.kind in ("symbol", "keyword") and self.token.text in texts

    def accept(self, *texts: str) -> bool:
        if self.at(*texts):
            self.take()
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.accept(text):
            self.refuse(f"{text!r} is missing here")

    def refuse(self, reason: str, token: Token | None = None) -> NoReturn:
        refuse(self.text, reason, (token or self.token).place)

    # ---- reading ----------------------------------------------------------------------------

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Count one level of recursion."""
        self.level += 1
        if self.level > MAX_LEVELS:
            self.refuse("nested too deeply")
        yield
        self.level -= 1

    @contextmanager
    def inside_brackets(self) -> Iterator[None]:
        """Start a new level of |...|, and let = be a condition."""
        before = self.open_bars, self.equal_is_condition
        self.open_bars, self.equal_is_condition = 0, True
        yield
        self.open_bars, self.equal_is_condition = before

    def meets(self, kind: str) -> bool:
        """Note notation of two readings; tell whether the second one is wanted."""
        self.met.add(kind)
        return kind in self.loose

    def bare(self, function: str, token: Token) -> Tree:
        """Return a function that stands without its argument, as σ in σ(1 - σ)."""
        self.bare_uses.append(function)
        argument = self.words.bare_of.get(function, self.words.bare)
        if not argument:
            self.refuse(f"{token.written} needs its argument: {token.written}(...)", token)
        return Call(function, (self.nested(argument),))

    def nested(self, text: str) -> Tree:
        """Read a text of the task itself, or a part of the answer."""
        return type(self)(text, self.words).whole()

    def whole(self) -> Tree:
        """Read everything as one value."""
        tree = self.value()
        if self.token.kind != "end":
            self.refuse("something is missing or out of place")
        return tree

    def attempt(self, read) -> Tree | None:
        """Read something, or stay where we are when it cannot be read."""
        before, level, bars = self.position, self.level, self.open_bars
        equal = self.equal_is_condition
        try:
            return read()
        except FormulaError:
            self.position, self.level, self.open_bars = before, level, bars
            self.equal_is_condition = equal
            return None

    def value(self) -> Tree:
        raise NotImplementedError

    def sum(self) -> Tree:
        raise NotImplementedError

    def power(self) -> Tree:
        raise NotImplementedError

    def factor(self) -> Tree:
        raise NotImplementedError

    def starts_operand(self) -> bool:
        raise NotImplementedError

    def arguments(self) -> list[Tree]:
        raise NotImplementedError

    def exponent(self, base: Tree) -> Tree:
        raise NotImplementedError
