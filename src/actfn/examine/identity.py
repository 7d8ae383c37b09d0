"""Which function it is, where it is another one than it claims to be.

Tried in turn: every activation of the catalogue and its derivative, the same function with other
parameters, and the mistakes that the interview knows for it.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from actfn.activation import DERIVATIVE, FORWARD, Activation
from actfn.catalogue import get, names
from actfn.examine.truth import Truth
from actfn.formula import Formula
from actfn.interview import tasks
from actfn.interview.grading.mistakes import function_of
from actfn.interview.grading.task import Elementwise, Task

# Inputs at which functions differ; none at a kink or at a zero.
_ORDINARY = np.array([-7.3, -4.1, -3.1, -2.2, -1.3, -0.7, -0.31, 0.17, 0.55, 1.1, 1.9, 2.7, 3.3,
                      5.2, 7.7])  # fmt: skip
_SAME = {2: 2e-2, 4: 1e-5, 8: 1e-6}  # relative, by size of the dtype: the same but for roundings
_CLOSER = 16.0  # times nearer than the function it claims to be


def other_function(truth: Truth, kernel: str, call) -> tuple[str, bool]:
    """A sentence on what the implementation computes instead, or ""; whether it is a mistake.

    A known mistake has a sentence of its own; other functions are named.

    `call` takes an array of ordinary inputs and returns the implementation's results.
    """
    x = _ORDINARY.astype(truth.dtype)
    y = call(x).astype(np.float64)
    wide = x.astype(np.float64)
    own = _value(truth.record, kernel, wide, truth.parameters)
    same = _SAME[truth.dtype.itemsize]

    def is_it(values) -> bool:
        return _near(y, values, same) and _off(y, values) * _CLOSER < _off(y, own)

    for label, values in _candidates(truth, kernel, wide):
        if is_it(values):
            return f"it computes {label}", False
    for says, values in _mistaken(truth, kernel, wide):
        if is_it(values):
            return says, True
    return "", False


def _candidates(truth: Truth, kernel: str, x) -> Iterator[tuple[str, np.ndarray]]:
    record = truth.record
    for what, parameters in _variants(truth):
        yield f"{record.name} with {what}", _value(record, kernel, x, parameters)
    other = DERIVATIVE if kernel == FORWARD else FORWARD
    yield _called(record.name, other), _value(record, other, x, truth.parameters)
    if kernel == DERIVATIVE:
        with np.errstate(all="ignore"):
            second = record.second_derivative(x, *truth.parameters.values())
        yield f"the second derivative of {record.name}", second
    for name in names():
        found = get(name)
        if not isinstance(found, Activation) or name == record.name:
            continue
        if found.built_in:  # not what the user has defined
            for key in (kernel, other):
                yield _called(name, key), _value(found, key, x, found.defaults)


def _mistaken(truth: Truth, kernel: str, x) -> Iterator[tuple[str, np.ndarray]]:
    for mistake, says in _known_mistakes(truth.record.formula, kernel):
        with np.errstate(all="ignore"):
            try:
                values = np.asarray(mistake(x.copy()), float)
            except Exception:  # the mistake may be that it raises
                continue
        if values.shape == x.shape:
            yield says, values


def _called(name: str, kernel: str) -> str:
    return name if kernel == FORWARD else f"the derivative of {name}"


def _variants(truth: Truth):
    record = truth.record
    for framework, texts in record.variants.items():
        changed = {name: Formula.parse(text, ()).evaluate() for name, text in texts.items()}
        given = ", ".join(f"{name} = {text}" for name, text in texts.items())
        yield f"{given}, as in {framework}", {**truth.parameters, **changed}
    for parameter in record.parameters:
        for text in (*filter(None, [parameter.default]), *parameter.test_values):
            value = Formula.parse(text, ()).evaluate()
            if value != truth.parameters[parameter.name]:
                yield f"{parameter.name} = {text}", {**truth.parameters, parameter.name: value}


def _value(record, kernel: str, x, parameters) -> np.ndarray:
    function = record if kernel == FORWARD else record.derivative
    with np.errstate(all="ignore"):
        return np.asarray(function(x, *parameters.values()), float)


def _near(y, values, same: float) -> bool:
    with np.errstate(all="ignore"):
        scale = np.maximum(np.abs(values), 0.01)
        return bool(np.all(np.abs(y - values) <= same * scale))


def _off(y, values) -> float:
    with np.errstate(all="ignore"):
        return float(np.nan_to_num(np.abs(y - values), nan=np.inf).max())


def _known_mistakes(formula: str, kernel: str) -> list:
    return [
        (function_of(wrong.source, task.name), wrong.says)
        for task in _tasks()
        if _about(task, formula, kernel)
        for wrong in task.wrong.values()
    ]


@lru_cache(maxsize=1)
def _tasks() -> tuple[Task, ...]:
    found = (tasks.get(name) for name in tasks.names())
    return tuple(t for t in found if isinstance(t.truth, Elementwise) and t.truth.variable == "x")


def _about(task: Task, formula: str, kernel: str) -> bool:
    """Whether the task asks for this function, by comparing the two formulas' values."""
    truth = task.truth
    assert isinstance(truth, Elementwise)  # no others are listed
    if truth.order != (kernel == DERIVATIVE):
        return False
    return _values_of(truth.formula) == _values_of(formula)


@lru_cache(maxsize=512)
def _values_of(text: str) -> tuple:
    parsed = Formula.parse(text)
    others = dict.fromkeys((n for n in parsed.names if n != "x"), 0.7)
    return tuple(round(parsed.evaluate(x=x, **others), 9) for x in _ORDINARY.tolist())
