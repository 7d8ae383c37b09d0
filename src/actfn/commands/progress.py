"""`actfn progress`."""

from rich import box
from rich.markup import escape
from rich.table import Table

from actfn.commands.console import console, print_json
from actfn.interview.progress import progress
from actfn.interview.room import Room
from actfn.interview.store import open_store
from actfn.interview.terminal.talk import count

_STYLES = {
    "pass": "green",
    "fragile": "yellow",
    "wrong": "red",
    "unfinished": "yellow",
    "ungraded": "magenta",
}


def run(arguments) -> int:
    """Print what has been done so far."""
    with open_store() as store:
        found = progress(Room(store, sandbox=None))
    if arguments.json:
        print_json(found)
        return 0
    table = Table("question", "difficulty", "attempts", "last", "comes back", box=box.SIMPLE)
    for row in found["questions"]:
        style = _STYLES.get(row["verdict"], "dim")
        due = "now" if row["due_now"] else (row["due"] or "")[:10]
        table.add_row(
            escape(row["title"]), row["difficulty"], str(row["attempts"]),
            f"[{style}]{row['verdict'] or 'new'}[/]", due,
        )  # fmt: skip
    out = console()
    out.print(table)
    attempts, due = count(found["attempts"], "attempt"), count(found["due_now"], "question")
    out.print(f"{attempts}, {due} due now.")
    for report in found["mocks"][-1:]:
        passed, asked = report["passed"], len(report["questions"])
        mocks = count(len(found["mocks"]), "mock interview")
        out.print(f"{mocks}, in the last {passed} of {asked} questions passed.")
    if found["interview_date"]:
        out.print(f"The interview is on {found['interview_date']}.")
    return 0
