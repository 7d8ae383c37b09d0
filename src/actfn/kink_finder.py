"""Where a formula has kinks, and what its own derivative says there."""

import math

from actfn.activation import Kink
from actfn.calculus import differentiate
from actfn.errors import RecordError
from actfn.formula import Formula, kink_candidates, to_text
from actfn.grammar import Name, Tree, walk
from actfn.record_checks import _zeros
from actfn.tree_building import ZERO, divide, negative, substitute

_X = "x"
_BESIDE = 2.0**-20  # how far beside a place its two sides are compared
_JUMP = 1e-3  # a smooth second derivative changes much less over that distance
_MOST = 12
_READABLE = 120  # characters; a longer derivative is declared by its value
_REASON = "the branch that the formula itself takes there"


def find_kinks(draft, first: Tree, second: Tree) -> dict[str, Kink]:
    """The kinks of a formula as a record declares them.

    Parameters
    ----------
    draft : object with `tree` (Formula) and `defaults`
    first, second : Tree
        The derivatives of its tree.

    Returns
    -------
    dict : place -> Kink, both as formula texts.
    """
    kinks: dict[str, Kink] = {}
    known: list[float] = []
    slopes = [TreeFunction(tree, draft.defaults) for tree in (first, second)]
    for place in _places(draft):
        at = TreeFunction(place, draft.defaults)(0.0)
        if not math.isfinite(at) or any(abs(at - k) <= 1e-9 * max(1.0, abs(at)) for k in known):
            continue
        known.append(at)
        if any(_jumps(slope, at) for slope in slopes):
            texts = [_text(t, place, s, at) for t, s in zip((first, second), slopes, strict=True)]
            kinks[to_text(place)] = Kink(texts[0], _REASON, texts[1])
    if len(kinks) > _MOST:
        raise RecordError(f"the formula has {len(kinks)} kinks; {_MOST} are supported")
    return kinks


def _places(draft):
    for switch in kink_candidates(draft.tree.tree):
        slope = differentiate(switch, _X)
        if slope == ZERO:
            continue
        if uses(slope, _X):
            switch = Formula("", switch, draft.tree.names)
            for zero in _zeros(draft, switch):
                yield number(zero)
        else:
            yield negative(divide(substitute(switch, _X, ZERO), slope))


class TreeFunction:
    """A tree as a function of x, in float64."""

    def __init__(self, tree: Tree, values: dict[str, float]):
        names = tuple({node.name for node in walk(tree) if isinstance(node, Name)})
        self.formula, self.values = Formula("", tree, names), values

    def __call__(self, x: float) -> float:
        return self.formula.evaluate(**{**self.values, _X: x})


def _jumps(slope: TreeFunction, at: float) -> bool:
    step = _BESIDE * max(1.0, abs(at))
    left, right = slope(at - step), slope(at + step)
    return abs(left - right) > _JUMP * max(1.0, abs(left), abs(right))


def _text(tree: Tree, place: Tree, slope: TreeFunction, at: float) -> str:
    """The derivative at a place: in terms of the parameters where that is short."""
    text = to_text(substitute(tree, _X, place))
    value = Formula.parse(text).evaluate(**slope.values) if len(text) <= _READABLE else math.nan
    if math.isfinite(value):
        return text
    value = slope(at)
    return to_text(number(value)) if math.isfinite(value) else "0"


def number(value: float) -> Tree:
    """A float64 as a tree, by its shortest decimal."""
    return Formula.parse(repr(float(value)), ()).tree


def uses(tree: Tree, name: str) -> bool:
    """Does the name occur?"""
    return any(node == Name(name) for node in walk(tree))
