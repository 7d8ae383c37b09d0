"""`actfn examine --peers`."""

from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from actfn.commands.console import console, error_console, print_json
from actfn.examine import scoreboard


def write(arguments) -> int:
    """Examine every installed library and write the page and its picture."""
    wanted = scoreboard.tasks(scoreboard.libraries())
    out = error_console()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, TimeRemainingColumn(), console=out, disable=not out.is_terminal
    ) as progress:
        task = progress.add_task("", total=len(wanted))
        found = []
        for row in scoreboard.rows(wanted, lambda text: progress.update(task, description=text)):
            found.append(row)
            progress.advance(task)
    paths = scoreboard.write(found, Path(arguments.output or "docs"))
    if arguments.json:
        print_json(scoreboard.as_dicts(found))
    else:
        console().print(f"wrote {' and '.join(str(path) for path in paths)}", markup=False)
    return 0
