"""`actfn practice --terminal`: a session, or a mock interview."""

from datetime import UTC, datetime

from rich import box
from rich.markup import escape
from rich.table import Table

from actfn.interrupts import uninterrupted
from actfn.interview import mock
from actfn.interview.bank import Question
from actfn.interview.room import UNFINISHED, Choice, Room, Visit
from actfn.interview.terminal.parts import STYLES, play
from actfn.interview.terminal.talk import Quit, Talk, clock, count, when

UNUSABLE, INTERRUPTED = 2, 130


def practise(room: Room, talk: Talk, choice: Choice, new: int) -> int:
    """Ask what is due, then new questions, until there are none or the person stops."""
    agenda = room.agenda(choice, new)
    if not agenda:
        return _nothing_due(room, talk, choice)
    _welcome(room, talk, agenda)
    for number, question in enumerate(agenda, start=1):
        status = _one(room, talk, question, f"{number} of {len(agenda)}")
        if status is not None:
            return status
    due = room.next_due(choice)
    again = f" The next question comes back {when(due)}." if due else ""
    talk.say(f"\nThat was all for now.{again}", "bold")
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
    finally:  # whatever happens, what was graded is kept
        with uninterrupted():
            due = visit.keep()
    _say_kept(visit, talk, due)
    return status


def _say_kept(visit: Visit, talk: Talk, due: datetime | None) -> None:
    if due is None:
        talk.say("\nNothing was graded, so nothing is kept of this question.", "dim")
        return
    talk.say(f"\n{visit.verdict}, {clock(visit)}; kept. It comes back {when(due)}.", "bold")
    if visit.verdict == UNFINISHED:
        talk.say("Parts without an answer count as not known.", "dim")


def show(talk: Talk, question: Question, place: str) -> None:
    """The question as it is asked."""
    minutes = f"{question.minutes:g} min" if question.minutes else ""
    talk.console.rule(" · ".join(filter(None, (place, question.difficulty, minutes))))
    number = f"Q{question.number}: " if question.number else ""
    tag = f" ({question.tag})" if question.tag else ""
    talk.say(f"{number}{question.title}{tag}", "bold")
    if question.text:
        talk.markdown(question.text)


def _welcome(room: Room, talk: Talk, agenda: list[Question]) -> None:
    cards = room.store.cards()
    known = sum(q.slug in cards for q in agenda)
    talk.say(
        f"{known} to repeat, {len(agenda) - known} new. Ctrl-C stops; what was graded is kept."
    )
    if room.interview:
        days = (room.interview - datetime.now().date()).days
        there = f"{room.interview.day} {room.interview:%B %Y}"
        if days < 0:
            talk.say(f"The interview was on {there}; --interview-date sets the next one.")
        else:
            away = "today" if days == 0 else f"in {count(days, 'day')}, on {there}"
            talk.say(f"The interview is {away}.")


def _nothing_due(room: Room, talk: Talk, choice: Choice) -> int:
    if not room.questions(choice):
        talk.say("No question fits that choice; `actfn bank list` shows what there is.", "yellow")
        return UNUSABLE
    due = room.next_due(choice)
    again = f" The next question comes back {when(due)}." if due else ""
    talk.say(f"Nothing is due.{again}")
    talk.say("--question asks one all the same, --mock 4 holds a mock interview.", "dim")
    return 0


def mock_interview(room: Room, talk: Talk, choice: Choice, number: int, seed=None) -> int:
    """Several questions in a row, without hints or results; then the report."""
    questions = room.questions(choice)
    if not questions:
        return _nothing_due(room, talk, choice)
    chosen = mock.pick(questions, number, seed)
    minutes = sum(q.minutes for q in chosen)
    talk.say(
        f"A mock interview: {count(len(chosen), 'question')}, {minutes:g} minutes, no hints, the "
        "results at the end.",
        "bold",
    )
    started = datetime.now(UTC)
    visits: list[tuple[Visit, float]] = []
    status = _asked(room, talk, chosen, visits)
    report = mock.report(visits)
    with uninterrupted():
        room.store.add_mock(started, report)
    _print_report(talk, report)
    return status


def _asked(room: Room, talk: Talk, chosen: list[Question], visits: list) -> int:
    """Ask all questions; the exit status."""
    for number, question in enumerate(chosen, start=1):
        visit = room.visit(question)
        try:
            show(talk, question, f"{number} of {len(chosen)}")
            play(visit, talk, mock=True)
        except Quit:
            return 0
        except KeyboardInterrupt:
            return INTERRUPTED
        finally:
            visits.append((visit, visit.seconds))
            with uninterrupted():
                visit.keep()
    return 0


def _print_report(talk: Talk, report: dict) -> None:
    table = Table("question", "verdict", "time", "of", "what was found", box=box.SIMPLE)
    for row in report["questions"]:
        style = STYLES.get(row["verdict"], "dim")
        verdict = f"[{style}]{row['verdict']}[/]"
        minutes = [f"{seconds / 60:.1f} min" for seconds in (row["seconds"], row["budget"])]
        table.add_row(escape(row["title"]), verdict, *minutes, escape("\n".join(row["findings"])))
    talk.console.print(table)
    talk.say(f"{report['passed']} of {len(report['questions'])} passed.", "bold")
