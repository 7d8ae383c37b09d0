"""How fast an implementation is: beside actfn, and beside copying the array, in one run.

It runs in the implementation's own process, in one thread where the library lets itself be told so.
The three take turns, so that a busy moment of the machine hits all of them, and the best time of
each is reported: other programs only ever add to it. `actfn bench` is the proper race.
"""

import sys
import time
from typing import Any

import ml_dtypes
import numpy as np

from actfn.examine.adapters import Adapter

SIZES = (1_000, 100_000, 10_000_000)  # in the first cache, in the second, in memory
_ROUNDS = 7
_SECONDS = 0.02  # of one measurement of a small array, repeated until it lasts so long


def measure(adapter: Adapter, like: str, dtype: str, sizes: tuple[int, ...] = SIZES) -> dict:
    """Nanoseconds per element by kernel and size.

    Parameters
    ----------
    adapter : the implementation.
    like : name of the activation to race with; parameters at their defaults.
    dtype : of the arrays: standard normal numbers, scaled by 3.

    Returns
    -------
    dict
        rows of kernel, elements, ns, actfn, copy (all ns per element), gb_s and copy_gb_s (bytes
        read and written).
    """
    from actfn.catalogue import get

    _one_thread()
    record: Any = get(like)
    kind = np.dtype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)
    values = tuple(record.defaults.values())
    ours = {"forward": record, "derivative": record.derivative}
    rows = []
    for size in sizes:
        x = (3 * np.random.default_rng(0).standard_normal(size, np.float32)).astype(kind)
        room = np.empty_like(x)
        for kernel, function in (("forward", adapter.forward), ("derivative", adapter.derivative)):
            if function is None:
                continue
            racers = {
                "ns": lambda f=function, x=x: f(x),
                "actfn": lambda f=ours[kernel], x=x: f(x, *values),
                "copy": lambda x=x, room=room: np.copyto(room, x),
            }
            times = _alternated(racers, size)
            moved = 2 * kind.itemsize
            speeds = {"gb_s": moved / times["ns"], "copy_gb_s": moved / times["copy"]}
            rows.append({"kernel": kernel, "elements": size, **times, **speeds})
    return {"rows": rows, "unit": "ns per element, best time, one thread; GB/s read and written"}


def _one_thread() -> None:
    """Tell actfn, and PyTorch where it is loaded; speed is the last thing measured."""
    from actfn.kernels.threads import set_num_threads

    set_num_threads(1)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


def _alternated(racers: dict, size: int) -> dict[str, float]:
    """The best nanoseconds per element of each."""
    repeats = {}
    for name, race in racers.items():
        race()  # compiles, and touches the memory
        started = time.perf_counter()
        race()
        once = time.perf_counter() - started
        repeats[name] = max(1, int(_SECONDS / max(once, 1e-7)))
    times: dict[str, list[float]] = {name: [] for name in racers}
    for _ in range(_ROUNDS if size < 1_000_000 else 3):
        for name, race in racers.items():
            started = time.perf_counter()
            for _ in range(repeats[name]):
                race()
            seconds = time.perf_counter() - started
            times[name].append(seconds / repeats[name] / size * 1e9)
    return {name: min(several) for name, several in times.items()}
