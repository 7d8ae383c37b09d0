"""The question bank: topics with questions, one Markdown file each.

The bank that comes with actfn is in `topics/`; imported pages lie beside a person's progress.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from actfn.errors import UnknownTaskError
from actfn.interview.bank_records import DIFFICULTIES, Point, Question, Topic, slugify
from actfn.interview.page import PageError, read_page, read_question
from actfn.interview.store.places import data_folder

__all__ = [
    "DIFFICULTIES",
    "TOPIC_FILE",
    "Point",
    "Question",
    "Topic",
    "bundled_topics",
    "find",
    "imported_folder",
    "load_topic",
    "load_topics",
    "slugify",
]

FOLDER = Path(__file__).parent / "topics"
TOPIC_FILE = "topic.md"
_NUMBERED = re.compile(r"\d+-(?=.)")


def imported_folder() -> Path:
    """Where `actfn import` puts topics."""
    return data_folder() / "topics"


def load_topics() -> list[Topic]:
    """All topics: those of actfn first, then the imported ones.

    The slugs of imported questions begin with that of their topic, so that no two are the same.
    """
    return [*bundled_topics(), *(_with_prefix(t) for t in _topics_in(imported_folder()))]


@cache
def bundled_topics() -> tuple[Topic, ...]:
    """The topics that come with actfn."""
    return tuple(_topics_in(FOLDER))


def _topics_in(folder: Path) -> list[Topic]:
    if not folder.is_dir():
        return []
    return [load_topic(f) for f in sorted(folder.iterdir()) if any(f.glob("[0-9]*.md"))]


def _with_prefix(topic: Topic) -> Topic:
    questions = (replace(q, slug=f"{topic.slug}/{q.slug}") for q in topic.questions)
    return replace(topic, questions=tuple(questions))


def load_topic(folder: Path) -> Topic:
    """The topic of a folder: topic.md and the files NN-slug.md.

    Raises
    ------
    PageError
        Where a file cannot be read; the message names it.
    """
    paths = sorted(p for p in folder.glob("[0-9]*.md") if p.name != TOPIC_FILE)
    questions = tuple(sorted(map(_question, paths), key=lambda q: q.number))
    head = folder / TOPIC_FILE
    topic = read_page(_text(head), head.name).topic if head.exists() else Topic(folder.name)
    return replace(topic, questions=questions, slug=folder.name, path=folder)


def _question(path: Path) -> Question:
    found = read_question(_text(path), path.name, _NUMBERED.sub("", path.stem))
    return replace(found, path=path)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise PageError(
            f"{path} is not UTF-8: `actfn import` reads it and writes it anew"
        ) from None


def find(wanted: str | int, topics: Sequence[Topic] | None = None) -> Question:
    """The question of that slug, number or part of the title.

    Parameters
    ----------
    wanted : str or int
        "dying-relu", 2, "Q2", "dying".
    topics : sequence of Topic, optional
        Where to look; by default everywhere. A number means the first topic that has it.

    Raises
    ------
    UnknownTaskError
        Where there is none, or more than one; the message lists them.
    """
    questions = [q for t in (load_topics() if topics is None else topics) for q in t.questions]
    text = str(wanted).strip().casefold()
    number = re.fullmatch(r"q?(\d+)", text)
    if number:
        exact = [q for q in questions if q.number == int(number[1])][:1]
    else:
        exact = [q for q in questions if q.slug == text or q.title.casefold() == text][:1]
    found = exact or [q for q in questions if text and text in f"{q.slug} {q.title}".casefold()]
    if len(found) == 1:
        return found[0]
    raise UnknownTaskError(_not_found(wanted, found, len(questions)))


def _not_found(wanted, found: Sequence[Question], count: int) -> str:
    if not found:
        return f"none of the {count} questions is '{wanted}': `actfn bank list` shows them"
    names = ", ".join(f"Q{q.number} {q.slug}" for q in found[:8])
    return f"'{wanted}' may mean {len(found)} questions: {names}{' …' if len(found) > 8 else ''}"
