"""A page cut up by its headings, and what each part has in hidden sections."""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from actfn.interview.page_blocks import QUESTION, Line, heading_text

_OPENING = re.compile(r"\s*<details\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<(/?)details\b[^>]*>", re.IGNORECASE)
_SUMMARY = re.compile(r"\s*<summary[^>]*>(.*?)</summary\s*>", re.IGNORECASE | re.DOTALL)
_ACROSS = re.compile(r" {0,3}([-*_])( *\1){2,} *$")
UNNAMED = "Details"


@dataclass(frozen=True)
class Problem:
    """Something on a page that is not as it should be, by line."""

    line: int
    message: str


@dataclass
class Section:
    """A hidden section: <details> with its summary."""

    name: str
    text: str
    line: int


@dataclass
class Part:
    """A heading and what belongs to it.

    `before` and `after` are the lines outside sections, before and behind the first of them.
    """

    heading: str
    line: int
    level: int = 0
    before: list[Line] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    after: list[Line] = field(default_factory=list)

    @property
    def is_question(self) -> bool:
        return self.level > 1 and QUESTION.match(self.heading) is not None


def parts(lines: Sequence[Line], problems: list[Problem]) -> list[Part]:
    """Cut lines up by headings and sections; the first part has no heading.

    A heading inside a section belongs to it, unless it is that of a question: then the section
    was not closed. Headings of the third level and below belong to the text.
    """
    found = [Part("", 1)]
    open_section: list[Line] = []
    depth = 0
    for line in lines:
        part = found[-1]
        if _starts_part(line, depth):
            if depth:
                _close(part, open_section, problems, "", depth)
            open_section, depth = [], 0
            found.append(Part(heading_text(line), line.number, line.level))
        elif depth or (not line.literal and _OPENING.match(line.text)):
            open_section.append(line)
            depth += _change(line)
            if depth <= 0:
                rest = _close(part, open_section, problems, _last_tag(line.text))
                part.after += [Line(rest, line.number)] if rest.strip() else []
                open_section, depth = [], 0
        elif not line.literal and _change(line) < 0:
            problems.append(Problem(line.number, "</details> closes nothing: left out"))
        else:
            (part.after if part.sections else part.before).append(line)
    if depth:
        _close(found[-1], open_section, problems, "", depth)
    return found


def _starts_part(line: Line, depth: int) -> bool:
    question = line.level > 1 and QUESTION.match(heading_text(line)) is not None
    return question or (depth == 0 and 0 < line.level <= 2)


def _change(line: Line) -> int:
    """How much deeper it is after this line."""
    if line.literal or not re.search(r"^\s*</?details\b|</details\s*>\s*$", line.text, re.I):
        return 0
    return sum(-1 if m[1] else 1 for m in _TAG.finditer(line.text))


def _last_tag(text: str) -> str:
    return [m[0] for m in _TAG.finditer(text)][-1]


def _close(part: Part, lines: list[Line], problems: list[Problem], tag: str, depth=0) -> str:
    """Add a section made of these lines; returns what follows its closing tag.

    Without a closing tag it ends here, and so do the sections that are open inside it.
    """
    number = lines[0].number
    text = "\n".join(line.text for line in lines)
    text = _OPENING.sub("", text, count=1)
    text, _, rest = text.rpartition(tag) if tag else (text, "", "")
    if not tag:
        text = "\n".join([text.rstrip("\n"), *["</details>"] * (depth - 1)])
        problems.append(
            Problem(number, "<details> is never closed: it ends where the question does")
        )
    summary = _SUMMARY.match(text)
    if summary is None:
        problems.append(Problem(number, f"<details> without a <summary>: kept as '{UNNAMED}'"))
    name = re.sub(r"<[^>]*>|\*\*", "", summary[1]).strip() if summary else ""
    body = text[summary.end() :] if summary else text
    part.sections.append(Section(" ".join(name.split()) or UNNAMED, trimmed(body), number))
    return rest


def trimmed(text: str) -> str:
    """Without empty lines at both ends, and without a line across the page there."""
    lines = text.split("\n")
    while lines and _empty(lines[-1]):
        lines.pop()
    while lines and _empty(lines[0]):
        lines.pop(0)
    return "\n".join(lines).rstrip()


def _empty(line: str) -> bool:
    return not line.strip() or _ACROSS.match(line) is not None


def joined(lines: Sequence[Line]) -> str:
    """Lines as a text, trimmed."""
    return trimmed("\n".join(line.text for line in lines))


def split_across(text: str) -> tuple[str, str]:
    """A text before and behind the last line across the page."""
    lines = text.split("\n")
    places = [k for k, line in enumerate(lines) if _ACROSS.match(line)]
    if not places:
        return trimmed(text), ""
    return trimmed("\n".join(lines[: places[-1]])), trimmed("\n".join(lines[places[-1] + 1 :]))


def of_kind(found: Sequence[Part], questions: bool) -> Iterator[Part]:
    """The parts with a heading that are questions, or the others."""
    return (part for part in found[1:] if part.is_question == questions)


def free_name(name: str, taken: Container[str]) -> str:
    """The name, with a number behind it where it is taken."""
    return next(n for k in count(1) if (n := f"{name} {k}" if k > 1 else name) not in taken)
