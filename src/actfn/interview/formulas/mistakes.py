"""Which mistake a wrong answer behaves like: the task's own list first, then common relations.

A relation is looked for between the answer's values and the true ones at all random points: minus
it, twice it, T times it, one minus it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from flint import arb, ctx, fmpq

from actfn.errors import FormulaError
from actfn.interview.formulas.forms import Form
from actfn.interview.formulas.judge import Judge
from actfn.interview.formulas.points import Point, Value
from actfn.interview.formulas.task import ROWS
from actfn.interview.formulas.values import Budget

_CLOSE = 1e-3  # relative: a formula that is nowhere further off has a rounded constant in it
_BITS = 512
_POWERS = (1, -1, 2, -2, Fraction(1, 2), Fraction(-1, 2))


@dataclass(frozen=True)
class Mistake:
    """The name of a mistake and the sentence that explains it."""

    name: str
    says: str


@dataclass(frozen=True)
class _Pair:
    point: Point
    got: arb
    expected: arb


def recognise(judge: Judge, form: Form, budget: Budget) -> Mistake | None:
    """Return the mistake that a wrong answer behaves like; None when nothing known fits."""
    for name, wrong in judge.task.wrong.items():
        try:
            known = judge.form(wrong.text)
        except FormulaError:
            continue  # a listed mistake may be of a kind that is refused when it is read
        if judge.same(form, known, budget):
            return Mistake(name, wrong.says)
    with ctx.workprec(_BITS):
        pairs = list(_pairs(judge, form, budget))
        if all((pair.got - pair.expected).contains(0) for pair in pairs):
            return None  # they differ beside some edge only: a case is wrong
        return next((m for check in _RELATIONS if (m := check(judge, pairs))), None)


def _pairs(judge: Judge, form: Form, budget: Budget) -> Iterator[_Pair]:
    for point, mine, truth in judge.values(form, budget):
        for got, expected in zip(mine, truth, strict=True):
            if got.is_finite() and expected.is_finite():
                yield _Pair(point, got, expected)


# ---- relations ------------------------------------------------------------------------------


def _all_same(values: list[arb]) -> arb | None:
    """Return the common value of balls that all overlap the first; None when they do not."""
    if not values or any((value - values[0]).contains(0) is False for value in values):
        return None
    return values[0] if all(value.rad() < 1e-30 for value in values) else None


def _ratios(pairs: list[_Pair]) -> list[arb] | None:
    """Return got / expected; None where one is zero and the other is not."""
    found = []
    for pair in pairs:
        if pair.expected.contains(0) or pair.got.contains(0):
            if not (pair.expected.contains(0) and pair.got.contains(0)):
                return None
        else:
            found.append(pair.got / pair.expected)
    return found or None


def _sign_or_factor(judge: Judge, pairs: list[_Pair]) -> Mistake | None:
    ratio = _all_same(_ratios(pairs) or [])
    if ratio is None or abs(float(ratio) - 1) < _CLOSE:
        return None
    if ratio.contains(-1):
        return Mistake("sign", "The sign is wrong: yours is minus the true one.")
    return Mistake("factor", f"Yours is {_shown(ratio)} times the true one at every point.")


def _variable_factor(judge: Judge, pairs: list[_Pair]) -> Mistake | None:
    """Find T, 1/T, T² ... by which the answer is off everywhere."""
    if (ratios := _ratios(pairs)) is None or len(ratios) != len(pairs):
        return None
    for variable in judge.task.variables:
        if variable.kind in ROWS or variable.kind == "real":
            continue
        for power in _POWERS:
            scale = [_power(pair.point.values[variable.name], power) for pair in pairs]
            rest = _all_same([r / s for r, s in zip(ratios, scale, strict=True)])
            if rest is not None and rest.contains(1):
                return Mistake("missing_factor", _factor_says(variable.name, power))
            if rest is not None and rest.contains(-1):
                says = "The sign is wrong as well. " + _factor_says(variable.name, power)
                return Mistake("missing_factor", says)
    return None


def _power(value: Value, power: Fraction | int) -> arb:
    assert isinstance(value, Fraction)  # vectors are left out
    base = arb(fmpq(value.numerator, value.denominator))
    return base ** fmpq(Fraction(power).numerator, Fraction(power).denominator)


def _factor_says(name: str, power: Fraction | int) -> str:
    size = {1: name, 2: f"{name}²", Fraction(1, 2): f"√{name}"}[abs(power)]
    if power > 0:
        return f"Yours is {size} times the true one: a factor 1/{size} is missing, or {size} is too much."
    return f"Yours is the true one divided by {size}: a factor {size} is missing, or 1/{size} is too much."


def _constant(judge: Judge, pairs: list[_Pair]) -> Mistake | None:
    shift = _all_same([pair.got - pair.expected for pair in pairs])
    if shift is None or abs(float(shift)) < _CLOSE:
        return None
    sign = "plus" if shift > 0 else "minus"
    return Mistake("constant", f"Yours is the true one {sign} {_shown(abs(shift))} everywhere.")


def _simple(name: str, holds: Callable[[arb, arb], arb], says: str) -> Callable:
    def check(judge: Judge, pairs: list[_Pair]) -> Mistake | None:
        distances = [holds(pair.got, pair.expected) for pair in pairs]
        return Mistake(name, says) if all(d.contains(0) for d in distances) else None

    return check


def _rounded(judge: Judge, pairs: list[_Pair]) -> Mistake | None:
    distances = [pair.got - pair.expected for pair in pairs]
    if any(distance.contains(0) for distance in distances):
        return None  # equal somewhere: then a case is wrong, not a constant
    sizes = [max(abs(float(pair.expected)), 1e-12) for pair in pairs]
    if max(abs(float(d)) / size for d, size in zip(distances, sizes, strict=True)) > _CLOSE:
        return None
    says = (
        "Yours agrees to three digits or more but is not equal: a constant is rounded or slightly "
        "off. Write it exactly, such as sqrt(2/pi)."
    )
    return Mistake("rounded_constant", says)


def _shown(value: arb) -> str:
    """Write a factor as 2, 1/2 or 3.1416."""
    near = Fraction(float(value)).limit_denominator(24)
    if (value - arb(fmpq(near.numerator, near.denominator))).contains(0):
        return str(near)
    return f"{float(value):.5g}"


_RELATIONS = (
    _sign_or_factor,
    _variable_factor,
    _constant,
    _simple(
        "complement",
        lambda a, b: a + b - 1,
        "Yours is 1 minus the true one: p and 1 - p are exchanged.",
    ),
    _simple("reciprocal", lambda a, b: a * b - 1, "Yours is the true one upside down: 1/it."),
    _simple(
        "square", lambda a, b: a - b * b, "Yours is the square of the true one: take the root."
    ),
    _simple(
        "root", lambda a, b: a * a - b, "Yours squared is the true one: the square is missing."
    ),
    _rounded,
)
