"""Generate docs/performance.md from the races in benchmarks/results/, made by `actfn bench -o`.

    python tools/build_performance.py [RACE.json...]

Given files are added to benchmarks/results/ first, without what the page does not need. Where two
files have the same case, the one whose name comes later counts.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from actfn.examine.race import report
from actfn.examine.race.case import COPY, DISTRIBUTIONS

ROOT = Path(__file__).parent.parent
SOURCE, TARGET = Path("benchmarks/results"), Path("docs/performance.md")
NOTES = Path("benchmarks/notes")
COMMAND = "python tools/build_performance.py"
OPERATIONS = {"forward": "forward", "forward_backward": "forward and backward together"}
_KEPT = ("library", "way", "fault", "seconds", "processor_seconds", "extra_bytes", "ratio")

HEAD = f"""\
<!-- Made by `{COMMAND}` from benchmarks/results/; edit the notes in benchmarks/notes/ instead. -->

# Performance

What `actfn bench` measured. Every library has a process of its own. Before it is timed, its results
are compared with true values; one that computes something else is told and not timed. The libraries
take turns, and each uses its fastest way: into arrays that are there already, operator by operator
without autograd, compiled. Where a library lacks a function, the record's formula is written with
its own functions, as its user would. `scipy` stands for formulas that need a special function.

Times are the best of the rounds, in ns per element; in one thread those of the processor, which
other programs disturb less than the clock. `speed` is the fastest other library's time over
actfn's: above 1 actfn is faster, and in brackets are the quartiles of the same ratio round by
round, by the clock. Ratios are only ever taken within one race. "Forward and backward together" is
the value, then the gradient for a given `dy`: for actfn `value_and_derivative` and a
multiplication, or `backward` from x, whichever is faster."""


def kept(race: dict) -> dict:
    """A race without what the page does not need."""
    cells = []
    for cell in race["cells"]:
        entries = {
            label: {key: _short(e[key]) for key in _KEPT if key in e}
            for label, e in cell["entries"].items()
        }
        cells.append({**cell, "entries": entries})
    rest = {key: race[key] for key in ("machine", "load_at_end", "settings", "rules")}
    for settings in rest["settings"].values():
        for told in settings.values():
            told["environment"].pop("ACTFN_CACHE_DIR", None)  # says nothing about speed
    return {**rest, "cells": cells}


def _short(value):
    """Numbers to four digits: times have no more."""
    if isinstance(value, dict):
        return {key: _short(v) for key, v in value.items()}
    return float(f"{value:.4g}") if isinstance(value, float) else value


def page(races: list[dict]) -> str:
    """The whole page, in Markdown."""
    cells = list({_key(c): c for race in races for c in race["cells"]}.values())
    parts = [HEAD, *map(_conditions, races), "## The memory floor", _floor(cells)]
    parts += ["## Geometric means", _means(cells)]
    groups: dict[tuple, list[dict]] = {}
    for found in report.comparisons(cells):
        if found["operation"] in OPERATIONS:
            groups.setdefault(_group(found), []).append(found)
    for (operation, dtype, shape, inputs, threads), found in sorted(groups.items()):
        head = f"## {OPERATIONS[operation].capitalize()}, {shape[0]:,} elements, {_count(threads)}"
        text = f"{dtype}, {DISTRIBUTIONS[inputs].text}. The slowest beside others first."
        parts += [head, text, _table(found)]
    parts += ["## Not timed", _faults(cells)]
    parts += [path.read_text().strip() for path in sorted((ROOT / NOTES).glob("*.md"))]
    return "\n\n".join(parts) + "\n"


def _key(cell: dict) -> tuple:
    return (cell["name"], *_group(cell))


def _group(cell: dict) -> tuple:
    shape = tuple(cell["shape"])
    return cell["operation"], cell["dtype"], shape, cell["inputs"], cell["threads"]


def _count(threads: int) -> str:
    return f"{threads} thread{'s' if threads > 1 else ''}"


def _conditions(race: dict) -> str:
    machine = race["machine"]
    sizes = sorted({tuple(c["shape"]) for c in race["cells"]})
    lines = [
        f"**{', '.join(f'{s[0]:,}' for s in sizes)} elements, {machine['time']}**: "
        f"{machine['processor']}, {machine['cores']} cores, {machine['system']}, Python "
        f"{machine['python']}, {race['rules']['rounds']} rounds; load {machine['load']} at the "
        f"start, {race['load_at_end']} at the end. Settings:",
    ]
    for threads, settings in race["settings"].items():
        for name, told in settings.items():
            own = {k: v for k, v in told.items() if k not in ("environment", "threads")}
            text = ", ".join(f"{key} {value}" for key, value in own.items())
            variables = " ".join(f"{k}={v}" for k, v in told["environment"].items())
            lines.append(f"- {name}, {_count(int(threads))}: {text}; `{variables}`")
    return "\n".join([lines[0], "", *lines[1:]])


def _floor(cells: Iterable[dict]) -> str:
    rows = [
        f"| {cell['shape'][0]:,} | {_count(cell['threads'])} | "
        f"{min(report.nanoseconds(cell, e['seconds']['best']) for e in _timed(cell)):.3f} | "
        f"{report.gigabytes_per_second(cell):.1f} |"
        for cell in cells
        if cell["name"] == COPY
    ]
    head = (
        "Copying an array into another one, by the fastest library, in the same races.", "",
        "| elements | threads | ns/element | GB/s |", "|---:|---|---:|---:|",
    )  # fmt: skip
    return "\n".join([*head, *rows])


def _timed(cell: dict) -> list[dict]:
    return [e for e in cell["entries"].values() if "seconds" in e]


def _means(cells: list[dict]) -> str:
    rows = [
        f"| {OPERATIONS[m['operation']]} | {m['shape'][0]:,} | {m['threads']} | "
        f"{m['library']} | {m['functions']} | {m['ratio']:.2f} |"
        for m in report.geometric_means(cells)
        if m["operation"] in OPERATIONS
    ]
    head = "| operation | elements | threads | library | functions | its time / ours |"
    return "\n".join([head, "|---|---:|---:|---|---:|---:|", *rows])


def _table(found: list[dict]) -> str:
    rows = []
    for c in sorted(found, key=lambda c: c["speed"]):
        quartiles = "{first_quartile:.2f} to {third_quartile:.2f}".format(**c["rounds"])
        rows.append(
            f"| {c['name']} | {c['ours']:.3f} | {c['theirs']:.3f} | {c['peer']}, "
            f"`{c['peer_way']}` | {c['speed']:.2f} ({quartiles}){'' if c['behind'] else ' ✓'} |"
        )
    head = "| function | actfn | fastest other | which | speed |"
    return "\n".join([head, "|---|---:|---:|---|---:|", *rows])


def _faults(cells: Iterable[dict]) -> str:
    """Each library that did not take part in something, and why."""
    found = {
        (cell["name"], cell["operation"], entry["library"]): entry["fault"]
        for cell in cells
        for entry in cell["entries"].values()
        if "fault" in entry
    }
    rows = [f"| {n} | {o} | {who} | {why} |" for (n, o, who), why in sorted(found.items())]
    return "\n".join(["| function | operation | library | why |", "|---|---|---|---|", *rows])


def races() -> list[dict]:
    """What is in benchmarks/results/."""
    return [json.loads(path.read_text()) for path in sorted((ROOT / SOURCE).glob("*.json"))]


def main(given: list[str]) -> None:
    """Keep the given races and write the page."""
    (ROOT / SOURCE).mkdir(parents=True, exist_ok=True)
    for path in map(Path, given):
        race = kept(json.loads(path.read_text()))
        (ROOT / SOURCE / path.name).write_text(json.dumps(race, separators=(",", ":")) + "\n")
    (ROOT / TARGET).write_text(page(races()))


if __name__ == "__main__":
    main(sys.argv[1:])
