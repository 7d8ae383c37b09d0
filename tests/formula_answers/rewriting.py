"""Rewrites formulas mechanically: into equal ones, and into ones that are nearly right."""

import random
from collections.abc import Callable, Iterator
from fractions import Fraction

from actfn.interview.formulas.tree import (
    ONE,
    TWO,
    ZERO,
    Call,
    Comparison,
    Constant,
    Index,
    Indexed,
    Name,
    Negative,
    Number,
    Operation,
    Over,
    Tree,
    children,
    rebuilt,
)

_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


def _number(value: int | str) -> Number:
    return Number(Fraction(value))


def _times(a: Tree, b: Tree) -> Tree:
    return Operation("*", a, b)


def _over(a: Tree, b: Tree) -> Tree:
    return Operation("/", a, b)


def _plus(a: Tree, b: Tree) -> Tree:
    return Operation("+", a, b)


def _minus(a: Tree, b: Tree) -> Tree:
    return Operation("-", a, b)


def _call(function: str, *arguments: Tree) -> Tree:
    return Call(function, arguments)


# ---- equal forms ----------------------------------------------------------------------------


def equal_forms(tree: Tree) -> list[Tree]:
    """Return formulas equal to a node, each by one step of algebra."""
    found: list[Tree] = []
    match tree:
        case Operation("+", a, b):
            found += [_plus(b, a), _minus(a, Negative(b)), Negative(_minus(Negative(a), b))]
        case Operation("-", a, b):
            found += [_plus(Negative(b), a), _plus(a, Negative(b)), Negative(_minus(b, a))]
        case Operation("*" | " ", a, Operation("+" | "-" as symbol, b, c)):
            found += [Operation(symbol, _times(a, b), _times(a, c))]
            found += [_times(Operation(symbol, b, c), a)]
        case Operation("*" | " ", a, b):
            found += [_times(b, a), Negative(_times(a, Negative(b)))]
        case Operation("/", a, b):
            found += [_times(_over(ONE, b), a), _times(a, Operation("**", b, Negative(ONE)))]
        case Operation("**", a, Number(v)) if v == 2:
            found += [_times(a, a)]
        case Call(function, arguments):
            found += _equal_calls(function, arguments)
        case Negative(a):
            found += [_times(Negative(ONE), a), _minus(ZERO, a)]
        case Over("sum", "k", body):
            found += [Over("sum", "j", _relettered(body, "k", "j"))] if "j" not in str(body) else []
    return found


def _relettered(tree: Tree, old: str, new: str) -> Tree:
    if tree == Index(old):
        return Index(new)
    return rebuilt(tree, [_relettered(child, old, new) for child in children(tree)])


def _equal_calls(function: str, arguments: tuple[Tree, ...]) -> list[Tree]:
    if function == "where":
        condition, yes, no = arguments
        if not isinstance(condition, Comparison) or (yes, no) == (ONE, ZERO):
            return []
        other = Comparison(_OPPOSITE[condition.symbol], condition.left, condition.right)
        return [_call("where", other, no, yes)]
    if len(arguments) != 1 or function not in _IDENTITIES:
        return []
    return _IDENTITIES[function](arguments[0])


def _sigmoid(u: Tree) -> list[Tree]:
    exp, minus = _call("exp", u), _call("exp", Negative(u))
    return [
        _over(ONE, _plus(ONE, minus)),
        _over(exp, _plus(ONE, exp)),
        _minus(ONE, _call("sigmoid", Negative(u))),
        _over(_plus(ONE, _call("tanh", _over(u, TWO))), TWO),
    ]


def _tanh(u: Tree) -> list[Tree]:
    exp, minus = _call("exp", u), _call("exp", Negative(u))
    twice = _times(TWO, u)
    return [
        _over(_minus(exp, minus), _plus(exp, minus)),
        _over(_minus(_call("exp", twice), ONE), _plus(_call("exp", twice), ONE)),
        _minus(_times(TWO, _call("sigmoid", twice)), ONE),
        _over(_call("sinh", u), _call("cosh", u)),
        Negative(_call("tanh", Negative(u))),
    ]


def _normal(u: Tree) -> list[Tree]:
    scaled = _over(u, _call("sqrt", TWO))
    return [
        _over(_plus(ONE, _call("erf", scaled)), TWO),
        _minus(ONE, _call("Phi", Negative(u))),
        _times(_number("0.5"), _call("erfc", Negative(scaled))),
    ]


def _density(u: Tree) -> list[Tree]:
    exp = _call("exp", Negative(_over(Operation("**", u, TWO), TWO)))
    root = _call("sqrt", _times(TWO, Constant("pi")))
    return [_over(exp, root), _times(_over(ONE, root), exp), _call("phi", Negative(u))]


_IDENTITIES: dict[str, Callable[[Tree], list[Tree]]] = {
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "Phi": _normal,
    "phi": _density,
    "softplus": lambda u: [_call("log", _plus(ONE, _call("exp", u)))],
    "exp": lambda u: [_over(ONE, _call("exp", Negative(u)))],
    "log": lambda u: [Negative(_call("log", _over(ONE, u)))],
    "abs": lambda u: [
        _call("max", u, Negative(u)),
        _call("sqrt", Operation("**", u, TWO)),
        _call("abs", Negative(u)),
    ],
    "sqrt": lambda u: [Operation("**", u, _over(ONE, TWO))],
}


# ---- near misses ----------------------------------------------------------------------------


def near_misses(tree: Tree) -> list[Tree]:
    """Return formulas with one slip at a node; some of them may still be right."""
    found: list[Tree] = []
    match tree:
        case Operation("+", a, b):
            found += [_minus(a, b), a, b]
        case Operation("-", a, b):
            found += [_plus(a, b), _minus(b, a), a]
        case Operation("*" | " ", a, b):
            found += [a, b, _plus(a, b)]
        case Operation("/", a, b):
            found += [a, _over(b, a), _times(a, b)]
        case Operation("**", a, b):
            found += [a, Operation("**", a, _plus(b, ONE)), _times(a, b)]
        case Number(v):
            found += [Number(v + 1), Number(2 * v)] if v else [ONE]
        case Negative(a):
            found += [a]
        case Call("where", (condition, yes, no)):
            found += [_call("where", condition, no, yes), yes, no]
        case Call(function, (argument,)) if function in _CONFUSED:
            found += [_call(other, argument) for other in _CONFUSED[function]]
            found += [_call(function, Negative(argument)), argument]
            found += [_minus(ONE, tree)] if function in ("sigmoid", "Phi") else []
        case Indexed(base, (Index("i"),)):
            found += [Indexed(base, (Index("j"),))]
        case Indexed(base, (Index("j"),)):
            found += [Indexed(base, (Index("i"),))]
        case Indexed(Name("p"), indices):
            found += [Indexed(Name("z"), indices)]
        case Over("sum", _, body):
            found += [Over("max", tree.letter, body)]
    return found


_CONFUSED = {
    "sigmoid": ("tanh", "exp"),
    "tanh": ("sigmoid", "sech"),
    "Phi": ("phi", "sigmoid"),
    "phi": ("Phi",),
    "exp": ("log",),
    "softplus": ("sigmoid", "relu"),
    "log": ("exp",),
    "abs": ("sign",),
    "sqrt": ("exp",),
}


# ---- at random ------------------------------------------------------------------------------


def _places(tree: Tree, place: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Tree]]:
    yield place, tree
    if isinstance(tree, Comparison | Indexed):
        return
    for k, child in enumerate(children(tree)):
        yield from _places(child, (*place, k))


def _with(tree: Tree, place: tuple[int, ...], new: Tree) -> Tree:
    if not place:
        return new
    parts = list(children(tree))
    parts[place[0]] = _with(parts[place[0]], place[1:], new)
    return rebuilt(tree, parts)


def changed_once(
    tree: Tree, change: Callable[[Tree], list[Tree]], dice: random.Random
) -> Tree | None:
    """Apply a change at one node chosen at random; None when nothing can be changed."""
    options = [(place, new) for place, node in _places(tree) for new in change(node) if new != node]
    if not options:
        return None
    place, new = dice.choice(options)
    return _with(tree, place, new)
