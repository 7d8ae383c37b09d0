"""Smooth trees to SymPy and back.

The functions that SymPy would rewrite to its own taste are stand-ins here that only know their
derivative: its own erfc(-x) turns into 2 - erfc(x), which hides what the formula says, and it has
no sigmoid or softplus.
"""

from fractions import Fraction
from typing import Any

import sympy

from actfn.formula import to_text
from actfn.grammar import Call, Constant, Name, Negative, Number, Operation, Tree, read, walk

_MAX_OPERATIONS = 60  # beyond this size the search for a shorter form takes seconds


def differentiate(tree: Tree, by: str, order: int) -> Tree:
    """Differentiate a tree without switches, and return the shortest form found."""
    expression = to_sympy(tree)
    for _ in range(order):
        expression = _tidied(sympy.diff(expression, sympy.Symbol(by, real=True)))
        expression = min(_forms(expression), key=_length)
    return to_tree(expression)


def _length(expression) -> int:
    text = to_text(to_tree(expression))
    return len(text) + 2 * text.count("**")  # s*(1 - s) reads better than s - s**2


def _forms(expression):
    yield expression
    if sympy.count_ops(expression) > _MAX_OPERATIONS:
        return
    factored = _tidied(sympy.factor(expression))
    yield factored
    yield _tidied(sympy.factor_terms(expression))
    yield _tidied(sympy.factor_terms(factored))
    yield _tidied(sympy.expand(expression))


def _tidied(expression):
    """Write v*sign(v) as |v|, and leave out the derivative of sign (it is 0 beside the jump)."""
    expression = expression.replace(sympy.DiracDelta, lambda *_: sympy.Integer(0))
    signed = expression.replace(lambda e: e.is_Mul and e.has(sympy.sign), _without_sign)
    return signed.replace(lambda e: e.is_Pow and isinstance(e.base, sympy.sign), _without_sign)


def _without_sign(*product):
    factors = list(sympy.Mul.make_args(sympy.Mul(*product)))
    for factor in list(factors):
        base, power = factor.as_base_exp()
        if isinstance(base, sympy.sign) and power.is_Integer:
            if power % 2 == 0:
                factors.remove(factor)
            elif base.args[0] in factors:
                factors.remove(factor)
                factors.remove(base.args[0])
                factors.append(sympy.Abs(base.args[0]))
    return sympy.Mul(*factors)


# ---- stand-ins ------------------------------------------------------------------------------


def _function(name: str, slope):
    """Make a SymPy function that stays as written; `slope(v)` is its derivative."""

    def fdiff(self, argindex=1):  # SymPy's own name for it
        return slope(self.args[0])

    return type(name, (sympy.Function,), {"fdiff": fdiff, "is_real": True})


_sigmoid: Any = _function("sigmoid", lambda v: _sigmoid(v) * (1 - _sigmoid(v)))
_softplus = _function("softplus", _sigmoid)
_erf = _function("erf", lambda v: 2 / sympy.sqrt(sympy.pi) * sympy.exp(-(v**2)))
_erfc = _function("erfc", lambda v: -2 / sympy.sqrt(sympy.pi) * sympy.exp(-(v**2)))
_expm1 = _function("expm1", sympy.exp)
_log1p = _function("log1p", lambda v: 1 / (1 + v))

_TO_SYMPY = {
    **{name: getattr(sympy, name) for name in "exp log sqrt sin cos sinh cosh tanh atan".split()},
    **{"sigmoid": _sigmoid, "softplus": _softplus, "erf": _erf, "erfc": _erfc},
    **{"expm1": _expm1, "log1p": _log1p, "abs": sympy.Abs, "sign": sympy.sign},
    "square": lambda v: v**2,
}
_NAMES = {sympy.Abs: "abs", sympy.sign: "sign"}
_CONSTANTS = {"pi": sympy.pi, "e": sympy.E}
_ARITHMETIC = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
}


def to_sympy(tree: Tree):
    """Turn a tree without switches into a SymPy expression of real symbols.

    A decimal such as 0.044715 or a constant such as 2*sqrt(2/pi) is one symbol, whose name is its
    text: factoring would otherwise tear it apart.
    """
    if _is_opaque(tree):
        return sympy.Symbol(to_text(tree), real=True)
    match tree:
        case Number(value):
            return sympy.Rational(value.numerator, value.denominator)
        case Constant(name):
            return _CONSTANTS[name]
        case Name(name):
            return sympy.Symbol(name, real=True)
        case Negative(operand):
            return -to_sympy(operand)
        case Operation(symbol, left, right):
            return _ARITHMETIC[symbol](to_sympy(left), to_sympy(right))
        case Call(function, (argument,)):
            return _TO_SYMPY[function](to_sympy(argument))
    raise TypeError(f"not a smooth tree: {tree!r}")


def _is_opaque(tree: Tree) -> bool:
    nodes = list(walk(tree))
    if any(isinstance(node, Name) for node in nodes):
        return False
    if isinstance(tree, Number):
        return _is_decimal(tree.value)
    return len(nodes) > 1 and any(isinstance(node, Constant) for node in nodes)


# ---- SymPy to tree --------------------------------------------------------------------------

_HALF = sympy.Rational(1, 2)


def to_tree(expression) -> Tree:
    """Turn an expression into a tree, with the factors and terms in the order people write."""
    if expression.is_Rational:
        return _number(Fraction(int(expression.p), int(expression.q)))
    if expression.is_Symbol:
        return read(expression.name)
    for name, constant in _CONSTANTS.items():
        if expression == constant:
            return Constant(name)
    if expression.is_Add:
        return _sum(expression)
    if expression.is_Mul or expression.is_Pow:
        return _product(expression)
    name = _NAMES.get(expression.func, expression.func.__name__)
    return Call(name, tuple(to_tree(argument) for argument in expression.args))


def _number(value: Fraction) -> Tree:
    if value < 0:
        return Negative(_number(-value))
    if value.denominator == 1 or _is_decimal(value):
        return Number(value)
    return Operation("/", Number(Fraction(value.numerator)), Number(Fraction(value.denominator)))


def _is_decimal(value: Fraction) -> bool:
    """Tell 0.01 and 0.044715, which stay decimals, from 1/2 and 1/3, which stay fractions."""
    return value.denominator > 9 and (value * 10**40).denominator == 1


def _sum(expression) -> Tree:
    terms = sorted(expression.args, key=_term_rank)
    total = to_tree(terms[0])
    for term in terms[1:]:
        tree = to_tree(term)
        if isinstance(_first_factor(tree), Negative):
            total = Operation("-", total, to_tree(-term))
        else:
            total = Operation("+", total, tree)
    return total


def _first_factor(tree: Tree) -> Tree:
    while isinstance(tree, Operation) and tree.symbol in "*/":
        tree = tree.left
    return tree


def _term_rank(term):
    """Positive terms first, among them numbers, then short ones."""
    text = to_text(to_tree(term))
    return text.startswith("-"), not term.is_number, len(text), text


def _product(expression) -> Tree:
    coefficient, factors = expression.as_coeff_mul()
    top: list[tuple] = []
    bottom: list[tuple] = []
    for factor in factors:
        base, power = factor.as_base_exp()
        if base.is_Add and power.is_Integer and _has_negative_number(base):
            base, coefficient = -base, coefficient * (-1) ** abs(int(power))
        below = power.is_Rational and power < 0 and base is not sympy.E
        (bottom if below else top).append((base, -power if below else power))
    coefficient = _move_roots(coefficient, top, bottom)
    negative = coefficient < 0
    value = _times_decimal(Fraction(int(abs(coefficient).p), int(coefficient.q)), top)
    if not _is_decimal(value):
        bottom += [(sympy.Integer(value.denominator), sympy.S.One)] * (value.denominator > 1)
        value = Fraction(value.numerator)
    numbers: list[Tree] = [Number(value)] if value != 1 or not top else []
    over = _joined([*numbers, *_powers(top)], negative)
    return Operation("/", over, _joined(_powers(bottom))) if bottom else over


def _has_negative_number(expression) -> bool:
    """Tell v - 1, which is written as 1 - v with the sign moved outside."""
    constant, _ = expression.as_coeff_Add()
    return constant < 0


def _move_roots(coefficient, top: list, bottom: list):
    """Write sqrt(2)/2 as 1/sqrt(2), and sqrt(2)*sqrt(pi) as sqrt(2*pi)."""
    for base, power in list(top):
        if power == _HALF and base.is_Integer and coefficient.q % base == 0:
            top.remove((base, power))
            bottom.append((base, power))
            coefficient *= base
    for factors in (top, bottom):
        roots = [f for f in factors if f[1] == _HALF and f[0].is_number]
        if len(roots) > 1:
            factors[:] = [f for f in factors if f not in roots]
            factors.append((sympy.Mul(*(base for base, _ in roots)), _HALF))
    return coefficient


def _times_decimal(value: Fraction, top: list) -> Fraction:
    """Multiply 3 into 0.044715, which is a symbol until now."""
    for factor in top:
        tree = to_tree(factor[0]) if factor[0].is_Symbol else None
        if isinstance(tree, Number) and factor[1] == 1:
            top.remove(factor)
            return value * tree.value
    return value


def _joined(trees: list[Tree], negative: bool = False) -> Tree:
    product = Negative(trees[0]) if negative else trees[0]
    for tree in trees[1:]:
        product = Operation("*", product, tree)
    return product


def _powers(factors: list) -> list[Tree]:
    return [_power(base, power) for base, power in sorted(factors, key=_factor_rank)]


def _factor_rank(factor):
    """Numbers, then letters with x last, then functions and powers, sums at the end."""
    base, power = factor
    letter = base.is_Symbol and base.name.isidentifier()
    if not letter and (base.is_Symbol or (base.is_number and power.is_number)):
        kind = 0
    else:
        kind = 1 if base.is_Symbol else 3 if base.is_Add else 2
    return kind, str(base) == "x", len(str(base)), str(base), str(power)


def _power(base, power) -> Tree:
    if power == 1:
        return to_tree(base)
    if power == _HALF:
        return Call("sqrt", (to_tree(base),))
    if base is sympy.E:
        return Call("exp", (to_tree(power),))
    return Operation("**", to_tree(base), to_tree(power))
