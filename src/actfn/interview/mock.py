"""A mock interview: which questions are asked, and what is said about them at the end."""

import random
from collections.abc import Iterable, Sequence
from typing import Any

from actfn.interview.bank import Question
from actfn.interview.room import Visit


def pick(questions: Sequence[Question], number: int, seed: int | None = None) -> list[Question]:
    """So many of the questions, or all of them, in an order that the seed decides."""
    return random.Random(seed).sample(questions, min(number, len(questions)))


def report(visits: Iterable[tuple[Visit, float]]) -> dict[str, Any]:
    """What is kept of an interview: per question the verdict, the time, and what was found.

    Parameters
    ----------
    visits : pairs of Visit and float
        A visit, and the seconds it took.
    """
    rows = [
        {
            "question": v.question.slug,
            "title": v.question.title,
            "verdict": v.verdict or "none",
            "seconds": round(seconds, 1),
            "budget": v.budget,
            "findings": [m for d in v.details.values() for m in _messages(d)],
        }
        for v, seconds in visits
    ]
    return {"questions": rows, "passed": sum(r["verdict"] == "pass" for r in rows)}


def _messages(details: dict) -> list[str]:
    findings = details.get("findings", [])
    grave = [f["message"] for f in findings if f["severity"] != "note"]
    return grave[:2] if findings else [details["message"]] if details.get("message") else []
