"""A claim of the textbooks: what it says, what a seeded run measures, and whether it holds."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

HOLDS, CONDITIONAL, FALSE = "holds", "holds only if", "does not hold"
VERDICTS = (HOLDS, CONDITIONAL, FALSE)
# Two-sided 95 % points of Student's t for 1 to 9 degrees of freedom; no table beyond is needed.
_T95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)


@dataclass(frozen=True)
class Number:
    """A measured number: what it is, its mean over seeds and the 95 % interval of that mean."""

    what: str
    values: tuple[float, ...]
    unit: str = ""

    @property
    def mean(self) -> float:
        return float(np.mean(self.values))

    @property
    def half_width(self) -> float:
        """Half the 95 % interval of the mean; 0 for a number that no seed changes."""
        n = len(self.values)
        if n < 2:
            return 0.0
        return _T95[min(n - 2, len(_T95) - 1)] * float(np.std(self.values, ddof=1)) / math.sqrt(n)

    def __str__(self) -> str:
        half = self.half_width
        spread = f" ± {half:.2g}" if half > 0 else ""
        return f"{self.mean:.4g}{spread}{' ' + self.unit if self.unit else ''}"


@dataclass(frozen=True)
class Curve:
    """One line of a picture."""

    label: str
    x: Sequence[float]
    y: Sequence[float]


@dataclass(frozen=True)
class Picture:
    """What the picture of a claim shows."""

    x: str
    y: str
    curves: tuple[Curve, ...]
    log: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a run found.

    Attributes
    ----------
    verdict : "holds", "holds only if" or "does not hold".
    because : one sentence; after "holds only if" it is the condition.
    numbers : the measured ones, the deciding one first.
    """

    verdict: str
    because: str
    numbers: tuple[Number, ...]
    picture: Picture | None = None


@dataclass
class Claim:
    """One claim; its file is `actfn/lab/NAME.py`.

    Parameters
    ----------
    says : the claim as the page or the textbook has it.
    source : who says so.
    question : what the reader is asked to predict.
    choices : the answers to choose from.
    right : the one of them that the numbers bear out, as long as the verdict is the expected one.
    expected : the verdict that a run has to reach; a test fails when it is another one.
    code : the line that the claim is about.
    """

    name: str
    says: str
    source: str
    question: str
    choices: tuple[str, ...]
    expected: str
    code: str = ""
    tags: tuple[str, ...] = ()
    right: str = ""
    run: Callable[[], Outcome] = field(default=lambda: _missing(), repr=False)

    def measure(self, function: Callable[[], Outcome]) -> Callable[[], Outcome]:
        """Decorator for the claim's own file: attach what is run."""
        self.run = function
        return function

    def as_dict(self, outcome: Outcome | None = None) -> dict[str, Any]:
        """Plain values for JSON."""
        found: dict[str, Any] = {
            "name": self.name, "says": self.says, "source": self.source, "question": self.question,
            "choices": list(self.choices), "right": self.right, "expected": self.expected,
            "code": self.code,
        }  # fmt: skip
        if outcome:
            found["verdict"], found["because"] = outcome.verdict, outcome.because
            found["numbers"] = [
                {"what": n.what, "mean": n.mean, "half_width": n.half_width, "unit": n.unit}
                for n in outcome.numbers
            ]
        return found


def _missing() -> Outcome:
    raise NotImplementedError("the claim's file attaches what is run")


def decide(holds: bool, otherwise: str = FALSE) -> str:
    """`holds`, or the verdict otherwise."""
    return HOLDS if holds else otherwise


def over_seeds(function: Callable[..., Any], seeds: int = 5, *arguments) -> list[Any]:
    """The results of function(seed, *arguments) for the seeds 0, 1, 2, ..."""
    return [function(seed, *arguments) for seed in range(seeds)]
