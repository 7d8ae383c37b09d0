"""The report in a terminal: a card per finding, a table of layers, a map of the units."""

import io
from textwrap import indent

from rich import box
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from actfn.diagnose.findings import Finding
from actfn.diagnose.judge import CERTIFIED, DEAD, HEALTHY, SATURATED, SILENT, SPARSE
from actfn.diagnose.remedies import Remedy
from actfn.diagnose.report import Report
from actfn.diagnose.trials import Snapshot

# One mark and one colour per verdict, in the terminal and on the page.
MARKS = {
    CERTIFIED: ("█", "red"),
    DEAD: ("▓", "red"),
    SATURATED: ("▒", "magenta"),
    SILENT: ("?", "yellow"),
    SPARSE: ("·", "cyan"),
    HEALTHY: ("○", "green"),
}
_COLOURS = {"serious": "red", "warning": "yellow", "note": "cyan"}
_WIDTH, _MAP = 100, 64  # columns of plain text, and units in a line of the map
_SHOWN = 512  # units of a layer in the map


def cards(report: Report) -> RenderableType:
    """Everything, for `Console.print`."""
    parts: list[RenderableType] = [_headline(report)]
    parts += [_card(finding) for finding in report.findings]
    parts += [_layers(report), _units(report)]
    return Group(*parts)


def as_text(report: Report) -> str:
    """Plain text without colours."""
    out = Console(file=io.StringIO(), width=_WIDTH, no_color=True, highlight=False)
    out.print(cards(report))
    return out.file.getvalue()  # type: ignore[attr-defined]


def _headline(report: Report) -> Text:
    seen = f"{report.model}: {report.samples} samples in {report.batches} batches"
    text = escape(f"{seen}, {said_of_loss(report)}")
    if not report.findings:
        return Text.from_markup(f"[green]nothing is wrong[/]  {text}\n")
    return Text.from_markup(f"[bold]{text}[/]\n")


def said_of_loss(report: Report) -> str:
    """Its value, or what is missing without one."""
    if report.loss is None:
        return "no loss: gradients and training were not looked at"
    return f"loss {report.loss:.4g}"


def _card(finding: Finding) -> Panel:
    colour = _COLOURS[finding.severity]
    lines = [f"[bold]{escape(finding.number)}[/]", escape(finding.why)]
    if finding.layers:
        lines.append(f"[dim]layers: {escape(', '.join(finding.layers))}[/]")
    for i, cause in enumerate(finding.causes):
        lines.append(f"{'because of' if i == 0 else 'or of'} [bold]{cause.name}[/]: "
                     f"{escape(cause.evidence)}")  # fmt: skip
    body: list[RenderableType] = [Text.from_markup("\n".join(lines))]
    if finding.remedies:
        body.append(_remedies(finding))
    return Panel(
        Group(*body),
        title=f"[{colour}]{finding.severity}[/]: {escape(finding.title)}",
        title_align="left",
        border_style=colour,
    )


def _remedies(finding: Finding) -> Table:
    steps = finding.remedies[0].steps
    table = Table(box=box.SIMPLE, pad_edge=False, title_justify="left")
    table.add_column(f"tried on a copy{f', {steps} steps' if steps else ''}")
    for heading in ("idle units", "gradient first/last", "loss"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for remedy in finding.remedies:
        table.add_row(
            escape(remedy.name) + "\n" + escape(indent(remedy.code, "  ")),
            *changes(remedy),
            "[green]works[/]" if remedy.works else "[dim]does not[/]",
        )
    return table


def changes(remedy: Remedy) -> tuple[str, str, str]:
    """before → after of idle units, of the gradient's ratio and of the loss."""
    pairs = [measures(remedy.before), measures(remedy.after)]
    before, after = pairs
    return tuple(  # type: ignore[return-value]
        "" if "" in pair else f"{pair[0]} → {pair[1]}" for pair in zip(before, after, strict=True)
    )


def measures(snapshot: Snapshot) -> tuple[str, str, str]:
    """Idle units, first over last gradient, loss, as texts."""
    return (
        str(snapshot.idle),
        "" if snapshot.sensitivity is None else f"{snapshot.sensitivity:.2g}",
        "" if snapshot.loss is None else f"{snapshot.loss:.3g}",
    )


COLUMNS = (
    ("layer", lambda m: m.name),
    ("f", lambda m: m.activation),
    ("units", lambda m: str(m.units)),
    ("mean z", lambda m: number(m.mean)),
    ("std z", lambda m: number(m.spread)),
    ("f/z", lambda m: pair(m.forward_gain, m.predicted_forward_gain)),
    ("dz/da", lambda m: pair(m.backward_gain, m.predicted_backward_gain)),
    ("gradient", lambda m: number(m.sensitivity)),
    ("gain", lambda m: pair(m.weight_gain, m.exact_gain)),
    ("awake", lambda m: "" if m.awake is None else f"{m.awake:.0%}"),
    ("update", lambda m: number(m.update)),
)

CAPTION = (
    "f/z and dz/da: what the activation makes of signal and gradient, measured (exact for "
    "Gaussian z); gradient: |z dL/dz| over the last layer's; gain: of the weights (exact)"
)


def number(value: float | None) -> str:
    """Three digits, or nothing."""
    return "" if value is None else f"{value:.3g}"


def pair(measured: float | None, exact: float | None) -> str:
    """Measured (exact)."""
    if measured is None:
        return ""
    return f"{measured:.2f}" + ("" if exact is None else f" ({exact:.2f})")


def _layers(report: Report) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False, caption_justify="left")
    for i, (heading, _) in enumerate(COLUMNS):
        table.add_column(heading, justify="left" if i < 2 else "right", overflow="fold")
    for measures_ in report.layers:
        table.add_row(*(escape(show(measures_)) for _, show in COLUMNS))
    table.caption = CAPTION
    return table


def _units(report: Report) -> Group:
    lines: list[RenderableType] = []
    for name, verdicts in report.units.items():
        text = Text(f"{name}\n", style="bold")
        shown = verdicts[:_SHOWN].tolist()
        for start in range(0, len(shown), _MAP):
            text.append("  ")
            for verdict in shown[start : start + _MAP]:
                mark, colour = MARKS[verdict]
                text.append(mark, style=colour)
            text.append("\n")
        if len(verdicts) > len(shown):
            text.append(f"  and {len(verdicts) - len(shown)} more\n", style="dim")
        lines.append(text)
    legend = Text()
    for verdict, (mark, colour) in MARKS.items():
        legend.append(f"{mark} {verdict}  ", style=colour)
    return Group(*lines, legend)
