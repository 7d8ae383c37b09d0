"""What is asked of the sandbox and what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np

from actfn.errors import ActfnError

# Told how many calls have come back, and of how many.
Progress = Callable[[int, int], None]


class SandboxError(ActfnError, RuntimeError):
    """No answer can be run at all: the system refuses to start a process for it."""


class Marker(Enum):
    """Stands in `Call.arguments` for an object that only the answer's process can make."""

    GENERATOR = "numpy.random.Generator"


GENERATOR = Marker.GENERATOR


@dataclass(frozen=True)
class Limits:
    """What one batch of calls may use; files, processes and the network are always refused.

    Parameters
    ----------
    seconds : float
        Wall clock for the whole batch. One call gets at most half of what is left, the last one
        all of it, so that an endless loop on one input does not hide what the others give.
    memory : int
        Bytes that the answer may add to what Python and NumPy occupy.
    output : int
        Printed bytes that are kept; what is printed beyond them is dropped.
    """

    seconds: float = 5.0
    memory: int = 1 << 30
    output: int = 1 << 20


@dataclass(frozen=True, eq=False)
class Call:
    """One call of the answer.

    Parameters
    ----------
    arguments : tuple
        Arrays and scalars of plain dtypes, Python's bool, int, float, str and None, or
        `GENERATOR`. An array arrives with the same bits, dtype, shape, strides, writeability and
        alignment.
    keywords : mapping
        The same by name.
    trace : bool
        Count the bytecode instructions that the answer's own code executes.
    seed : int, optional
        Seed of the `numpy.random.Generator` that replaces `GENERATOR`.
    """

    arguments: tuple
    keywords: Mapping[str, Any] = field(default_factory=dict)
    trace: bool = False
    seed: int | None = None


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one call did.

    Attributes
    ----------
    status : str
        "ok", "raised", "time", "memory", "crashed", "blocked" (asked for a file, a process or the
        network) or "not_an_array".
    value : ndarray, tuple of ndarray or None
        A copy of the result's bytes. A number, Python's or NumPy's, comes as a 0-d array.
    is_scalar : bool
        The result is one number, not an array.
    message : str
        One sentence on what went wrong, with the line of the answer; empty when the status is ok.
    flags : frozenset of str
        "overflow", "invalid", "divide" and "underflow" as far as NumPy reported them.
    mutated : tuple of bool
        For each argument, keywords last: the call changed its memory.
    shares_memory : bool
        The result is, or is a view of, an argument.
    steps : int or None
        Executed bytecode instructions, where the call asked for them.
    seconds : float
        Duration of the call.
    printed : str
        What the call wrote to its standard output and error, terminal controls made visible.
    """

    status: str
    value: np.ndarray | tuple[np.ndarray, ...] | None = None
    is_scalar: bool = False
    message: str = ""
    flags: frozenset[str] = frozenset()
    mutated: tuple[bool, ...] = ()
    shares_memory: bool = False
    steps: int | None = None
    seconds: float = 0.0
    printed: str = ""


@dataclass(frozen=True, eq=False)
class Report:
    """What became of a batch of calls.

    Attributes
    ----------
    status : str
        "ok", or why nothing could be called: "syntax", "no_function", "import_failed", "time",
        "memory", "crashed" or "blocked".
    message : str
        One sentence on it; empty when the status is ok.
    outcomes : tuple of Outcome
        One for each call, in order; empty unless the status is ok.
    seconds : float
        Wall clock of the whole batch.
    isolated : bool
        Files, network and other processes were out of the answer's reach.
    notice : str
        What a person must know where `isolated` is False.
    """

    status: str
    message: str
    outcomes: tuple[Outcome, ...]
    seconds: float
    isolated: bool
    notice: str
