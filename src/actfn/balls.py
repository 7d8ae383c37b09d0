"""Elementary functions on truncated power series with rigorous coefficients.

A quantity is a power series in one seed, so that a value and its derivatives come out of one
evaluation.  Its coefficients are exact rationals (`flint.fmpq_series`) for as long as only
rational operations have been applied, and Arb balls (`flint.arb_series`) afterwards.  The exact
half is not a luxury: whether ``x/6 + 1/2`` is exactly 3/4, or exactly at the edge of a ``clip``,
cannot be decided with balls at any precision.

The length and the precision are those of `flint.ctx`.  A step that the present precision cannot
decide raises `Undecided`; the caller then tries again with more bits.
"""

from collections.abc import Callable
from math import isqrt

from flint import arb, arb_series, ctx, fmpq, fmpq_series

Series = fmpq_series | arb_series

_FAR = 2.0**20  # beyond it exp needs more bits than its result has
_HUGE = 2**40  # beyond it exp(-u) is far below 2**-1130, where results count as zero
_MAX_BITS = 20_000  # exact rationals larger than this continue as balls


class Undecided(ArithmeticError):
    """The balls are too wide at this precision."""


def constant(value: fmpq | arb) -> Series:
    """Return the series of a constant."""
    return fmpq_series([value]) if isinstance(value, fmpq) else arb_series([value])


def seed(value: fmpq | arb) -> Series:
    """Return the series of the quantity that everything is developed in."""
    return fmpq_series([value, 1]) if isinstance(value, fmpq) else arb_series([value, 1])


def undefined() -> arb_series:
    """Return the series that is NaN throughout."""
    return arb_series([arb.nan()] * ctx.cap)


def _infinite_slope(value: arb) -> arb_series:
    """Return a value at which no derivative exists: sqrt and log at 0."""
    return arb_series([value, *[arb.nan()] * (ctx.cap - 1)])


def _ball(u: Series) -> arb_series:
    return arb_series(u) if isinstance(u, fmpq_series) else u


def _is_exactly(u: Series, value: int) -> bool:
    return isinstance(u, fmpq_series) and u[0] == value


def sign(c: fmpq | arb) -> int:
    """Return the sign of a coefficient; `Undecided` when a ball straddles zero."""
    if c > 0:
        return 1
    if c < 0:
        return -1
    if c == 0:
        return 0
    raise Undecided


# ---- arithmetic -----------------------------------------------------------------------------


def add(a: Series, b: Series) -> Series:
    """Return a + b, exact while both are."""
    return a + b if type(a) is type(b) else _ball(a) + _ball(b)


def subtract(a: Series, b: Series) -> Series:
    """Return a - b, exact while both are."""
    return a - b if type(a) is type(b) else _ball(a) - _ball(b)


def multiply(a: Series, b: Series) -> Series:
    """Return a * b, exact while both are."""
    return a * b if type(a) is type(b) else _ball(a) * _ball(b)


def divide(a: Series, b: Series) -> Series:
    """Return a / b; NaN where b is exactly zero."""
    if b[0] == 0:
        return undefined()
    if type(a) is type(b) is fmpq_series:
        return a / b
    try:
        return _ball(a) / _ball(b)
    except ValueError:  # the ball of the denominator contains zero, or is infinite
        if b[0].is_nan():
            return undefined()
        raise Undecided from None


def power(a: Series, exponent: fmpq) -> Series:
    """Return ``a**exponent`` for a whole exponent, or one with a small denominator and a >= 0."""
    top, bottom = int(exponent.p), int(exponent.q)
    if bottom > 1:
        a = root(a, bottom)
    if isinstance(a, fmpq_series) and _bits(a) * abs(top) > _MAX_BITS:
        a = _ball(a)
    result = constant(fmpq(1))
    for bit in format(abs(top), "b"):
        result = multiply(result, result)
        result = multiply(result, a) if bit == "1" else result
    return divide(constant(fmpq(1)), result) if top < 0 else result


def _bits(a: fmpq_series) -> int:
    return max(int(n).bit_length() for n in (a[0].p, a[0].q))


def root(a: Series, degree: int) -> Series:
    """Return the root of a non-negative quantity, exact where it is rational."""
    c = a[0]
    if sign(c) < 0:
        return undefined()
    if c == 0:
        return _infinite_slope(arb(0))
    exact = _exact_root(c, degree) if isinstance(c, fmpq) else None
    if degree == 2 and exact is None:
        return _ball(a).sqrt()
    # c**(1/n) * (a/c)**(1/n): the second factor keeps exact coefficients exact.
    relative = multiply(log(divide(a, constant(c))), constant(fmpq(1, degree)))
    return multiply(exp(relative), constant(arb(c).root(degree) if exact is None else exact))


def _whole(n: int) -> Series:
    return constant(fmpq(n))


def _exact_root(c: fmpq, degree: int) -> fmpq | None:
    parts = [_whole_root(int(n), degree) for n in (c.p, c.q)]
    return None if None in parts else fmpq(*parts)


def _whole_root(n: int, degree: int) -> int | None:
    if degree == 2:
        guess = isqrt(n)
    elif n.bit_length() > 50 * degree:
        return None
    else:
        guess = round(n ** (1 / degree))
    return guess if guess**degree == n else None


# ---- functions ------------------------------------------------------------------------------


def _integrate(u: arb_series, start: arb, slope: Callable[[], arb_series]) -> arb_series:
    """Return the series of F(u) from F at the constant term and F'(u).

    The constant term is taken from Arb's own function, which keeps its relative accuracy where
    an expression in exp would cancel.
    """
    if ctx.cap == 1:
        return arb_series([start])
    return (u.derivative() * slope()).integral() + start


def exp(u: Series) -> Series:
    if _is_exactly(u, 0):
        return u.exp()
    b = _ball(u)
    if abs(float(b[0])) < _FAR:
        return b.exp()
    if ctx.cap == 1:
        return arb_series([_exp_far(u[0])])
    # The constant term apart: the rest is u - u[0] with the zero in front exact.
    return b.derivative().integral().exp() * _exp_far(u[0])


def _exp_far(c: fmpq | arb) -> arb:
    """Return exp of a large number, to full precision when the number is exact."""
    extra = int(c.p).bit_length() - int(c.q).bit_length() if isinstance(c, fmpq) else 0
    with ctx.workprec(ctx.prec + min(max(extra, 0), _MAX_BITS)):
        result = arb(c).exp()
    if result > 0 and result.is_finite():
        return +result
    if c < -_HUGE:
        # Too wide to say more than "positive and below every threshold"; this ball says that.
        return arb((3, -2 * _HUGE), (1, -2 * _HUGE))
    if arb(c).is_nan():
        return arb.nan()
    raise Undecided


def expm1(u: Series) -> Series:
    if _is_exactly(u, 0):
        return u.exp() - 1
    b = _ball(u)
    start = b[0].expm1() if abs(float(b[0])) < _FAR else exp(constant(u[0]))[0] - 1
    return _integrate(b, start, lambda: exp(u))


def log(u: Series) -> Series:
    if _is_exactly(u, 1):
        return u.log()
    if u[0] == 0:
        return _infinite_slope(arb.neg_inf())
    return _ball(u).log() if sign(u[0]) > 0 else undefined()


def log1p(u: Series) -> Series:
    if _is_exactly(u, 0):
        return (u + 1).log()
    if u[0] == -1:
        return _infinite_slope(arb.neg_inf())
    b = _ball(u)
    if sign(u[0] + 1) < 0:
        return undefined()
    return _integrate(b, b[0].log1p(), lambda: 1 / (1 + b))


def sqrt(u: Series) -> Series:
    return root(u, 2)


def sin(u: Series) -> Series:
    return u.sin() if _is_exactly(u, 0) else _ball(u).sin()


def cos(u: Series) -> Series:
    return u.cos() if _is_exactly(u, 0) else _ball(u).cos()


def sinh(u: Series) -> Series:
    if _is_exactly(u, 0):
        return u.sinh()
    b = _ball(u)
    return _integrate(b, b[0].sinh(), lambda: cosh(u))


def cosh(u: Series) -> Series:
    growth = exp(u)
    return (growth + 1 / growth) * fmpq(1, 2)


def tanh(u: Series) -> Series:
    if _is_exactly(u, 0):
        return u.tanh()
    b = _ball(u)
    return _integrate(b, b[0].tanh(), lambda: _sech_squared(u))


def _sech_squared(u: Series) -> Series:
    # Even in u, so the decaying exponential can be taken on either side.
    decay = exp(u * (2 if u[0] < 0 else -2))
    return divide(4 * decay, (1 + decay) * (1 + decay))


def one_plus_tanh(u: Series) -> Series:
    """Return 1 + tanh(u), which cancels for negative u, as ``2 / (1 + exp(-2u))``."""
    if u[0] < 0:
        growth = exp(u * 2)
        return divide(2 * growth, 1 + growth)
    return divide(_whole(2), 1 + exp(u * -2))


def atan(u: Series) -> Series:
    if _is_exactly(u, 0):
        return u.atan()
    b = _ball(u)
    return _integrate(b, b[0].atan(), lambda: 1 / (1 + b * b))


def erf(u: Series) -> Series:
    b = _ball(u)
    return _integrate(b, b[0].erf(), lambda: _bell(u))


def erfc(u: Series) -> Series:
    b = _ball(u)
    return _integrate(b, _erfc_value(u[0]), lambda: -_bell(u))


def _bell(u: Series) -> arb_series:
    """Return the derivative of erf: ``2/sqrt(pi) * exp(-u**2)``."""
    return _ball(exp(-(u * u))) * (2 / arb.pi().sqrt())


def _erfc_value(c: fmpq | arb) -> arb:
    value = arb(c).erfc()
    if value > 0 or not c > 64:
        return value
    # Arb gives a ball around 0 when c is large and inexact, but the sign is wanted:
    # erfc(c) = exp(-c**2) / (c*sqrt(pi)) * (1 - t) with 0 <= t <= 1/(2*c**2).
    tail = exp(constant(-c * c))[0]
    return tail / (arb(c) * arb.pi().sqrt()) * arb(1, 1 / (2 * c * c))
