"""The functions of an answer on balls: real numbers with a rigorous error bound.

A step that the present precision cannot decide raises `Undecided`; outside its domain a function
is NaN.  Where a function is computed by an expression, the digits that cancel are counted by the
balls, so nothing here has to be clever.
"""

from collections.abc import Callable

from flint import arb, fmpq

from actfn.balls import Undecided

_FAR = 2**20  # exp beyond it needs more bits than any answer has: such a point says nothing


def contains_zero(u: arb) -> bool:
    """Tell a ball that may be 0 but is not exactly 0."""
    return u.contains(0) and not (u.is_zero() or u.is_nan())


def exp(u: arb) -> arb:
    if not abs(u) < _FAR:
        if u.is_nan():
            return arb.nan()
        raise Undecided
    return u.exp()


def log(u: arb) -> arb:
    if contains_zero(u):
        raise Undecided
    return u.log() if u > 0 else arb.nan()


def sqrt(u: arb) -> arb:
    if contains_zero(u):
        raise Undecided
    return u.sqrt() if u >= 0 else arb.nan()


def divide(a: arb, b: arb) -> arb:
    if contains_zero(b):
        raise Undecided
    return arb.nan() if b.is_zero() else a / b


def power(a: arb, b: arb) -> arb:
    """Return a**b; a negative base takes whole exponents only."""
    whole = b.unique_fmpz() if b.is_integer() else None
    if whole is not None:
        if b < 0:
            return divide(arb(1), power(a, -b))
        if abs(b) > _FAR:
            raise Undecided
        return a ** fmpq(whole)
    if a.is_zero():
        return arb(0) if b > 0 else arb.nan()
    return exp(b * log(a))


def sigmoid(u: arb) -> arb:
    return 1 / (1 + exp(-u))


def tanh(u: arb) -> arb:
    return u.tanh()


def _bounded(u: arb) -> arb:
    if not abs(u) < _FAR:
        raise Undecided
    return u


def softplus(u: arb) -> arb:
    return (1 + exp(u)).log()


def phi(u: arb) -> arb:
    return exp(-u * u / 2) / (2 * arb.pi()).sqrt()


def Phi(u: arb) -> arb:  # noqa: N802
    return (-u / arb(2).sqrt()).erfc() / 2


def sign(u: arb) -> arb:
    if contains_zero(u):
        raise Undecided
    if u.is_zero() or u.is_nan():
        return u
    return arb(1) if u > 0 else arb(-1)


def larger(a: arb, b: arb) -> arb:
    """Return the larger one; two balls that overlap give the ball around both."""
    return a if a >= b else b if b >= a else a.union(b)


def smaller(a: arb, b: arb) -> arb:
    return -larger(-a, -b)


def relu(u: arb) -> arb:
    return larger(u, arb(0))


def _derivative_of_sigmoid(u: arb) -> arb:
    return sigmoid(u) * sigmoid(-u)


ELEMENTWISE: dict[str, Callable[..., arb]] = {
    "exp": exp,
    "expm1": lambda u: exp(u) - 1,
    "log": log,
    "log1p": lambda u: log(1 + u),
    "sqrt": sqrt,
    "sinh": lambda u: (exp(u) - exp(-u)) / 2,
    "cosh": lambda u: (exp(u) + exp(-u)) / 2,
    "tanh": tanh,
    "sech": lambda u: 2 / (exp(u) + exp(-u)),
    "coth": lambda u: divide(arb(1), tanh(u)),
    "sin": lambda u: _bounded(u).sin(),
    "cos": lambda u: _bounded(u).cos(),
    "atanh": lambda u: log(divide(1 + u, 1 - u)) / 2,
    "erf": lambda u: u.erf(),
    "erfc": lambda u: u.erfc(),
    "sigmoid": sigmoid,
    "logit": lambda u: log(divide(u, 1 - u)),
    "softplus": softplus,
    "relu": relu,
    "silu": lambda u: u * sigmoid(u),
    "gelu": lambda u: u * Phi(u),
    "mish": lambda u: u * tanh(softplus(u)),
    "softsign": lambda u: u / (1 + abs(u)),
    "log_sigmoid": lambda u: -softplus(-u),
    "sign": sign,
    "abs": abs,
    "Phi": Phi,
    "phi": phi,
    "step": lambda u: (1 + sign(u)) / 2,
    "max": larger,
    "min": smaller,
    "clip": lambda u, low, high: smaller(larger(u, low), high),
    "sigmoid'": _derivative_of_sigmoid,
    "sigmoid''": lambda u: _derivative_of_sigmoid(u) * (1 - 2 * sigmoid(u)),
    "tanh'": lambda u: 1 - tanh(u) ** 2,
    "tanh''": lambda u: -2 * tanh(u) * (1 - tanh(u) ** 2),
    "softplus'": sigmoid,
    "exp'": exp,
    "Phi'": phi,
    "phi'": lambda u: -u * phi(u),
    "relu'": lambda u: (1 + sign(u)) / 2,
    "silu'": lambda u: sigmoid(u) + u * _derivative_of_sigmoid(u),
    "gelu'": lambda u: Phi(u) + u * phi(u),
    "log'": lambda u: divide(arb(1), u),
    "log_sigmoid'": lambda u: sigmoid(-u),
    "softsign'": lambda u: 1 / (1 + abs(u)) ** 2,
    "abs'": sign,
}
