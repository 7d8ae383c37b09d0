"""`actfn diagnose MODULE:FACTORY --data MODULE:BATCHES`."""

import importlib
import importlib.util
import sys
from pathlib import Path
from typing import Any

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from actfn.commands.console import console, error_console, print_json
from actfn.errors import DiagnosisError


def run(arguments) -> int:
    """Diagnose, report, and keep the page where a file is named."""
    if arguments.faults:
        from actfn.commands.faults import run as run_faults

        return run_faults(arguments)
    if not arguments.model or not arguments.data:
        raise DiagnosisError(
            "name a model and its data: actfn diagnose FILE.py:make --data FILE.py:batches"
        )
    from actfn.diagnose.run import diagnose

    _check_folder(arguments.html)
    model = _made(arguments.model)
    with _progress() as progress:
        task = progress.add_task("starting", total=None)
        report = diagnose(
            model,
            _made(arguments.data),
            optimizer=_optimizer(arguments),
            remedies=not arguments.no_remedies,
            progress=lambda sentence: progress.update(task, description=sentence),
        )
    if arguments.html:
        Path(arguments.html).write_text(report.html(), encoding="utf-8")
    if arguments.json:
        print_json(report.as_dict())
    else:
        from actfn.diagnose.cards import cards

        console().print(cards(report))
    return 0 if report.healthy else 1


def _check_folder(page: str | None) -> None:
    """Before minutes are spent on what cannot be written."""
    if page and (not Path(page).parent.is_dir() or Path(page).is_dir()):
        raise DiagnosisError(f"{page} cannot be written: name a file in a folder that there is")


def _optimizer(arguments) -> Any:
    if arguments.rate is None:
        if arguments.adam:
            raise DiagnosisError("--adam needs a rate: --rate 0.001 --adam")
        return None
    return ("adam", arguments.rate) if arguments.adam else arguments.rate


def _made(spelling: str) -> Any:
    """What MODULE:NAME or FILE.py:NAME is, called if it can be and is no model."""
    place, colon, name = spelling.rpartition(":")
    if not colon or not place or not name:
        raise DiagnosisError(f"'{spelling}' is not MODULE:NAME or FILE.py:NAME")
    try:
        found = getattr(_module(place), name, None)
        if found is None:
            raise DiagnosisError(f"{place} has no '{name}'")
        is_maker = callable(found) and not hasattr(found, "named_modules")
        return found() if is_maker or isinstance(found, type) else found
    except DiagnosisError:
        raise
    except Exception as error:  # somebody's module may fail in any way
        words = f"{type(error).__name__}: {error}"
        raise DiagnosisError(f"{spelling} cannot be loaded: {words}") from error


def _module(place: str):
    if not place.endswith(".py"):
        sys.path.insert(0, "")  # as `python -m` does: what lies in this folder can be named
        try:
            return importlib.import_module(place)
        finally:
            sys.path.remove("")
    path = Path(place).resolve()
    if not path.is_file():
        raise DiagnosisError(f"there is no file {place}")
    if path.stem in sys.modules and getattr(sys.modules[path.stem], "__file__", "") == str(path):
        return sys.modules[path.stem]  # the model and its data are often in one file
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    sys.path.insert(0, str(path.parent))  # as for a script: it may import what lies beside it
    spec.loader.exec_module(module)
    return module


def _progress() -> Progress:
    """What is being done, on standard error and on a terminal only."""
    out = error_console()
    return Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(),
        console=out, disable=not out.is_terminal, transient=True,
    )  # fmt: skip
