"""The kernels of an activation that is known by its formula only."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from types import FunctionType

import numpy as np

from actfn.activation import DERIVATIVE, FORWARD, SECOND, parameter_kernel
from actfn.calculus import differentiate
from actfn.elementary import Exact
from actfn.errors import FormulaError, RecordError
from actfn.formula import Formula
from actfn.grammar import Comparison, Name, Tree
from actfn.kernels.formula_checks import check_size, edge_of
from actfn.kernels.generate import Ends, generate
from actfn.kink_finder import TreeFunction
from actfn.oracle import Oracle
from actfn.stable_forms import prepared, stable
from actfn.tree_building import where

_CHECKED_AT = (-40.0, -6.5, -2.25, -1.0, -0.3, 0.0, 0.2, 0.75, 1.0, 2.5, 7.0, 30.0)
_AGREEMENT = 1e-4  # kernels run in plain float64 for the check, so cancellation is allowed for
_BESIDE_ZERO = 2.0**-12
_POWERS = range(-4, 4)  # the growths that kernels can continue


@dataclass(frozen=True)
class _Wanted:
    """One kernel: its key, its tree, and how the oracle calls it."""

    key: str
    tree: Tree
    order: int
    by: str | None = None


def attach_kernels(record) -> None:
    """Generate the forward kernel and all derivatives of `record` and check them.

    Raises
    ------
    FormulaError
        Where a kernel does not reproduce the formula at ordinary inputs.
    """
    derivation = _Derivation(record)
    for wanted in derivation.wanted():
        check_size(wanted.tree)
        ends = derivation.ends(wanted)
        label = f"actfn.define {record.name} {wanted.key}"
        function = generate(label, wanted.tree, ("x", *record.parameter_names), ends)
        derivation.check(wanted, function)
        record.kernels[wanted.key] = function
        record.wide.add(wanted.key)


class _Derivation:
    def __init__(self, record):
        self.record = record
        self.values = record.defaults
        self.domain = tuple(record.number(end) for end in record.domain)

    @cached_property
    def oracle(self) -> Oracle:
        kinks = {self.record.number(place): kink for place, kink in self.record.kinks.items()}
        return Oracle(self.record.tree, self.values, "x", kinks, self.domain)

    def wanted(self) -> Iterator[_Wanted]:
        """Every kernel that follows from the formula."""
        whole = prepared(self.record.tree.tree)
        first = prepared(differentiate(whole, "x"))
        second = prepared(differentiate(first, "x"))
        yield _Wanted(FORWARD, stable(whole), 0)
        yield _Wanted(DERIVATIVE, self.with_kinks(stable(first), "derivative"), 1)
        yield _Wanted(SECOND, self.with_kinks(stable(second), "second"), 2)
        for name in self.record.parameter_names:
            tree = stable(prepared(differentiate(whole, name)))
            yield _Wanted(parameter_kernel(name), tree, 1, name)

    def with_kinks(self, tree: Tree, which: str) -> Tree:
        """The tree with the declared derivative at each kink, where its own is another."""
        x = Name("x")
        for place, kink in self.record.kinks.items():
            text = getattr(kink, which)
            own = TreeFunction(tree, self.values)(self.record.number(place))
            if own != self.record.number(text):
                names = self.record.parameter_names
                at, declared = (Formula.parse(t, names).tree for t in (place, text))
                beyond = where(Comparison("<=", x, at), declared, tree)
                tree = where(Comparison("<", x, at), tree, beyond)
        return tree

    def truth(self, wanted: _Wanted, x) -> np.ndarray:
        try:
            return self.oracle.double_double(np.array(x), wanted.order, wanted.by)[0]
        except (ArithmeticError, RecordError):
            return np.full(np.shape(x), np.nan)

    def ends(self, wanted: _Wanted) -> Ends:
        """How the kernel ends, judged at the default parameters."""
        limits = tuple(float(v) for v in self.truth(wanted, [-math.inf, math.inf]))
        power_law = self.domain == (-math.inf, math.inf) and self.follows_power_law(wanted)
        return Ends(power_law, limits, self.sign_of_zero(wanted), self.domain)

    def follows_power_law(self, wanted: _Wanted) -> bool:
        """Is the function a power of x, to all digits, from the edge on?"""
        edge = edge_of(wanted.tree, "x")
        powers = [2.0**p for p in _POWERS]
        for side in (-edge, edge):
            near, far, farther = self.far_out(wanted, [side, 2 * side, 4 * side])
            settled = near == far == farther == 0 or (math.isinf(near) and far == near)
            if not settled and not (near and far / near in powers and farther / far == far / near):
                return False
        return True

    def far_out(self, wanted: _Wanted, x: list[float]) -> list[float]:
        """True values; those of the kernel where exp(exp(x)) is more than the oracle can do."""
        truth = [float(value) for value in self.truth(wanted, x)]
        if any(map(math.isnan, truth)):
            function = generate("a trial", wanted.tree, ("x", *self.values), Ends(False))
            return [self.run(function, place) for place in x]
        return truth

    def sign_of_zero(self, wanted: _Wanted) -> str | None:
        """The zero at 0, by the function's sign just beside it; None where it is none."""
        if wanted.by is not None or wanted.key != FORWARD:
            return None
        left, at, right = self.truth(wanted, [-_BESIDE_ZERO, 0.0, _BESIDE_ZERO])
        if at != 0:
            return None
        if left < 0 <= right:
            return "odd"
        return "positive" if left >= 0 else None

    def check(self, wanted: _Wanted, function) -> None:
        """Compare the kernel with the oracle at ordinary inputs."""
        low, high = self.domain
        points = [x for x in _CHECKED_AT if low < x < high]
        truth = self.truth(wanted, points)
        scale = max((abs(t) for t in truth if math.isfinite(t)), default=0.0)
        for x, expected in zip(points, truth, strict=True):
            found = self.run(function, x)
            if math.isnan(expected) or not abs(found - expected) <= _AGREEMENT * (
                abs(expected) + 1e-3 * min(1.0, scale)
            ):
                what = f"{wanted.key.replace('_', ' ')} of {self.record.formula!r}"
                raise FormulaError(
                    f"the {what} cannot be computed at x = {x:g} (truth {expected:g}, found "
                    f"{found:g}); declare a domain where the formula is not defined everywhere"
                )

    def run(self, function, x: float) -> float:
        """The kernel as plain Python, in float64."""
        plain = {k: v.hi if isinstance(v, Exact) else v for k, v in function.__globals__.items()}
        function = FunctionType(function.__code__, plain)
        with np.errstate(all="ignore"):
            try:
                return float(function(np.float64(x), *map(np.float64, self.values.values())))
            except (ZeroDivisionError, OverflowError):  # Python's own floats, where IEEE has inf
                return math.nan
