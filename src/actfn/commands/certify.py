"""`actfn certify [NAME...]`."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rich import box
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from actfn.activation import DERIVATIVE, FORWARD
from actfn.catalogue import get, names
from actfn.commands.console import console, error_console, print_json
from actfn.variant import Variant

Row = dict[str, Any]


def run(arguments) -> int:
    """Measure, report, and keep the certificates where a folder is named."""
    records = _records(arguments.names)
    with _progress() as progress:
        rows = [row for record in records for row in _certified(record, arguments, progress)]
    if arguments.json:
        print_json(rows)
    else:
        console().print(_table(rows))
    return int(any(row["worst_ulp"] > row["bound"] for row in rows))


def _records(wanted: list[str]) -> list[Any]:
    """The activations to measure; names are looked up before hours go by."""
    found = [get(name) for name in wanted or names()]
    found = [record.activation if isinstance(record, Variant) else record for record in found]
    swept = [record for record in found if len(getattr(record, "inputs", ())) == 1]
    if wanted and len(swept) < len(found):
        others = [name for name, record in zip(wanted, found, strict=True) if record not in swept]
        raise ValueError(f"{', '.join(others)}: only functions of one number can be swept")
    return swept


def _certified(record, arguments, progress: Progress) -> Iterator[Row]:
    from actfn.examine import certify

    findings = certify.certify(
        record.name,
        arguments.dtype,
        kernels=_kernels(arguments),
        threads=arguments.threads,
        dask=arguments.dask,
        progress=_reporter(progress),
    )
    if arguments.output:
        certify.save(record.name, arguments.dtype, findings, Path(arguments.output))
    for kernel, found in findings.items():
        yield {
            "name": record.name,
            "kernel": kernel,
            "dtype": arguments.dtype,
            "bound": record.ulp_bound(arguments.dtype, kernel),
            **found,
        }


def _kernels(arguments) -> tuple[str, ...]:
    if arguments.forward_only:
        return (FORWARD,)
    return (DERIVATIVE,) if arguments.derivative_only else (FORWARD, DERIVATIVE)


def _progress() -> Progress:
    """A bar with the time that is left, on standard error and on a terminal only."""
    out = error_console()
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=out,
        disable=not out.is_terminal,
    )


def _reporter(progress: Progress) -> Callable[[int, int, str], None]:
    """The callback of `certify`: one bar for each kernel."""
    tasks: dict[str, Any] = {}

    def report(done: int, total: int, label: str) -> None:
        kernel = label.partition(":")[0]
        if kernel not in tasks:
            tasks[kernel] = progress.add_task(label, total=total)
        progress.update(tasks[kernel], completed=done, total=total, description=label)

    return report


def _table(rows: list[Row]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("name", "kernel", "dtype", "inputs", "worst ULP", "at x", ""):
        right = heading in ("inputs", "worst ULP", "at x")
        table.add_column(heading, justify="right" if right else "left", no_wrap=True)
    for row in rows:
        beyond = row["worst_ulp"] > row["bound"]
        table.add_row(
            row["name"],
            row["kernel"],
            row["dtype"],
            f"{row['inputs']:,}",
            f"{row['worst_ulp']:.4f}",
            f"{float.fromhex(row['worst_input']):.9g}",
            f"[red]more than {row['bound']:g}[/red]" if beyond else "",
        )
    return table
