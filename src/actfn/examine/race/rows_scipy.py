"""Functions of rows as SciPy has them."""

from actfn.catalogue import get
from actfn.examine import peers
from actfn.examine.race.case import FORWARD, Case
from actfn.examine.race.rows import FUNCTIONS, Rows
from actfn.examine.race.ways import Way, Ways


def ways(case: Case) -> Ways:
    """The ways of one case; SciPy has neither gradients nor samplers."""
    record = get(case.name) if case.operation == FORWARD and case.name in FUNCTIONS else None
    spelling = peers.spelling(record, "scipy") if hasattr(record, "same_as") else None
    if spelling is None:
        return {}
    rows, f = Rows(case), spelling.load()
    return {spelling.spec: Way(lambda: f(rows.x))}
