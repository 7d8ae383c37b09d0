"""Records of the room as JSON for the page. What would give an answer away is not in it."""

import math
from dataclasses import asdict
from datetime import datetime
from typing import Any

from actfn.findings import Finding
from actfn.interview import formulas, tasks
from actfn.interview.bank import Question, Topic
from actfn.interview.formulas.preview import preview
from actfn.interview.grading.lines import line_of
from actfn.interview.grading.report import sentence
from actfn.interview.room import SPOKEN, Visit
from actfn.web.markdown import to_html


def _heading(question: Question) -> dict[str, Any]:
    """What stands above a question wherever it is shown."""
    return {
        "slug": question.slug,
        "number": question.number,
        "title": question.title,
        "company": question.tag,
        "difficulty": question.difficulty,
        "minutes": question.minutes,
        "tags": question.tags,
    }


def summary(question: Question, topic: Topic | None, row: dict[str, Any]) -> dict[str, Any]:
    """A question in a list, with what `progress` says about it."""
    return {
        **_heading(question),
        "kinds": question.kinds,
        "topic": topic.heading if topic else "",
        "words": f"{question.title} {question.text}",
        **{name: row.get(name) for name in ("attempts", "verdict", "due", "due_now")},
    }


def visit_json(visit: Visit, mock: bool) -> dict[str, Any]:
    """A visit as the page shows it."""
    question = visit.question
    return {
        "visit": visit.key,
        "mock": mock,
        **_heading(question),
        "text": to_html(question.text),
        "parts": [_part(visit, k, part, mock) for k, part in enumerate(visit.parts)],
        "verdict": "" if mock else visit.verdict,
        **clock_json(visit),
    }


def clock_json(visit: Visit) -> dict[str, Any]:
    """How long it took so far."""
    return {"seconds": visit.seconds, "budget": visit.budget, "paused": visit.paused}


def kind_of(visit: Visit, part: str) -> str:
    """ "code", "formula", "plot" or "spoken"."""
    return part.partition(":")[0] if ":" in part else SPOKEN if part == SPOKEN else "code"


def name_of(part: str) -> str:
    """The task's or function's name in it."""
    return part.rpartition(":")[2]


def hint_part(visit: Visit, part: str) -> str:
    """Whose hints are shown: a picture and a spoken answer have those of the question."""
    return part if kind_of(visit, part) in ("code", "formula") else ""


def _part(visit: Visit, index: int, part: str, mock: bool) -> dict[str, Any]:
    kind, name = kind_of(visit, part), name_of(part)
    whose = hint_part(visit, part)
    hints, shown = visit.hints_of(whose), visit.hinted.get(whose, 0)
    found: dict[str, Any] = {
        "index": index,
        "kind": kind,
        "answered": part in visit.verdicts,
        "hints": [] if mock else list(hints[:shown]),
        "hints_left": 0 if mock else len(hints) - shown,
        "answer": visit.answers.get(part, ""),
    }
    if part in visit.verdicts and not mock:
        found["result"] = result_json(visit, part)
    if kind == "code":
        task = tasks.get(name)
        found |= {"name": name, "signature": task.signature, "prompt": task.question,
                  "contract": task.contract, "starter": task.starter}  # fmt: skip
    elif kind == "formula":
        found |= {"name": name, "prompt": formulas.get(name).question}
    return found


def result_json(visit: Visit, part: str) -> dict[str, Any]:
    """The last verdict on a part with all that was found, code with the lines concerned."""
    verdict, details = visit.verdicts[part], visit.details[part]
    found = {"verdict": verdict, "says": sentence(verdict), **details}
    match kind_of(visit, part):
        case "code":
            source, findings = visit.answers[part], [Finding(**f) for f in details["findings"]]
            found["says"] = sentence(verdict, findings)
            found["findings"] = [{**asdict(f), "line": line_of(f, source, part)} for f in findings]
        case "formula":
            found["latex"] = preview(name_of(part), visit.answers[part]).latex
        case "plot":
            found["name"] = name_of(part)
    return found


def moment(when: datetime | None) -> str | None:
    """A time as the page reads it."""
    return when.isoformat() if when else None


def numbers(values) -> list[float | None]:
    """Floats as JSON has them; what it has not becomes null."""
    return [float(v) if math.isfinite(v) else None for v in values]
