"""The records of the question bank: a point of a rubric, a question, a topic."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

DIFFICULTIES = ("Easy", "Medium", "Hard")


@dataclass(frozen=True)
class Point:
    """One thing that a good answer says.

    Attributes
    ----------
    title : in a few words.
    text : in a sentence; shown next to the title.
    why : the reason, in one line.
    see : a command of actfn that shows it.
    source : where it comes from.
    """

    title: str = ""
    text: str = ""
    why: str = ""
    see: str = ""
    source: str = ""


@dataclass(frozen=True)
class Question:
    """A question of the bank, as its file has it.

    Attributes
    ----------
    title : without the number and the tag.
    number : its place in the topic, 0 where none is given.
    tag : the company or the kind: "Google", "Whiteboard", "Common" ...
    difficulty : "Easy", "Medium", "Hard", or "" where none is given.
    minutes : the time budget, 0 where none is given.
    tags : the subjects.
    text : the question itself, where the title is not enough; Markdown.
    code, formulas, plots : names of code tasks, of formula tasks, of functions to recognise.
    hints : from vague to concrete.
    answer : the model answer; Markdown.
    rubric : the points of a complete answer.
    corrections : what the page said that is not so, or only on conditions.
    fields : {name: value} of the line with the difficulty that nobody here understands.
    extra : {section: text} of sections that nobody here understands, kept as they are. A key that
        starts with "## " is a heading; the key "" is text behind the sections.
    slug : the name by which progress is kept; it survives a change of the number.
    path : the file, where there is one. Slug and path are no part of the text, nor of equality.
    """

    title: str
    number: int = 0
    tag: str = ""
    difficulty: str = ""
    minutes: float = 0
    tags: tuple[str, ...] = ()
    text: str = ""
    code: tuple[str, ...] = ()
    formulas: tuple[str, ...] = ()
    plots: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    answer: str = ""
    rubric: tuple[Point, ...] = ()
    corrections: tuple[str, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    slug: str = field(default="", compare=False)
    path: Path | None = field(default=None, compare=False)

    def __post_init__(self):
        if not self.slug:
            object.__setattr__(self, "slug", slugify(self.title))

    @property
    def kinds(self) -> tuple[str, ...]:
        """How it can be answered: "code", "formula", "plot", "spoken"."""
        parts = {"code": self.code, "formula": self.formulas, "plot": self.plots}
        found = [kind for kind, names in parts.items() if names]
        return (*found, "spoken") if self.rubric or not found else tuple(found)

    def missing(self) -> Iterator[str]:
        """What a complete question has and this one has not."""
        parts = {
            "difficulty": self.difficulty,
            "time": self.minutes,
            "tag": self.tag,
            "subjects": self.tags,
            "task": self.code or self.formulas or self.plots,
            "hints": self.hints,
            "answer": self.answer,
            "rubric": self.rubric,
        }
        yield from (name for name, value in parts.items() if not value)


@dataclass(frozen=True)
class Topic:
    """A topic: questions with an introduction before and tips after them.

    Attributes
    ----------
    title : "Interview Questions" of "# Topic 07: Interview Questions".
    number : 7 there, 0 where none is given.
    intro : text before the first question.
    questions : in the order of the page.
    tips : the items of the section whose heading speaks of tips.
    tips_title : that heading.
    closing : the text after the last line across the page.
    extra : {heading: text} of further sections.
    front : what stands between two lines "---" at the very top.
    slug : the name of its folder.
    path : the folder or page it was read from.
    """

    title: str
    number: int = 0
    intro: str = ""
    questions: tuple[Question, ...] = ()
    tips: tuple[str, ...] = ()
    tips_title: str = "Interview Tips"
    closing: str = ""
    extra: dict[str, str] = field(default_factory=dict)
    front: str = ""
    slug: str = field(default="", compare=False)
    path: Path | None = field(default=None, compare=False)

    def __post_init__(self):
        if not self.slug:
            object.__setattr__(self, "slug", slugify(self.heading))

    @property
    def heading(self) -> str:
        """The title with the number, as on the page."""
        return f"Topic {self.number:02d}: {self.title}" if self.number else self.title


def slugify(title: str) -> str:
    """A title as the name of a file: small letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "untitled"
