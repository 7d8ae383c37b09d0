"""What a library offers for a case: ways to compute it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from actfn.examine.race.case import Case


@dataclass(frozen=True)
class Way:
    """One way to compute a case: a call without arguments, arrays in place.

    Attributes
    ----------
    call : what is timed; it returns the result, or a tuple of results.
    before : run before every call and not timed, where a call uses up what it is given.
    """

    call: Callable[[], Any]
    before: Callable[[], Any] | None = None


Ways = dict[str, Way]


class NoWork(Exception):
    """The library hands back what it was given: there is nothing to time."""


class Arrays:
    """The arguments of a case and room for its results, as NumPy arrays."""

    def __init__(self, case: Case):
        record = case.record if case.name != "copy" else None
        names = getattr(record, "inputs", ()) or ("x",)
        self.inputs = [case.draw(name) for name in names]
        self.dy = case.draw("dy")
        self.y = np.empty_like(self.dy)
        self.slopes = [np.empty_like(self.dy) for _ in names]
        self.gradients = [np.empty_like(self.dy) for _ in names]

    @property
    def x(self) -> np.ndarray:
        return self.inputs[0]


def one_or_all(found: list[Any]) -> Any:
    """A list of one as itself, as functions of one input return it."""
    return found[0] if len(found) == 1 else tuple(found)
