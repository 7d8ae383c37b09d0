"""How much processor time a call takes, which other programs' work does not add to."""

from collections.abc import Callable
from time import process_time

REPEATS = 25


def shortest(call: Callable[[], object], repeats: int = REPEATS) -> float:
    """Seconds of the fastest of some calls: what disturbs a call only makes it slower.

    Each is repeated until it takes a millisecond, far more than the clock's step.
    """
    start = process_time()
    call()
    times = max(1, round(1e-3 / max(process_time() - start, 1e-6)))
    found = []
    for _ in range(repeats):
        start = process_time()
        for _ in range(times):
            call()
        found.append((process_time() - start) / times)
    return min(found)


def ratio(one: Callable[[], object], other: Callable[[], object], rounds: int = 3) -> list[float]:
    """How many times as long `one` takes as `other`, measured in turns."""
    return [shortest(one) / shortest(other) for _ in range(rounds)]
