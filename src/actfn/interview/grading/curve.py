"""An answer's curve beside the true one, with the distance between them in ULP."""

from dataclasses import dataclass

import numpy as np

from actfn.formula import Formula
from actfn.interview.grading.compare import ulp_distance
from actfn.interview.grading.task import Elementwise, Task
from actfn.interview.sandbox import Call, Sandbox
from actfn.oracle import Oracle

_ENDS = (-12.0, 12.0)
_POINTS = 361


@dataclass(frozen=True)
class Curve:
    """What is drawn: entries of x, and at each the answer's value, the truth and their distance.

    ``message`` says why there is nothing to draw; the arrays are then empty.
    """

    x: np.ndarray
    yours: np.ndarray
    truth: np.ndarray
    ulp: np.ndarray
    message: str = ""


def default_parameters(task: Task) -> dict[str, float]:
    """From the signature: "x, alpha=1.0" has {"alpha": 1.0}."""
    pairs = [part.split("=") for part in task.signature.split(",")[1:] if "=" in part]
    return {name.strip(): float(value) for name, value in pairs}


def true_values(how: Elementwise, formula: str, x: np.ndarray, known: dict) -> np.ndarray:
    """Values of a formula at every x, or of its derivative where the task asks for that."""
    parsed = Formula.parse(formula)
    values = {name: value for name, value in known.items() if name in parsed.names}
    return Oracle(parsed, values, variable=how.variable).double_double(x, how.order)[0]


def grid(how: Elementwise) -> np.ndarray:
    """Where curves are compared: inside the sensible inputs, beside the kinks."""
    low, high = max(how.low, _ENDS[0]), min(how.high, _ENDS[1])
    # An even number of steps would meet 0 and other round numbers, where functions have kinks.
    inner = np.linspace(low, high, _POINTS + 1)
    return (inner[1:] + inner[:-1]) / 2 + (high - low) * 1e-5


def curve_of(task: Task, source: str, sandbox: Sandbox) -> Curve | None:
    """Run an answer on a grid; None for a task that has no curve, such as one on rows."""
    if not isinstance(task.truth, Elementwise):
        return None
    x = grid(task.truth)
    report = sandbox.run(source, task.name, [Call((x,))])
    nothing = np.zeros(0)
    outcome = report.outcomes[0] if report.outcomes else None
    if outcome is None or outcome.status != "ok":
        message = report.message if outcome is None else outcome.message
        return Curve(nothing, nothing, nothing, nothing, message)
    yours = outcome.value
    if (
        not isinstance(yours, np.ndarray)
        or yours.shape != x.shape
        or yours.dtype.kind not in "fiub"
    ):
        return Curve(nothing, nothing, nothing, nothing, "it returns no number for each input")
    truth = true_values(task.truth, task.truth.formula, x, default_parameters(task))
    return Curve(x, yours.astype(np.float64), truth, ulp_distance(yours, truth))
