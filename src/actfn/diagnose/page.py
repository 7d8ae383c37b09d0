"""The report as one HTML page with pictures, which needs no network and no other file."""

from html import escape

from actfn.diagnose.cards import CAPTION, COLUMNS, changes, said_of_loss
from actfn.diagnose.findings import Finding
from actfn.diagnose.judge import CERTIFIED, DEAD, HEALTHY, SATURATED, SILENT, SPARSE
from actfn.diagnose.report import Report

COLOURS = {
    CERTIFIED: "#8c1d18",
    DEAD: "#d3433b",
    SATURATED: "#a64ca6",
    SILENT: "#e0b53c",
    SPARSE: "#5aa9c4",
    HEALTHY: "#7fb77e",
}
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem;
       color: #1b1b1b; background: #fff }
section { border: 1px solid #ccc; border-left: .5rem solid; border-radius: .3rem;
          padding: .2rem 1rem; margin: 1rem 0 }
.serious { border-left-color: #d3433b } .warning { border-left-color: #e0b53c }
.note { border-left-color: #5aa9c4 }
table { border-collapse: collapse; font-size: .9rem } .wide { overflow-x: auto }
th, td { text-align: left; padding: .2rem .6rem; border-bottom: 1px solid #ddd;
  vertical-align: top }
td { font-variant-numeric: tabular-nums } code, pre { font: .9em ui-monospace, monospace }
.works { color: #1d6b2a; font-weight: bold } svg { max-width: 100%; height: auto }
@media (prefers-color-scheme: dark) { body { color: #e6e6e6; background: #1b1b1b }
  section { border-color: #444 } th, td { border-color: #444 } .works { color: #8fd694 } }
"""
_CELL, _COLUMNS = 10, 64  # of the map of units, in pixels and units per line


def page(report: Report) -> str:
    """The whole page."""
    seen = f"{report.samples} samples in {report.batches} batches"
    wrong = "" if report.findings else "Nothing is wrong."
    parts = [
        f"<h1>{escape(report.model)}</h1>",
        f"<p>{seen}, {said_of_loss(report)}. {wrong}</p>",
        *map(_card, report.findings),
        "<h2>Layers</h2>",
        _layers(report),
        "<h2>Gradient through the layers</h2>",
        _gradients(report),
        "<h2>Units</h2>",
        _legend(),
        *(_map(name, report) for name in report.units),
    ]
    if report.training:
        parts += ["<h2>The first steps of training</h2>", _training(report.training)]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(report.model)}: diagnosis</title><style>{_STYLE}</style></head>"
        f"<body>{''.join(parts)}</body></html>\n"
    )


def _card(finding: Finding) -> str:
    causes = "".join(
        f"<li><b>{escape(c.name)}</b> ({c.score:.0%}): {escape(c.evidence)}</li>"
        for c in finding.causes
    )
    return (
        f'<section class="{finding.severity}"><h2>{escape(finding.title)}</h2>'
        f"<p><b>{escape(finding.number)}</b></p><p>{escape(finding.why)}</p>"
        + (f"<p>Layers: {escape(', '.join(finding.layers))}</p>" if finding.layers else "")
        + (f"<h3>Why, by evidence</h3><ol>{causes}</ol>" if causes else "")
        + (_remedies(finding) if finding.remedies else "")
        + "</section>"
    )


def _remedies(finding: Finding) -> str:
    rows = "".join(
        f"<tr><td>{escape(r.name)}<pre>{escape(r.code)}</pre></td>"
        + "".join(f"<td>{change}</td>" for change in changes(r))
        + f"<td>{'<span class=works>works</span>' if r.works else 'does not'}</td></tr>"
        for r in finding.remedies
    )
    steps = finding.remedies[0].steps
    tried = f"{steps} steps of training on a copy" if steps else "forward and backward on a copy"
    return (
        f"<h3>Remedies, tried</h3><p>Before → after {tried}.</p><div class=wide><table><tr>"
        "<th>remedy</th><th>idle units</th><th>gradient first/last</th><th>loss</th><th></th></tr>"
        f"{rows}</table></div>"
    )


def _layers(report: Report) -> str:
    head = "".join(f"<th>{escape(heading)}</th>" for heading, _ in COLUMNS)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(show(m))}</td>" for _, show in COLUMNS) + "</tr>"
        for m in report.layers
    )
    return f"<div class=wide><table><tr>{head}</tr>{rows}</table></div><p>{escape(CAPTION)}</p>"


def _gradients(report: Report) -> str:
    """A bar per layer on a logarithmic scale."""
    import math

    known = [(m.name, m.sensitivity) for m in report.layers if m.sensitivity]
    if not known:
        return "<p>Unknown: without a loss there is no gradient.</p>"
    logs = [math.log10(value) for _, value in known]
    low, high = min(-1.0, *logs), max(1.0, *logs)
    width, left = 500, 180
    bars = []
    zero = left + width * (0 - low) / (high - low)
    for i, ((name, value), log) in enumerate(zip(known, logs, strict=True)):
        x, y = left + width * (log - low) / (high - low), 22 * i + 4
        bars.append(
            f'<text x="0" y="{y + 12}">{escape(name[:24])}</text>'
            f'<rect x="{min(x, zero):.1f}" y="{y}" width="{max(abs(x - zero), 2):.1f}" height="14" '
            f'fill="{COLOURS[SPARSE]}"/>'
            f'<text x="{left + width + 8}" y="{y + 12}">{value:.2g}</text>'
        )
    return _svg(left + width + 80, 22 * len(known) + 8, "".join(bars), "gradient by layer")


def _legend() -> str:
    items = "".join(
        f'<span style="color:{colour}">■</span> {verdict} &nbsp; '
        for verdict, colour in COLOURS.items()
    )
    return f"<p>{items}</p>"


def _map(name: str, report: Report) -> str:
    verdicts, rates = report.units[name].tolist(), report.rates[name].tolist()
    cells = "".join(
        f'<rect x="{_CELL * (i % _COLUMNS)}" y="{_CELL * (i // _COLUMNS)}" width="{_CELL - 1}" '
        f'height="{_CELL - 1}" fill="{COLOURS[verdict]}"><title>unit {i}: {verdict}, awake in '
        f"{rate:.2%} of the samples</title></rect>"
        for i, (verdict, rate) in enumerate(zip(verdicts, rates, strict=True))
    )
    lines = -(-len(verdicts) // _COLUMNS)
    columns = min(len(verdicts), _COLUMNS)
    drawn = _svg(_CELL * columns, _CELL * lines, cells, f"units of {name}", natural=True)
    return f"<h3>{escape(name)}</h3>{drawn}"


def _training(training: dict) -> str:
    losses = [loss for loss in training["losses"] if loss is not None and loss == loss]
    finite = [loss for loss in losses if abs(loss) < float("inf")]
    if len(finite) < 2:
        return "<p>The loss was not finite.</p>"
    low, high = min(finite), max(finite)
    points = " ".join(
        f"{400 * i / (len(finite) - 1):.1f},{5 + 110 * (high - v) / ((high - low) or 1):.1f}"
        for i, v in enumerate(finite)
    )
    line = f'<polyline points="{points}" fill="none" stroke="{COLOURS[SPARSE]}" stroke-width="2"/>'
    ratio = training["rate_over_limit"]
    limit = "" if ratio is None else f"; the rate is {ratio:.3g} times 2/λmax"
    dead = ", ".join(f"{n} after {step}" for step, n in training["dead"])
    return (
        f"<p>Loss {finite[0]:.4g} → {finite[-1]:.4g} in {training['steps']} steps with "
        f"{escape(training['optimizer'])} at rate {training['rate']:g}{limit}. Dead: {dead}.</p>"
        + _svg(400, 120, line, "loss by step")
    )


def _svg(width: float, height: float, inner: str, label: str, natural: bool = False) -> str:
    style = ' style="max-width:100%"' if natural else ""
    return (
        f'<svg role="img" aria-label="{escape(label)}" width="{width}" height="{height}"{style} '
        f'viewBox="0 0 {width} {height}" font-size="12" fill="currentColor">{inner}</svg>'
    )
