"""Running claims, each in a process of its own, so that neither they nor their timing mix."""

import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from time import perf_counter

from actfn.lab import get
from actfn.lab.claim import Outcome

WORKERS = 2
TIMED = "cost"  # claims with this tag measure time: they run alone, after the others


def run_one(name: str) -> tuple[Outcome, float]:
    """The outcome of one claim, and how many seconds it took."""
    start = perf_counter()
    outcome = get(name).run()
    return outcome, perf_counter() - start


def run_all(names: Iterable[str], workers: int = WORKERS) -> Iterator[tuple[str, Outcome, float]]:
    """(name, outcome, seconds) of every claim, as they are ready."""
    names = list(names)
    timed = [name for name in names if TIMED in get(name).tags]
    others = [name for name in names if name not in timed]
    if len(names) == 1:
        yield names[0], *run_one(names[0])
        return
    with _one_thread_each(), ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        pending = {pool.submit(run_one, name): name for name in others}
        for future in as_completed(pending):
            yield pending[future], *future.result()
        for name in timed:
            yield name, *pool.submit(run_one, name).result()


class _one_thread_each:  # noqa: N801 - used like a function
    """NumPy's matrix product with one thread per process: small matrices gain nothing by more."""

    NAMES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")

    def __enter__(self):
        self.kept = {name: os.environ.get(name) for name in self.NAMES}
        os.environ.update(dict.fromkeys(self.NAMES, "1"))
        sys.stdout.flush()

    def __exit__(self, *_):
        for name, value in self.kept.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
