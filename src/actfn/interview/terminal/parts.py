"""The parts of a question: code, a formula, the name of a plot, a spoken answer."""

import contextlib
from collections.abc import Callable
from pathlib import Path

from actfn.findings import PASS
from actfn.interrupts import uninterrupted
from actfn.interview import drafts, tasks
from actfn.interview.grading.report import print_grade
from actfn.interview.room import Visit, formula_part
from actfn.interview.terminal import answers
from actfn.interview.terminal.talk import Quit, Skip, Talk, clock

STYLES = {"pass": "green", "fragile": "yellow", "unfinished": "yellow", "wrong": "red"}
_TAKEN = "Taken; the result comes at the end."


def play(visit: Visit, talk: Talk, mock: bool = False) -> None:
    """Go through all parts of a question."""
    question = visit.question
    parts: list[tuple[Callable, tuple[str, ...]]] = [
        (play_code, question.code), (play_formula, question.formulas), (play_plot, question.plots),
    ]  # fmt: skip
    for player, names in parts:
        for number, name in enumerate(names, start=1):
            place = f"{number} of {len(names)}: " if len(names) > 1 else ""
            with contextlib.suppress(Skip):
                player(visit, talk, name, mock, place)
    if "spoken" in question.kinds:
        with contextlib.suppress(Skip):
            play_spoken(visit, talk, mock)


def _command(text: str, visit: Visit, talk: Talk, mock: bool, part: str) -> bool:
    """Do :h, :s, :n or :q; whether it was one of these."""
    if text == ":q":
        raise Quit
    if text == ":n":
        raise Skip
    if text not in (":h", ":s"):
        return False
    if mock:
        talk.say("Not in a mock interview.", "yellow")
    elif text == ":h":
        _hint(visit, talk, part)
    else:
        _solution(visit, talk, part)
    return True


def play_code(visit: Visit, talk: Talk, name: str, mock: bool, place: str = "") -> None:
    """Edit, grade, and again."""
    task = tasks.get(name)
    talk.say(f"\n{place}{name}({task.signature})", "bold")
    talk.say(task.question, indent=2)
    for line in task.contract:
        talk.say(f"- {line}", indent=2)
    path = answers.prepared(name, visit.room, talk)
    talk.path(f"  Your answer goes into {path}")
    menu, letters = (
        ("[g]rade [e]dit [n]ext [q]uit", "genq") if mock
        else ("[g]rade [e]dit [w]atch [h]int [s]olve [r]eset [n]ext [q]uit", "gewhsrnq")
    )  # fmt: skip
    while True:
        letter = talk.choose(f"{menu} ({clock(visit)}) > ", letters, "g")
        if letter == "e":
            answers.edit(path, talk)
        elif letter == "r":
            if talk.yes("Throw away what is in the file?"):
                drafts.start(name)
        elif letter == "w":
            if _watched(visit, talk, name, path):
                return
        elif letter != "g":
            _command(f":{letter}", visit, talk, mock, name)
        elif _graded(visit, talk, name, path, mock):
            return


def _graded(visit: Visit, talk: Talk, name: str, path: Path, mock: bool) -> bool:
    """Grade the file; whether this part is done."""
    source = answers.read(path, talk)
    if source is None:
        return False
    if source == tasks.get(name).starter:
        talk.say("There is no answer in the file yet: write it below the text, and save.", "yellow")
        return False
    found = visit.code(name, source)
    if mock:
        talk.say(_TAKEN)
        return True
    print_grade(found, talk.console)
    if found.verdict == PASS:
        talk.say("The model answer:", "bold")
        _show_solution(visit, talk, name)
    return found.verdict == PASS


def _watched(visit: Visit, talk: Talk, name: str, path: Path) -> bool:
    """Grade at every save; whether this part is done."""
    talk.path(f"Graded whenever you save {path}; Ctrl-C comes back here.")
    try:
        return any(_graded(visit, talk, name, path, False) for _ in answers.saves(path))
    except KeyboardInterrupt:  # while it was graded
        return False


def _hint(visit: Visit, talk: Talk, part: str) -> None:
    found = visit.hint(part)
    talk.say(f"Hint: {found}" if found else "There are no more hints.", "magenta")


def _solution(visit: Visit, talk: Talk, part: str) -> None:
    if part in visit.verdicts:
        _show_solution(visit, talk, part)
    else:
        talk.say("Try first: the model answer comes after an attempt.", "yellow")


def _show_solution(visit: Visit, talk: Talk, part: str) -> None:
    found = visit.solution(part) or ""
    if part in visit.question.code:
        talk.markdown(f"```python\n{found}```", 2)
    else:
        talk.say(found, indent=2)


def play_formula(visit: Visit, talk: Talk, name: str, mock: bool, place: str = "") -> None:
    """Type formulas until one is right."""
    with uninterrupted():
        from actfn.interview import formulas

    talk.say(f"\n{place}{formulas.get(name).question}", "bold")
    more = "" if mock else " :h is a hint, :s the solution after an attempt,"
    talk.say(f"Type a formula, or paste LaTeX;{more} :n goes on, :q stops.", "dim", indent=2)
    while True:
        text = talk.ask(f"formula ({clock(visit)}) > ")
        if not text or _command(text, visit, talk, mock, formula_part(name)):
            continue
        found = visit.formula(name, text)
        if mock and found.readable:
            talk.say(_TAKEN)
            return
        talk.say(
            found.message, "green" if found.accepted else "red" if found.readable else "yellow"
        )
        if found.accepted:
            return


def play_plot(visit: Visit, talk: Talk, name: str, mock: bool, place: str = "") -> None:
    """Name the function in a picture."""
    with uninterrupted():
        from actfn.catalogue import get
        from actfn.terminal_plot import terminal_plot

    talk.say(f"\n{place}Which function is this? (dotted: its derivative)", "bold")
    talk.console.print(terminal_plot(get(name)), markup=False, soft_wrap=True)
    text = ""
    while not text or _command(text, visit, talk, mock, ""):
        text = talk.ask(f"name ({clock(visit)}) > ")
    right = visit.plot(name, text)
    if mock:
        talk.say(_TAKEN)
    else:
        talk.say("Right." if right else f"It is {name}.", "green" if right else "red")


def play_spoken(visit: Visit, talk: Talk, mock: bool) -> None:
    """Say it or write it, then compare with the rubric."""
    hint = "" if mock else ":h is a hint, "
    talk.say(f"\nAnswer aloud or in writing ({clock(visit)}).", "bold")
    talk.say(f"An empty line ends it; {hint}:n goes on, :q stops.", "dim", indent=2)
    path = drafts.draft_file(visit.question.slug)
    commands = {
        text: (lambda text=text: _command(text, visit, talk, mock, ""))
        for text in (":h", ":n", ":q")
    }
    text = answers.lines(path, talk, commands)
    points = _points(visit, talk, mock) if visit.question.rubric else _compared(visit, talk)
    verdict = visit.spoken(text, points)
    path.unlink(missing_ok=True)
    talk.say(f"{sum(points)} of {len(points)} points: {verdict}", f"bold {STYLES[verdict]}")
    if not mock and visit.question.rubric and visit.question.answer:
        talk.say("The model answer:", "bold")
        talk.markdown(visit.question.answer, 2)


def _points(visit: Visit, talk: Talk, mock: bool) -> list[bool]:
    """Which points of the rubric the answer had."""
    talk.say(f"{clock(visit)}. Which of these points did you make?", "bold")
    points = []
    for point in visit.question.rubric:
        talk.markdown(f"**{point.title}**: {point.text}", 2)
        points.append(talk.yes("  Did you say that?"))
        for label, line in (("why", point.why), ("see", point.see), ("source", point.source)):
            if line and not mock:
                talk.say(f"{label}: {line}", "dim", indent=4)
    return points


def _compared(visit: Visit, talk: Talk) -> list[bool]:
    """Without a rubric the person compares with the model answer."""
    if visit.question.answer:
        talk.say(f"{clock(visit)}. The model answer:", "bold")
        talk.markdown(visit.question.answer, 2)
    return [talk.yes("  Did you say all that matters?")]
