"""The error of an implementation over x, both signs on a symmetric-log axis."""

import html
from pathlib import Path

import numpy as np

from actfn.plot import COLOURS, new_figure, save, tidy

_COLUMNS = 600  # the largest error in each is drawn
_DECADES = (-8, 8)  # of |x| on the axis, unless something is wrong beyond
_TOP = 2.0**30  # drawn for a result that is no number, or infinitely far off
_MARKED = 3


def plot(report, path: str | Path | None = None):
    """Draw every kernel of a report.

    Parameters
    ----------
    report : Report
        Of `actfn.examine`, with its curves.
    path : str or Path, optional
        Where to save it too: .svg, .png, .pdf, or .html with the findings beneath.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        Where nothing could be measured.
    """
    if not report.curves:
        raise ValueError(f"there is nothing to draw: {report.implementation} gave no numbers")
    figure = new_figure(8.0, 4.2)
    axes = figure.add_subplot()
    low, high = _decades(report)
    axes.set_xscale("symlog", linthresh=10.0**low, linscale=0.4)
    axes.set_yscale("log", base=2)
    for (kernel, found), colour in zip(report.curves.items(), COLOURS, strict=False):
        label = "f" if kernel == "forward" else "f'"
        _draw(axes, found, low, high, colour, label)
    axes.axhline(report.bound, color="0.4", lw=0.9, ls="--", label=f"bound, {report.bound:g} ULP")
    axes.set_xlim(-(10.0**high), 10.0**high)
    ticks = [10.0**k for k in range(low + 2, high + 1, 2 if high - low < 24 else 12)]
    axes.set_xticks([*(-t for t in reversed(ticks)), 0, *ticks])
    axes.set_ylim(2.0**-3, 2 * _TOP)
    claimed = f" as {report.like}" if report.like else ""
    tidy(axes, f"{report.implementation}{claimed}, {report.dtype}: error in ULP")
    axes.set_xlabel("x")
    axes.legend(frameon=False, loc="upper center", ncols=3, fontsize=8)
    if path is not None:
        _saved(figure, report, Path(path))
    return figure


def _decades(report) -> tuple[int, int]:
    """The decades of |x| to show: wide enough for everything that is wrong."""
    low, high = _DECADES
    for found in report.curves.values():
        wrong = np.abs(found.x[found.bad].astype(np.float64))
        wrong = wrong[wrong > 0]
        if wrong.size:
            low = min(low, int(np.floor(np.log10(wrong.min()))))
            high = max(high, int(np.ceil(np.log10(wrong.max()))))
    return low, high


def _draw(axes, found, low: int, high: int, colour: str, label: str) -> None:
    x = found.x.astype(np.float64)
    error = np.where(found.excused | np.isnan(found.distance), 0.0, found.distance)
    error = np.clip(error, 0.0, _TOP)
    for sign in (-1, 1):
        edges = sign * np.logspace(low, high, _COLUMNS)
        column = np.digitize(np.abs(x), np.abs(edges))
        side = (np.sign(x) == sign) & (column > 0) & (column < _COLUMNS)
        peaks = np.zeros(_COLUMNS)
        np.maximum.at(peaks, column[side], error[side])
        seen = np.unique(column[side])
        axes.plot(edges[seen - 1], np.maximum(peaks[seen], 2.0**-3), color=colour, lw=1.1,
                  label=label if sign > 0 else None)  # fmt: skip
    for place in _worst(found, error):
        y = max(error[place], 2.0**-3)
        axes.plot([x[place]], [y], "o", color=colour, ms=5)
        axes.annotate(f"{x[place]:.6g}", (x[place], y), fontsize=7, textcoords="offset points",
                      xytext=(4, 4), color=colour)  # fmt: skip


def _worst(found, error) -> list[int]:
    """The worst inputs, one from each of a few parts of the line."""
    order = np.argsort(-error)
    position = np.arcsinh(found.x.astype(np.float64) * 1e3)  # about as on the axis
    chosen: list[int] = []
    for place in order[:5000]:
        far = all(abs(position[place] - position[c]) > 1 for c in chosen)
        if far and error[place] > found.bound:
            chosen.append(int(place))
        if len(chosen) == _MARKED:
            break
    return chosen


def _saved(figure, report, path: Path) -> None:
    if path.suffix.lower() != ".html":
        save(figure, path)
        return
    drawing = path.with_suffix(".svg.tmp.svg")
    save(figure, drawing)
    picture = drawing.read_text(encoding="utf-8")
    drawing.unlink()
    path.write_text(_page(report, picture[picture.index("<svg") :]), encoding="utf-8")


def _page(report, picture: str) -> str:
    """One file that needs no other: the picture, then the findings."""
    rows = "".join(
        f"<tr><td>{f.severity}</td><td>{html.escape(f.message)}"
        + (f"<br><i>{html.escape(f.remedy)}</i>" if f.remedy else "")
        + f"</td><td><code>{html.escape(f.line)}</code></td></tr>"
        for f in report.findings
    )
    title = html.escape(f"{report.implementation}: {report.verdict}")
    return (
        f'<!doctype html><meta charset="utf-8"><title>{title}</title>'
        "<style>body{font:15px sans-serif;max-width:60rem;margin:2rem auto}"
        "td{vertical-align:top;padding:.3rem .6rem;border-top:1px solid #ddd}"
        "svg{max-width:100%;height:auto}</style>"
        f"<h1>{title}</h1>{picture}<table>{rows}</table>\n"
    )
