"""The oracle: true values of a formula and its derivatives, to any number of digits.

The formula's tree is evaluated on power series with rigorous coefficients (`actfn.balls`), so
that the derivatives come from the formula alone.  The precision is raised until every wanted
digit is certain; an answer is never a guess.  Two precisions that agree would be no proof: at 50
digits GELU at -20 and at -38 is exactly 0.

python-flint is needed; nothing imports this module unless somebody asks for true values.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, Protocol

import numpy as np
from flint import arb, ctx, fmpq

from actfn import balls
from actfn.balls import Series, Undecided
from actfn.errors import RecordError
from actfn.formula import Formula
from actfn.jets import Branches, compile_tree, stored
from actfn.pairs import PRECISIONS, Real, all_pairs, exact, is_final, is_infinite, is_nan, pair_of
from actfn.ulp import round_to

# Times a power of two: points to judge a limit from.
_NEIGHBOURS = (Fraction(1), Fraction(1001, 1000), Fraction(1003, 1000))


class KinkLike(Protocol):
    """What the record says about a kink: the derivatives chosen there."""

    derivative: Real | str
    second: Real | str | None


class Oracle:
    """True values of one formula with its parameters fixed.

    Parameters
    ----------
    formula : Formula or str
        The definition.
    parameters : mapping of str to float, Fraction or int
        A value for every other name; a float stands for exactly that double.
    variable : str
        The name of the input.
    kinks : mapping of number to an object with ``derivative`` and ``second``
        At these inputs the derivatives are what the mapping says (a number or a formula text).
    domain : pair of numbers
        Outside it every answer is NaN.
    limits : pair of numbers, formula texts or None
        The values at the two ends of the domain; None has them worked out.
    """

    def __init__(
        self,
        formula: Formula | str,
        parameters: Mapping[str, Real] | None = None,
        variable: str = "x",
        kinks: Mapping[Real, KinkLike] | None = None,
        domain: tuple[Real, Real] = (-math.inf, math.inf),
        limits: Sequence[Real | str | None] = (None, None),
    ):
        self.formula = Formula.parse(formula) if isinstance(formula, str) else formula
        self.variable = variable
        self.limits = tuple(limits)
        self._parameters = {name: exact(value) for name, value in (parameters or {}).items()}
        self._constants = {name: stored(value) for name, value in self._parameters.items()}
        missing = set(self.formula.names) - {variable, *self._parameters}
        if missing:
            raise RecordError(f"no value for {', '.join(sorted(missing))} in {self.formula.text!r}")
        self._evaluate = compile_tree(self.formula.tree)
        self._ends = [None if math.isinf(end) else exact(end) for end in domain]
        self._kinks = [(exact(x), kink) for x, kink in (kinks or {}).items()]

    def value(self, x: Real, order: int = 0, digits: int = 30, wrt: str | None = None) -> arb:
        """Return a ball around f(x) (order 0), f'(x) or f''(x), correct to ``digits`` digits.

        ``wrt`` names a parameter to differentiate by, instead of the variable.
        """
        coefficient = self.jet(x, digits, order + 1, wrt)[order]
        with flint_context(1, PRECISIONS[-1]):
            return coefficient * math.factorial(order)

    def jet(
        self, x: Real | arb, digits: int = 30, length: int = 3, wrt: str | None = None
    ) -> list[arb]:
        """Return the Taylor coefficients f, f', f''/2, ... at x as balls.

        An ``arb`` that is itself uncertain is taken as it is: the answer is then as certain as x.
        """
        bits = math.ceil(digits * math.log2(10)) + 2
        point = exact(x)
        if isinstance(point, arb) and not point.is_exact():
            with flint_context(length, max(PRECISIONS[0], bits + 20)):
                return [arb(c) for c in self._coefficients(point, length, wrt)]
        side = self._side_of_end(point)
        if side is not None:
            ends = [self._limit(side, order, wrt) for order in range(length)]
            with flint_context(1, PRECISIONS[-1]):
                return [(arb(hi) + lo) / math.factorial(k) for k, (hi, lo) in enumerate(ends)]

        def certain(coefficients: list[fmpq | arb]) -> list[arb] | None:
            found = [arb(c) for c in coefficients]
            sure = all(c.rel_accuracy_bits() >= bits or is_final(c) for c in found)
            return found if sure else None

        precisions = [p for p in PRECISIONS if p >= bits + 20] or [4 * bits]
        with flint_context(length):
            return self._until(certain, point, length, wrt, precisions)

    def double_double(
        self, x: np.ndarray, order: int = 0, wrt: str | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return f, f' or f'' at every x as a pair of float64 arrays.

        ``hi`` is the truth rounded to the nearest float64 and ``lo`` the float64 nearest to
        truth - hi, accurate relative to itself and 0 only where hi is exact.  Overflow gives
        (inf, 0); a truth below 2**-1130 in size gives a zero of its sign, and so does a
        difference below it.
        """
        hi, lo = self._pairs(x, order + 1, wrt)[order]
        return hi, lo

    def jets(self, x: np.ndarray, wrt: str | None = None, length: int = 3) -> np.ndarray:
        """Return f, f' and f'' as pairs (hi, lo) in one pass: shape (length, 2) + x.shape."""
        return self._pairs(x, length, wrt)

    def rounded(
        self, x: np.ndarray, dtype: np.dtype, length: int = 2, wrt: str | None = None
    ) -> np.ndarray:
        """Return f, f', ... at every x correctly rounded to ``dtype``: shape (length,) + x.shape.

        A narrow type is decided by few digits nearly always; only inputs whose enclosure
        straddles a rounding boundary take the long way of `jets`.
        """
        x = np.asarray(x, dtype=np.float64).ravel()
        bounds = np.full((2, length, x.size), np.nan)
        with flint_context(length, 64):
            for k, point in enumerate(x.tolist()):
                if self._side_of_end(exact(point)) is None and not math.isnan(point):
                    bounds[:, :, k] = self._bounds(exact(point), length, wrt)
        lower, upper = (round_to(b, np.zeros_like(b), dtype) for b in bounds)
        unsure = ~(lower.view(np.uint16) == upper.view(np.uint16)).all(axis=0)
        unsure |= np.isnan(bounds).any(axis=(0, 1))
        if unsure.any():
            pairs = self._pairs(x[unsure], length, wrt, side_matters=True)
            lower[:, unsure] = round_to(pairs[:, 0], pairs[:, 1], dtype)
        return lower

    def _bounds(self, x: fmpq, length: int, wrt: str | None) -> np.ndarray:
        """Return float64 below and above f, f', ... at x; NaN where 64 bits decide nothing."""
        try:
            found = [arb(c) for c in self._coefficients(x, length, wrt)]
        except Undecided:
            return np.nan
        found = [c * math.factorial(k) for k, c in enumerate(found)]
        if not all(c.is_finite() for c in found):
            return np.nan
        sides = np.array([[float(c.lower()) for c in found], [float(c.upper()) for c in found]])
        exact_zero = np.array([c.is_zero() for c in found])
        outward = np.nextafter(sides, np.array([[-np.inf], [np.inf]]))
        return np.where(exact_zero, sides, outward)

    def _pairs(
        self, x: np.ndarray, length: int, wrt: str | None, side_matters: bool = False
    ) -> np.ndarray:
        x = np.asarray(x, dtype=np.float64)
        rows = []

        def decide(coefficients: list[fmpq | arb]) -> list[tuple[float, float]] | None:
            return all_pairs(coefficients, side_matters)

        with flint_context(length):
            for point in x.ravel().tolist():
                place = exact(point)
                side = self._side_of_end(place)
                if side is None:
                    rows.append(self._until(decide, place, length, wrt, PRECISIONS))
                else:
                    rows.append([self._limit(side, order, wrt) for order in range(length)])
        result = np.array(rows, dtype=np.float64).reshape(x.size, length, 2)
        return np.moveaxis(result, 0, 2).reshape(length, 2, *x.shape)

    # ---- one point --------------------------------------------------------------------------

    def _until(
        self,
        decide: Callable[[list[fmpq | arb]], Any],
        x: fmpq | arb,
        length: int,
        wrt: str | None,
        precisions: Sequence[int],
    ) -> Any:
        """Raise the precision until ``decide`` makes something of the coefficients at x."""
        for precision in precisions:
            if ctx.prec != precision:
                ctx.prec = precision
            try:
                answer = decide(self._coefficients(x, length, wrt))
            except Undecided:
                continue
            if answer is not None:
                return answer
        raise ArithmeticError(
            f"{self.formula.text!r} at {self.variable} = {arb(x).str(20)} is still undecided "
            f"at {precisions[-1]} bits: a value of exactly 0 that is written so that it cancels?"
        )

    def _coefficients(self, x: fmpq | arb, length: int, wrt: str | None) -> list[fmpq | arb]:
        if is_nan(x) or self._is_outside(x):
            return [arb.nan()] * length
        kink = self._kink_at(x) if self._kinks and length > 1 else None
        if kink is not None and wrt in (None, self.variable):
            return self._at_kink(x, kink, length)
        written = Branches()
        series = self._series(x, wrt, written)
        found = [series[k] for k in range(length)]
        if not written.tied:
            return found
        if kink is not None:
            sided = self._series(x, wrt, Branches(path=self._declared_path(x, kink)))
        else:
            sided = self._agreed_sides(x, wrt)
        return [found[0], *(sided[k] for k in range(1, length))]

    def _kink_at(self, x: fmpq | arb) -> KinkLike | None:
        # A list, because hashing an fmpq takes as long as evaluating a formula.
        return next((kink for place, kink in self._kinks if place == x), None)

    def _is_outside(self, x: fmpq | arb) -> bool:
        low, high = self._ends
        return (low is not None and x < low) or (high is not None and x > high)

    def _series(self, x: fmpq | arb, wrt: str | None, branches: Branches) -> Series:
        seeded = wrt or self.variable
        if seeded not in (self.variable, *self._parameters):
            raise RecordError(f"{self.formula.text!r} has no parameter {seeded!r}")
        values = {**self._constants, self.variable: balls.constant(x)}
        values[seeded] = balls.seed(x if seeded == self.variable else self._parameters[seeded])
        return self._evaluate(values, branches)

    def _at_kink(self, x: fmpq, kink: KinkLike, length: int) -> list[fmpq | arb]:
        if length > 3:
            raise RecordError(f"only two derivatives are declared at the kink {x}")
        value = self._series(x, None, Branches())[0]
        declared = [self._declared(kink.derivative), self._declared(kink.second or 0) / 2]
        return [value, *declared[: length - 1]]

    def _agreed_sides(self, x: fmpq | arb, wrt: str | None) -> Series:
        """Return the series at a tie where both sides have the same one; refuse a kink."""
        left, right = (self._series(x, wrt, Branches(side)) for side in (-1, 1))
        if any(not _may_be_equal(left[k], right[k]) for k in range(ctx.cap)):
            raise RecordError(
                f"{self.formula.text!r} has a kink at {self.variable} = {arb(x).str(20)} "
                "that is not declared"
            )
        return right

    def _declared_path(self, x: fmpq, kink: KinkLike) -> list[int | None]:
        """Return the branches on that side of a kink whose derivative was declared.

        It makes a parameter's derivative follow the same convention as the input's.
        """
        left, right = Branches(-1), Branches(1)
        slopes = [self._series(x, None, side)[1] for side in (left, right)]
        declared = self._declared(kink.derivative)
        fits_left = _may_be_equal(slopes[0], declared) and not _may_be_equal(slopes[1], declared)
        return left.taken if fits_left else right.taken

    def _declared(self, value: Real | str) -> fmpq | arb:
        """Return a number of the record: a kink's derivative or a limit, maybe a formula text."""
        if not isinstance(value, str):
            return exact(value)
        tree = Formula.parse(value, self._parameters).tree
        return compile_tree(tree)(self._constants, Branches())[0]

    def _side_of_end(self, x: fmpq | arb) -> int | None:
        """Return 0 or 1 when x is the lower or upper end of the domain, else None.

        An infinity beyond a finite end is outside the domain, as any other number there.
        """
        for side, end in enumerate(self._ends):
            if end is None and is_infinite(x) and (x > 0) == (side == 1):
                return side
            if end is not None and not isinstance(x, arb) and x == end:
                return side
        return None

    def _limit(self, side: int, order: int, wrt: str | None) -> tuple[float, float]:
        """Return the limit of f or of a derivative at an end of the domain as a pair.

        The value's limit is the declared one.  Others are judged from around 2**40 to around
        2**160, or as near to a finite end: what has shrunk to less than half goes to zero, what
        has doubled goes to infinity, what stays is a constant, and anything else (an
        oscillation) has no limit.
        """
        declared = self.limits[side]
        if order == 0 and wrt is None and declared is not None:
            return self._declared_limit(declared)
        near, far = (
            [self._beside_end(side, size, factor, order, wrt) for factor in _NEIGHBOURS]
            for size in (40, 160)
        )
        return trend(np.array(near).T, np.array(far).T)

    def _beside_end(
        self, side: int, size: int, factor: Fraction, order: int, wrt: str | None
    ) -> tuple[float, float]:
        """Return a derivative at factor * 2**size, or as far from a finite end as its inverse."""
        end, outward = self._ends[side], 1 if side else -1
        steps = factor * 2**size
        place = exact(outward * steps) if end is None else end - exact(outward / steps)
        with flint_context(order + 1):
            return self._until(all_pairs, place, order + 1, wrt, PRECISIONS)[order]

    def _declared_limit(self, declared: Real | str) -> tuple[float, float]:
        with flint_context(1, PRECISIONS[0]):
            pair = pair_of(self._declared(declared))
        if pair[0] == 0:  # the sign of a zero is beyond rational numbers
            text = declared if isinstance(declared, str) else repr(float(declared))
            known = {name: float(arb(value)) for name, value in self._parameters.items()}
            signed = Formula.parse(text).evaluate(**known)
            return math.copysign(0.0, signed), 0.0
        return pair


@contextmanager
def flint_context(length: int, precision: int = PRECISIONS[0]) -> Iterator[None]:
    """Set flint's series length and precision, which are global, and put them back."""
    before = ctx.prec, ctx.cap
    ctx.prec, ctx.cap = precision, length
    try:
        yield
    finally:
        ctx.prec, ctx.cap = before


def trend(near: np.ndarray, far: np.ndarray) -> tuple[float, float]:
    """Judge a limit from pairs at several points far out and at several much farther out."""
    low, high = abs(near[0]).min(), abs(near[0]).max()
    hi, lo = far[:, 0].tolist()
    one_sign = len(set(np.sign(far[0]))) == 1
    if one_sign and (abs(far[0]).min() > 2 * high or math.isinf(hi)):
        return math.copysign(math.inf, hi), 0.0
    if not abs(far[0]).max() or abs(far[0]).max() < low / 2:
        return math.copysign(0.0, hi), 0.0
    if not np.ptp(far[0]) <= 2.0**-20 * high:
        return math.nan, 0.0
    return hi, lo if abs(lo) > 2.0**-100 * abs(hi) else 0.0


def _may_be_equal(a: fmpq | arb, b: fmpq | arb) -> bool:
    return a == b if isinstance(a, fmpq) and isinstance(b, fmpq) else arb(a).overlaps(arb(b))
