"""Whether a lane computes what it says: its results beside true values, before it is timed.

This is about what is computed, not about how well: results within the cube root of the square of
the dtype's spacing, relative to the value, or to 1 (of gradients, to dy) where values are smaller,
are taken for the same function. tanh-GELU is farther than that from GELU. Last bits are for
`actfn certify`.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import ml_dtypes
import numpy as np

from actfn import whiteboard
from actfn.examine.race.case import (
    BACKWARD,
    BOTH,
    COPY,
    DERIVATIVE,
    DTYPES,
    FORWARD,
    TOGETHER,
    Case,
)
from actfn.examine.race.rows import CHECKED, CHECKED_SAMPLES, FUNCTIONS, SAMPLERS, Rows
from actfn.oracle import Oracle

_POINTS = 500
_DEVIATIONS = 6.0  # of a count of draws; once in 5e8 by chance


@dataclass(frozen=True)
class Judgement:
    """What a comparison found: the fault, or "" and how far the results are off at most."""

    fault: str
    off: float = 0.0


def small(case: Case) -> Case:
    """The same case with so few inputs that all true values are known."""
    shape: tuple[int, ...] = (_POINTS,)
    if case.name in FUNCTIONS:
        shape = CHECKED
    elif case.name in SAMPLERS:
        shape = (CHECKED_SAMPLES[0], min(case.shape[1], CHECKED_SAMPLES[1]))
    return Case(case.name, case.operation, case.dtype, shape, case.inputs)


def judge(case: Case, results: list[dict[str, Any]]) -> Judgement:
    """Compare what a lane told about a small case."""
    if case.name in SAMPLERS:
        return _judge_draws(case, results)
    truths = true_values(case)
    if len(results) != len(truths):
        return Judgement(f"{len(results)} results instead of {len(truths)}")
    worst = 0.0
    for number, (result, truth) in enumerate(zip(results, truths, strict=True)):
        if result["dtype"] != case.dtype:
            return Judgement(f"the result is {result['dtype']}, not {case.dtype}")
        values = np.array(result["values"], np.float64)
        if values.size != truth.size:
            return Judgement(f"shape {tuple(result['shape'])} instead of {truth.shape}")
        off = _off(values.reshape(truth.shape), truth, _least(case, number, truth), case.dtype)
        worst = max(worst, float(off.max()))
        if worst > tolerance(case.dtype):
            at = np.unravel_index(int(off.argmax()), off.shape)
            x = case.draw("x" if case.name in FUNCTIONS or case.name == COPY else _names(case)[0])
            place = f" at x = {float(x[at]):.9g}" if x.shape == off.shape else ""
            got = values.reshape(truth.shape)[at]
            return Judgement(f"computes {got:.9g} instead of {truth[at]:.9g}{place}", worst)
    return Judgement("", worst)


def tolerance(dtype: str) -> float:
    """How far from the truth the same function may be, see above."""
    return float(ml_dtypes.finfo(DTYPES[dtype]).eps) ** (2 / 3)


def _least(case: Case, number: int, truth: np.ndarray) -> Any:
    """The size that results below it are measured by: of values 1, of gradients that of dy.

    A whole row can be small, as the gradient of a mean is: then its largest entry counts.
    """
    if case.name in FUNCTIONS:
        return min(1.0, float(np.abs(truth).max()))
    is_gradient = case.operation == BACKWARD or (case.operation == TOGETHER and number > 0)
    return np.maximum(1.0, np.abs(case.draw("dy").astype(np.float64))) if is_gradient else 1.0


def _off(values: np.ndarray, truth: np.ndarray, least: Any, dtype: str) -> np.ndarray:
    with np.errstate(all="ignore"):
        rounded = truth.astype(DTYPES[dtype]).astype(np.float64)
        size = np.maximum(np.abs(truth), least)
        off = np.abs(values - truth) / np.where(size > 0, size, 1.0)
    same = (values == rounded) | np.isnan(truth)
    return np.where(same, 0.0, np.where(np.isnan(off), np.inf, off))


@cache
def true_values(case: Case) -> list[np.ndarray]:
    """Every result of a case to float64's precision; NaN where it is a matter of convention."""
    if case.name == COPY:
        return [case.draw("x").astype(np.float64)]
    if case.name in FUNCTIONS:
        return _true_rows(case)
    inputs = [case.draw(name).astype(np.float64) for name in _names(case)]
    dy = case.draw("dy").astype(np.float64)
    value, slopes = _from_oracle(case, inputs)
    gradients = [dy * slope for slope in slopes]
    return {
        FORWARD: [value],
        DERIVATIVE: slopes,
        BACKWARD: gradients,
        BOTH: [value, *slopes],
    }.get(case.operation, [value, *gradients])


def _names(case: Case) -> tuple[str, ...]:
    return case.record.inputs


def _from_oracle(case: Case, inputs: list[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray]]:
    record = case.record
    if len(inputs) == 1:
        (x,) = inputs
        (value, _), (slope, _) = record.oracle().jets(x, length=2)
        places = [record.number(place) for place in record.kinks]
        return value, [np.where(np.isin(x, places), np.nan, slope)]
    return _gated(record, inputs)


def _gated(record, inputs: list[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Two inputs: every point is an oracle of its own, with the second as a parameter."""
    gate, value = inputs
    found = []
    for g, v in zip(gate.tolist(), value.tolist(), strict=True):
        oracle = Oracle(record.tree, {**record.defaults, "value": v}, "gate")
        by_gate = oracle.jets(np.array([g]), length=2)[:, 0, 0]
        by_value = oracle.jets(np.array([g]), wrt="value", length=2)[1, 0, 0]
        found.append((*by_gate, by_value))
    columns = np.array(found).T
    return columns[0], [columns[1], columns[2]]


def _true_rows(case: Case) -> list[np.ndarray]:
    rows = Rows(case)
    x, dy = rows.x.astype(np.float64), rows.dy.astype(np.float64)
    p, each = whiteboard.softmax(x), np.arange(len(x))
    if case.name == "cross_entropy":
        log_p, slope = whiteboard.log_softmax(x), p.copy()
        slope[each, rows.target] -= 1
        return [-np.mean(log_p[each, rows.target]), slope / len(x)]
    if case.operation == FORWARD:
        return [getattr(whiteboard, case.name)(x)]
    if case.name == "softmax":
        return [p * (dy - (dy * p).sum(axis=-1, keepdims=True))]
    return [dy - p * dy.sum(axis=-1, keepdims=True)]


def _judge_draws(case: Case, results: list[dict[str, Any]]) -> Judgement:
    """How often one of the k likeliest classes of a row is drawn, beside what it should be."""
    x = case.draw("x").astype(np.float64)
    draws = np.array(results[0]["values"]).reshape(len(x), -1)
    if case.name == "gumbel_softmax":  # a soft draw: its largest entry is the class
        draws = draws.argmax(axis=1)[:, None]
    draws = draws.astype(int)
    ranks = (-x).argsort(axis=1).argsort(axis=1)
    drawn = np.take_along_axis(ranks, draws, axis=1)
    counts = np.bincount(drawn.ravel(), minlength=x.shape[1]).cumsum()
    expected, variance = _expected(case, x, draws.shape[1])
    off = np.abs(counts - expected) / np.sqrt(variance + 1)
    worst = int(off.argmax())
    if off[worst] > _DEVIATIONS:
        times = f"{counts[worst]} times instead of {expected[worst]:.0f}"
        return Judgement(f"draws one of the {worst + 1} likeliest classes {times}")
    return Judgement("")


def _expected(case: Case, x: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """How often one of the k likeliest is to be drawn, for every k; and the variance of that."""
    options = SAMPLERS[case.name].options
    p = -np.sort(-whiteboard.softmax(x), axis=1)
    if options.get("replace") is False:  # as often as plain Gumbel noise puts it among the first
        noise = np.random.default_rng(5).gumbel(size=p.shape)
        with np.errstate(divide="ignore"):
            order = (-(np.log(p) + noise)).argsort(axis=1)[:, :size]
        counts = np.bincount(order.ravel(), minlength=p.shape[1]).cumsum()
        return counts, 2.0 * counts * (1 - counts / counts[-1])
    if "top_k" in options:
        p[:, options["top_k"] :] = 0
    if "top_p" in options:
        p[p.cumsum(axis=1) - p >= options["top_p"]] = 0
    among = (p / p.sum(axis=1, keepdims=True)).cumsum(axis=1)
    return size * among.sum(axis=0), size * np.maximum(among * (1 - among), 0).sum(axis=0)
