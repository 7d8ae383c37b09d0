"""The lines of a page: which are code, which are headings, which are hidden in a section.

markdown-it tells what is code or mathematics, so that a "## Q2" or a "</details>" in there is not
taken for the real thing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

_LITERAL = ("fence", "code_block", "math_block", "front_matter")
_SUMMARY_END = re.compile(r"</summary\s*>\s*$", re.IGNORECASE)
_MARKER = re.compile(r"\s*(`{3,}|~{3,})\s*(.*)$")
QUESTION = re.compile(r"Q(?:uestion +)?(\d+)\b[ .:)–—-]*(.*)$", re.IGNORECASE)  # noqa: RUF001
_NEXT = re.compile(r" {0,3}#{1,4} +Q(uestion +)?\d+\b|</details", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """A line, its number on the page, and what it is.

    `level` is that of a heading, 0 elsewhere; `literal` means code, mathematics, front matter.
    """

    text: str
    number: int
    literal: bool = False
    level: int = 0


@dataclass
class Outline:
    """All lines; the front matter is apart. `unclosed` has the lines of code without an end."""

    lines: list[Line]
    front: str = ""
    unclosed: list[int] = field(default_factory=list)


@cache
def markdown() -> MarkdownIt:
    """The parser: CommonMark with mathematics between dollar signs."""
    return MarkdownIt("commonmark").use(dollarmath_plugin)


@cache
def _page() -> MarkdownIt:
    return MarkdownIt("commonmark").use(front_matter_plugin).use(dollarmath_plugin)


def outline(text: str) -> Outline:
    """Read the structure of a page.

    A code block that is never closed would swallow the rest of the page: it ends before the next
    question or the end of its section.
    """
    numbered = _with_room_after_summaries(text)
    unclosed: list[int] = []
    while True:
        tokens = _page().parse("\n".join(line for line, _ in numbered))
        found = _swallowing(tokens, [line for line, _ in numbered])
        if found is None:
            return _outline(numbered, tokens, unclosed)
        start, end, marker = found
        unclosed.append(numbered[start][1])
        numbered.insert(end, (marker, numbered[end - 1][1]))


def _with_room_after_summaries(text: str) -> list[tuple[str, int]]:
    """Lines with numbers, and an empty one behind a summary: else its section hides no blocks."""
    literal, found = _literal(_page().parse(text)), []
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        found.append((line, number))
        ends = _SUMMARY_END.search(line) and number - 1 not in literal
        if ends and lines[number : number + 1] != [""]:
            found.append(("", number))
    return found


def _literal(tokens: Sequence[Token]) -> set[int]:
    return {k for t in tokens if t.type in _LITERAL and t.map for k in range(*t.map)}


def _swallowing(tokens: Sequence[Token], lines: Sequence[str]) -> tuple[int, int, str] | None:
    """A code block that goes on into the next question: (its start, where to end it, its end)."""
    for token in tokens:
        if token.type != "fence" or token.map is None:
            continue
        start, stop = token.map
        inside = range(start + 1, stop)
        end = next((k for k in inside if _NEXT.match(lines[k])), None)
        if end is not None and _never_closed(lines, start, stop, end, token.markup):
            return start, end, token.markup
    return None


def _never_closed(lines, start: int, stop: int, end: int, markup: str) -> bool:
    last = _MARKER.match(lines[stop - 1])
    at_the_end = stop - 1 == start or not (last and last[1].startswith(markup) and not last[2])
    # A language after the marker opens a block, so one was open all the time.
    opens_again = any(m and m[2] for m in map(_MARKER.match, lines[end:stop]))
    return at_the_end or opens_again


def _outline(numbered: list[tuple[str, int]], tokens: Sequence[Token], unclosed) -> Outline:
    literal, levels, front = _literal(tokens), {}, ""
    for token in tokens:
        if token.type == "front_matter":
            front = token.content
        # A line under a paragraph makes it a heading, but on these pages it separates questions.
        if token.type == "heading_open" and token.level == 0 and token.markup.startswith("#"):
            levels[_lines_of(token).start] = len(token.markup)
    start = _lines_of(tokens[0]).stop if front else 0
    lines = [
        Line(text, number, k in literal, levels.get(k, 0))
        for k, (text, number) in enumerate(numbered)
    ]
    return Outline(lines[start:], front, unclosed)


def heading_text(line: Line) -> str:
    """The text of a heading, without its number signs."""
    return re.sub(r"(^\s*#+\s*)|(\s+#+\s*$)", "", line.text).strip()


def list_items(text: str) -> list[str] | None:
    """The items of a text that is one list, without their markers; None for any other text."""
    tokens = markdown().parse(text)
    if not tokens or tokens[0].type not in ("bullet_list_open", "ordered_list_open"):
        return None
    if any(token.level == 0 for token in tokens[1:-1]):
        return None
    lines = text.split("\n")
    return [_item(lines[_lines_of(token)]) for token in _items(tokens)]


def _lines_of(token: Token) -> slice:
    """The lines that a block spans."""
    start, stop = token.map or (0, 0)
    return slice(start, stop)


def _items(tokens: Sequence[Token]) -> Iterator[Token]:
    return (t for t in tokens if t.type == "list_item_open" and t.level == 1 and t.map)


def _item(lines: list[str]) -> str:
    """The source of an item: the marker goes, and as much indentation of the lines after it."""
    marker = re.match(r"\s*(?:[-*+]|\d+[.)])(?:\s|$)\s*", lines[0])
    width = marker.end() if marker else 0
    rest = [line[min(width, len(line) - len(line.lstrip())) :] for line in lines[1:]]
    return "\n".join([lines[0][width:], *rest]).strip()


def paragraphs(text: str) -> list[tuple[int, int]]:
    """The lines (from, to) of the paragraphs that stand by themselves."""
    return [
        (t.map[0], t.map[1])
        for t in markdown().parse(text)
        if t.type == "paragraph_open" and t.level == 0 and t.map
    ]


def code_blocks(text: str, language: str) -> list[str]:
    """What stands in the fenced blocks of that language."""
    tokens = markdown().parse(text)
    return [t.content for t in tokens if t.type == "fence" and t.info.strip() == language]
