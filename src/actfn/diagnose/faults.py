"""The fault benchmark: networks with planted faults, and healthy ones that are easily accused.

Every case knows its truth: which units are dead or saturated, and whether the network as a whole
is ill. What was planted is checked against many fresh samples before it counts.
"""

from collections.abc import Callable
from contextlib import nullcontext

import numpy as np

from actfn.diagnose.dense_faults import DENSE
from actfn.diagnose.fault_case import Case

try:
    from actfn.diagnose.frameworks.pytorch_faults import CONVOLUTIONS, one_thread
except ImportError:  # torch is optional
    CONVOLUTIONS: dict[str, Callable] = {}  # type: ignore[no-redef]
    one_thread = nullcontext  # type: ignore[assignment]

CASES: dict[str, Callable] = {**DENSE, **CONVOLUTIONS}
LEFT_OUT = "" if CONVOLUTIONS else "cases with convolution channels are left out: they need torch"


def build(name: str) -> Case:
    """One case, the same every time, with its truth measured on fresh samples."""
    rng = np.random.default_rng([7, list(CASES).index(name)])
    case = CASES[name](rng)
    case.name = name
    case.settle(rng)
    return case
