"""Pictures of activations and their derivatives, with Matplotlib (an optional extra).

True values are drawn (`actfn.oracle`), piece by piece between the kinks. At a kink of a
derivative, open circles mark the two sides and the filled dot the value that the record chooses.
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

# Okabe & Ito's palette, told apart with every kind of colour vision; black is the text's.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_STYLES = ("-", "--", ":")
_MARKS = ("", "'", "''")
_POINTS = 160  # on one piece
_TALLEST = 8.0  # an exponential would flatten everything else
_BESIDE = 2.0**-30  # from a kink: its two sides
_JUMP = 1e-6  # two sides further apart than this are drawn as a jump


def plot(
    what,
    derivative: bool = False,
    second: bool = False,
    interval: tuple[float, float] | None = None,
    parameters: Mapping[str, float] | None = None,
    path: str | Path | None = None,
):
    """Draw one activation or several.

    Parameters
    ----------
    what : str, Activation, or an iterable of them
        What to draw; names are those that `actfn.get` understands.
    derivative, second : bool
        Draw f' and f'' as well.
    interval : pair of floats, optional
        The part of the x axis; by default from -5 to 5, wide enough to show every kink.
    parameters : mapping, optional
        Parameter values; a function takes those that it has.
    path : str or Path, optional
        Where to save the picture too: .svg, .png or .pdf.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ImportError
        Without Matplotlib: ``pip install actfn[plot]``.
    """
    figure = new_figure()
    axes = figure.add_subplot()
    curves = [_Curves(record, parameters or {}) for record in _records(what)]
    low, high = interval or _interval(curves)
    if not low < high:
        raise ValueError(f"an interval goes from a smaller to a larger number, not {interval}")
    orders = [0, *([1] if derivative else []), *([2] if second else [])]
    shades = iter(COLOURS * (1 + len(curves) * len(orders)))
    for curve in curves:
        shared = next(shades) if len(curves) > 1 else None
        for order in orders:
            label = (curve.name if len(curves) > 1 or order == 0 else "f") + _MARKS[order]
            style = _STYLES[order]
            curve.draw(axes, order, low, high, color=shared or next(shades), ls=style, label=label)
    _finish(axes, low, high, _title(curves))
    if path is not None:
        save(figure, path)
    return figure


def save(figure, path: str | Path) -> None:
    """Write a figure; the same figure gives the same bytes, without a date inside."""
    import matplotlib

    path = Path(path)
    kind = path.suffix.lower().lstrip(".")
    undated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {}}
    if kind not in undated:
        raise ValueError(f"a picture is saved as .svg, .png or .pdf, not {path.name!r}")
    # Text stays text: an SVG with its letters drawn is three times as large.
    vector: Any = {
        "svg.hashsalt": "actfn",
        "svg.fonttype": "none",
        "font.sans-serif": ["DejaVu Sans"],
    }
    with matplotlib.rc_context(vector):
        figure.savefig(path, metadata=undated[kind], dpi=144)


def new_figure(width: float = 6.4, height: float = 4.0):
    """An empty figure of this size in inches."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError("drawing needs Matplotlib: pip install 'actfn[plot]'") from error
    return Figure(figsize=(width, height), layout="constrained")


def tidy(axes, title: str) -> None:
    """The look that all pictures share."""
    axes.grid(color="0.9", lw=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(title, fontsize=10 if len(title) < 70 else 7)


def _records(what) -> list:
    from actfn.catalogue import get

    many = [what] if isinstance(what, str) or not isinstance(what, Iterable) else list(what)
    records = [get(one) if isinstance(one, str) else one for one in many]
    if not records:
        raise ValueError("nothing to draw")
    for record in records:
        if not record.inputs:
            raise ValueError(
                f"{record.name} is no curve but a function of rows: use its own plot()"
            )
        if len(record.inputs) != 1:
            raise ValueError(f"{record.name} has {len(record.inputs)} inputs: it is no curve")
    return records


class _Curves:
    """The curves of one function: f, f' and f''."""

    def __init__(self, record, parameters: Mapping[str, float]):
        chosen = {n: v for n, v in parameters.items() if n in record.parameter_names}
        self.record, self.name, self.oracle = record, record.name, record.oracle(**chosen)
        values = record.exact_values(**chosen)
        self.low, self.high = (_number(end, values) for end in record.domain)
        self.kinks = sorted({_number(place, values) for place in record.kinks})

    def draw(self, axes, order: int, low: float, high: float, **look) -> None:
        low, high = max(low, self.low), min(high, self.high)
        cuts = [low, *(kink for kink in self.kinks if low < kink < high), high]
        for left, right in pairwise(cuts):
            edge = (right - left) * _BESIDE
            turn = np.cos(np.linspace(np.pi, 0, _POINTS))  # denser at the ends, where poles are
            x = (left + right) / 2 + ((right - left) / 2 - edge) * turn
            y = self.oracle.jets(x)[order, 0]
            axes.plot(x, y, lw=2 if order == 0 else 1.6, **look)
            look = {**look, "label": None}
        for kink in cuts[1:-1]:
            self._mark(axes, kink, order, look["color"])

    def _mark(self, axes, kink: float, order: int, colour: str) -> None:
        step = _BESIDE * max(1.0, abs(kink))
        left, chosen, right = self.oracle.jets(np.array([kink - step, kink, kink + step]))[order, 0]
        if abs(left - right) <= _JUMP and abs(chosen - left) <= _JUMP:
            return
        axes.plot([kink] * 2, [left, right], "o", mfc="white", mec=colour, ms=5, zorder=3)
        axes.plot([kink], [chosen], "o", color=colour, ms=5, zorder=4)


def _number(text: str, values) -> float:
    from actfn.derived import exact_value

    return float(exact_value(text, values))


def _interval(curves) -> tuple[float, float]:
    kinks = [kink for curve in curves for kink in curve.kinks]
    low, high = min([-5.0, *(k - 2 for k in kinks)]), max([5.0, *(k + 2 for k in kinks)])
    return max(low, min(c.low for c in curves)), min(high, max(c.high for c in curves))


def _title(curves) -> str:
    if len(curves) > 1:
        return ""
    return f"{curves[0].name}(x) = {curves[0].record.formula}"


def _finish(axes, low: float, high: float, title: str) -> None:
    tallest = max(_TALLEST, -low, high)
    drawn = np.concatenate([line.get_ydata() for line in axes.get_lines()])
    drawn = np.clip(drawn[np.isfinite(drawn)], -tallest, tallest)
    if drawn.size:
        margin = 0.05 * max(np.ptp(drawn), 0.2)
        axes.set_ylim(drawn.min() - margin, drawn.max() + margin)
    axes.axhline(0, color="0.6", lw=0.8, zorder=0)
    if low < 0 < high:
        axes.axvline(0, color="0.6", lw=0.8, zorder=0)
    axes.set_xlim(low, high)
    tidy(axes, title)
    axes.set_xlabel("x")
    axes.legend(frameon=False)
