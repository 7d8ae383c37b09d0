"""NumPy docstrings read back into the sections they are made of.

Losses and samplers have no record: their docstrings are written, and their pages are made from
them. What a record does not say about an argument, the function's own docstring may say.
"""

import inspect
import re

from actfn.documentation import Section, Term

_HEADING = re.compile(r"^([A-Z][A-Za-z ]*)\n-{3,}$", re.MULTILINE)
_LISTS = ("Parameters", "Returns", "Raises")  # of terms, each with an indented text
_CODE = "Examples"


def read(function) -> tuple[str, list[str], list[Section]]:
    """(first line, paragraphs before the sections, sections) of a function's docstring.

    The first line comes without its full stop.
    """
    text = inspect.getdoc(function) or ""
    before, *parts = _HEADING.split(text)
    title, *paragraphs = _paragraphs(before) or [""]
    found = zip(parts[::2], parts[1::2], strict=True)
    return title.rstrip("."), paragraphs, [_section(heading, body) for heading, body in found]


def arguments(function) -> dict[str, tuple[str, str]]:
    """Argument -> (kind, text) from the docstring's "Parameters"."""
    _, _, sections = read(function)
    items = [item for s in sections if s.heading == "Parameters" for item in s.body]
    found = {}
    for item in items:
        if isinstance(item, Term) and " : " in item.term:
            names, _, kind = item.term.partition(" : ")
            found.update(dict.fromkeys(names.split(", "), (kind, item.text)))
    return found


def _section(heading: str, body: str) -> Section:
    if heading == _CODE:
        return Section(heading, code=body.strip())
    if heading in _LISTS:
        return Section(heading, tuple(map(_term, re.split(r"\n+(?=\S)", body.strip()))))
    return Section(heading, tuple(_paragraphs(body)))


def _term(entry: str) -> Term:
    head, _, text = entry.partition("\n")
    return Term(head, " ".join(text.split()))


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]
