"""How long a call takes, on this machine and while nothing else disturbs it."""

from collections.abc import Callable
from time import perf_counter

REPEATS = 25


def shortest(call: Callable[[], object], repeats: int = REPEATS) -> float:
    """Seconds of the fastest of some calls: what disturbs a call only makes it slower."""
    call()
    found = []
    for _ in range(repeats):
        start = perf_counter()
        call()
        found.append(perf_counter() - start)
    return min(found)


def ratio(one: Callable[[], object], other: Callable[[], object], rounds: int = 3) -> list[float]:
    """How many times as long `one` takes as `other`, measured in turns."""
    return [shortest(one) / shortest(other) for _ in range(rounds)]
