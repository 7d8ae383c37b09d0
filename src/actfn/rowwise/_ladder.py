"""The temperature ladder: what a row of scores becomes at several temperatures.

Functions without a temperature have another parameter that sharpens rows, or one step only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

SCORES = (3.0, 2.0, 0.5, -1.0)
# The first that a function takes makes its ladder.
_LADDERS = {"temperature": (0.25, 1.0, 4.0), "scale": (0.25, 1.0, 4.0), "alpha": (1.0, 1.5, 2.0)}
_BAR, _EIGHTHS = 40, " ▏▎▍▌▋▊▉█"


@dataclass(frozen=True)
class Step:
    """One step: its label, such as "temperature = 0.25", and the result."""

    label: str
    values: np.ndarray


def steps(record, row: Sequence[float] = SCORES, temperatures=None) -> list[Step]:
    """The function of the row at each temperature.

    Raises
    ------
    ValueError
        For temperatures of a function that takes none.
    """
    if temperatures is not None and "temperature" not in record.arguments:
        raise ValueError(f"{record.name} has no temperature")
    scores = np.array(row, dtype=np.float64)
    given: dict[str, Any] = {"rng": 0} if "rng" in record.arguments else {}
    if "mask" in record.arguments:
        given = {"mask": np.arange(scores.size) < max(1, scores.size - 1)}
    name = next((name for name in _LADDERS if name in record.arguments), None)
    if name is None:
        return [Step("", record(scores, **given))]
    values = _LADDERS[name] if temperatures is None else temperatures
    return [Step(f"{name} = {v:g}", record(scores, **given, **{name: v})) for v in values]


def terminal_ladder(record, row: Sequence[float] = SCORES, temperatures=None) -> str:
    """The ladder as lines of text: a bar for every entry, longest at the largest size."""
    ladder = steps(record, row, temperatures)
    sizes = [np.abs(step.values[np.isfinite(step.values)]) for step in ladder]
    largest = max((float(size.max()) for size in sizes if size.size), default=0.0) or 1.0
    lines: list[str] = []
    for step in ladder:
        lines += [step.label] if step.label else []
        labels = [f"{s:g}" for s in row] if np.ndim(step.values) else [""]
        for label, value in zip(labels, np.atleast_1d(step.values), strict=True):
            lines.append(f"{label:>6} │{_bar(abs(value) / largest):<{_BAR}} {value:.4g}")
    return "\n".join(lines)


def _bar(share: float) -> str:
    eighths = round(min(share, 1.0) * 8 * _BAR) if np.isfinite(share) else 0
    whole, rest = divmod(eighths, 8)
    return _EIGHTHS[-1] * whole + (_EIGHTHS[rest] if rest else "")
