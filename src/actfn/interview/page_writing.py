"""Writing question files and pages, in the format that `page` reads."""

import textwrap
from collections.abc import Iterable, Iterator

from actfn.errors import RecordError
from actfn.interview.bank_records import Point, Question, Topic
from actfn.interview.page import read_page, read_question
from actfn.interview.page_fields import KINDS

_ROUNDS = 5


def write_question(question: Question) -> str:
    """A question as the text of its file.

    Raises
    ------
    RecordError
        Where reading it would give something else, as for an answer with a stray "</details>".
    """
    text = _question(question)
    _check(question, read_question(text), f"question {question.number}, '{question.title}'")
    return text


def write_page(topic: Topic) -> str:
    """A topic with all its questions as one page.

    Raises
    ------
    RecordError
        As `write_question`.
    """
    text = _page(topic)
    _check(topic, read_page(text).topic, f"topic '{topic.heading}'")
    return text


def settled(topic: Topic) -> Topic:
    """A topic that was read, in the form in which it can be written and read again.

    A list of tips that is not one, or a stray tag, changes its form when it is written; what it
    says stays.

    Raises
    ------
    RecordError
        Where it keeps changing.
    """
    for _ in range(_ROUNDS):
        again = read_page(_page(topic), topic.title).topic
        if again == topic:
            break
        topic = again
    write_page(topic)
    return topic


def _question(question: Question) -> str:
    return "\n\n".join(_blocks(question)) + "\n"


def _page(topic: Topic) -> str:
    front = [f"---\n{topic.front}\n---"] if topic.front else []
    questions = ["\n\n".join(["---", *_blocks(q)]) for q in topic.questions]
    tail = [f"## {heading}\n\n{text}".rstrip() for heading, text in topic.extra.items()]
    if topic.tips or topic.closing:
        tail.append(f"## {topic.tips_title}\n\n{_numbered(topic.tips)}".rstrip())
    closing = [topic.closing] if topic.closing else []
    intro = [topic.intro] if topic.intro else []
    blocks = [*front, f"# {topic.heading}", *intro, *questions, *_ruled([*tail, *closing])]
    return "\n\n".join(blocks) + "\n"


def _check(given, read, name: str) -> None:
    if read == given:
        return
    wrong = [
        k for k in vars(given) if k not in ("slug", "path") and vars(given)[k] != vars(read)[k]
    ]
    raise RecordError(
        f"{name} cannot be written: {', '.join(wrong)} would be read as something else. "
        "Headings, <details> and **Difficulty** belong into code blocks inside a text."
    )


def _ruled(blocks: Iterable[str]) -> Iterator[str]:
    for block in blocks:
        yield "---"
        yield block


def _blocks(q: Question) -> Iterator[str]:
    # "()" says that the brackets of a title are no tag.
    tag = f" ({q.tag})" if q.tag or q.title.endswith(")") else ""
    yield f"## Q{q.number}: {q.title}{tag}"
    if named := " | ".join(f"**{name}**: {value}" for name, value in _fields(q)):
        yield named
    if q.text:
        yield q.text
    if task := "; ".join(_task(q)):
        yield f"**Task**: {task}"
    yield from _sections(q)
    if q.extra.get(""):
        yield q.extra[""]
    for name, text in q.extra.items():
        if name.startswith("## "):
            yield f"{name}\n\n{text}".rstrip()


def _fields(q: Question) -> Iterator[tuple[str, str]]:
    known = {
        "Difficulty": q.difficulty,
        "Time": f"{q.minutes:g} min" if q.minutes else "",
        "Tags": ", ".join(q.tags),
    }
    for name, value in [*known.items(), *q.fields.items()]:
        if value:
            yield name, value


def _task(q: Question) -> Iterator[str]:
    for word, attribute in KINDS.items():
        if names := getattr(q, attribute):
            yield f"{word} " + " ".join(f"`{name}`" for name in names)


def _sections(q: Question) -> Iterator[str]:
    sections = {
        "Hints": _numbered(q.hints),
        "Answer": q.answer,
        "Rubric": _bulleted(map(_point, q.rubric)),
        "Corrections": _bulleted(q.corrections),
    }
    unknown = {name: text for name, text in q.extra.items() if name and name[:3] != "## "}
    for name, text in {**sections, **unknown}.items():
        if text or name in unknown:
            yield f"<details>\n<summary>{name}</summary>\n\n{text}\n\n</details>"


def _numbered(items: Iterable[str]) -> str:
    return "\n".join(_item(f"{k}. ", text) for k, text in enumerate(items, start=1))


def _bulleted(items: Iterable[str]) -> str:
    return "\n".join(_item("- ", text) for text in items)


def _item(marker: str, text: str) -> str:
    return textwrap.indent(text, " " * len(marker)).replace(" " * len(marker), marker, 1) or marker


def _point(point: Point) -> str:
    title = f"**{point.title}**: " if point.title else ""
    named = {"why": point.why, "see": point.see and f"`{point.see}`", "source": point.source}
    rest = [f"{name}: {value}" for name, value in named.items() if value]
    return " | ".join([(title + point.text).strip(), *rest])
