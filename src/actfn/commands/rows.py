"""What the commands say about functions of rows: records, and losses and samplers without one."""

import inspect
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.markup import escape

from actfn.commands.console import console, grid, print_drawing, print_frameworks, print_json
from actfn.derived import title_of
from actfn.rowwise._docstrings import read
from actfn.rowwise._record import RowFunction


def is_of_rows(found) -> bool:
    """Whether `actfn.get` has found a function of rows."""
    return isinstance(found, RowFunction) or inspect.isfunction(found)


def summary(found) -> dict[str, Any]:
    """One row of `actfn list`."""
    is_record = isinstance(found, RowFunction)
    return {
        "name": _name(found),
        "kind": "rowwise",
        "formula": found.formula if is_record else read(found)[0],
        "parameters": _parameters(found),
        "title": _title(found),
    }


def show(found, as_json: bool) -> None:
    """Print one of them in detail."""
    if as_json:
        print_json(_described(found) if isinstance(found, RowFunction) else _function(found))
    elif isinstance(found, RowFunction):
        _print(console(), found)
    else:
        out = console()
        out.print(f"[bold]{escape(found.__name__)}[/bold]{escape(str(inspect.signature(found)))}\n")
        out.print(inspect.getdoc(found) or "", markup=False)


def _name(found) -> str:
    return found.name if isinstance(found, RowFunction) else found.__name__


def _module(found) -> str:
    return found.module if isinstance(found, RowFunction) else found.__module__


def _title(found) -> str:
    return title_of(_module(found), _name(found))


def _parameters(found) -> dict[str, str | None]:
    """The arguments beside the scores, with their defaults as texts."""
    arguments = list(inspect.signature(found).parameters.values())[1:]
    if isinstance(found, RowFunction):
        arguments = [a for a in arguments if a.name in found.parameters]
    return {a.name: None if a.default is a.empty else repr(a.default) for a in arguments}


def _described(record) -> dict[str, Any]:
    return {
        **summary(record),
        "signature": str(inspect.signature(record)),
        "latex": record.latex,
        "derivative": record.derivative_formula,
        "slope": record.slope_formula,
        "returns": record.returns,
        "operations": sorted(set(record.operations) - {"forward"}),
        "facts": record.facts and record.facts.as_dict(),
        "same_as": record.same_as,
        "disagreements": record.disagreements,
        "notes": record.notes,
        "source": record.source,
    }


def _function(function) -> dict[str, Any]:
    return {
        **summary(function),
        "signature": str(inspect.signature(function)),
        "documentation": inspect.getdoc(function),
    }


def _print(out: Console, record) -> None:
    from actfn.rowwise._ladder import terminal_ladder

    out.print(f"[bold]{escape(record.name)}[/bold]  {escape(record.title)}\n")
    out.print(grid(_definition(record)))
    print_drawing(out, terminal_ladder(record))
    if record.facts:
        out.print("\n[bold]facts[/bold]")
        out.print(grid(record.facts.rows()))
    print_frameworks(out, record)


def _definition(record) -> Iterator[tuple[str, str]]:
    yield "f(x)" if record.returns == "number" else "f_i", record.formula
    yield "df/dx_j" if record.returns == "number" else "df_i/dx_j", record.derivative_formula
    yield "s_i", record.slope_formula
    yield "arguments", str(inspect.signature(record))
    yield from record.parameters.items()
    yield "operations", ", ".join(sorted(set(record.operations) - {"forward"}))
    yield "source", record.source
    yield "notes", record.notes
