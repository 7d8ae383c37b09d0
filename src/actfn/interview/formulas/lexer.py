"""Cuts the plain notation into tokens, with the words of one task."""

import re
from dataclasses import dataclass
from typing import NoReturn

from actfn.errors import FormulaError
from actfn.interview.formulas.vocabulary import INDEX_LETTERS, Vocabulary

MAX_TOKENS = 500
MAX_BRACKETS = 25
_TOKEN = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+(?![\w.]))?)"
    r"|(?P<word>[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*)|(?P<greek>[α-ωΑ-ΩΣ∞∈])"
    r"|(?P<lower>_\s*(?:\{[^{}]*\}|\([^()]*\)|[0-9]+|\S))"
    r"|(?P<symbol>\*\*|<=|>=|==|!=|<>|<<|>>|->|=>|&&|\|\||[-+*/^(){}\[\]|,;:=<>.%&'√·⊙⊗@≤≥≠→∂∇⊤?!])"
    r"|(?P<newline>[\n\r]+)|(?P<space>[ \t]+)",
)
_SAME = {
    "**": "^", "<>": "≠", "!=": "≠", "==": "==", "<=": "≤", ">=": "≥", "->": "→", "=>": "→",
    "&&": "and", "&": "and", "||": "or",
}  # fmt: skip
_MODULES = re.compile(
    r"\b(?:np|numpy|torch|math|jnp|jax|F|nn|functional|scipy|special|stats|tf|sympy|sp|linalg)\."
    r"(?=[A-Za-z])"
)
_METHODS = (
    (r"\.reshape\(\s*-1\s*,\s*1\s*\)|\.unsqueeze\((?:1|-1)\)", "[:,None]"),
    (r"\.reshape\(\s*1\s*,\s*-1\s*\)|\.unsqueeze\((?:0|-2)\)", "[None,:]"),
    (r"\bnorm\.(cdf|pdf)\b", r"norm\1"),
    (r"\.T\b|\.transpose\(\)", "^⊤"),
)
_SECOND_OF_DELTA = re.compile(r",?\w?")
_SECOND_LETTER = re.compile(r"[ijklmnrc](?![A-Za-z0-9_])")  # p_ni
_CLOSERS = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text.

    ``kind`` is number, name, function, constant, index, keyword, lower (a subscript's content),
    symbol, unknown or end; ``text`` is the canonical word; ``spaced`` tells a space in front.
    """

    kind: str
    text: str
    place: int
    spaced: bool
    written: str = ""


def without_modules(text: str) -> str:
    """Write ``np.exp`` as ``exp`` and ``p.T`` as a transposed p."""
    text = _MODULES.sub("", text)
    for pattern, replacement in _METHODS:
        text = re.sub(pattern, replacement, text)
    return text


def marked(text: str, reason: str, place: int) -> str:
    """Return a message that shows the text around the place with a caret under it."""
    start = max(0, place - 50)
    shown = re.sub(r"\s", " ", text[start : place + 30])
    return f"{reason}\n    {shown}\n    {' ' * (place - start)}^"


def refuse(text: str, reason: str, place: int) -> NoReturn:
    """Raise a FormulaError that marks the place."""
    raise FormulaError(marked(text, reason, place))


def tokens(text: str, words: Vocabulary) -> list[Token]:
    """Cut a text into tokens, and close it with an `end`."""
    found: list[Token] = []
    place, spaced = 0, False
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            refuse(text, f"{text[place]!r} does not occur in formulas", place)
        if match.lastgroup == "space":
            spaced, place = True, match.end()
            continue
        found += _made(text, match, words, spaced, found)
        spaced, place = False, found[-1].place + len(found[-1].written)
        if len(found) > MAX_TOKENS:
            refuse(text, f"longer than {MAX_TOKENS} signs and words", place)
    _check_brackets(text, found)
    found = [*_joined_lines(found), Token("end", "", len(text), True)]
    return [*map(_where_function, found, found[1:]), found[-1]]


def _made(text: str, match: re.Match, words: Vocabulary, spaced: bool, found: list) -> list[Token]:
    kind, written, place = match.lastgroup or "", match[0], match.start()
    if kind == "word":
        return _words(written, place, words, spaced)
    if kind == "greek":
        kind, name = words.meaning(written) or ("unknown", written)
        return [Token(kind, name, place, spaced, written)]
    if kind == "lower":
        inside = written[1:].strip()
        if found and found[-1].text == "delta" and len(inside) == 1:
            second = _SECOND_OF_DELTA.match(text, match.end())
            more = second[0] if second else ""
            return [Token("lower", inside + more, place, spaced, written + more)]
        if inside in INDEX_LETTERS and (letter := _SECOND_LETTER.match(text, match.end())):
            return [Token("lower", inside + letter[0], place, spaced, written + letter[0])]
        inside = inside[1:-1].strip() if inside[0] in "{(" else inside
        return [Token("lower", inside, place, spaced, written)]
    if kind == "newline":
        return [Token("newline", ";", place, True, written)]
    same = _SAME.get(written, written)
    return [Token("keyword" if same in ("and", "or") else kind, same, place, spaced, written)]


def _words(written: str, place: int, words: Vocabulary, spaced: bool) -> list[Token]:
    """Find the longest known beginning of a word; its rest is read again as what follows."""
    parts = re.findall(r"_?[A-Za-z0-9]+", written)
    for count in range(len(parts), 0, -1):
        start = "".join(parts[:count])
        if count == 1 and words.is_entry(start) and start not in words.names:
            break
        if (meaning := words.meaning(start)) is not None:
            return [Token(*meaning, place, spaced, start)]
    return _split(parts[0], place, words, spaced)


def _split(word: str, place: int, words: Vocabulary, spaced: bool) -> list[Token]:
    letters = word.rstrip("0123456789")
    split = words.split(word) or words.split(letters)
    if split is None:
        return [Token("unknown", word, place, spaced, word)]
    found = []
    for part in split:
        if words.is_entry(part) and part not in words.names:
            name = words.names[part[:-1]]
            found.append(Token("name", name, place, spaced, part[:-1]))
            found.append(Token("lower", part[-1], place + len(part) - 1, False, part[-1]))
        else:
            kind, name = words.meaning(part) or ("unknown", part)
            found.append(Token(kind, name, place, spaced, part))
        place, spaced = place + len(part), False
    return found


def _check_brackets(text: str, found: list[Token]) -> None:
    opened: list[Token] = []
    for token in found:
        if token.kind != "symbol":
            continue
        if token.text in _CLOSERS:
            opened.append(token)
        elif token.text in _CLOSERS.values():
            if not opened:
                refuse(text, "this bracket closes nothing", token.place)
            if _CLOSERS[opened.pop().text] != token.text:
                refuse(text, "this bracket does not fit the one that it closes", token.place)
        if len(opened) > MAX_BRACKETS:
            refuse(text, "nested too deeply", token.place)
    if opened and not (len(opened) == 1 and opened[0].text == "{"):
        refuse(text, "this bracket is never closed", opened[-1].place)


def _where_function(token: Token, following: Token) -> Token:
    """Tell the function where(...) from the word."""
    if token.written == "where" and following.text == "(":
        return Token("function", "where", token.place, token.spaced, token.written)
    return token


_OPEN_ENDED = frozenset("+-*/^·⊙⊗@=,;:(|")
_CONDITIONS = frozenset({"<", ">", "≤", "≥", "=", "≠", "if", "else"})


def _joined_lines(found: list[Token]) -> list[Token]:
    """Keep a line break only where it can separate two cases."""
    kept: list[Token] = []
    level, conditional = 0, False
    for k, token in enumerate(found):
        level += (token.text in _CLOSERS) - (token.text in _CLOSERS.values())
        if token.kind != "newline":
            kept.append(token)
            conditional |= token.text in _CONDITIONS
            continue
        before = kept[-1].text if kept else "("
        after = found[k + 1].text if k + 1 < len(found) else ")"
        sign = after in ("+", "-") and conditional  # a new case that begins with a minus
        inside = level > 0 and "{" not in {t.text for t in kept}
        if not (before in _OPEN_ENDED or (after in _OPEN_ENDED and not sign) or inside):
            kept.append(Token("symbol", ";", token.place, True, ";"))
            conditional = False
    return kept
