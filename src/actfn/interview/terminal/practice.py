"""`actfn practice --terminal`: a session, or a mock interview."""

import random
from datetime import UTC, datetime

from rich.table import Table

from actfn.interview.bank import Question
from actfn.interview.room import Choice, Room, Visit
from actfn.interview.terminal.parts import play
from actfn.interview.terminal.talk import Quit, Talk, clock

INTERRUPTED = 130
_STYLES = {"pass": "green", "fragile": "yellow", "wrong": "red"}


def practise(room: Room, talk: Talk, choice: Choice, new: int) -> int:
    """Ask what is due, then new questions, until there are none or the person stops."""
    agenda = room.agenda(choice, new)
    if not agenda:
        _nothing_due(room, talk, choice)
        return 0
    _welcome(room, talk, agenda)
    for number, question in enumerate(agenda, start=1):
        status = _one(room, talk, question, f"{number} of {len(agenda)}")
        if status is not None:
            return status
    talk.say("\nThat was all for now.", "bold")
    return 0


def _one(room: Room, talk: Talk, question: Question, place: str) -> int | None:
    """One question; an exit status where the person stops."""
    visit = room.visit(question)
    status = None
    try:
        show(talk, question, place)
        play(visit, talk)
    except Quit:
        status = 0
    except KeyboardInterrupt:
        status = INTERRUPTED
    _keep(visit, talk)
    return status


def _keep(visit: Visit, talk: Talk) -> None:
    due = visit.keep()
    if due is None:
        talk.say("\nNothing was graded, so nothing is kept of this question.", "dim")
        return
    talk.say(f"\n{visit.verdict}, {clock(visit)}; kept. It comes back on {due:%d %B %Y}.", "bold")


def show(talk: Talk, question: Question, place: str) -> None:
    """The question as it is asked."""
    tag = f" ({question.tag})" if question.tag else ""
    talk.console.rule(f"{place} · {question.difficulty} · {question.minutes:g} min")
    talk.say(f"Q{question.number}: {question.title}{tag}", "bold")
    if question.text:
        talk.markdown(question.text)


def _welcome(room: Room, talk: Talk, agenda: list[Question]) -> None:
    cards = room.store.cards()
    due = sum(q.slug in cards for q in agenda)
    talk.say(f"{due} due, {len(agenda) - due} new. Ctrl-C or q stops; what was graded is kept.")
    if room.interview:
        days = (room.interview - datetime.now(UTC).date()).days
        talk.say(f"The interview is on {room.interview:%d %B %Y}, in {days} days.")


def _nothing_due(room: Room, talk: Talk, choice: Choice) -> None:
    if not room.questions(choice):
        talk.say("No question fits that choice; `actfn bank list` shows what there is.", "yellow")
        return
    cards = room.store.cards()
    dates = [cards[q.slug].due for q in room.questions(choice) if q.slug in cards]
    talk.say(f"Nothing is due. The next question comes back on {min(dates):%d %B %Y}.")


def mock_interview(room: Room, talk: Talk, choice: Choice, count: int, seed=None) -> int:
    """Several questions in a row, without hints or results; then the report."""
    questions = room.questions(choice)
    chosen = random.Random(seed).sample(questions, min(count, len(questions)))
    started, visits, status = datetime.now(UTC), [], 0
    talk.say(
        f"A mock interview: {len(chosen)} questions, no hints, the results at the end.", "bold"
    )
    for number, question in enumerate(chosen, start=1):
        visit = room.visit(question)
        try:
            show(talk, question, f"{number} of {len(chosen)}")
            play(visit, talk, mock=True)
        except Quit:
            break
        except KeyboardInterrupt:
            status = INTERRUPTED
            break
        finally:
            visits.append((visit, visit.seconds))
            visit.keep()
    report = _report(visits)
    room.store.add_mock(started, report)
    _print_report(talk, report)
    return status


def _report(visits: list[tuple[Visit, float]]) -> dict:
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


def _print_report(talk: Talk, report: dict) -> None:
    table = Table("question", "verdict", "time", "of", "what was found")
    for row in report["questions"]:
        style = _STYLES.get(row["verdict"], "dim")
        table.add_row(
            row["title"], f"[{style}]{row['verdict']}[/]", f"{row['seconds'] / 60:.1f} min",
            f"{row['budget'] / 60:.0f} min", "; ".join(row["findings"]),
        )  # fmt: skip
    talk.console.print(table)
    talk.say(f"{report['passed']} of {len(report['questions'])} passed.", "bold")
