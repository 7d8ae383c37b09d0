"""Large arrays over several threads. Elementwise results do not depend on the split."""

import contextvars
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np

# Below this many elements a second thread costs more than it saves.
MINIMUM = 32_768


def processors() -> int:
    """The processors this process may use; not every system tells."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_count = int(os.environ.get("ACTFN_NUM_THREADS") or 0) or processors()


def get_num_threads() -> int:
    """How many threads a large array is split over."""
    return _count


def set_num_threads(count: int) -> None:
    """Split large arrays over `count` threads; 1 keeps everything in the caller's thread."""
    global _count
    if int(count) != count or count < 1:
        raise ValueError(f"the number of threads must be a positive integer, not {count!r}")
    _count = int(count)


@cache
def _pool(workers: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(workers, thread_name_prefix="actfn")


os.register_at_fork(after_in_child=_pool.cache_clear)


def run(ufunc, inputs, outputs):
    """Fill the tuple `outputs` with ufunc(*inputs), all plain arrays (or scalars) that broadcast.

    The work is cut along the longest axis of the result; the calling thread takes one share.
    """
    shape = outputs[0].shape
    arrays = [np.asarray(a) for a in inputs]
    if all(a.ndim == 0 or _flat(a, shape) for a in arrays) and all(
        _flat(o, shape) for o in outputs
    ):
        arrays = [a.reshape(-1) if a.ndim else a for a in arrays]
        outputs = [o.reshape(-1) for o in outputs]
        axis = 0
    else:
        axis = int(np.argmax(shape))
        arrays = [a if a.ndim == 0 else np.broadcast_to(a, shape) for a in arrays]

    def work(first, last):
        cut = (slice(None),) * axis + (slice(first, last),)
        ufunc(*[a if a.ndim == 0 else a[cut] for a in arrays], out=tuple(o[cut] for o in outputs))

    share(outputs[0].shape[axis], outputs[0].size, work)


def share(count, elements, work):
    """Call work(first, last) on parts of range(count), several at a time if there is enough to do.

    `elements` says how much that is in all.
    """
    workers = min(_count, count) if elements >= MINIMUM else 1
    if workers > 1:
        least = -(-2 * count * MINIMUM // elements)  # a part costs 10 us to begin
        _together(work, _Parts(count, workers, min(least, count // workers)), workers)
    elif count:
        work(0, count)


class _Parts:
    """What is left of range(count), handed out in ever smaller parts.

    So a thread that wakes up late, or shares its processor with another program, does less, and
    all are done at about the same time.
    """

    def __init__(self, count, workers, least):
        self.first, self.count = 0, count
        self.workers, self.least = workers, least
        self.lock = threading.Lock()

    def take(self) -> tuple[int, int] | None:
        """The next part, as (first, last); None when there is none."""
        with self.lock:
            left = self.count - self.first
            if not left:
                return None
            first = self.first
            self.first += min(left, max(self.least, left // (2 * self.workers)))
            return first, self.first

    def drop(self):
        """Nothing more is to be begun."""
        with self.lock:
            self.first = self.count


def _together(work, parts, workers):
    """Call work on every part, one worker being the calling thread."""

    def turn():
        try:
            while (part := parts.take()) is not None:
                work(*part)
        except BaseException:
            parts.drop()
            raise

    # numpy.errstate is a context variable: each thread works in a copy of the caller's context.
    futures = [
        _pool(_count - 1).submit(contextvars.copy_context().run, turn) for _ in range(1, workers)
    ]
    try:
        turn()
    finally:
        # A worker that has not begun yet would find nothing left.
        errors = [None if future.cancel() else future.exception() for future in futures]
    for error in errors:
        if error is not None:
            raise error


def _flat(array, shape) -> bool:
    return array.shape == shape and array.flags.c_contiguous
