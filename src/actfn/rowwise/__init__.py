"""The softmax family: functions of whole rows, one file each, found by their file's name."""

import importlib
import pkgutil
from functools import cache


@cache
def names() -> tuple[str, ...]:
    """The functions here, sorted; nothing is imported for it. Modules with `_` serve them."""
    found = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in found if not name.startswith("_")))


def get(name: str):
    """The function of that name."""
    return getattr(importlib.import_module(f"actfn.rowwise.{name}"), name)
