"""The value of a tree by mpmath: a second opinion that shares nothing with the checker."""

from fractions import Fraction

import mpmath as mp

from actfn.interview.formulas.tree import (
    Call,
    Comparison,
    Constant,
    Index,
    Indexed,
    Logic,
    Name,
    Negative,
    Number,
    Operation,
    Over,
    Tree,
)

_ONE_ARGUMENT = {
    "exp": mp.exp,
    "log": mp.log,
    "sqrt": mp.sqrt,
    "tanh": mp.tanh,
    "sinh": mp.sinh,
    "cosh": mp.cosh,
    "sech": mp.sech,
    "erf": mp.erf,
    "erfc": mp.erfc,
    "abs": abs,
    "sign": mp.sign,
    "sigmoid": lambda u: 1 / (1 + mp.exp(-u)),
    "softplus": lambda u: mp.log1p(mp.exp(u)),
    "silu": lambda u: u / (1 + mp.exp(-u)),
    "Phi": mp.ncdf,
    "phi": mp.npdf,
    "step": lambda u: (1 + mp.sign(u)) / 2,
    "count": len,
    "relu": lambda u: max(u, mp.mpf(0)),
}
_ARITHMETIC = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    " ": lambda a, b: a * b,
    "·": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
}
_COMPARE = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


def value(tree: Tree, names: dict, letters: dict[str, int]):
    """Return the number of a tree; vectors are lists, and indices count from 0."""
    match tree:
        case Number(v):
            return mp.mpf(v.numerator) / v.denominator
        case Constant(name):
            return {"pi": +mp.pi, "e": +mp.e}[name]
        case Name(name):
            return names[name]
        case Index(letter):
            return letters[letter]
        case Negative(operand):
            return -value(operand, names, letters)
        case Indexed(base, (index,)):
            return value(base, names, letters)[_place(index, names, letters)]
        case Operation(symbol, left, right):
            a, b = value(left, names, letters), value(right, names, letters)
            if isinstance(a, list) and not isinstance(b, list):  # z/T
                return [_ARITHMETIC[symbol](entry, b) for entry in a]
            return _ARITHMETIC[symbol](a, b)
        case Over(function, letter, body):
            return _over(function, letter, body, names, letters)
        case Call("where", (condition, yes, no)):
            return value(yes if _holds(condition, names, letters) else no, names, letters)
        case Call(function, arguments):
            return _call(function, [value(a, names, letters) for a in arguments])
    raise NotImplementedError(type(tree).__name__)


def _place(index: Tree, names: dict, letters: dict[str, int]) -> int:
    if isinstance(index, Number):
        return int(index.value) - 1
    return letters[index.letter]


def _over(function: str, letter: str, body: Tree, names: dict, letters: dict):
    length = len(next(v for v in names.values() if isinstance(v, list)))
    values = [value(body, names, {**letters, letter: k}) for k in range(length)]
    return {"sum": mp.fsum, "max": max, "min": min}[function](values)


def _call(function: str, arguments: list):
    if function == "softmax":
        powers = [mp.exp(v) for v in arguments[0]]
        return [power / mp.fsum(powers) for power in powers]
    if function == "argmax":
        return arguments[0].index(max(arguments[0]))
    if function in ("max", "min") and len(arguments) == 2:
        return {"max": max, "min": min}[function](*arguments)
    return _ONE_ARGUMENT[function](*arguments)


def _holds(condition: Tree, names: dict, letters: dict) -> bool:
    match condition:
        case Comparison(symbol, left, right):
            return _COMPARE[symbol](value(left, names, letters), value(right, names, letters))
        case Logic(word, parts):
            return {"and": all, "or": any}[word](_holds(p, names, letters) for p in parts)
    raise NotImplementedError


def as_mpf(value_: Fraction | tuple[Fraction, ...]):
    """Turn a rational number, or a tuple of them, into mpmath's numbers."""
    if isinstance(value_, tuple):
        return [as_mpf(v) for v in value_]
    return mp.mpf(value_.numerator) / value_.denominator
