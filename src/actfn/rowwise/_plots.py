"""Pictures of functions of rows: the temperature ladder and the simplex.

The ladder shows what a row of scores becomes at several temperatures, as bars. The simplex is the
triangle of all rows of three probabilities: corners are certain, the middle is uniform. A path
shows what a row of scores becomes while it is multiplied by 0 to inf, which is the temperature
going from inf to 0.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from actfn.plot import COLOURS, new_figure, save, tidy
from actfn.rowwise._ladder import SCORES, steps

_SHARPNESS = np.concatenate([[0.0], np.geomspace(1 / 16, 64, 40)])  # of a path
_MARKED = (0.25, 1.0, 4.0)  # of its dots
_PATHS = 12
_CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 0.75**0.5]])


def plot(
    what,
    temperatures: Sequence[float] | None = None,
    row: Sequence[float] = SCORES,
    simplex: bool = False,
    path: str | Path | None = None,
):
    """Draw one function of rows or several, side by side.

    Parameters
    ----------
    what : RowFunction, or an iterable of them
        What to draw.
    temperatures : sequence of float, optional
        The steps of the ladder; by default 0.25, 1 and 4.
    row : sequence of float
        The scores of the ladder.
    simplex : bool
        Draw the simplex, not the ladder.
    path : str or Path, optional
        Where to save the picture too: .svg, .png or .pdf.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        For temperatures of a function that takes none, and for the simplex of a function whose
        rows do not sum to 1.
    """
    records = list(what) if isinstance(what, Iterable) else [what]
    draw: Callable[[Any, Any], None]
    if simplex:
        _check_simplex(records, temperatures)
        draw, (width, height) = _simplex, (4.2, 3.9)
    else:
        draw, (width, height) = partial(_ladder, row=row, temperatures=temperatures), (4.8, 3.4)
    figure = new_figure(width * len(records), height)
    for k, record in enumerate(records):
        draw(figure.add_subplot(1, len(records), k + 1), record)
    if path is not None:
        save(figure, path)
    return figure


def _ladder(axes, record, row, temperatures) -> None:
    ladder = steps(record, row, temperatures)
    width = 0.8 / len(ladder)
    for k, (step, colour) in enumerate(zip(ladder, COLOURS * len(ladder), strict=False)):
        values = np.atleast_1d(step.values)
        places = np.arange(len(values)) + (k - (len(ladder) - 1) / 2) * width
        axes.bar(places, values, width, color=colour, label=step.label or None)
    tidy(axes, record.name)
    axes.grid(axis="x", visible=False)
    axes.set_axisbelow(True)
    axes.axhline(0, color="0.6", lw=0.8)
    labels = [f"{score:g}" for score in row] if len(values) == len(row) else [""]
    axes.set_xticks(range(len(labels)), labels)
    axes.set_xlabel("score" if len(values) == len(row) else f"of the row {_listed(row)}")
    if ladder[0].label:
        axes.legend(frameon=False)


def _listed(row) -> str:
    return "[" + ", ".join(f"{score:g}" for score in row) + "]"


def has_simplex(record) -> bool:
    """Whether the function turns every row into probabilities of all its entries."""
    return (
        record.facts is not None and record.facts.row_sum == "1" and "mask" not in record.arguments
    )


def _check_simplex(records, temperatures) -> None:
    if temperatures is not None:
        raise ValueError("the simplex shows all temperatures at once: leave them out")
    for record in records:
        if not has_simplex(record):
            raise ValueError(f"{record.name} has no simplex: its rows are no probabilities")


def _simplex(axes, record) -> None:
    axes.fill(*_CORNERS.T, facecolor="none", edgecolor="0.6", lw=1)
    for angle in np.arange(_PATHS) * 2 * np.pi / _PATHS:
        # The plane of scores that sum to 0: what is left of three scores beside a common shift.
        scores = np.cos(angle + np.arange(3) * 2 * np.pi / 3)
        axes.plot(*_place(record, np.outer(_SHARPNESS, scores)), color="0.5", lw=1)
        for sharpness, colour in zip(_MARKED, COLOURS, strict=False):
            dot = _place(record, sharpness * scores[None])
            label = f"{sharpness:g} times the scores" if angle == 0 else None
            axes.plot(*dot, "o", ms=4, color=colour, label=label)
    for k, (corner, side) in enumerate(zip(_CORNERS, ("right", "left", "center"), strict=True)):
        axes.annotate(
            f"entry {k + 1}", corner, (0, 6 if k == 2 else -12), textcoords="offset points", ha=side
        )
    tidy(axes, f"{record.name} on the simplex")
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.set_ylim(-0.1, 1.0)
    axes.legend(frameon=False, loc="upper left")


def _place(record, scores) -> np.ndarray:
    """Rows of three probabilities as points of the triangle."""
    return (record(scores) @ _CORNERS).T
