"""The names that an answer introduces itself: definitions, and another letter for the input."""

import re

from actfn.interview.formulas.vocabulary import Vocabulary

_DEFINITION = re.compile(
    r"(?:\b(?:where|with|let|using|and)\b|[,;\n:])\s*([A-Za-zα-ω]+'?)\s*(?:\(\w\)\s*)?=(?!=)"
)
_CONDITION_LETTERS = frozenset("ijkn")  # i = j says when, and defines nothing
_FIRST = re.compile(r"\s*([A-Za-zα-ω]+'?)\s*=(?!=)[^,;:\n]*[,;:\n](.*)", re.DOTALL)


def defined_first(text: str) -> str:
    """Return s for ``s = σ(x); s(1 - s)``: a name that is used after what it is equal to."""
    match = _FIRST.match(text)
    if match is None:
        return ""
    used = rf"(?<![A-Za-z]){re.escape(match[1])}(?![A-Za-z'])(?!\s*=)"
    return match[1] if re.search(used, match[2]) else ""


def with_definitions(text: str, words: Vocabulary, first: str) -> Vocabulary:
    """Return a vocabulary with the names that an answer defines: ``where u = ...``."""
    found = {match[1] for match in _DEFINITION.finditer(text)} | ({first} - {""})
    found -= _CONDITION_LETTERS if words.rows else set()
    return words.defining(found)


def renamed(word: str, text: str, words: Vocabulary) -> Vocabulary | None:
    """Let a person write t for x, where x itself does not occur."""
    main = words.variable
    occurs = re.search(rf"(?<![A-Za-z]){main}(?![A-Za-z])", text) if main else None
    letter = re.fullmatch(r"[A-Za-z]", word)
    return words.with_names({word: main}) if main and letter and not occurs else None
