"""A lane of the race that goes wrong in the way that FAULTY_LANE names; else the identity.

"crash 2" crashes when it is timed for the second time.
"""

import os
import signal
import time

import numpy as np

from actfn.examine.race.ways import Arrays, Way

FAULT, _, TIMES = os.environ.get("FAULTY_LANE", "").partition(" ")


def start(count):
    if FAULT == "import":
        raise ImportError("the library is broken")
    return {"version": "0", "threads": count}


def ways(case):
    arrays = Arrays(case)
    x, left = arrays.x, [int(TIMES or 0)]

    def call():
        left[0] -= len(x) > 600  # the comparison before the race has 500 elements
        if left[0] < 0 and FAULT == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        if left[0] < 0 and FAULT == "hang":
            time.sleep(1000)
        if FAULT == "raise":
            raise RuntimeError("not today")
        if FAULT == "print":
            print("hello from the library")
        return {
            "value": lambda: x * np.float32(1.001),
            "nan": lambda: np.full_like(x, np.nan),
            "shape": lambda: x[:-1],
            "dtype": lambda: x.astype(np.float64),
            "many": lambda: (x, x),
        }.get(FAULT, lambda: x)()

    return {"call": Way(call)}
