"""Reading a page of questions: "# Topic", "## Q1: title (tag)", difficulty, time, hidden answer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from actfn.errors import ActfnError
from actfn.interview.bank_records import Point, Question, Topic
from actfn.interview.page_blocks import QUESTION, list_items, outline
from actfn.interview.page_fields import read_fields
from actfn.interview.page_sections import (
    Part,
    Problem,
    Section,
    free_name,
    joined,
    of_kind,
    parts,
    split_across,
    trimmed,
)

_TOPIC = re.compile(r"Topic +(\d+)\b[ .:)–—-]*(.*)$", re.IGNORECASE)  # noqa: RUF001
_TAGGED = re.compile(r"(.*\S)\s+\(([^()]*)\)$")
_POINT = re.compile(r"\s+\|\s+(why|see|source):\s*")
_TITLE = re.compile(r"\*\*(.+?)\*\*:?\s*")
_NAMES = {
    "answer": "answer", "solution": "answer", "model answer": "answer", "hints": "hints",
    "hint": "hints", "rubric": "rubric", "corrections": "corrections",
}  # fmt: skip


class PageError(ActfnError, ValueError):
    """A page or a question file that cannot be read; the message says what it should be."""


@dataclass
class Page:
    """A page that was read, and what was not as it should be."""

    topic: Topic
    problems: list[Problem] = field(default_factory=list)


def read_page(text: str, name: str = "the page") -> Page:
    """Read a page of questions.

    Parameters
    ----------
    text : str
    name : str, optional
        What to call it in messages; the title, too, where the page has none.

    Raises
    ------
    PageError
        Where there is nothing to read.
    """
    page, titled = _read(text, name)
    if not titled:
        page.problems.insert(0, Problem(1, f"the page has no title '# …': called '{name}'"))
    return page


def read_question(text: str, name: str = "the file", slug: str = "") -> Question:
    """Read a file with one question; `question_problems` says what is not understood in it.

    Raises
    ------
    PageError
        Where there is not exactly one question.
    """
    topic = _read(text, name)[0].topic
    if len(topic.questions) != 1:
        raise PageError(f"{name} has {len(topic.questions)} questions; a file has one: '## Q1: …'")
    (question,) = topic.questions
    further = {f"## {heading}": text for heading, text in topic.extra.items()}
    return replace(question, extra={**question.extra, **further}, slug=slug or question.slug)


def question_problems(text: str) -> list[Problem]:
    """What is not as it should be in the file of a question."""
    return _read(text, "the file")[0].problems


def _read(text: str, name: str) -> tuple[Page, bool]:
    """The page, and whether it has a title."""
    if not text.strip():
        raise PageError(f"{name} is empty")
    found, problems = outline(text), []
    for line in found.unclosed:
        problems.append(Problem(line, "a code block is never closed: it ends with its section"))
    cut = parts(found.lines, problems)
    topic = _topic(cut, found.front, name, problems)
    titled = any(part.level == 1 for part in of_kind(cut, questions=False))
    return Page(topic, sorted(problems, key=lambda p: p.line)), titled


def _topic(cut: list[Part], front: str, name: str, problems: list[Problem]) -> Topic:
    others = list(of_kind(cut, questions=False))
    title = next((part for part in others if part.level == 1), None)
    values = _heading(title.heading if title else name)
    values["intro"] = trimmed("\n\n".join(t for t in (_all(cut[0]), _all(title)) if t))
    extra: dict[str, str] = {}
    for part in others:
        if part is title:
            continue
        tips = {} if "tips" in values else _tips(part)
        values.update(tips)
        if not tips:
            extra[free_name(part.heading, extra)] = _all(part)
    questions = [_question(part, problems) for part in of_kind(cut, questions=True)]
    _say_repeated(questions, list(of_kind(cut, questions=True)), problems)
    return Topic(**values, questions=tuple(questions), extra=extra, front=front)


def _heading(text: str) -> dict:
    match = _TOPIC.match(text)
    number, title = (int(match[1]), match[2].strip()) if match else (0, text)
    return {"title": title or text, "number": number}


def _all(part: Part | None) -> str:
    """Everything of a part as text; its hidden sections as they were."""
    if part is None:
        return ""
    hidden = [
        f"<details>\n<summary>{s.name}</summary>\n\n{s.text}\n\n</details>" for s in part.sections
    ]
    return trimmed("\n\n".join(t for t in (joined(part.before), *hidden, joined(part.after)) if t))


def _tips(part: Part) -> dict:
    """The tips, where the heading says so and the section is one list with at most a closing."""
    if part.sections or not re.search(r"\btips?\b", part.heading, re.IGNORECASE):
        return {}
    text, closing = split_across(joined(part.before))
    items = list_items(text)
    return {"tips": tuple(items), "tips_title": part.heading, "closing": closing} if items else {}


def _say_repeated(questions, cut: Sequence[Part], problems: list[Problem]) -> None:
    seen: dict[int, int] = {}
    for question, part in zip(questions, cut, strict=True):
        if question.number in seen:
            where = f"also in line {seen[question.number]}"
            problems.append(Problem(part.line, f"the number Q{question.number} is taken: {where}"))
        seen.setdefault(question.number, part.line)


def _question(part: Part, problems: list[Problem]) -> Question:
    number, rest = QUESTION.findall(part.heading)[0]
    if not rest.strip():
        problems.append(Problem(part.line, f"Q{number} has no title"))
        rest = f"Question {number}"
    tagged = _TAGGED.match(rest)
    title, tag = (tagged[1], tagged[2].strip()) if tagged else (rest.strip(), "")
    fields = read_fields(part.before, problems)
    values: dict = {}
    extra: dict[str, str] = {}
    for section in part.sections:
        _section(section, values, extra, problems)
    behind = joined(part.after)
    if behind:
        extra[""] = behind
    return Question(title=title, number=int(number), tag=tag, text=fields.text,
                    fields=fields.unknown, extra=extra, **fields.values, **values)  # fmt: skip


def _section(section: Section, values: dict, extra: dict, problems: list[Problem]) -> None:
    name = _NAMES.get(section.name.casefold())
    if name is None:
        extra[free_name(section.name, extra)] = section.text
    elif name in values:
        problems.append(Problem(section.line, f"a second section '{section.name}': kept apart"))
        extra[free_name(section.name, {**extra, section.name: ""})] = section.text
    elif name == "answer":
        values[name] = section.text
    else:
        items = list_items(section.text)
        if items is None:
            if section.text:
                problems.append(Problem(section.line, f"'{section.name}' is not one list"))
            items = [section.text] if section.text else []
        values[name] = tuple(map(_point, items)) if name == "rubric" else tuple(items)


def _point(item: str) -> Point:
    """ "**title**: text | why: … | see: `…` | source: …"."""
    head, *rest = _POINT.split(" ".join(item.split()))
    named = dict(zip(rest[::2], rest[1::2], strict=True))
    title = _TITLE.match(head)
    return Point(
        title=title[1].strip().removesuffix(":") if title else "",
        text=head[title.end() :] if title else head,
        why=named.get("why", ""),
        see=named.get("see", "").strip("`"),
        source=named.get("source", ""),
    )
