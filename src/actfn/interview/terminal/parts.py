"""The parts of a question: code, a formula, the name of a plot, a spoken answer."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

from actfn.interview import tasks
from actfn.interview.grading.report import print_grade
from actfn.interview.grading.rules import PASS
from actfn.interview.room import Visit
from actfn.interview.store.places import data_folder
from actfn.interview.terminal.talk import Quit, Talk, clock

_STYLES = {"pass": "bold green", "fragile": "bold yellow", "wrong": "bold red"}


def play(visit: Visit, talk: Talk, mock: bool = False) -> None:
    """Go through all parts of a question."""
    question = visit.question
    for name in question.code:
        play_code(visit, talk, name, mock)
    for name in question.formulas:
        play_formula(visit, talk, name, mock)
    for name in question.plots:
        play_plot(visit, talk, name, mock)
    if question.rubric:
        play_spoken(visit, talk, mock)


def answer_file(task: str) -> Path:
    """Where the answer to a task is written: it stays there, whatever happens."""
    return data_folder() / "answers" / f"{task}.py"


def play_code(visit: Visit, talk: Talk, name: str, mock: bool) -> None:
    """Edit, grade, and again."""
    task, path = tasks.get(name), answer_file(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text(task.starter)
    talk.say(f"\n{name}({task.signature}): {task.question}", "bold")
    for line in task.contract:
        talk.say(f"  - {line}")
    talk.say(f"  Your answer goes into {path}", "cyan")
    menu = "[e]dit [g]rade [n]ext [q]uit" if mock else (
        "[e]dit [g]rade [h]int [s]olution [r]estart [n]ext [q]uit"
    )  # fmt: skip
    while True:
        letter = talk.choose(f"{menu} ({clock(visit)}) > ", "egnq" if mock else "eghsrnq", "g")
        if letter == "q":
            raise Quit
        if letter == "n":
            return
        if letter == "e":
            edit(path, talk)
        elif letter == "r":
            path.write_text(task.starter)
            talk.say("started afresh")
        elif letter == "h":
            _hint(visit, talk, name)
        elif letter == "s":
            _solution(visit, talk, name)
        elif _graded(visit, talk, name, path, mock):
            return


def _graded(visit: Visit, talk: Talk, name: str, path: Path, mock: bool) -> bool:
    """Grade the file; whether this part is done."""
    try:
        source = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        talk.say(f"{path} cannot be read: {error}", "red")
        return False
    found = visit.code(name, source)
    if mock:
        talk.say("taken; the result comes at the end")
        return True
    print_grade(found, talk.console)
    if found.verdict == PASS:
        talk.say("The model answer:", "bold")
        talk.markdown(f"```python\n{tasks.get(name).model}```", 2)
    return found.verdict == PASS


def edit(path: Path, talk: Talk) -> None:
    """Open the person's editor and wait for it."""
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not command or not sys.stdin.isatty():
        talk.say(f"Set $EDITOR to open one from here; the file is {path}", "yellow")
        return
    try:
        subprocess.run([*shlex.split(command), str(path)], check=False)
    except OSError as error:
        talk.say(f"'{command}' does not start: {error}", "red")


def _hint(visit: Visit, talk: Talk, task: str = "") -> None:
    found = visit.hint(task)
    talk.say(f"Hint: {found}" if found else "There are no more hints.", "magenta")


def _solution(visit: Visit, talk: Talk, task: str = "") -> None:
    found = visit.solution(task)
    if found is None:
        talk.say("Try first: the model answer comes after an attempt.", "yellow")
    elif task in tasks.names():
        talk.markdown(f"```python\n{found}```", 2)
    else:
        talk.markdown(found, 2)


def play_formula(visit: Visit, talk: Talk, name: str, mock: bool) -> None:
    """Type formulas until one is right."""
    from actfn.interview import formulas

    talk.say(f"\n{formulas.get(name).question}", "bold")
    talk.say("  Type a formula; :h is a hint, :n goes on, :q stops.", "dim")
    while True:
        text = talk.ask(f"formula ({clock(visit)}) > ")
        if text in (":q", ":n"):
            if text == ":q":
                raise Quit
            return
        if text == ":h":
            _hint(visit, talk)
        elif text:
            found = visit.formula(name, text)
            if mock:
                talk.say("taken; the result comes at the end")
                return
            talk.say(found.message, "green" if found.accepted else "red")
            if found.accepted:
                return


def play_plot(visit: Visit, talk: Talk, name: str, mock: bool) -> None:
    """Name the function in a picture."""
    from actfn.catalogue import get
    from actfn.terminal_plot import terminal_plot

    talk.say("\nWhich function is this?", "bold")
    talk.console.print(terminal_plot(get(name)))
    text = talk.ask(f"name ({clock(visit)}) > ")
    right = visit.plot(name, text)
    if not mock:
        talk.say("right" if right else f"it is {name}", "green" if right else "red")


def play_spoken(visit: Visit, talk: Talk, mock: bool) -> None:
    """Say it or write it, then compare with the rubric."""
    talk.say("\nAnswer aloud or in writing; an empty line ends it. :h is a hint.", "dim")
    text = talk.lines()
    while text.endswith(":h") and not mock:
        _hint(visit, talk)
        text = text.removesuffix(":h") + talk.lines()
    if text == ":q":
        raise Quit
    talk.say(f"{clock(visit)}. Which of these points did you make?", "bold")
    points = []
    for point in visit.question.rubric:
        talk.markdown(f"**{point.title}** {point.text}", 2)
        points.append(talk.yes("  said?"))
        if not mock:
            for line in (point.why, point.see):
                if line:
                    talk.say(f"    {line}", "dim")
    verdict = visit.spoken(text, points)
    talk.say(f"{sum(points)} of {len(points)} points: {verdict}", _STYLES[verdict])
    if not mock and visit.question.answer:
        talk.say("The model answer:", "bold")
        talk.markdown(visit.question.answer, 2)
