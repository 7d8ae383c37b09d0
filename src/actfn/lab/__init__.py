"""The lab: claims of textbooks, each run with a seed on a processor, each with a verdict.

    actfn lab                 every claim
    actfn lab gelu_is_better  one of them

A claim is one file of this folder; `claims` finds them.
"""

import difflib
from importlib import import_module
from pkgutil import iter_modules

from actfn.errors import UnknownClaimError

_NOT_CLAIMS = ("claim", "networks", "page", "prevention", "running", "timing")


def names() -> list[str]:
    """The names of all claims, sorted; nothing is imported for it."""
    found = (module.name for module in iter_modules(__path__))
    return sorted(name for name in found if name not in _NOT_CLAIMS)


def get(name: str):
    """The claim of this name.

    Raises
    ------
    UnknownClaimError
        With the nearest names.
    """
    if name not in names():
        near = difflib.get_close_matches(name, names(), n=3, cutoff=0.4)
        hint = f"the nearest are {', '.join(near)}; " if near else ""
        raise UnknownClaimError(f"no claim is called '{name}'; {hint}actfn lab --list lists them")
    return import_module(f"actfn.lab.{name}").claim
