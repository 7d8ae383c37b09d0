"""Sums, and max or min, over an index: ``sum_k exp(z_k)``, ``Σ exp(z_j)``, ``max_k z_k``."""

import re
from collections.abc import Sequence

from actfn.interview.formulas.cursor import Cursor
from actfn.interview.formulas.lexer import Token
from actfn.interview.formulas.tree import Call, Index, Operation, Over, Tree, free_letters, number
from actfn.interview.formulas.vocabulary import INDEX_LETTERS

_MAX_NESTED = 3
_BELOW = re.compile(r"\s*([a-z])\s*(?:$|=\s*[01]|∈.*|in\b.*|(≠|!=)\s*([a-z])|,.*)")


def over(reader: Cursor, token: Token) -> Tree:
    """Read what follows ``sum``, ``max``, ``min``, ``mean``, ``argmax`` or ``logsumexp``."""
    letter, skipped = _below(reader)
    if reader.accept("^"):
        reader.exponent(Index("k"))  # the upper end: all sums run over all entries
    if letter is None and reader.at("(", "[", "{"):
        return _bracketed(reader, token)
    reader.open_sums += 1
    if reader.open_sums > _MAX_NESTED:
        reader.refuse(f"more than {_MAX_NESTED} sums inside one another", token)
    if letter is None and not reader.starts_operand() and not reader.at("-"):
        reader.refuse(f"{token.written} needs what it is taken of", token)
    body = _body(reader, letter)
    reader.open_sums -= 1
    return _over(reader, token, letter, body, skipped)


def _below(reader: Cursor) -> tuple[str | None, Tree | None]:
    if reader.token.kind != "lower":
        return None, None
    token = reader.take()
    match = _BELOW.fullmatch(token.text)
    if match is None or match[1] not in INDEX_LETTERS:
        reader.refuse(f"the index of the sum is one letter, not {token.text!r}", token)
    return match[1], Index(match[3]) if match[2] else None


def _body(reader: Cursor, letter: str | None) -> Tree:
    """Read the factors that belong to the sum: those with its index, and those before them."""
    body = reader.factor()
    if letter is None and len(free_letters(body)) == 1:
        (letter,) = free_letters(body)
    while (step := _next(reader, letter, body)) is not None:
        body = step
    return body


def _next(reader: Cursor, letter: str | None, body: Tree) -> Tree | None:
    before = reader.position
    if reader.at("*", "·", "⊙", "@", "/"):
        symbol = reader.take().text
    elif reader.starts_operand():
        symbol = " "
    else:
        return None
    right = reader.factor()
    wanted = letter is None or letter in free_letters(right) or letter not in free_letters(body)
    if wanted:
        return Operation(symbol, body, right)
    reader.position = before
    return None


def _bracketed(reader: Cursor, token: Token) -> Tree:
    """Read ``sum(p * g)``, ``sum(exp(z_k), k)``, ``max(x, 0)``, ``sum(exp(z_k) for k in ...)``."""
    inside = reader.arguments()
    if token.text not in ("max", "min") and len(inside) == 2 and is_axis(inside[1:]):
        inside = inside[:1]
    letters = [a.letter for a in inside if isinstance(a, Index)]
    bodies = [a for a in inside if not isinstance(a, Index)]
    if len(letters) == 1 and len(bodies) == 1:
        return _over(reader, token, letters[0], bodies[0], None)
    if len(inside) == 1:
        return _over(reader, token, None, inside[0], None)
    if token.text in ("max", "min") and inside:
        tree = inside[0]
        for other in inside[1:]:
            tree = Call(token.text, (tree, other))
        return tree
    reader.refuse(f"{token.written} takes one argument", token)


def is_axis(arguments: Sequence[Tree]) -> bool:
    """Tell the axis of ``sum(p*g, -1)``: vectors have one axis only."""
    return all(number(argument) in (-1, 0, 1) for argument in arguments)


def _over(
    reader: Cursor, token: Token, letter: str | None, body: Tree, skipped: Tree | None
) -> Tree:
    name = token.text
    if letter is None:
        letters = free_letters(body)
        if len(letters) > 1:
            reader.refuse(f"which index runs? write {token.written}_k", token)
        if not letters:
            return Call(name, (body,))
        (letter,) = letters
    if name == "logsumexp":
        total: Tree = Over("sum", letter, Call("exp", (body,)), skipped)
        return Call("log", (total,))
    return Over(name, letter, body, skipped)
