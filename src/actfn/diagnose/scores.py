"""Precision and recall on the fault benchmark, ours and those of published rules."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from actfn.diagnose.faults import CASES, build, one_thread
from actfn.diagnose.findings import NOTE, find
from actfn.diagnose.judge import LOST, SATURATED
from actfn.diagnose.published_rules import RULES, raw
from actfn.diagnose.trials import look_at


@dataclass
class Score:
    """Counts of right and wrong verdicts."""

    right: int = 0
    false: int = 0
    missed: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, found: set, wanted: set, name: str = "") -> None:
        """Count one verdict, which is a set."""
        self.right += len(found & wanted)
        self.false += len(found - wanted)
        self.missed += len(wanted - found)
        if name and found != wanted:
            self.wrong.append(name)

    @property
    def precision(self) -> float:
        """Of what was said, how much is true."""
        said = self.right + self.false
        return self.right / said if said else 1.0

    @property
    def recall(self) -> float:
        """Of what is true, how much was said."""
        true = self.right + self.missed
        return self.right / true if true else 1.0


@dataclass
class Scores:
    """Ours on networks and on units, each published rule's, and what was said of each case."""

    networks: Score
    units: Score
    rules: dict[str, tuple[Score, Score | None]]
    ours_by_kind: dict[str, Score]
    said: dict[str, tuple[set[str], set[str]]]


def score(names=None, progress: Callable[[str], None] | None = None) -> Scores:
    """Run the benchmark: every case, or those that are named."""
    found = Scores(
        Score(), Score(),
        {rule.name: (Score(), Score() if rule.units else None) for rule in RULES},
        {rule.kind: Score() for rule in RULES}, {},
    )  # fmt: skip
    with one_thread():
        for name in names or CASES:
            if progress:
                progress(name)
            _add(build(name), found)
    return found


def _add(case, found: Scores) -> None:
    look = look_at(case.network, case.batches)
    kinds = {finding.kind for finding in find(look) if finding.severity != NOTE}
    found.said[case.name] = (kinds, set(case.kinds))
    found.networks.add(kinds, set(case.kinds), case.name)
    lost = {
        (name, int(unit))
        for name, verdicts in look.verdicts.items()
        for unit in np.flatnonzero(np.isin(verdicts, (*LOST, SATURATED)))
    }
    wanted = {(name, unit) for name, units in case.lost.items() for unit in units}
    found.units.add(lost, wanted)
    for kind, ours in found.ours_by_kind.items():
        ours.add(kinds & {kind}, case.kinds & {kind}, case.name)
    data = raw(case)
    for rule in RULES:
        network, units = found.rules[rule.name]
        said = {rule.kind} if rule.alarm(data) else set()
        network.add(said, case.kinds & {rule.kind}, case.name)
        if units is not None and rule.units is not None:
            masks = {n: np.flatnonzero(rule.units(a)) for n, a in data.activations.items()}
            units.add({(n, int(u)) for n, mask in masks.items() for u in mask}, wanted)
