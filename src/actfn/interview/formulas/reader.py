"""A whole answer: its left-hand side, its cases, its definitions, and what it is equal to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce

from actfn.errors import FormulaError
from actfn.grammar import nearest
from actfn.interview.formulas.characters import plain
from actfn.interview.formulas.cursor import UnknownName
from actfn.interview.formulas.expressions import Expressions
from actfn.interview.formulas.introduced import defined_first, renamed, with_definitions
from actfn.interview.formulas.tree import (
    ONE,
    UNDEFINED,
    ZERO,
    Call,
    Comparison,
    Constant,
    Index,
    Name,
    Operation,
    Tree,
    as_value,
    depth,
    is_truth,
    walk,
)
from actfn.interview.formulas.vocabulary import Vocabulary

MAX_DEPTH = 60  # levels of the tree, far below what Python's recursion allows
_TRUE = Constant("true")
_SEPARATORS = (",", ";", "and", "or")


@dataclass(frozen=True)
class Answer:
    """What was read.

    ``steps`` are further formulas that the person claims to be equal, as in ``a = b = c``;
    ``definitions`` are names that the answer introduces itself: ``where u = ...``; ``met`` is the
    notation that can be read in two ways.
    """

    tree: Tree
    steps: tuple[Tree, ...] = ()
    definitions: Mapping[str, Tree] = field(default_factory=dict)
    met: frozenset[str] = frozenset()


def read_answer(text: str, words: Vocabulary, loose: frozenset[str] = frozenset()) -> Answer:
    """Read an answer; the notation named in ``loose`` is read the other way (see `Cursor`).

    Raises
    ------
    FormulaError
        When it cannot be read; a caret marks the place.
    """
    simple = plain(text)
    if not simple:
        raise FormulaError("the answer is empty")
    first = defined_first(simple)
    words = with_definitions(simple, words, first)
    try:
        return _Reader(simple, words, loose).answer(bool(first))
    except UnknownName as error:
        other = renamed(error.word, simple, words)
        if other is None:
            known = [word for word in words.names if word.isascii()]
            raise FormulaError(f"{error}{nearest(error.word, known)}") from None
    return _Reader(simple, other, loose).answer(bool(first))


@dataclass
class _Piece:
    """One part between separators; the one for all other cases has the condition True."""

    value: Tree | None = None
    condition: Tree | None = None


class _Reader(Expressions):
    """Reads an answer as a list of pieces."""

    def answer(self, defines_first: bool) -> Answer:
        self.steps: list[Tree] = []
        self.definitions: dict[str, Tree] = {}
        self.may_define = defines_first
        if not defines_first:
            self.skip_left_side()
        pieces = self.pieces("end")
        if not pieces and self.definitions:  # s = σ(x); s' = s(1 - s)
            pieces = [_Piece(self.definitions.popitem()[1])]
        tree = self.assembled(pieces)
        for part in (tree, *self.steps, *self.definitions.values()):
            if depth(part) > MAX_DEPTH:
                raise FormulaError(f"the formula has more than {MAX_DEPTH} levels")
        return Answer(tree, tuple(self.steps), self.definitions, frozenset(self.met))

    def skip_left_side(self) -> None:
        """Read ``dσ/dx =``, ``J_ij =``: kept as a claim only when it is a formula."""
        place = self.left_side_ends()
        if place is None:
            return
        primes = any(token.text == "'" for token in self.tokens[:place])
        tree = None if primes else self.attempt(self.value)
        if self.position == place and tree is not None and _is_claim(tree):
            self.steps.append(tree)
        self.position = place + 1

    def left_side_ends(self) -> int | None:
        level = 0
        if self.token.kind == "index" and self.ahead().text == "=":
            return None
        for place, token in enumerate(self.tokens):
            level += (token.text in "([{") - (token.text in ")]}") if token.kind == "symbol" else 0
            if token.kind == "keyword" or (level == 0 and token.text in (";", ",", ":")):
                return None
            if level == 0 and token.kind == "symbol" and token.text == "=":
                return None if self.colon_follows(place) else place
        return None

    def colon_follows(self, place: int) -> bool:
        """Tell ``z_i = max z: 1``, where the = belongs to a condition."""
        rest = (t.text for t in self.tokens[place:] if t.kind in ("symbol", "end"))
        return next(t for t in rest if t in (":", "→", ";", ",", "")) in (":", "→")

    # ---- pieces -----------------------------------------------------------------------------

    def pieces(self, end: str) -> list[_Piece]:
        found: list[_Piece] = []
        while self.token.kind != "end" and not self.at(end):
            piece = self.piece()
            self.may_define = True
            if piece is not None:
                found.append(piece)
            if not self.separated(end):
                self.refuse("something is missing or out of place")
        return found

    def separated(self, end: str) -> bool:
        """Pass over what separates two pieces; tell whether another piece may begin here."""
        before = self.position
        while self.accept(*_SEPARATORS, ":"):
            pass
        begins = self.at("else", "elif", "if", "where", end) or self.token.kind == "end"
        return self.position > before or begins

    def piece(self) -> _Piece | None:
        if self.at("else") and self.ahead().text == "if":
            self.take()
        if self.at("else"):
            return self.otherwise()
        if self.accept("if", "elif"):
            return self.valued(self.condition())
        introduced = self.accept("where")
        if self.may_define and self.defines_function():
            name = Name(self.token.text)
            self.position += 4
            self.define(name)
            return None
        tree = self.value()
        if self.at("=") and isinstance(tree, Name) and (introduced or self.may_define):
            self.define(tree)
            return None
        if self.at("=") and (isinstance(tree, Index) or self.colon_follows(self.position)):
            self.take()
            tree = Comparison("==", tree, self.sum())
        if is_truth(tree):
            return self.valued(tree)
        return self.with_condition(tree)

    def otherwise(self) -> _Piece:
        self.take()
        self.accept(":", ",")
        if self.token.kind == "end" or self.at("}", ")", *_SEPARATORS):
            return _Piece(None, _TRUE)
        return _Piece(as_value(self.value()), _TRUE)

    def valued(self, condition: Tree) -> _Piece:
        """Read the value of ``x > 0: 1``; ``1, x > 0`` has it in front."""
        if self.accept(":", "→", "then") or self.starts_operand():
            return _Piece(as_value(self.value()), condition)
        return _Piece(None, condition)

    def with_condition(self, tree: Tree) -> _Piece:
        """Read ``= another form`` and ``if condition`` behind a value."""
        while self.accept("="):
            self.steps.append(tree)
            tree = self.value()
        if self.at("where") and self.ahead(2).text == "=" and self.ahead().kind == "name":
            return _Piece(tree)
        if self.accept("if", "where") or self.precedes_condition():
            return _Piece(tree, self.condition())
        return _Piece(tree)

    def precedes_condition(self) -> bool:
        """Tell ``1: x > 0``, and pass over the colon."""
        before = self.position
        if self.accept(":") and self.attempt(self.condition) is not None:
            self.position = before + 1
            return True
        self.position = before
        return False

    def defines_function(self) -> bool:
        """Tell ``f(x) =``."""
        ahead = [self.ahead(k).text for k in (1, 3, 4)]
        return self.token.kind == "name" and ahead == ["(", ")", "="]

    def define(self, name: Name) -> None:
        self.take()
        self.definitions[name.name] = self.value()

    # ---- cases ------------------------------------------------------------------------------

    def braces(self) -> Tree:
        """Read ``{...}``: a bracket, or several cases; the last one may stay open."""
        tree = self.assembled(self.pieces("}"))
        if self.token.kind != "end":
            self.expect("}")
        return tree

    def assembled(self, pieces: list[_Piece]) -> Tree:
        """Put values and conditions together, whichever comes first."""
        rows: list[tuple[Tree, Tree]] = []
        values: list[Tree] = []
        condition = None
        for piece in pieces:
            if piece.value is not None and piece.condition is not None:
                rows.append((piece.condition, piece.value))
            elif piece.value is not None and condition is not None:
                rows.append((condition, piece.value))
                condition = None
            elif piece.value is not None:
                values.append(piece.value)
            elif values:
                rows.append((piece.condition or _TRUE, values.pop()))
            else:
                condition = piece.condition
        if not rows and condition is not None and not values:
            return as_value(condition)
        finished = any(condition == _TRUE for condition, _ in rows)
        return self.cases(rows, self.single(values, bool(rows), finished))

    def single(self, values: list[Tree], after_cases: bool, finished: bool) -> Tree | None:
        """Return the value without a condition; ``a [i=j], b [i≠j]`` are one sum."""
        if len(values) > 1 and all(map(_has_condition, values)) and not after_cases:
            return reduce(lambda a, b: Operation("+", a, b), values)
        if len(values) > 1:
            self.refuse("several formulas, and nothing says which one holds when")
        if values and finished:
            self.refuse("there is a formula beside the one for all other cases")
        if not values and not after_cases:
            self.refuse("no formula is found")
        return values[0] if values else None

    def cases(self, rows: list[tuple[Tree, Tree]], otherwise: Tree | None) -> Tree:
        tree = UNDEFINED if otherwise is None else otherwise
        for condition, value in reversed(rows):
            tree = value if condition == _TRUE else Call("where", (condition, value, tree))
        return tree


def _has_condition(tree: Tree) -> bool:
    return any(isinstance(n, Call) and n.arguments[1:] == (ONE, ZERO) for n in walk(tree))


def _is_claim(tree: Tree) -> bool:
    """Tell a formula on the left-hand side from a name such as σ² for what was asked."""
    return any(isinstance(n, Operation) and n.symbol != "**" for n in walk(tree))
