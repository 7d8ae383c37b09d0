"""All formula tasks, by name."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from actfn.errors import RecordError, UnknownTaskError
from actfn.grammar import nearest
from actfn.interview.formulas import tasks
from actfn.interview.formulas.task import FormulaTask


@cache
def _all() -> dict[str, FormulaTask]:
    found: dict[str, FormulaTask] = {}
    for module in sorted(iter_modules(tasks.__path__), key=lambda m: m.name):
        for task in import_module(f"{tasks.__name__}.{module.name}").TASKS:
            if task.name in found:
                raise RecordError(f"two formula tasks are called {task.name!r}")
            found[task.name] = task
    return found


def names() -> list[str]:
    """Return the names of all formula tasks, grouped by family."""
    return list(_all())


def get(name: str) -> FormulaTask:
    """Return a task by its name.

    Raises
    ------
    UnknownTaskError
        When no formula task has this name; the message lists the nearest.
    """
    if name not in _all():
        raise UnknownTaskError(f"no formula task is called {name!r}{nearest(name, _all())}")
    return _all()[name]
