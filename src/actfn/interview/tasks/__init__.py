"""Every code task by name: one file each."""

import difflib
import importlib
import pkgutil
from functools import cache

from actfn.errors import UnknownTaskError
from actfn.interview.grading.task import Task


@cache
def names() -> tuple[str, ...]:
    """The names of all code tasks, sorted; nothing is imported for it."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def get(name: str) -> Task:
    """The task of that name.

    Raises
    ------
    UnknownTaskError
        With the nearest names.
    """
    if name not in names():
        near = difflib.get_close_matches(name, names(), n=3, cutoff=0.5)
        hint = f"; the nearest are {', '.join(near)}" if near else ""
        raise UnknownTaskError(f"no code task is called '{name}'{hint}")
    return importlib.import_module(f"actfn.interview.tasks.{name}").task
