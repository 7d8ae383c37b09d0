"""Generate src/actfn/interview/grading/truth/*.json: the stored cases of every code task.

    python tools/task_truth.py [TASK...]

True values come from ball arithmetic on the task's formula (elementwise tasks) or from
tools/row_truth.py at 60 digits (tasks on rows). Inputs are the same at every run.
"""

import json
import sys

import numpy as np
from row_truth import cases_of

from actfn.interview import tasks
from actfn.interview.grading.cases import DIRECTORY, encode
from actfn.interview.grading.curve import default_parameters, true_values
from actfn.interview.grading.task import Elementwise, Random

NEAR_ZERO = (1e-12, 1e-9, 1e-7, 1e-5, 1e-3)
# Closer where thresholds are usual: 10, 15, 20, 30.
TAIL = (7.3, 8.2, 9.1, 10.4, 11.6, 12.7, 15.2, 17.4, 20.3, 22.6, 25.1, 30.2, 35.2, 41.5, 60.1)
LARGE = (100.5, 300.0, 600.0, 720.0, 1000.0, 1e4, 1e6)
SINGLE_LARGE = (30.0, 60.0, 95.0, 120.0, 1000.0, 1e4)


class Truth:
    """True values of an elementwise task."""

    def __init__(self, task):
        self.task, self.how = task, task.truth
        self.defaults = default_parameters(task)

    def __call__(self, x, **parameters):
        """(true value, lowest and highest that are right) at every entry of x."""
        flat = np.asarray(x, np.float64).ravel()
        value = self.of(self.how.formula, flat, parameters)
        every = [value, *(self.of(text, flat, parameters) for text in self.how.also)]
        low, high = np.min(every, axis=0), np.max(every, axis=0)
        for point, (least, most) in self.how.kinks.items():
            value[flat == point] = low[flat == point] = least
            high[flat == point] = most
        return tuple(v.reshape(np.shape(x)) for v in (value, low, high))

    def of(self, text, flat, parameters):
        """Values of a formula, or of its derivative where the task asks for that."""
        return true_values(self.how, text, flat, {**self.defaults, **parameters})


def ordinary_points(how: Elementwise, count=61) -> np.ndarray:
    """Round numbers and others, none of them a kink."""
    rng = np.random.default_rng(7)
    if np.isfinite(how.low) and np.isfinite(how.high):
        inside = how.low + (how.high - how.low) * (np.arange(1, count) / count)
        return np.sort(np.append(inside, rng.uniform(how.low, how.high, 20)))
    half = np.arange(-12, 13) / 2  # most thresholds are: a slip of 1e-3 shows beside them
    points = np.concatenate(
        [np.linspace(-6, 6, count), rng.normal(0, 2.5, 40), half - 1e-3, half + 1e-3]
    )
    points = points[(points >= how.low) & (points <= how.high)]
    return np.sort(points[~np.isin(points, list(how.kinks))])


def within(how: Elementwise, sizes) -> np.ndarray:
    """Numbers of both signs that are sensible inputs."""
    both = np.sort(np.array([*sizes, *(-v for v in sizes)]))
    return both[(both >= how.low) & (both <= how.high)]


def edges(how: Elementwise) -> np.ndarray:
    """The ends of a finite range and numbers close to them: what a clip would move."""
    distances = (how.high - how.low) * np.array([0.0, *NEAR_ZERO])
    return np.sort(np.append(how.low + distances, how.high - distances))


def elementwise(task):
    """All cases of an elementwise task, from the plainest to the strangest."""
    how, truth = task.truth, Truth(task)
    core = ordinary_points(how)

    def case(region, x, layout=None, rest=(), **keywords):
        values = np.asarray(x)
        true, low, high = truth(values, **keywords)
        entry = encode(values) if isinstance(x, np.ndarray) else encode(float(x))
        if layout:
            entry["layout"] = layout
        found = {
            "region": region,
            "arguments": [entry, *[encode(r) for r in rest]],
            "keywords": {k: encode(float(v)) for k, v in keywords.items()},
            "truth": encode(true),
            "pointwise": True,
        }
        for name, bound in (("lowest", low), ("highest", high)):
            if not np.array_equal(bound, true, equal_nan=True):
                found[name] = encode(bound)
        scale = np.maximum(1.0, np.abs(values.astype(np.float64)))
        return found | (
            {"scale": encode(scale)} if region not in ("large", "float32_large") else {}
        )

    # Not in order: a result that depends on its neighbours, or is sorted, shows.
    yield case("ordinary", np.random.default_rng(3).permutation(core))
    if how.kinks:
        yield case("kink", np.array(sorted(how.kinks), float))
    wide = np.concatenate([core[::3], within(how, NEAR_ZERO), within(how, TAIL)])
    for name, values in how.parameters.items():
        for value in values:
            yield case("parameter", wide, **{name: value})
    if np.isfinite(how.low) and np.isfinite(how.high):
        yield case("tail", edges(how))
    if np.isinf(how.high) or how.low < 0:
        yield case("near_zero", within(how, NEAR_ZERO))
    if np.isinf(how.high):
        yield case("tail", within(how, TAIL))
        yield case("large", within(how, LARGE))
        yield case("float32_large", within(how, SINGLE_LARGE).astype(np.float32))
    whole = [v for v in range(-4, 6) if how.low <= v <= how.high and v not in how.kinks]
    yield case("integer", np.array(whole))
    yield case("float32", core[::2].astype(np.float32))
    # From end to end, so that each has both signs: an answer may be right on one side only.
    some = core[np.linspace(0, core.size - 1, 24).astype(int)]
    yield case("batch", some.reshape(4, 6))
    yield case("batch", some[::-1].reshape(2, 3, 4))  # falling: sorting would show
    yield case("batch", some[::4].reshape(1, 6, 1))
    yield case("layout", some, "strided")
    yield case("layout", some[::-1].reshape(4, 6), "transposed")
    yield case("read_only", some, "read_only")
    yield case("scalar", np.array(core[11]))
    yield case("scalar", float(core[40]))
    yield case("empty", np.zeros(0))
    yield case("float16", core[::4].astype(np.float16))
    if np.isinf(how.high):
        yield from special(case, task)


def special(case, task):
    """Limits, and NaN."""
    ends = [v for v in (-np.inf, np.inf) if task.truth.low <= v <= task.truth.high]
    try:
        yield case("special", np.array(ends))
    except (ArithmeticError, ValueError):
        print(f"{task.name}: no limits")
    found = case("special", np.array([0.5]))
    found["arguments"][0] = encode(np.array([np.nan]))
    found["truth"] = encode(np.array([np.nan]))
    yield {key: value for key, value in found.items() if key not in ("lowest", "highest")}


def write(name: str) -> None:
    task = tasks.get(name)
    if isinstance(task.truth, Random):
        return
    if isinstance(task.truth, Elementwise):
        found = list(elementwise(task))
    else:
        found = list(cases_of(task.truth.reference))
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    text = json.dumps(found, sort_keys=True, separators=(",", ":"))
    (DIRECTORY / f"{name}.json").write_text(text + "\n")


if __name__ == "__main__":
    for wanted in sys.argv[1:] or tasks.names():
        write(wanted)
        print(wanted)
