"""Cells of a race: the lanes of one case compared, then timed by turns."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from actfn.examine.race import truth
from actfn.examine.race.case import COPY, DTYPES, Case
from actfn.examine.race.process import CONTESTANTS, Ended, Worker

OURS = "actfn"
_FAR_BEHIND = 4.0  # times the fastest: such a lane leaves after a few rounds
_FEW = 3
_PAUSE = 0.002  # seconds in which threads of the lane before stop waiting for work

Entry = dict[str, Any]
Cell = dict[str, Any]


@dataclass(frozen=True)
class Rules:
    """How a race is run.

    Attributes
    ----------
    rounds : how many times the lanes take turns.
    batch : seconds that the calls of one turn take together, at least one call.
    limit : seconds after which a process that does not answer is killed.
    every_way : race all ways of a library, not only its fastest.
    """

    rounds: int = 11
    batch: float = 0.003
    limit: float = 120.0
    every_way: bool = False


class Race:
    """The processes of the contestants at one number of threads, started when first needed."""

    def __init__(self, names: list[str], threads: int, rules: Rules):
        self.names, self.threads, self.rules = names, threads, rules
        self.settings: dict[str, Any] = {}
        self._workers: dict[str, Worker] = {}
        self._faults: dict[str, str] = {}  # of contestants that cannot be started

    def __enter__(self) -> "Race":
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers.values():
            worker.stop()
        self._workers.clear()

    def cell(self, case: Case, told: Callable[[str], None] = lambda text: None) -> Cell:
        """Compare, then time, every contestant on one case.

        `told` is called with what is being done.
        """
        entries = dict(self._entries(case, told))
        if case.name == COPY:
            told("copying")
        lanes = {label: e for label, e in entries.items() if "fault" not in e}
        seconds = self._take_turns(case, lanes, told)
        for label, found in seconds.items():
            if isinstance(found, str):
                entries[label] = {**_named(entries[label]), "fault": found}
            else:
                entries[label] |= {"seconds": statistics(found), "rounds": len(found)}
        ours = {label: s for label, s in seconds.items() if lanes[label]["library"] == OURS}
        for label, found in seconds.items():
            if not isinstance(found, str):
                entries[label]["ratio"] = _ratio(ours, found)
        return {**case.told(), "threads": self.threads, "entries": entries}

    # ---- before the race ------------------------------------------------------------------

    def _entries(self, case: Case, told) -> Iterator[tuple[str, Entry]]:
        """Every lane with its way, or with the fault that keeps it out."""
        for name in self.names:
            told(f"{name} prepares")
            yield from self._prepared(name, case).items()

    def _prepared(self, name: str, case: Case) -> dict[str, Entry]:
        try:
            right, wrong = self._checked(name, case)
            if not right:
                return wrong
            sized = self._asked(
                name, "prepare", case=case.told(), ways=list(right), batch=self.rules.batch
            )
        except Ended as ended:
            return {name: {"library": name, "fault": str(ended)}}
        if "error" in sized:
            return {name: {"library": name, "fault": sized["error"]}}
        found = sized["ways"]
        quickest = min(found, key=lambda way: found[way]["seconds"])
        kept = found if self.rules.every_way or case.name == "cross_entropy" else [quickest]
        return {**wrong} | {
            f"{name}: {way}" if len(kept) > 1 else name: {
                "library": name, "way": way, "calls": found[way]["calls"], "off": right[way],
                "extra_bytes": found[way]["extra_bytes"],
                "ways": {w: f["seconds"] for w, f in found.items()},
            }
            for way in kept
        }  # fmt: skip

    def _checked(self, name: str, case: Case) -> tuple[dict[str, float], dict[str, Entry]]:
        """The ways that compute the function, and those that do not."""
        few = truth.small(case)
        answer = self._asked(name, "check", case=few.told())
        if "error" in answer:
            return {}, {name: {"library": name, "fault": answer["error"]}}
        right, wrong = {}, {}
        for way, found in answer["ways"].items():
            fault, off = found.get("error", ""), 0.0
            if not fault:
                judgement = truth.judge(few, found["results"])
                fault, off = judgement.fault, judgement.off
            if fault:
                wrong[f"{name}: {way}"] = {"library": name, "way": way, "fault": fault}
            else:
                right[way] = off
        return right, wrong

    # ---- the race -------------------------------------------------------------------------

    def _take_turns(self, case: Case, lanes: dict[str, Entry], told) -> dict[str, Any]:
        """Seconds of every turn of every lane, or what ended it."""
        seconds: dict[str, Any] = {label: [] for label in lanes}
        for number in range(self.rules.rounds):
            told(f"round {number + 1} of {self.rules.rounds}")
            order = list(lanes)
            order = order[number % len(order) :] + order[: number % len(order)] if order else []
            for label in order:
                if isinstance(seconds[label], str) or self._far_behind(seconds, label, lanes):
                    continue
                if self.threads > 1:
                    time.sleep(_PAUSE)
                entry = lanes[label]
                try:
                    answer = self._asked(
                        entry["library"], "time", way=entry["way"], calls=entry["calls"]
                    )
                except Ended as ended:
                    seconds |= {
                        other: str(ended)
                        for other, e in lanes.items()
                        if e["library"] == entry["library"]
                    }
                    continue
                if "error" in answer:
                    seconds[label] = answer["error"]
                else:
                    seconds[label].append(answer["seconds"])
                    worked = answer["processor_seconds"]
                    entry["processor_seconds"] = min(worked, entry.get("processor_seconds", worked))
        return seconds

    def _far_behind(self, seconds: dict[str, Any], label: str, lanes: dict[str, Entry]) -> bool:
        if lanes[label]["library"] == OURS or len(seconds[label]) < _FEW:
            return False
        fastest = min(min(s) for s in seconds.values() if s and not isinstance(s, str))
        return min(seconds[label]) > _FAR_BEHIND * fastest

    # ---- processes ------------------------------------------------------------------------

    def _asked(self, name: str, do: str, **arguments: Any) -> dict[str, Any]:
        """The answer of a contestant's process; one that ended is started again next time."""
        if name in self._faults:
            raise Ended(self._faults[name])
        try:
            if name not in self._workers:
                self._start(name)
            return self._workers[name].ask(do, **arguments)
        except Ended:
            worker = self._workers.pop(name, None)
            if worker:
                worker.stop()
            raise

    def _start(self, name: str) -> None:
        try:
            worker = Worker(CONTESTANTS[name], self.threads, self.rules.limit)
        except Ended as ended:
            self._faults[name] = str(ended)
            raise
        self._workers[name] = worker
        self.settings[name] = worker.settings


def statistics(seconds: list[float]) -> dict[str, float]:
    """The best, the quartiles and the median."""
    first, middle, third = np.quantile(seconds, (0.25, 0.5, 0.75)).tolist()
    return {"best": min(seconds), "first_quartile": first, "median": middle,
            "third_quartile": third}  # fmt: skip


def _ratio(ours: dict[str, Any], seconds: list[float]) -> dict[str, float] | None:
    """How many times our time a lane takes: of the best times, and round by round."""
    found = [s for s in ours.values() if s and not isinstance(s, str)]
    if not found or not seconds:
        return None
    best = min(found, key=min)
    pairs = [theirs / own for theirs, own in zip(seconds, best, strict=False)]
    return {**statistics(pairs), "best": min(seconds) / min(best)}


def _named(entry: Entry) -> Entry:
    return {key: entry[key] for key in ("library", "way")}


def bytes_of(case: Case) -> int:
    """What a copy of the case's array reads and writes."""
    return 2 * case.elements * DTYPES[case.dtype].itemsize
