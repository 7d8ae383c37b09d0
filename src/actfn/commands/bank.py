"""`actfn bank list` and `actfn bank check`."""

import io
import shlex
import time
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

from rich import box
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from actfn import catalogue, cli, lab
from actfn.commands.console import console, error_console, print_json
from actfn.errors import ActfnError
from actfn.interview import tasks
from actfn.interview.bank import Question, Topic, bundled_topics, load_topic, load_topics
from actfn.rowwise._record import RowFunction

_BY_NAME = ("show", "plot", "certify")  # commands whose arguments are activations


def run(arguments) -> int:
    """List the questions, or prove the bank."""
    return _list(arguments) if arguments.action == "list" else _check(arguments)


def _list(arguments) -> int:
    topics = [(t, [q for q in t.questions if _wanted(q, arguments)]) for t in load_topics()]
    if arguments.json:
        print_json([_described(t, q) for t, questions in topics for q in questions])
        return 0
    out = console()
    for topic, questions in topics:
        if questions:
            out.print(f"[bold]{escape(topic.heading)}[/bold]: {len(questions)} questions")
            out.print(_table(questions))
    if not any(questions for _, questions in topics):
        out.print("no question fits that choice")
    return 0


def _wanted(q: Question, arguments) -> bool:
    difficulty = arguments.difficulty is None or q.difficulty == arguments.difficulty
    subjects = {t.casefold() for t in (*q.tags, q.tag)}
    return difficulty and (arguments.tag is None or arguments.tag.casefold() in subjects)


def _described(topic: Topic, q: Question) -> dict[str, Any]:
    return {
        "topic": topic.slug,
        "question": q.slug,
        "number": q.number,
        "title": q.title,
        "tag": q.tag,
        "difficulty": q.difficulty,
        "minutes": q.minutes,
        "tags": list(q.tags),
        "kinds": list(q.kinds),
        "code": list(q.code),
        "formulas": list(q.formulas),
        "plots": list(q.plots),
        "points": len(q.rubric),
    }


def _table(questions: list[Question]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("", "question", "title", "level", "min", "tag", "answered by"):
        right = heading in ("", "min")
        table.add_column(heading, justify="right" if right else "left", overflow="fold")
    for q in questions:
        row = (f"Q{q.number}", q.slug, q.title, q.difficulty, f"{q.minutes:g}", q.tag)
        table.add_row(*map(escape, row), ", ".join(q.kinds))
    return table


def _check(arguments) -> int:
    from actfn.interview.bank_check import Proof
    from actfn.interview.bank_proof import prove, steps
    from actfn.interview.sandbox import Sandbox

    topics = [load_topic(Path(arguments.folder))] if arguments.folder else list(bundled_topics())
    started, proof = time.perf_counter(), Proof()
    with Sandbox() as sandbox, _progress() as bar:
        todo = steps(topics, sandbox, see_problem, proof)
        line = bar.add_task("", total=len(todo))
        prove(proof, todo, lambda name: bar.update(line, advance=1, description=name))
    seconds = time.perf_counter() - started
    if arguments.json:
        print_json({**proof.as_dict(), "seconds": round(seconds, 1)})
    else:
        _print(proof, seconds)
    return 1 if proof.failures else 0


def _progress() -> Progress:
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    return Progress(*columns, console=error_console(), transient=True)


def _print(proof, seconds: float) -> None:
    out = console()
    for failure in proof.failures:
        out.print(f"[bold red]✗[/bold red] {escape(failure.where)}: {escape(failure.message)}")
    verdict = f"{len(proof.failures)} failures" if proof.failures else "all proved"
    out.print(
        f"{proof.questions} questions, {proof.code_tasks} code tasks, "
        f"{proof.formula_tasks} formula tasks, {proof.graded} answers graded: {verdict}"
        f"  ({seconds:.0f} s)"
    )


def see_problem(command: str) -> str:
    """What is wrong with a command line that a rubric names; "" where nothing is."""
    program, *words = shlex.split(command) or [""]
    if program != "actfn":
        return "it is no command of actfn"
    said = io.StringIO()
    try:
        with redirect_stderr(said):
            _check_names(cli._parser().parse_args(words))
    except SystemExit:  # argparse has said why
        return said.getvalue().strip().rpartition("error: ")[2]
    except (ActfnError, ValueError) as error:
        return str(error)
    return ""


def _check_names(arguments) -> None:
    if arguments.command == "grade":
        tasks.get(arguments.task)
    if arguments.command == "lab":
        for claim in arguments.claims:
            lab.get(claim)
    if arguments.command not in _BY_NAME:
        return
    records = [catalogue.get(n) for n in getattr(arguments, "names", None) or [arguments.name]]
    rows = all(isinstance(record, RowFunction) for record in records)
    if arguments.command == "plot" and arguments.output is None and not rows:
        raise ValueError("curves are drawn into a file: -o FILE.svg")
