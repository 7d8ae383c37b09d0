"""`actfn list`."""

from typing import Any

from rich import box
from rich.markup import escape
from rich.table import Table

from actfn.catalogue import get, names
from actfn.commands.console import console, print_json


def run(arguments) -> int:
    """Print every activation."""
    rows = [_described(get(name)) for name in names()]
    if arguments.json:
        print_json(rows)
    else:
        console().print(_table(rows))
    return 0


def _described(record) -> dict[str, Any]:
    parameters = {p.name: p.default for p in record.parameters}
    return {
        "name": record.name,
        "formula": record.formula,
        "parameters": parameters,
        "title": record.title,
    }


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("name", style="bold", no_wrap=True)
    table.add_column("formula", overflow="fold")
    table.add_column("parameters", overflow="fold")
    for row in rows:
        given = [name if d is None else f"{name}={d}" for name, d in row["parameters"].items()]
        table.add_row(row["name"], escape(row["formula"]), escape(", ".join(given)))
    return table
