"""`actfn list`."""

from typing import Any

from rich import box
from rich.markup import escape
from rich.table import Table

from actfn import rowwise
from actfn.catalogue import get, names
from actfn.commands.console import console, print_json
from actfn.commands.rows import summary


def run(arguments) -> int:
    """Print every activation, and every function of rows."""
    activations = [_described(get(name)) for name in names()]
    rows = [summary(get(name)) for name in rowwise.names()]
    if arguments.json:
        print_json([*activations, *rows])
        return 0
    out = console()
    out.print(_table(activations))
    out.print("[bold]functions of rows[/bold] (x is the entry, sum and max go over its row)\n")
    out.print(_table(rows))
    return 0


def _described(record) -> dict[str, Any]:
    parameters = {p.name: p.default for p in record.parameters}
    return {
        "name": record.name,
        "kind": "elementwise" if len(record.inputs) == 1 else "gated",
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
