"""Quotients of polynomials with rational exponents, the normal form that `proof` compares.

A monomial maps atoms to exponents: e^x is the atom ``("exp", (x,))`` with exponent 1, e^(-x/2) the
same with -1/2, and the root of 2 is the atom 2 with exponent 1/2.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from fractions import Fraction

Monomial = tuple[tuple[Hashable, Fraction], ...]
Polynomial = dict[Monomial, Fraction]
MAX_TERMS = 600  # beyond it numbers decide faster


class NotRational(Exception):
    """The formula has no normal form of this kind, or a very long one."""


@dataclass(frozen=True)
class Quotient:
    """``top / bottom``, not reduced; two are equal when their cross products are."""

    top: Polynomial
    bottom: Polynomial

    def __add__(self, other: "Quotient") -> "Quotient":
        if self.bottom == other.bottom:
            return Quotient(_add(self.top, other.top), self.bottom)
        left, right = _multiply(self.top, other.bottom), _multiply(other.top, self.bottom)
        return Quotient(_add(left, right), _multiply(self.bottom, other.bottom))

    def __neg__(self) -> "Quotient":
        return Quotient({m: -c for m, c in self.top.items()}, self.bottom)

    def __sub__(self, other: "Quotient") -> "Quotient":
        return self + -other

    def __mul__(self, other: "Quotient") -> "Quotient":
        return Quotient(_multiply(self.top, other.top), _multiply(self.bottom, other.bottom))

    def __truediv__(self, other: "Quotient") -> "Quotient":
        if not other.top:
            raise NotRational
        return self * Quotient(other.bottom, other.top)

    def equals(self, other: "Quotient") -> bool:
        """Tell whether the two are the same function, wherever both are defined."""
        return _multiply(self.top, other.bottom) == _multiply(other.top, self.bottom)

    def to_the(self, power: int) -> "Quotient":
        if abs(power) > 12:
            raise NotRational
        result = ONE
        for _ in range(abs(power)):
            result = result * self
        return ONE / result if power < 0 else result

    def terms(self) -> Polynomial:
        """Return the quotient as one polynomial, when its denominator is a single term."""
        if len(self.bottom) != 1:
            raise NotRational
        ((monomial, coefficient),) = self.bottom.items()
        inverse = {tuple((a, -e) for a, e in monomial): 1 / coefficient}
        return _multiply(self.top, inverse)


def number(value: Fraction | int) -> Quotient:
    """Return the quotient of a number."""
    return Quotient({(): Fraction(value)} if value else {}, {(): Fraction(1)})


def atom(key: Hashable, exponent: Fraction | int = 1) -> Quotient:
    """Return the quotient of an atom to a power."""
    return Quotient(
        _multiply({(): Fraction(1)}, {((key, Fraction(exponent)),): Fraction(1)}), _UNIT
    )


_UNIT: Polynomial = {(): Fraction(1)}
ONE = Quotient(_UNIT, _UNIT)


def _add(a: Polynomial, b: Polynomial) -> Polynomial:
    total = dict(a)
    for monomial, coefficient in b.items():
        total[monomial] = total.get(monomial, Fraction(0)) + coefficient
    return {m: c for m, c in total.items() if c}


def _multiply(a: Polynomial, b: Polynomial) -> Polynomial:
    if len(a) * len(b) > MAX_TERMS * 10:
        raise NotRational
    total: Polynomial = {}
    for m, c in a.items():
        for n, d in b.items():
            monomial, factor = _joined(m, n)
            total[monomial] = total.get(monomial, Fraction(0)) + c * d * factor
    if len(total) > MAX_TERMS:
        raise NotRational
    return {m: c for m, c in total.items() if c}


def _joined(m: Monomial, n: Monomial) -> tuple[Monomial, Fraction]:
    """Multiply two monomials; whole powers of a root of a number become a factor."""
    exponents = dict(m)
    for key, exponent in n:
        exponents[key] = exponents.get(key, Fraction(0)) + exponent
    factor = Fraction(1)
    for key in [k for k in exponents if isinstance(k, int)]:
        whole = exponents[key].__floor__()
        factor *= Fraction(key) ** whole
        exponents[key] -= whole
    return tuple(sorted(((k, e) for k, e in exponents.items() if e), key=repr)), factor


def root(value: Quotient) -> Quotient:
    """Return the square root of a single positive term: of numbers, pi and exponentials."""
    terms = value.terms()
    if len(terms) != 1:
        raise NotRational
    ((monomial, coefficient),) = terms.items()
    if coefficient <= 0 or not all(_is_positive(key) for key, _ in monomial):
        raise NotRational
    result = _root_of_number(coefficient.numerator) / _root_of_number(coefficient.denominator)
    for key, exponent in monomial:
        result = result * atom(key, exponent / 2)
    return result


def _is_positive(key: Hashable) -> bool:
    """Tell pi, a whole number and an exponential from what may be negative."""
    return key == "pi" or isinstance(key, int) or (isinstance(key, tuple) and key[0] == "exp")


def _root_of_number(value: int) -> Quotient:
    if value > 10**6:
        raise NotRational
    result, prime = ONE, 2
    while value > 1:
        while value % prime == 0:
            result, value = result * atom(prime, Fraction(1, 2)), value // prime
        prime += 1
    return result
