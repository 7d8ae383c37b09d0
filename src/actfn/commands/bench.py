"""`actfn bench [NAME...]`."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from actfn.activation import Activation
from actfn.catalogue import get, names
from actfn.commands.console import console, error_console, print_json
from actfn.errors import UnknownActivationError
from actfn.examine.race import report
from actfn.examine.race.case import COPY, DISTRIBUTIONS, DTYPES, FORWARD, OPERATIONS, Case
from actfn.examine.race.process import CONTESTANTS
from actfn.examine.race.race import OURS, Cell, Race, Rules
from actfn.examine.race.rows import FUNCTIONS, ROWS, SAMPLERS
from actfn.gated import Gated
from actfn.variant import Variant

_GROUPS = ("elementwise", "gated", "rows", "samplers")
_MEGABYTE = 1e6


def run(arguments) -> int:
    """Race, report, and keep the figures where a file is named."""
    against = _known(arguments.against, [n for n in CONTESTANTS if n != OURS], "a library")
    there = [name for name in against if CONTESTANTS[name].installed]
    cases = list(_cases(arguments))
    out: dict[str, Any] = {
        "machine": report.machine(), "absent": sorted({*against} - {*there}), "settings": {},
        "rules": vars(_rules(arguments)), "cells": [],
    }  # fmt: skip
    with _progress() as progress:
        task = progress.add_task("", total=len(cases) * len(arguments.threads))
        for threads in arguments.threads:
            with Race([OURS, *there], threads, _rules(arguments)) as race:
                for case in cases:

                    def told(text: str, case=case, threads=threads) -> None:
                        progress.update(task, description=f"{_title(case.told(), threads)}: {text}")

                    out["cells"].append(race.cell(case, told))
                    out["settings"][str(threads)] = race.settings
                    progress.advance(task)
                    _keep(arguments.output, out)
    _keep(arguments.output, out)
    if arguments.json:
        print_json(_finished(out))
    else:
        _print(console(), out)
    return int(any("fault" in e and e["library"] == OURS for c in out["cells"]
                   for e in c["entries"].values()))  # fmt: skip


def _rules(arguments) -> Rules:
    return Rules(arguments.rounds, limit=arguments.limit, every_way=arguments.every_way)


# ---- what is raced ------------------------------------------------------------------------------


def _cases(arguments) -> Iterator[Case]:
    """A copy for each size, then every function."""
    dtypes = _known(arguments.dtype, list(DTYPES), "a dtype")
    inputs = _known(arguments.inputs, list(DISTRIBUTIONS), "a distribution of inputs")
    wanted = [w for name in arguments.names or ["elementwise"] for w in _named(name)]
    elementwise = [name for name in dict.fromkeys(wanted) if name not in ROWS]
    for dtype in dtypes:
        for size in arguments.sizes if elementwise else ():
            yield Case(COPY, FORWARD, dtype, (size,), "normal")
        for name in elementwise:
            for size in arguments.sizes:
                for of in inputs:
                    for operation in _operations(arguments, get(name)):
                        yield Case(name, operation, dtype, (size,), of)
        for name in (name for name in dict.fromkeys(wanted) if name in ROWS):
            row = ROWS[name]
            for shape in arguments.shape or row.shapes:
                for operation in row.operations:
                    yield Case(name, operation, dtype, shape, row.inputs)


def _operations(arguments, record) -> list[str]:
    chosen = _known(arguments.operations, list(OPERATIONS), "an operation")
    offered = {"value_and_derivative"} if isinstance(record, Gated) else set()
    return [operation for operation in chosen if operation not in offered]


def _named(name: str) -> list[str]:
    """The functions that a name or the name of a group stands for."""
    groups = {
        "elementwise": [n for n in names() if isinstance(get(n), Activation)],
        "gated": [n for n in names() if isinstance(get(n), Gated)],
        "rows": list(FUNCTIONS),
        "samplers": list(SAMPLERS),
    }
    if name in groups or name in ROWS:
        return groups.get(name, [name])
    try:
        record = get(name)
    except UnknownActivationError as error:
        raise UnknownActivationError(
            f"{error}; groups are {', '.join(_GROUPS)}, samplers {', '.join(SAMPLERS)}"
        ) from None
    record = record.activation if isinstance(record, Variant) else record
    if not isinstance(record, Activation | Gated):
        raise ValueError(f"{name}: of the functions of rows these are raced: {', '.join(ROWS)}")
    return [record.name]


def _known(wanted: list[str], known: list[str], what: str) -> list[str]:
    """`wanted`, where all of it is known; "all" stands for everything."""
    if wanted == ["all"]:
        return known
    for name in wanted:
        if name not in known:
            raise ValueError(f"{name!r} is not {what}; there are {', '.join(known)}, or all")
    return list(dict.fromkeys(wanted))


# ---- what is told -------------------------------------------------------------------------------


def _finished(out: dict[str, Any]) -> dict[str, Any]:
    return {**out, "load_at_end": report.load(), **report.summary(out["cells"])}


def _keep(path: str | None, out: dict[str, Any]) -> None:
    """Write what there is so far: a long race that is stopped has not been in vain."""
    if path:
        partial = Path(f"{path}.part")
        partial.write_text(json.dumps(_finished(out), indent=1) + "\n")
        os.replace(partial, path)


def _progress() -> Progress:
    out = error_console()
    return Progress(
        BarColumn(20), MofNCompleteColumn(), TimeRemainingColumn(),
        TextColumn("{task.description}"), console=out, disable=not out.is_terminal,
    )  # fmt: skip


def _title(cell: dict[str, Any], threads: int) -> str:
    size = "x".join(f"{n:,}" for n in cell["shape"])
    count = f"{threads} thread{'s' if threads > 1 else ''}"
    return f"{cell['name']} {cell['operation']}, {cell['dtype']}, {size} {cell['inputs']}, {count}"


def _print(out: Console, found: dict[str, Any]) -> None:
    for cell in found["cells"]:
        out.print(f"[bold]{_title(cell, cell['threads'])}[/bold]")
        out.print(_entries(cell))
    _print_settings(out, found)
    _print_summary(out, report.summary(found["cells"]))


def _entries(cell: Cell) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("  lane", "ns/element", "quartiles", "/ actfn", "MB more", "way"):
        right = heading not in ("  lane", "way")
        table.add_column(heading, justify="right" if right else "left", overflow="fold")
    for label, entry in cell["entries"].items():
        if "fault" in entry:
            table.add_row(f"  {label}", "", "", "", "", f"[red]{escape(entry['fault'])}[/red]")
            continue
        ns = {k: report.nanoseconds(cell, s) for k, s in entry["seconds"].items()}
        ratio, extra = entry.get("ratio"), entry["extra_bytes"]
        table.add_row(
            f"  {label}", f"{ns['best']:.3f}",
            f"{ns['first_quartile']:.3f} {ns['median']:.3f} {ns['third_quartile']:.3f}",
            f"{ratio['best']:.2f}" if ratio else "",
            "" if extra is None else f"{extra / _MEGABYTE:.1f}", escape(entry["way"]),
        )  # fmt: skip
    return table


def _print_settings(out: Console, found: dict[str, Any]) -> None:
    machine = found["machine"]
    out.print(
        f"\n{machine['processor']}, {machine['cores']} cores, {machine['system']}, Python "
        f"{machine['python']}, huge pages: {machine['huge pages']}, load {machine['load']} at "
        f"the start, {report.load()} at the end"
    )
    for threads, settings in found["settings"].items():
        for name, told in settings.items():
            flat = {**told, **told.get("environment", {})}
            flat.pop("environment", None)
            line = ", ".join(f"{key} {value}" for key, value in flat.items())
            out.print(f"{name} ({threads}): {line}", markup=False)
    if found["absent"]:
        out.print(f"not installed: {', '.join(found['absent'])}")


def _print_summary(out: Console, summary: dict[str, Any]) -> None:
    table = Table(box=box.SIMPLE_HEAD, title="geometric means of their time / ours")
    for heading in ("operation", "dtype", "size", "inputs", "threads", "of", "functions", "ratio"):
        table.add_column(heading, justify="right" if heading in ("functions", "ratio") else "left")
    for mean in summary["geometric_means"]:
        size = "x".join(f"{n:,}" for n in mean["shape"])
        table.add_row(
            mean["operation"], mean["dtype"], size, mean["inputs"], str(mean["threads"]),
            mean["library"], str(mean["functions"]), f"{mean['ratio']:.2f}",
        )  # fmt: skip
    out.print(table)
    for found in summary["behind"]:
        out.print(
            f"behind: {_title(found, found['threads'])}: {found['speed']:.2f} x "
            f"{found['peer']} ({found['ours']:.3f} and {found['theirs']:.3f} ns/element)"
        )
