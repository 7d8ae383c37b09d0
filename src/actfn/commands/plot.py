"""`actfn plot NAME... [-o FILE]`."""

import inspect
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from actfn.catalogue import get
from actfn.commands.console import console, print_drawing
from actfn.rowwise._record import RowFunction

_ROWS_ONLY = ("temperature", "row", "simplex")
_CURVES_ONLY = ("derivative", "second", "interval")


def run(arguments) -> int:
    """Draw functions into one file, which is there whole or not at all.

    Without a file, functions of rows are drawn in the terminal.
    """
    records = [get(name) for name in arguments.names]
    functions = [record.__name__ for record in records if inspect.isfunction(record)]
    if functions:
        raise ValueError(f"{', '.join(functions)} is drawn nowhere: a loss or a sampler")
    of_rows = [isinstance(record, RowFunction) for record in records]
    if any(of_rows) and not all(of_rows):
        raise ValueError("functions of rows and others do not fit into one picture")
    _check_options(arguments, all(of_rows))
    if arguments.output is None:
        _in_terminal(records, arguments)
        return 0
    draw = _draw_rows if all(of_rows) else _draw_curves
    _whole_or_not_at_all(Path(arguments.output), lambda path: draw(records, arguments, path))
    return 0


def _check_options(arguments, of_rows: bool) -> None:
    wrong = [name for name in (_CURVES_ONLY if of_rows else _ROWS_ONLY) if getattr(arguments, name)]
    if wrong:
        options, names = ", ".join(f"--{name}" for name in wrong), ", ".join(arguments.names)
        raise ValueError(f"{options}: only for {'curves' if of_rows else 'rows'}, not for {names}")
    if arguments.output is None and (not of_rows or arguments.simplex):
        names = " ".join(arguments.names)
        raise ValueError(f"this needs a file; usage: actfn plot {names} ... -o FILE.svg")


def _in_terminal(records, arguments) -> None:
    from actfn.rowwise._ladder import SCORES, terminal_ladder

    scores, out = arguments.row or SCORES, console()
    drawings = [terminal_ladder(record, scores, arguments.temperature) for record in records]
    for record, drawing in zip(records, drawings, strict=True):
        out.print(f"[bold]{record.name}[/bold]")
        print_drawing(out, drawing)


def _draw_rows(records, arguments, path) -> None:
    from actfn.rowwise._ladder import SCORES
    from actfn.rowwise._plots import plot

    plot(
        records, temperatures=arguments.temperature, row=arguments.row or SCORES,
        simplex=arguments.simplex, path=path,
    )  # fmt: skip


def _draw_curves(records, arguments, path) -> None:
    from actfn.plot import plot

    plot(
        records,
        derivative=arguments.derivative,
        second=arguments.second,
        interval=arguments.interval and tuple(arguments.interval),
        path=path,
    )


def _whole_or_not_at_all(target: Path, draw: Callable[[str], None]) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, suffix=target.suffix)
    os.close(descriptor)
    try:
        draw(temporary)
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
