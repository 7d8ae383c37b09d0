"""What a record is refused for, when it is created."""

import math
import re

from actfn.errors import FormulaError, RecordError
from actfn.formula import Formula, kink_candidates

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
# Kinks are looked for here: every place that the catalogue's defaults can reach, finely enough.
_GRID = [i / 16 for i in range(-256, 257)]
_FAR = (40.0, 300.0, 1e4, 1e6, 1e8)


def check(record) -> None:
    """Raise RecordError where the record is incomplete or contradicts itself."""
    if not _NAME.match(record.name):
        raise RecordError(f"'{record.name}' is not a name in snake_case")
    if not record.source.strip():
        raise RecordError(f"{record.name}: a source (paper and equation) is missing")
    try:
        tree = record.tree
        places = {text: record.number(text) for text in record.kinks}
        limits = [record.number(text) for text in record.limits]
    except FormulaError as error:
        raise RecordError(f"{record.name}: {error}") from error
    if len(record.inputs) == 1:
        _check_kinks(record, tree, sorted(places.values()))
        _check_limits(record, tree, limits)


def _check_kinks(record, tree: Formula, declared: list[float]) -> None:
    switches = [_as_formula(tree, candidate) for candidate in kink_candidates(tree.tree)]
    for switch in switches:
        for place in _zeros(record, switch):
            if any(abs(place - d) <= 1e-6 * max(1.0, abs(d)) for d in declared):
                continue
            left, right = _slope(record, tree, place, -1), _slope(record, tree, place, 1)
            if abs(left - right) > 1e-3 * max(1.0, abs(left), abs(right)):
                raise RecordError(
                    f"{record.name}: the formula has a kink at x = {place:.6g} (slope {left:.4g} "
                    f"on its left, {right:.4g} on its right) that `kinks` does not declare"
                )


def _as_formula(whole: Formula, tree) -> Formula:
    return Formula("", tree, whole.names)


def _evaluate(record, formula: Formula, x: float) -> float:
    values = {**record.defaults, "x": x}
    return formula.evaluate(**{name: values[name] for name in formula.names if name in values})


def _zeros(record, switch: Formula):
    previous_x, previous = math.nan, math.nan
    for x in _GRID:
        value = _evaluate(record, switch, x)
        if value == 0.0:
            yield x
        elif previous * value < 0.0:
            yield _bisect(record, switch, previous_x, x)
        previous_x, previous = x, value


def _bisect(record, switch: Formula, low: float, high: float) -> float:
    sign = math.copysign(1.0, _evaluate(record, switch, low))
    for _ in range(60):
        middle = (low + high) / 2
        if sign * _evaluate(record, switch, middle) > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _slope(record, tree: Formula, place: float, side: int) -> float:
    # Two points strictly on one side: the branch at the kink itself does not enter.
    near, far = place + side * 1e-5, place + side * 3e-5
    return (_evaluate(record, tree, far) - _evaluate(record, tree, near)) / (far - near)


def _check_limits(record, tree: Formula, limits: list[float]) -> None:
    ends = [record.number(text) for text in record.domain]
    for side, end, limit in zip((-1, 1), ends, limits, strict=True):
        if not math.isinf(end):
            continue
        values = [_evaluate(record, tree, side * far) for far in _FAR]
        values = [value for value in values if not math.isnan(value)]
        if values and not _approaches(values, limit):
            raise RecordError(
                f"{record.name}: the limit at {'-' if side < 0 else ''}inf is declared as "
                f"{limit:g}, but the formula gives {values[-1]:g} at {side * _FAR[-1]:g}"
            )


def _approaches(values: list[float], limit: float) -> bool:
    if math.isinf(limit):
        # Even a logarithm grows by more than 1 from each of these places to the next.
        growing = len(values) > 1 and abs(values[-1]) > abs(values[-2]) + 1.0
        same_sign = math.copysign(1.0, values[-1]) == math.copysign(1.0, limit)
        return values[-1] == limit or (same_sign and growing)
    return abs(values[-1] - limit) <= 1e-5 * max(1.0, abs(limit))
