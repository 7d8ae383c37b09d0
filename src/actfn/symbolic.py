"""The derivative of a formula, as a formula.

SymPy differentiates; everything around it keeps the answer readable: the switches (max, where,
clip, ...) are lifted to the top so that only smooth pieces are differentiated, sigmoid and
softplus stay what they are, and the shortest of several equal forms is taken.  Nothing is
computed with the result: true values come from `actfn.oracle`, which needs no SymPy.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

from actfn.formula import COMPARE, Formula, to_text
from actfn.grammar import (
    Call,
    Comparison,
    Constant,
    Name,
    Negative,
    Number,
    Operation,
    Tree,
    children,
    constant_value,
    walk,
)

_ZERO, _ONE = Number(Fraction(0)), Number(Fraction(1))
_NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
# Where a nested condition is tried out: around 0 in steps of 1/16, then geometrically outwards.
_SAMPLES = [i / 16 for i in range(-160, 161)] + [s * 1.7**k for k in range(5, 50) for s in (-1, 1)]


def derivative(record, order: int = 1, by: str | None = None) -> Formula:
    """Differentiate the formula of a record.

    Parameters
    ----------
    record : Record
        Its `formula`, inputs and parameters; sample parameter values decide which combinations
        of conditions can happen.
    order : int
        1 or more.
    by : str, optional
        The input or parameter to differentiate by; the first input by default.

    Returns
    -------
    Formula
        At a kink it is one of the two sides; `record.kinks` says what is chosen there.

    Examples
    --------
    >>> from actfn.functions.silu import silu
    >>> derivative(silu).text
    'sigmoid(x)*(1 + x - x*sigmoid(x))'
    """
    by = by or record.inputs[0]
    known = (*record.inputs, *record.parameter_names)
    if by not in known:
        raise ValueError(f"{record.name} has no input or parameter {by!r}; it has {known}")
    lifted = _Lifting(record).lift(folded(record.tree.tree), [])
    return _as_formula(_differentiated(lifted, by, order))


def _differentiated(tree: Tree, by: str, order: int) -> Tree:
    """Differentiate below the conditions; branches with the same derivative become one."""
    match tree:
        case Call("where", (Comparison() as condition, yes, no)):
            first = _differentiated(yes, by, order)
            second = _differentiated(no, by, order)
            if first == second:
                return first
            if _is_where(first) and not _is_where(second):  # a list of cases reads downwards
                condition, first, second = _opposite(condition), second, first
            return Call("where", (_solved(condition), first, second))
    from actfn.algebra import differentiate

    return differentiate(tree, by, order)


# ---- readable pieces ------------------------------------------------------------------------


def folded(tree: Tree) -> Tree:
    """Write 1/(1 + exp(-v)) as sigmoid(v) and log(1 + exp(v)) as softplus(v)."""
    tree = rebuilt(tree, [folded(child) for child in children(tree)])
    match tree:
        case Operation("/", top, Operation("+", one, Call("exp", (power,)))) if one == _ONE:
            sigmoid = Call("sigmoid", (_negative(power),))
            return sigmoid if top == _ONE else Operation("*", top, sigmoid)
        case Call("log", (Operation("+", one, Call("exp", (power,))),)) if one == _ONE:
            return Call("softplus", (power,))
        case Call("log1p", (Call("exp", (power,)),)):
            return Call("softplus", (power,))
    return tree


def _negative(tree: Tree) -> Tree:
    match tree:
        case Negative(operand):
            return operand
        case Operation("*" | "/" as symbol, Negative(left), right):
            return Operation(symbol, left, right)
    return Negative(tree)


def rebuilt(tree: Tree, parts: list[Tree]) -> Tree:
    """The same node over other parts."""
    match tree:
        case Negative():
            return Negative(*parts)
        case Operation(symbol) | Comparison(symbol):
            return type(tree)(symbol, *parts)
        case Call(function):
            return Call(function, tuple(parts))
    return tree


# ---- conditions to the top ------------------------------------------------------------------


class _Lifting:
    """Turns f(where(c, a, b)) into where(c, f(a), f(b)), for every switch in a tree.

    A combination of conditions that none of the samples meets is left out: without that, two
    conditions on the same input would make four branches where two exist.
    """

    def __init__(self, record):
        self.record = record
        self.points = list(self._sample_points())

    def _sample_points(self) -> Iterator[dict[str, float]]:
        record = self.record
        settings = [record.defaults]
        for parameter in record.parameters:
            for text in parameter.test_values:
                value = Formula.parse(text, ()).evaluate()
                settings.append({**record.defaults, parameter.name: value})
        several = len(record.inputs) > 1
        for inputs in product(_SAMPLES[::8] if several else _SAMPLES, repeat=len(record.inputs)):
            for setting in settings:
                yield {**setting, **dict(zip(record.inputs, inputs, strict=True))}

    def lift(self, tree: Tree, conditions: list[Comparison]) -> Tree:
        """Return a tree whose switches, abs and sign apart, are all at the top."""
        switch = next((node for node in walk(tree) if _is_innermost(node)), None)
        if switch is None:
            return tree
        condition, yes, no = _as_where(switch)
        branches = []
        for side, replacement in ((condition, yes), (_opposite(condition), no)):
            if not conditions or self.happens([*conditions, side]):
                chosen = _replaced(tree, switch, replacement)
                branches.append(self.lift(chosen, [*conditions, side]))
        if len(branches) == 1 or branches[0] == branches[1]:
            return branches[0]
        return Call("where", (condition, *branches))

    def happens(self, conditions: list[Comparison]) -> bool:
        """Tell whether some sample meets all conditions."""
        sides = [(c.symbol, _as_formula(c.left), _as_formula(c.right)) for c in conditions]
        return any(
            all(COMPARE[s](a.evaluate(**point), b.evaluate(**point)) for s, a, b in sides)
            for point in self.points
        )


def _solved(condition: Comparison) -> Comparison:
    """Write x + 3 < 6 as x < 3."""
    symbol, left, right = condition.symbol, condition.left, condition.right
    bound = constant_value(right)
    match left:
        case Operation("-", a, b) if bound == 0 and constant_value(b) is None:
            return Comparison(symbol, a, b)
        case Operation("+" | "-" | "/" as operation, a, Number(c)) if bound is not None:
            moved = {"+": bound - c, "-": bound + c, "/": bound * c}[operation]
            number = Negative(Number(-moved)) if moved < 0 else Number(moved)
            return _solved(Comparison(symbol, a, number))
    return condition


def _is_where(tree: Tree) -> bool:
    return isinstance(tree, Call) and tree.function == "where"


def _opposite(condition: Comparison) -> Comparison:
    return Comparison(_NEGATED[condition.symbol], condition.left, condition.right)


def _as_formula(tree: Tree) -> Formula:
    names = tuple(dict.fromkeys(node.name for node in walk(tree) if isinstance(node, Name)))
    return Formula(to_text(tree), tree, names)


_SWITCHES = frozenset({"max", "min", "clip", "where", "relu"})


def _is_innermost(tree: Tree) -> bool:
    """Tell a switch whose condition holds no other switch."""
    if not (isinstance(tree, Call) and tree.function in _SWITCHES):
        return False
    inside = tree.arguments[:1] if tree.function == "where" else tree.arguments
    nodes = (node for argument in inside for node in walk(argument))
    return not any(isinstance(n, Call) and n.function in _SWITCHES for n in nodes)


def _as_where(switch: Tree) -> tuple[Comparison, Tree, Tree]:
    match switch:
        case Call("where", (Comparison() as condition, yes, no)):
            return condition, yes, no
        case Call("relu", (value,)):
            return Comparison(">", value, _ZERO), value, _ZERO
        case Call("max", (left, right)):
            if _is_constant(left) and not _is_constant(right):
                left, right = right, left
            return Comparison(">", left, right), left, right
        case Call("min", (left, right)):
            if _is_constant(left) and not _is_constant(right):
                left, right = right, left
            return Comparison("<", left, right), left, right
        case Call("clip", (value, low, high)):
            return Comparison(">", value, low), Call("min", (value, high)), low
    raise TypeError(f"not a switch: {switch!r}")


def _is_constant(tree: Tree) -> bool:
    return isinstance(tree, (Number, Constant))


def _replaced(tree: Tree, old: Tree, new: Tree) -> Tree:
    if tree == old:
        return new
    return rebuilt(tree, [_replaced(child, old, new) for child in children(tree)])
