"""The lines of a question that have names: **Difficulty**, **Time**, **Tags**, **Task**."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from actfn.interview.bank_records import DIFFICULTIES
from actfn.interview.page_blocks import Line, paragraphs
from actfn.interview.page_sections import Problem, free_name, trimmed

KINDS = {"code": "code", "formula": "formulas", "plot": "plots"}
_FIELD = re.compile(r"\s*\*\*([^*:]+?)\s*(?::\s*\*\*|\*\*\s*:)\s*(.*?)\s*$", re.DOTALL)
_MINUTES = re.compile(r"(\d+(?:\.\d+)?)\s*(?:m|min|mins|minute|minutes)?\.?$", re.IGNORECASE)
_WORD = re.compile(r"`([^`\s]+)`|(\w+)|[\s,;:]+")


@dataclass
class Fields:
    """What the named lines say; `values` has arguments for a `Question`."""

    values: dict = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    text: str = ""


def read_fields(lines: Sequence[Line], problems: list[Problem]) -> Fields:
    """Take the named lines out of a question's text.

    A paragraph counts as such when all of it is fields and at least one of their names is known.
    """
    texts = [line.text for line in lines]
    found, taken = Fields(), set[int]()
    for start, stop in paragraphs("\n".join(texts)):
        named = _named("\n".join(texts[start:stop]))
        if not any(name.casefold() in _READERS for name, _ in named):
            continue
        taken.update(range(start, stop))
        for name, value in named:
            _take(found, name, value, lines[start].number, problems)
    found.text = trimmed("\n".join(t for k, t in enumerate(texts) if k not in taken))
    return found


def _named(paragraph: str) -> list[tuple[str, str]]:
    """(name, value) of "**Difficulty**: Easy | **Time**: 3 min"; none for any other text."""
    pieces = [_FIELD.match(p) for p in re.split(r"\s+\|\s+(?=\*\*)|\n(?=\s*\*\*)", paragraph)]
    return [(p[1], " ".join(p[2].split())) for p in pieces if p] if all(pieces) else []


def _take(found: Fields, name: str, value: str, line: int, problems: list[Problem]) -> None:
    read = _READERS.get(name.casefold())
    try:
        values = read(value) if read else {}
        if values.keys() & found.values.keys():
            raise ValueError(f"**{name}** is given twice: '{value}' is kept apart")
        found.values.update(values)
    except ValueError as error:
        problems.append(Problem(line, str(error)))
        values = {}
    if not values:
        found.unknown[free_name(name, found.unknown)] = value


def _difficulty(value: str) -> dict:
    known = value.strip("*_ ").capitalize()
    if known not in DIFFICULTIES:
        raise ValueError(f"the difficulty '{value}' is none of {', '.join(DIFFICULTIES)}")
    return {"difficulty": known}


def _time(value: str) -> dict:
    match = _MINUTES.match(value.lstrip("~≈ "))
    if match is None or float(match[1]) == 0:
        raise ValueError(f"the time '{value}' is no number of minutes, such as '5 min'")
    minutes = float(match[1])
    return {"minutes": int(minutes) if minutes.is_integer() else minutes}


def _tags(value: str) -> dict:
    return {"tags": tuple(t for t in (part.strip().strip("`") for part in value.split(",")) if t)}


def _task(value: str) -> dict:
    """Names in backquotes, each kind after its word: "code `relu` `elu`; plot `gelu`"."""
    names: dict[str, tuple[str, ...]] = {}
    kind, end = "", 0
    for match in _WORD.finditer(value):
        name, word = match[1], match[2]
        if match.start() != end or (word and word not in KINDS) or (name and not kind):
            break
        end, kind = match.end(), KINDS[word] if word else kind
        if name:
            names[kind] = (*names.get(kind, ()), name)
    if end != len(value) or not names:
        raise ValueError(f"the task '{value}' does not read like: code `relu`; formula `silu`")
    return names


_READERS = {
    "difficulty": _difficulty, "time": _time, "tags": _tags, "task": _task,
}  # fmt: skip
