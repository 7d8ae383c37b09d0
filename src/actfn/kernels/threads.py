"""Large arrays over several threads. Elementwise results do not depend on the split."""

import contextvars
import os
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
    length = outputs[0].shape[axis]
    shares = min(_count, length)
    edges = [length * k // shares for k in range(shares + 1)]

    def work(k):
        cut = (slice(None),) * axis + (slice(edges[k], edges[k + 1]),)
        ufunc(*[a if a.ndim == 0 else a[cut] for a in arrays], out=tuple(o[cut] for o in outputs))

    _together(work, shares)


def share(count, elements, work):
    """Call work(first, last) on parts of range(count), at the same time if there is enough to do.

    `elements` says how much that is in all.
    """
    shares = min(_count, count) if elements >= MINIMUM else min(1, count)
    edges = [count * k // max(shares, 1) for k in range(shares + 1)]
    _together(lambda k: work(edges[k], edges[k + 1]), shares)


def _together(work, shares):
    """Call work(0) ... work(shares - 1), the first in the calling thread."""
    # numpy.errstate is a context variable: each thread works in a copy of the caller's context.
    futures = [
        _pool(_count - 1).submit(contextvars.copy_context().run, work, k) for k in range(1, shares)
    ]
    try:
        if shares:
            work(0)
    finally:
        errors = [future.exception() for future in futures]
    for error in errors:
        if error is not None:
            raise error


def _flat(array, shape) -> bool:
    return array.shape == shape and array.flags.c_contiguous
