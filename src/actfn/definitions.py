"""Activations that people define themselves, from one line of formula.

Everything a built-in activation has is derived from the formula: the derivative by x and by every
parameter, the second derivative, kinks, limits, compiled kernels for all four dtypes.
"""

import math
import re
from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from importlib.util import find_spec
from numbers import Real
from typing import Any

from actfn.activation import Activation, Kink, Parameter
from actfn.calculus import differentiate
from actfn.errors import FormulaError, RecordError
from actfn.formula import Formula, to_text
from actfn.grammar import ARITIES, CONSTANTS, nearest
from actfn.kernels.formula_checks import check_constants, check_size
from actfn.kink_finder import find_kinks, number
from actfn.tree_building import rational

MOST_PARAMETERS = 4  # what the compiled loops have room for
_LONGEST_NAME = 60  # it becomes part of a file's name
_TAKEN_BY_CALLS = ("x", "out", "where", "dtype", "casting", "order", "subok", "signature")
_NEARER = (300.0, 100.0, 30.0, 10.0)
_LIMIT_FORMS = ("{}", "-{}", "1/{}", "-1/{}", "sqrt({})", "-sqrt({})", "1/sqrt({})", "-1/sqrt({})")
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")


class Defined(Activation):
    """An activation made by `actfn.define`."""

    @cached_property
    def title(self) -> str:
        """Its name: there is no file with a first line."""
        return self.name

    @property
    def spec(self) -> dict[str, Any]:
        """The arguments of `define` that make it again."""
        kinks = {place: (k.derivative, k.reason, k.second) for place, k in self.kinks.items()}
        parameters = {p.name: p.default for p in self.parameters}
        return {
            "name": self.name, "formula": self.formula, "kinks": kinks, "limits": self.limits,
            "source": self.source, "domain": self.domain, "parameters": parameters,
        }  # fmt: skip

    def __reduce__(self):
        return restore, (self.spec,)


def restore(spec: Mapping[str, Any]) -> Activation:
    """The activation with this `Defined.spec`, defined again where it is not known yet."""
    parameters: dict[str, Any] = {n: Fraction(text) for n, text in spec["parameters"].items()}
    kinks = {place: Kink(*values) for place, values in spec["kinks"].items()}
    rest = {key: spec[key] for key in ("limits", "source", "domain")}
    return define(spec["name"], spec["formula"], kinks=kinks, **rest, **parameters)


def define(
    name: str,
    formula: str,
    *,
    kinks: Mapping[Any, Any] | None = None,
    limits: tuple[Any, Any] | None = None,
    source: str = "user-defined",
    domain: tuple[Any, Any] = ("-inf", "inf"),
    replace: bool = False,
    **parameters: Any,
) -> Activation:
    """Make an activation from a formula.

    Parameters
    ----------
    name : str
        In snake_case; `actfn.get(name)` finds it from now on.
    formula : str
        In x and the parameters, in the grammar of `actfn.formula`. It is read, never executed.
    kinks : mapping, optional
        Place -> derivative chosen there (a number, a formula text in the parameters, or a
        `Kink`). Kinks are found without it; then the branch that the formula itself takes at the
        place decides, max and min count as their second argument, clip as the bound, and abs has
        the derivative 0: relu(x), max(x, 0) and clip(x, 0, 6) have the derivative 0 there.
    limits : pair, optional
        The values at the two ends of the domain; worked out without it.
    source : str
        Where the formula comes from.
    domain : pair
        Where the function is defined; outside it is NaN.
    replace : bool
        Allow another formula for a name defined earlier. Built-in names are never replaced.
    **parameters : number
        The parameters and their defaults.

    Returns
    -------
    Activation

    Raises
    ------
    FormulaError
        Where the formula is outside the grammar, names something undeclared, or is undefined at
        ordinary inputs.
    RecordError
        For a name that is taken, a parameter that is not used or is not a finite number.

    Accuracy
    --------
    Kernels compute with about 100 bits (80 in erfc), so float32 and float64 results are usually
    within 0.51 ULP, next to the subnormal range within 1, and 16-bit results correctly rounded.
    Cancellation that no identity is known for costs the bits that it cancels; float64 begins to
    show it after about 45, float32 after 70. Limits hold at the default parameters.

    Examples
    --------
    >>> import actfn
    >>> f = actfn.define("warm_swish", "x / (1 + exp(-beta*x))", beta=1.7)
    >>> f.limits
    ('-0', 'inf')
    >>> actfn.get("warm_swish") is f
    True
    """
    from actfn import catalogue

    _check_name(name)
    declared = _parameters(parameters)
    draft = _Draft(formula, declared, domain)
    record = Defined(
        name=name,
        formula=formula,
        source=source,
        parameters=declared,
        kinks=draft.kinks(kinks or {}),
        limits=draft.limits(limits),
        domain=draft.domain,
    )
    known = catalogue._defined.get(name)
    if known is not None and known.spec == record.spec:
        return known
    if known is not None and not replace:
        raise RecordError(
            f"'{name}' is already defined as {known.formula}; pass replace=True to define it anew"
        )
    from actfn.kernels.derivation import attach_kernels

    attach_kernels(record)
    catalogue.register(record)
    return record


class _Draft:
    """A formula with its parameters, before it is a record."""

    def __init__(self, text: str, parameters: tuple[Parameter, ...], domain):
        names = tuple(parameter.name for parameter in parameters)
        self.tree = Formula.parse(text, ("x", *names))
        self.parameter_names = names
        self.defaults = {p.name: float(p.value or 0.0) for p in parameters}
        low, high = domain
        self.domain = _text(low), _text(high)
        if "x" not in self.tree.names:
            raise FormulaError(f"the formula {text!r} does not use x")
        check_constants(self.tree.tree)
        for name in names:
            if name not in self.tree.names:
                hint = nearest(name, self.tree.names)
                raise RecordError(f"the parameter '{name}' does not occur in {text!r}{hint}")

    def value(self, text: str) -> float:
        """A number of the record, such as a place or a limit."""
        return Formula.parse(text, self.parameter_names).evaluate(**self.defaults)

    def kinks(self, chosen: Mapping[Any, Any]) -> dict[str, Kink]:
        """What the formula says, and over it what the person says."""
        first = differentiate(self.tree.tree, "x")
        second = differentiate(first, "x")
        check_size(second)
        found = find_kinks(self, first, second)
        for place, choice in chosen.items():
            at = self.value(_text(place))
            found = {text: kink for text, kink in found.items() if self.value(text) != at}
            if not isinstance(choice, Kink):
                choice = Kink(_text(choice), "chosen when it was defined")
            found[_text(place)] = choice
        return found

    def limits(self, given) -> tuple[str, str]:
        """The limits as given, or worked out at the defaults and put in terms of parameters."""
        if given is not None:
            low, high = given
            return _text(low), _text(high)
        settings = [self.defaults]
        settings += [{n: v * f for n, v in self.defaults.items()} for f in (0.75, 1.5)]
        found = [self._limits_at(values) for values in settings]
        low, high = (self._limit_text([f[side] for f in found], settings) for side in (0, 1))
        return low, high

    def _limits_at(self, values: dict[str, float]) -> list[float]:
        from actfn.oracle import Oracle

        ends = [self.value(text) for text in self.domain]
        oracle = Oracle(self.tree, values)
        return [_limit(oracle, values, end) for end in ends]

    def _limit_text(self, limits: list[float], settings: list[dict[str, float]]) -> str:
        if math.isnan(limits[0]):
            raise FormulaError(
                f"{self.tree.text!r} has no limit at an end of its domain {self.domain}: give "
                f"domain=(low, high) where it is not defined everywhere, else limits=(low, high)"
            )
        texts = [_signed(limits[0])]
        texts += [form.format(n) for n in self.parameter_names for form in _LIMIT_FORMS]
        for text in texts:
            if all(_same(text, at, limit) for at, limit in zip(settings, limits, strict=True)):
                return text
        return texts[0]


def _limit(oracle, values: dict[str, float], end: float) -> float:
    try:
        limit = float(oracle.double_double(end)[0])
        if limit == 0 and math.isinf(end):
            # Far out everything underflows; nearer by, the side that 0 is approached from shows.
            nearer = oracle.double_double([math.copysign(size, end) for size in _NEARER])[0]
            written = oracle.formula.evaluate(**values, x=math.copysign(_NEARER[0], end))
            return math.copysign(0.0, next((v for v in nearer if v), written))
    except (ArithmeticError, RecordError):
        return math.nan
    return limit


def _same(text: str, values: Mapping[str, float], limit: float) -> bool:
    found = Formula.parse(text).evaluate(**values)
    return found == limit or abs(found - limit) <= 1e-14 * abs(limit)


def _signed(value: float) -> str:
    if math.isinf(value) or value == 0:
        return f"{'-' if math.copysign(1, value) < 0 else ''}{'inf' if value else '0'}"
    return to_text(number(value))


def _text(value: Any) -> str:
    """A number or a text as the text of the record."""
    if isinstance(value, str):
        return value
    if not isinstance(value, Real) or isinstance(value, bool) or math.isnan(value):
        raise RecordError(f"expected a number or a formula text, received {value!r}")
    if isinstance(value, Fraction):
        return to_text(rational(value))
    return _signed(float(value))


def _check_name(name: str) -> None:
    import actfn

    if not isinstance(name, str):
        raise RecordError(f"the name of an activation is a text, received {name!r}")
    if len(name) > _LONGEST_NAME:
        raise RecordError(f"the name is longer than {_LONGEST_NAME} characters: {name[:20]}...")
    if name.isidentifier() and (name in actfn._HOMES or find_spec(f"actfn.{name}")):
        raise RecordError(f"the name '{name}' is taken: actfn.{name} is something else")


def _parameters(given: Mapping[str, Any]) -> tuple[Parameter, ...]:
    if len(given) > MOST_PARAMETERS:
        raise RecordError(f"{len(given)} parameters were given; at most {MOST_PARAMETERS} can be")
    return tuple(_parameter(name, value) for name, value in given.items())


def _parameter(name: str, value: Any) -> Parameter:
    if not _IDENTIFIER.match(name) or name in {*_TAKEN_BY_CALLS, *ARITIES, *CONSTANTS}:
        raise RecordError(f"'{name}' cannot be the name of a parameter")
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise RecordError(f"the default of '{name}' is a finite number, received {value!r}")
    return Parameter(name, _text(value))
