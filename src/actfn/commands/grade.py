"""`actfn grade TASK FILE`."""

import sys
from pathlib import Path

from actfn.commands.console import console, print_json
from actfn.findings import WRONG, Finding
from actfn.interview import tasks
from actfn.interview.grading.engine import grade
from actfn.interview.grading.findings import EXIT_CODES, UNGRADED, Grade
from actfn.interview.grading.report import print_grade
from actfn.interview.sandbox import Sandbox


def run(arguments) -> int:
    """Grade a file once, or each time it is saved."""
    task = tasks.get(arguments.task)
    path = Path(arguments.file)
    if arguments.watch and arguments.file == "-":
        raise ValueError("--watch needs a file: standard input does not change")
    with Sandbox() as sandbox:
        status = _graded(task, path, arguments, sandbox)
        if arguments.watch:
            _watch(task, path, arguments, sandbox)
    return status


def _graded(task, path: Path, arguments, sandbox) -> int:
    try:
        source = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        words = f"{path} cannot be read: {error}"
        print(f"actfn: {words}", file=sys.stderr)
        if arguments.json:
            print_json(Grade(task.name, UNGRADED, [Finding("run", WRONG, words)]).as_dict())
        return EXIT_CODES[UNGRADED]
    found = grade(task, source, arguments.function, sandbox=sandbox)
    if arguments.json:
        print_json(found.as_dict())
    else:
        print_grade(found, console())
    return found.exit_code


def _watch(task, path: Path, arguments, sandbox) -> None:
    """Again at every change, until Ctrl-C. The folder is watched: editors replace the file."""
    from watchfiles import watch

    print(f"watching {path}; Ctrl-C ends it", file=sys.stderr)
    wanted = path.resolve()
    for changes in watch(wanted.parent, raise_interrupt=False):
        if any(Path(changed) == wanted for _, changed in changes) and wanted.exists():
            _graded(task, path, arguments, sandbox)
