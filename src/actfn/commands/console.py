"""What all commands print with."""

import json
import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

_UNREMARKABLE: tuple[Any, ...] = (None, "", (), {}, [])
_WIDE = 160  # columns of a file or a pipe, where nobody looks through a window


def console() -> Console:
    """Standard output: colours and the window's width on a terminal only."""
    return Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False, soft_wrap=False)


def error_console() -> Console:
    """Standard error, for progress."""
    return Console(stderr=True, highlight=False)


def print_json(value: Any) -> None:
    """Plain JSON, also on a terminal: somebody's program may read it."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


def grid(rows: Iterable[tuple[str, str]]) -> Padding:
    """Names and texts in two columns; a name without a text is left out."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in rows:
        if text not in _UNREMARKABLE:
            table.add_row(name, escape(text))
    return Padding(table, (0, 0, 0, 2))


def print_drawing(out: Console, drawing: str) -> None:
    """A plot made of characters; a terminal or a file that cannot show them goes without."""
    try:
        drawing.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return
    out.print()
    out.print(drawing, markup=False)


def print_frameworks(out: Console, record) -> None:
    """What frameworks call the function, and where they differ."""
    for heading, texts in (("the same as", record.same_as), ("differs", record.disagreements)):
        if texts:
            out.print(f"\n[bold]{heading}[/bold]")
            out.print(grid(texts.items()))
