"""actfn's own lane of the race."""

from typing import Any

import numpy as np

import actfn
from actfn.examine.race import rows_actfn
from actfn.examine.race.case import BACKWARD, BOTH, COPY, DERIVATIVE, FORWARD, TOGETHER, Case
from actfn.examine.race.rows import ROWS
from actfn.examine.race.ways import Arrays, Way, Ways, one_or_all
from actfn.gated import Gated
from actfn.kernels import threads


def start(count: int) -> dict[str, Any]:
    """Use so many threads; what is worth knowing about this installation."""
    import llvmlite.binding

    actfn.set_num_threads(count)
    features = llvmlite.binding.get_host_cpu_features()
    return {
        "version": actfn.__version__,
        "threads": actfn.get_num_threads(),
        "numpy": np.__version__,
        "instruction set": instruction_set(features),
    }


def instruction_set(features) -> str:
    """The widest set of vector instructions that compiled kernels use here."""
    known = ("avx512f", "avx2", "avx", "neon")
    return next((name for name in known if features.get(name)), "scalar")


def ways(case: Case) -> Ways:
    """Every way that actfn has to compute the case."""
    if case.name in ROWS:
        return rows_actfn.ways(case)
    arrays = Arrays(case)
    if case.name == COPY:
        return {"copy": Way(lambda: _copied(arrays))}
    if case.operation == TOGETHER:
        return _together(case, arrays)
    return _Calls(case, arrays).ways()


def _copied(arrays: Arrays) -> np.ndarray:
    if actfn.get_num_threads() > 1 and arrays.x.size >= threads.MINIMUM:
        threads.run(np.positive, (arrays.x,), (arrays.y,))
    else:
        np.copyto(arrays.y, arrays.x)
    return arrays.y


class _Calls:
    """The operations of one record on fixed arrays."""

    def __init__(self, case: Case, arrays: Arrays):
        self.case, self.arrays, self.record = case, arrays, case.record
        # Only where the record insists on them: a parameter that is left out costs less.
        needed = None in (parameter.default for parameter in self.record.parameters)
        self.given: dict[str, Any] = dict(self.record.defaults) if needed else {}
        if isinstance(self.record, Gated):
            self.given["gate"] = "first"

    def forward(self):
        """y, into its array."""
        return self.record(*self.arrays.inputs, **self.given, out=self.arrays.y)

    def derivative(self):
        """f'(x), into its array; of a gated unit both."""
        out = one_or_all(self.arrays.slopes)
        return self.record.derivative(*self.arrays.inputs, **self.given, out=out)

    def backward(self):
        """dy f'(x), into its array; of a gated unit both."""
        out = one_or_all(self.arrays.gradients)
        return self.record.backward(self.arrays.dy, *self.arrays.inputs, **self.given, out=out)

    def first(self):
        """The gradient of x alone, where `backward` also gives those of parameters."""
        return self.record.operations.run(
            "backward", (self.arrays.dy, *self.arrays.inputs), self._bound(),
            {"out": self.arrays.gradients[0]},
        )  # fmt: skip

    def both(self):
        """y and f'(x) in one pass."""
        out = (self.arrays.y, self.arrays.slopes[0])
        return self.record.value_and_derivative(*self.arrays.inputs, **self.given, out=out)

    def _bound(self):
        return self.record.operations.bind((), dict(self.given))[0]

    def ways(self) -> Ways:
        learned = any(parameter.learned for parameter in self.record.parameters)
        gated = isinstance(self.record, Gated)
        offered = {
            FORWARD: {"out=": self.forward},
            DERIVATIVE: {"derivative, out=": self.derivative},
            BACKWARD: {"backward, out=": self.first if learned else self.backward},
            BOTH: {} if gated else {"value_and_derivative, out=": self.both},
        }
        return {name: Way(call) for name, call in offered[self.case.operation].items()}


def _together(case: Case, arrays: Arrays) -> Ways:
    """Forward and, later, backward: from x again, or from a derivative that was kept."""
    calls = _Calls(case, arrays)
    backward = next(iter(_Calls(_with(case, BACKWARD), arrays).ways().values())).call
    dx, slope = arrays.gradients[0], arrays.slopes[0]

    def from_x():
        return calls.forward(), backward()

    def from_slope():
        y, _ = calls.both()
        return y, np.multiply(arrays.dy, slope, out=dx)

    def from_slope_in_threads():
        y, _ = calls.both()
        return y, actfn.bilinear(arrays.dy, slope, out=dx)  # NumPy multiplies in one thread

    found = {"forward, then backward": Way(from_x)}
    if not isinstance(calls.record, Gated):
        found["value_and_derivative, then multiply"] = Way(from_slope)
        if actfn.get_num_threads() > 1 and dx.size >= threads.MINIMUM:
            found["value_and_derivative, then bilinear"] = Way(from_slope_in_threads)
    return found


def _with(case: Case, operation: str) -> Case:
    return Case(case.name, operation, case.dtype, case.shape, case.inputs)
