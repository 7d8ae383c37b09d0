"""Formulas with a threshold, such as max(x - tau, 0), where tau makes the sum of the entries 1.

Which entries are above the threshold is decided first, entry by entry: with the threshold put at
an entry's own edge, what the larger ones give sums to less than 1 exactly if the entry takes part.
Rational formulas decide ties exactly. Over the entries that take part the formula is smooth, and
the interval Newton method encloses the threshold.
"""

from collections.abc import Callable

from flint import arb, fmpq

from actfn import balls
from actfn.balls import Series, Undecided
from actfn.jets import Branches, compile_tree
from actfn.rowwise._formula import ENTRY, RowFormula

Number = fmpq | arb
_PLACES = (fmpq(1, 2), fmpq(3, 8))  # to cut an interval at: the root may be at one of them


class Threshold:
    """The values and slopes of a formula with a threshold.

    Parameters
    ----------
    formula : RowFormula
    evaluate : the outer formula, compiled.
    """

    def __init__(self, formula: RowFormula, evaluate):
        self.name, self._evaluate = formula.threshold, evaluate
        self._edge = compile_tree(formula.edge)

    def values(self, xs: list[Series], known: dict[str, Series]) -> list[Number]:
        """f_i."""
        support = self._support(xs, known)
        tau = balls.constant(self._solved(xs, known, support))
        return [
            self._entry(x, {**known, self.name: tau})[0] if taking_part else fmpq(0)
            for x, taking_part in zip(xs, support, strict=True)
        ]

    def slopes(self, row: list[Number], known: dict[str, Series]) -> list[Number]:
        """d f_i / d x_j, row after row; an entry exactly at the threshold counts as below it.

        The sum stays 1, so that d tau / d x_j = -s_j / sum_k(t_k), where s and t are the slopes of
        an entry by x and by tau.
        """
        xs = [balls.constant(x) for x in row]
        support = self._support(xs, known)
        tau = self._solved(xs, known, support)
        fixed, moved = ({**known, self.name: make(tau)} for make in (balls.constant, balls.seed))
        zero = fmpq(0)
        by_x = [
            self._entry(balls.seed(x), fixed)[1] if taking_part else zero
            for x, taking_part in zip(row, support, strict=True)
        ]
        by_tau = [
            self._entry(x, moved)[1] if taking_part else zero
            for x, taking_part in zip(xs, support, strict=True)
        ]
        whole = sum(by_tau, zero)
        n = range(len(row))
        return [by_x[i] * (i == j) - by_tau[i] * by_x[j] / whole for i in n for j in n]

    def _entry(self, x: Series, known: dict[str, Series]) -> Series:
        """f of an entry that takes part."""
        return self._evaluate({**known, ENTRY: x}, Branches(path=[1]))

    def _support(self, xs: list[Series], known: dict[str, Series]) -> list[bool]:
        edges = [self._edge({**known, ENTRY: x}, Branches()) for x in xs]
        return [self._takes_part(edge, xs, edges, known) for edge in edges]

    def _takes_part(self, edge, xs, edges, known) -> bool:
        here = {**known, self.name: balls.constant(edge[0])}
        larger = (x for x, e in zip(xs, edges, strict=True) if _above(e, edge))
        total = balls.constant(fmpq(-1))
        for x in larger:
            total = balls.add(total, balls.constant(self._entry(x, here)[0]))
        return balls.sign(total[0]) < 0

    def _solved(self, xs, known, support) -> Number:
        """The tau at which the entries that take part sum to 1."""
        inside = [x for x, taking_part in zip(xs, support, strict=True) if taking_part]
        edges = [self._edge({**known, ENTRY: x}, Branches())[0] for x in inside]

        def excess(tau: Number) -> Series:
            total = balls.constant(fmpq(-1))
            for x in inside:
                total = balls.add(total, self._entry(x, {**known, self.name: balls.seed(tau)}))
            return total

        low = max(edges) - 1
        while balls.sign(excess(low)[0]) < 0:
            low -= max(edges) - low
        return _root(excess, low, min(edges))


def _above(a: Series, b: Series) -> bool:
    return balls.sign(balls.subtract(a, b)[0]) > 0


def _root(excess: Callable[[Number], Series], low: Number, high: Number) -> Number:
    """Where a falling function is 0, exactly if Newton's first step finds it, else as a ball."""
    start = excess(low)
    step = low - start[0] / start[1]
    if excess(step)[0] == 0:
        return step
    low, high = arb(low).lower(), arb(high).lower()
    if balls.sign(excess(low)[0]) < 0 or balls.sign(excess(high)[0]) > 0:
        raise Undecided
    while (nearer := _nearer(excess, low, high)) is not None:
        low, high = nearer
    return low.union(high)


def _nearer(excess, low: arb, high: arb) -> tuple[arb, arb] | None:
    """A shorter interval around the root; None where this precision sees no better."""
    for place in _PLACES:
        middle = (low + (high - low) * place).mid()
        value = excess(middle)[0]
        left, right = _newton(excess, low, high, middle, value)
        if (right - left) * 2 < high - low:
            return left, right
        if (value > 0 or value < 0) and low < middle < high:
            return (middle, high) if value > 0 else (low, middle)
    return None


def _newton(excess, low: arb, high: arb, middle: arb, value: arb) -> tuple[arb, arb]:
    """One step of the interval Newton method: no root is lost."""
    try:
        found = middle - value / excess(low.union(high))[1]
    except Undecided:
        return low, high
    if not found.is_finite():
        return low, high
    return max(low, found.lower()), min(high, found.upper())
