"""Importing a page: one file for each question, and a report of what is missing."""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from actfn.interview.bank import TOPIC_FILE, Question, Topic
from actfn.interview.page import PageError, read_page
from actfn.interview.page_sections import Problem
from actfn.interview.page_text import decode
from actfn.interview.page_writing import settled, write_page, write_question


@dataclass
class Imported:
    """What became of a page.

    Attributes
    ----------
    topic : with the questions as they were written.
    folder : where the files are.
    notices : about the encoding.
    problems : things on the page that are not as they should be.
    missing : {question: what a complete one has besides}, in the order of the page.
    kept : {question or "": sections and fields that were not understood, and kept}.
    """

    topic: Topic
    folder: Path
    notices: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    missing: dict[str, list[str]] = field(default_factory=dict)
    kept: dict[str, list[str]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The form of `actfn import --json`."""
        return {
            "topic": self.topic.heading,
            "folder": str(self.folder),
            "questions": [q.slug for q in self.topic.questions],
            "notices": list(self.notices),
            "problems": [{"line": p.line, "message": p.message} for p in self.problems],
            "missing": self.missing,
            "kept": self.kept,
        }


def import_page(
    path: Path, into: Path | None = None, *, folder: Path | None = None, force: bool = False
) -> Imported:
    """Read a page and write one file for each of its questions.

    Parameters
    ----------
    path : Path
        The page, in any encoding that `page_text.decode` knows.
    into : Path, optional
        The folder for the files.
    folder : Path, optional
        Where to make that folder otherwise, named after the topic.
    force : bool
        Whether files that are there may be replaced.

    Raises
    ------
    PageError
        Where the page has no questions, or a file is there already. Nothing is written then.
    """
    decoded = decode(path.read_bytes(), path.name)
    page = read_page(decoded.text, path.stem)
    if not page.topic.questions:
        raise PageError(f"{path.name} has no questions: one begins with '## Q1: TITLE'")
    topic = settled(_numbered(page.topic))
    target = into or (folder or Path()) / topic.slug
    _write(_files(topic), target, force)
    return Imported(
        topic, target, decoded.notices, page.problems,
        missing={q.slug: list(q.missing()) for q in topic.questions},
        kept={name: kept for name, kept in _kept(topic) if kept},
    )  # fmt: skip


def _numbered(topic: Topic) -> Topic:
    """Every number and slug once: later questions get the next that is free."""
    numbers = {q.number for q in topic.questions}
    seen, slugs, questions = set(), set(), []
    for q in topic.questions:
        number = max(numbers) + 1 if q.number in seen else q.number
        slug = q.slug if q.slug not in slugs else f"{q.slug}-{number}"
        numbers.add(number)
        seen.add(number)
        slugs.add(slug)
        questions.append(replace(q, number=number, slug=slug))
    return replace(topic, questions=tuple(questions))


def _files(topic: Topic) -> dict[str, str]:
    files = {f"{q.number:02d}-{q.slug}.md": write_question(q) for q in topic.questions}
    return {TOPIC_FILE: write_page(replace(topic, questions=())), **files}


def _write(files: dict[str, str], target: Path, force: bool) -> None:
    present = [name for name in files if (target / name).exists()]
    if present and not force:
        more = f" and {len(present) - 3} more" if len(present) > 3 else ""
        raise PageError(
            f"{target} has {', '.join(present[:3])}{more} already: "
            "--force replaces them, --into DIR writes elsewhere"
        )
    target.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        _whole_or_not_at_all(target / name, text)


def _whole_or_not_at_all(path: Path, text: str) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".import-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(temporary).chmod(0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _kept(topic: Topic) -> Iterator[tuple[str, list[str]]]:
    yield "", [*(["the lines at the top"] if topic.front else []), *topic.extra]
    for q in topic.questions:
        yield q.slug, _not_understood(q)


def _not_understood(q: Question) -> list[str]:
    return [*q.fields, *(name or "text behind the sections" for name in q.extra)]
