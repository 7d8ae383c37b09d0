"""What is attached to an operand: subscripts, indices in brackets, primes, methods."""

import re

from actfn.interview.formulas.cursor import Cursor
from actfn.interview.formulas.lexer import Token
from actfn.interview.formulas.sums import is_axis
from actfn.interview.formulas.tree import (
    ONE,
    Call,
    Index,
    Indexed,
    Name,
    Number,
    Transposed,
    Tree,
)
from actfn.interview.formulas.vocabulary import INDEX_LETTERS

_REDUCED = frozenset({"sum", "mean", "max", "min", "argmax", "logsumexp"})


class Subscripts(Cursor):
    """Reads ``_i``, ``[i]``, ``[:, None]``, ``'``, ``.sum()`` behind an operand."""

    def subscripts(self, tree: Tree) -> Tree:
        """Read what is attached to an operand: ``_i``, ``[i]``, ``_+``, ``.sum()``."""
        while True:
            if self.token.kind == "lower":
                if self.token.text == "+":
                    self.take()
                    tree = Call("relu", (tree,))
                else:
                    tree = Indexed(tree, tuple(self.letters_below()))
            elif self.at("[") and not isinstance(tree, Number) and self.is_index_bracket():
                tree = self.index_bracket(tree)
            elif self.at(".") and self.ahead().kind == "function":
                self.take()
                token = self.take()
                arguments = self.arguments()
                rest = [] if token.text in _REDUCED and is_axis(arguments) else arguments
                tree = self.call(token.text, [tree, *rest], token)
            else:
                return tree

    def primed(self, tree: Tree) -> Tree:
        while self.accept("'"):
            tree = Transposed(tree)
        return tree

    def letters_below(self) -> list[Tree]:
        """Read a subscript as index letters: i; ij; i,j; 1; y."""
        token = self.take()
        parts = [p.strip() for p in re.split("," if "," in token.text else r"\s+", token.text)]
        if len(parts) == 1 and re.fullmatch(r"[a-z]{2,3}", parts[0]) and not self.is_word(parts[0]):
            parts = list(parts[0])
        return [self.one_index(part, token) for part in parts]

    def is_word(self, part: str) -> bool:
        return self.words.meaning(part) is not None

    def one_index(self, part: str, token: Token) -> Tree:
        if self.words.names.get(part) in self.words.rows:
            return Name(self.words.names[part])  # the class that a one-hot vector stands for
        if part in INDEX_LETTERS:
            return Index(part)
        if part in self.words.names:
            return Name(self.words.names[part])
        if re.fullmatch(r"[1-9]", part):
            return Number(ONE.value * int(part))
        if part.startswith("argmax"):
            return self.nested(part)
        self.refuse(f"{part!r} is not an index: write one letter, such as i or k", token)

    def is_index_bracket(self) -> bool:
        """Tell [i], [i, j], [:, None] from a bracket with a value or a condition."""
        place = self.position + 1
        inside: list[Token] = []
        while (token := self.tokens[place]).text not in ("]", "") and len(inside) < 6:
            inside.append(token)
            place += 1
        allowed = (t.kind == "index" or t.written in (",", ":", "None", "newaxis") for t in inside)
        return bool(inside) and all(allowed)

    def index_bracket(self, tree: Tree) -> Tree:
        self.take()
        inside: list[Token] = []
        while not self.accept("]"):
            inside.append(self.take())
        words = [t.written for t in inside if t.written != ","]
        if words == [":", "None"] or words == [":", "newaxis"]:
            return Call("tall", (tree,))
        if words == ["None", ":"] or words == ["newaxis", ":"]:
            return Call("wide", (tree,))
        if ":" in words:
            self.refuse("slices are not read, only [i], [i, j], [:, None] and [None, :]")
        return Indexed(tree, tuple(Index(word) for word in words))

    def call(self, name: str, arguments: list[Tree], token: Token) -> Tree:
        raise NotImplementedError
