"""`actfn show NAME`."""

from collections.abc import Iterator
from typing import Any

from rich import box
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from actfn.catalogue import get
from actfn.commands import rows
from actfn.commands.console import console, grid, print_drawing, print_frameworks, print_json
from actfn.fact_rows import fact_rows
from actfn.variant import Variant


def run(arguments) -> int:
    """Print one function in detail."""
    found = get(arguments.name)
    if rows.is_of_rows(found):
        rows.show(found, arguments.json)
        return 0
    values = found.parameters if isinstance(found, Variant) else {}
    record = found.activation if isinstance(found, Variant) else found
    if arguments.json:
        print_json(_described(record, values))
    else:
        _print(record, values)
    return 0


def _described(record, values: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": record.name,
        "title": record.title,
        "inputs": list(record.inputs),
        "formula": record.formula,
        "latex": record.latex,
        "derivative": record.derivative_formula,
        "parameters": {p.name: {"default": p.default, "doc": p.doc} for p in record.parameters},
        "values": {name: float(value) for name, value in values.items()},
        "kinks": {
            place: {"derivative": k.derivative, "second": k.second, "reason": k.reason}
            for place, k in record.kinks.items()
        },
        "limits": list(record.limits),
        "domain": list(record.domain),
        "facts": record.facts.as_dict() if len(record.inputs) == 1 else None,
        "accuracy": record.accuracy,
        "same_as": record.same_as,
        "aliases": list(record.aliases),
        "disagreements": record.disagreements,
        "notes": record.notes,
        "source": record.source,
    }


def _print(record, values: dict[str, Any]) -> None:
    out = console()
    out.print(f"[bold]{escape(record.name)}[/bold]  {escape(record.title)}\n")
    out.print(grid(_definition(record, values)))
    if len(record.inputs) == 1:
        _print_plot(out, record)
        out.print("\n[bold]facts[/bold]")
        out.print(grid(fact_rows(record)))
    _print_accuracy(out, record)
    print_frameworks(out, record)


def _definition(record, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    variables = ", ".join(record.inputs)
    yield f"f({variables})", record.formula
    yield f"df/d{record.inputs[0]}", record.derivative_formula
    for parameter in record.parameters:
        value = values.get(parameter.name, parameter.default)
        yield parameter.name, f"{'no default' if value is None else value}  {parameter.doc}".strip()
    for place, kink in record.kinks.items():
        yield f"kink at {place}", f"derivative {kink.derivative}: {kink.reason}"
    if record.domain != ("-inf", "inf"):
        yield "domain", f"{record.domain[0]} to {record.domain[1]}"
    yield "source", record.source
    yield "also called", ", ".join(record.aliases)
    yield "notes", record.notes


def _print_plot(out, record) -> None:
    from actfn.terminal_plot import terminal_plot

    print_drawing(out, terminal_plot(record))


def _print_accuracy(out, record) -> None:
    accuracy = record.accuracy
    if not accuracy:
        return
    out.print("\n[bold]accuracy[/bold] (worst distance from the truth, in ULP)")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("dtype", "kernel", "worst", "inputs"):
        table.add_column(heading, justify="right" if heading in ("worst", "inputs") else "left")
    for dtype, kernels in accuracy.items():
        for kernel, found in kernels.items():
            table.add_row(dtype, kernel, f"{found['worst_ulp']:.4f}", f"{found['inputs']:,}")
    out.print(Padding(table, (0, 0, 0, 2)))
