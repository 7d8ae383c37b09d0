"""What a race comes to: the machine, the cells, who is behind whom, geometric means."""

import math
import os
import platform
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from actfn.examine.race.case import COPY, FORWARD, Case
from actfn.examine.race.race import OURS, Cell, bytes_of
from actfn.kernels import threads

# Times the fastest peer's speed that is wanted.
WANTED = {FORWARD: 0.95}
_WANTED_OTHERWISE = 1.0
_CONDITIONS = ("operation", "dtype", "shape", "inputs", "threads")


def machine() -> dict[str, Any]:
    """What the race was run on, and what else it did."""
    return {
        "processor": _processor(),
        "cores": threads.processors(),
        "system": " ".join((platform.system(), platform.machine(), *platform.libc_ver())).strip(),
        "python": platform.python_version(),
        "huge pages": _huge_pages(),
        "load": load(),
        "time": time.strftime("%Y-%m-%d %H:%M:%S"),
    }  # fmt: skip


def load() -> float | None:
    """How many processes want to run, on average over a minute; None where nobody knows."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def _huge_pages() -> str | None:
    """Whether memory comes in huge pages always, when asked for, or never; None where unknown."""
    try:
        text = Path("/sys/kernel/mm/transparent_hugepage/enabled").read_text()
    except OSError:
        return None
    return text.partition("[")[2].partition("]")[0] or None


def nanoseconds(cell: Cell, seconds: float) -> float:
    """Per element."""
    return 1e9 * seconds / math.prod(cell["shape"])


def gigabytes_per_second(cell: Cell) -> float | None:
    """Of a copy: the fastest that any contestant made."""
    best = [e["seconds"]["best"] for e in cell["entries"].values() if "seconds" in e]
    return bytes_of(Case.read(_case(cell))) / min(best) / 1e9 if best else None


def _case(cell: Cell) -> dict[str, Any]:
    return {key: cell[key] for key in ("name", *_CONDITIONS) if key != "threads"}


def seconds_of(entry: dict[str, Any], cell: Cell) -> float:
    """The time that counts in comparisons.

    In one thread it is the processor's, which other programs disturb least: where there are none
    it is that of the clock. Several threads have to be judged by the clock.
    """
    return entry["processor_seconds"] if cell["threads"] == 1 else entry["seconds"]["best"]


def raced(cell: Cell) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Our fastest entry and the fastest of the others."""
    timed = [e for e in cell["entries"].values() if "seconds" in e]
    ours = [e for e in timed if e["library"] == OURS]
    peers = [e for e in timed if e["library"] != OURS]
    return _fastest(ours, cell), _fastest(peers, cell)


def _fastest(entries: list[dict[str, Any]], cell: Cell) -> dict[str, Any] | None:
    return min(entries, key=lambda e: seconds_of(e, cell)) if entries else None


def comparisons(cells: Iterable[Cell]) -> Iterator[dict[str, Any]]:
    """Every cell that somebody else was timed in: the fastest peer, and how fast we are beside it.

    `speed` is the peer's time over ours, of the best times, as `seconds_of` has them; `rounds` has
    the quartiles of the same ratio taken round by round, by the clock.
    """
    for cell in cells:
        ours, peer = raced(cell)
        if cell["name"] == COPY or ours is None or peer is None:
            continue
        speed = seconds_of(peer, cell) / seconds_of(ours, cell)
        wanted = WANTED.get(cell["operation"], _WANTED_OTHERWISE)
        yield {
            "name": cell["name"],
            **{key: cell[key] for key in _CONDITIONS},
            "ours": nanoseconds(cell, seconds_of(ours, cell)),
            "our_way": ours["way"],
            "peer": peer["library"],
            "peer_way": peer["way"],
            "theirs": nanoseconds(cell, seconds_of(peer, cell)),
            "speed": speed,
            "rounds": {k: peer["ratio"][k] for k in ("first_quartile", "median", "third_quartile")},
            "behind": speed < wanted,
        }


def behind(cells: Iterable[Cell]) -> list[dict[str, Any]]:
    """Where somebody else is faster than is accepted, the worst first."""
    return sorted((c for c in comparisons(cells) if c["behind"]), key=lambda c: c["speed"])


def geometric_means(cells: Iterable[Cell]) -> list[dict[str, Any]]:
    """Under the same conditions, the mean ratio of each library's time to ours over functions."""
    groups: dict[tuple, list[float]] = {}
    for cell in cells:
        ours, fastest = raced(cell)
        if cell["name"] == COPY or ours is None:
            continue
        conditions = tuple((key, _plain(cell[key])) for key in _CONDITIONS)
        peers: dict[str, list[dict[str, Any]]] = {}
        for entry in cell["entries"].values():
            if "seconds" in entry and entry["library"] != OURS:
                peers.setdefault(entry["library"], []).append(entry)
        best = {library: _fastest(found, cell) for library, found in peers.items()}
        if fastest:
            best["fastest peer"] = fastest
        for library, entry in best.items():
            ratio = seconds_of(entry, cell) / seconds_of(ours, cell)  # type: ignore[arg-type]
            groups.setdefault((conditions, library), []).append(ratio)
    return [
        {**dict(conditions), "library": library, "functions": len(ratios),
         "ratio": math.exp(sum(map(math.log, ratios)) / len(ratios))}
        for (conditions, library), ratios in groups.items()
    ]  # fmt: skip


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def summary(cells: list[Cell]) -> dict[str, Any]:
    """What stands at the end of a report."""
    return {"geometric_means": geometric_means(cells), "behind": behind(cells)}
