"""A small plot of an activation for the terminal: plain text, in Braille dots.

The line is f, the dotted one f'. Both are plain float64 evaluations of the formula: a dot is
coarser than any rounding.
"""

import math
from collections.abc import Iterable, Mapping

from actfn.calculus import differentiate
from actfn.formula import Formula

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # Braille: 4 rows of 2 dots
_TALLEST = 6.0
_EVERY = 4  # f' gets a dot in every fourth column


def terminal_plot(
    record,
    width: int = 64,
    height: int = 14,
    interval: tuple[float, float] | None = None,
    derivative: bool = True,
) -> str:
    """Draw f, and f' dotted, as lines of text.

    Parameters
    ----------
    record : Activation
    width, height : int
        Of the drawing, in characters; a scale is added at the left and below.
    interval : pair of floats, optional
        By default from -5 to 5, inside the function's domain.
    derivative : bool
        Whether f' is drawn.

    Returns
    -------
    str
        Lines without colour and without trailing blanks.
    """
    if width < 8 or height < 3:
        raise ValueError(f"a plot needs at least 8 by 3 characters, not {width} by {height}")
    low, high = interval or interval_of(record)
    columns, rows = 2 * width, 4 * height
    xs = [low + (high - low) * (k + 0.5) / columns for k in range(columns)]
    value = sampled(record, xs)
    slope = sampled(record, xs, order=1) if derivative else []
    bottom, top = _extent(value + slope)
    canvas = _Canvas(width, height)

    def row_of(y: float) -> int:
        return round((top - y) / (top - bottom) * (rows - 1))

    if bottom < 0 < top:
        for column in range(0, columns, 8):
            canvas.dot(column, row_of(0.0))
    for column, y in enumerate(slope):
        if column % _EVERY == 0 and bottom <= y <= top:
            canvas.dot(column, row_of(y))
    previous = None
    for column, y in enumerate(value):
        row = row_of(y) if bottom <= y <= top else None
        if row is not None:
            canvas.line(column, row if previous is None else previous, row)
        previous = row
    return _with_scales(canvas.lines(), bottom, top, low, high, width)


class _Canvas:
    def __init__(self, width: int, height: int):
        self.cells = [[0] * width for _ in range(height)]

    def dot(self, column: int, row: int) -> None:
        self.cells[row // 4][column // 2] |= _DOTS[row % 4][column % 2]

    def line(self, column: int, start: int, end: int) -> None:
        """Join to the neighbouring column, so that a steep line has no gaps."""
        for row in range(min(start, end), max(start, end) + 1):
            if row != start or start == end:
                self.dot(column, row)

    def lines(self) -> list[str]:
        return ["".join(chr(0x2800 + cell) for cell in row) for row in self.cells]


def interval_of(record) -> tuple[float, float]:
    """From -5 to 5, inside the function's domain."""
    low, high = map(record.number, record.domain)
    return max(-5.0, low), min(5.0, high)


def sampled(
    record, xs: Iterable[float], order: int = 0, parameters: Mapping[str, float] | None = None
) -> list[float]:
    """Values of a function, or of its derivative of some order: plain float64 evaluations."""
    tree = record.tree.tree
    for _ in range(order):
        tree = differentiate(tree, record.inputs[0])
    formula = Formula("", tree, record.tree.names)
    known = {**record.defaults, **(parameters or {})}
    return [formula.evaluate(**known, **{record.inputs[0]: x}) for x in xs]


def _extent(values: list[float]) -> tuple[float, float]:
    shown = [min(max(v, -_TALLEST), _TALLEST) for v in values if math.isfinite(v)]
    bottom, top = min(shown, default=0.0), max(shown, default=1.0)
    if top - bottom < 1e-6:
        return bottom - 1.0, top + 1.0
    margin = 0.02 * (top - bottom)
    return bottom - margin, top + margin


def _with_scales(lines, bottom, top, low, high, width) -> str:
    labels = [f"{top:.3g}", *[""] * (len(lines) - 2), f"{bottom:.3g}"]
    left = max(map(len, labels))
    scaled = [f"{label:>{left}} │{line}" for label, line in zip(labels, lines, strict=True)]
    start, end = f"{low:g}", f"{high:g}"
    axis = f"{start}{'x':^{max(1, width - len(start) - len(end))}}{end}"
    scaled += [" " * left + " └" + "─" * width, " " * (left + 2) + axis]
    blank = chr(0x2800)
    return "\n".join(line.rstrip(blank + " ") for line in scaled)
