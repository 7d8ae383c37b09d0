"""`actfn import FILE`: a page of questions, or an export of a person's progress."""

import json
from pathlib import Path

from rich import box
from rich.markup import escape
from rich.table import Table

from actfn.commands.console import console, print_json
from actfn.interview.bank import imported_folder
from actfn.interview.page_import import Imported, import_page


def run(arguments) -> int:
    """Import by what the file holds."""
    path = Path(arguments.file)
    if path.is_dir():
        raise ValueError(f"{path} is a folder: give one page or one export")
    if _is_json(path):
        return _restore(path, arguments)
    into = Path(arguments.into) if arguments.into else None
    found = import_page(path, into, folder=imported_folder(), force=arguments.force)
    if arguments.json:
        print_json(found.as_dict())
    else:
        _print(path, found)
    return 0


def _is_json(path: Path) -> bool:
    with path.open("rb") as file:
        return path.suffix == ".json" or file.read(1000).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"


def _restore(path: Path, arguments) -> int:
    from actfn.interview.store import open_store
    from actfn.interview.store.exchange import restore

    if arguments.into or arguments.force:
        raise ValueError("--into and --force are for pages; an export only adds what is missing")
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:  # of the text or of its encoding
        raise ValueError(f"{path} is no JSON: {error}") from None
    with open_store() as store:
        added = restore(store, data)
    if arguments.json:
        print_json(added)
    else:
        print("added " + ", ".join(f"{count} {name}" for name, count in added.items()))
    return 0


def _print(path: Path, found: Imported) -> None:
    out = console()
    out.print(f"[bold]{escape(found.topic.heading)}[/bold]: {len(found.topic.questions)} questions "
              f"from {escape(path.name)}, written to {escape(str(found.folder))}")  # fmt: skip
    for notice in found.notices:
        out.print(f"[yellow]encoding[/yellow]  {escape(notice)}")
    for problem in found.problems:
        out.print(f"[yellow]line {problem.line}[/yellow]  {escape(problem.message)}")
    if kept := found.kept.get(""):
        out.print(f"[cyan]kept[/cyan]  {escape(', '.join(kept))}")
    out.print(_table(found))


def _table(found: Imported) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("question", "title", "missing", "kept as it is"):
        table.add_column(heading, overflow="fold")
    for q in found.topic.questions:
        missing, kept = found.missing[q.slug], found.kept.get(q.slug, [])
        table.add_row(f"Q{q.number}", escape(q.title), ", ".join(missing), escape(", ".join(kept)))
    return table
