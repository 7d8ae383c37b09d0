"""Polynomials in float32, and the steps of Horner's scheme that count."""

from itertools import zip_longest

import numpy as np

from actfn.kernels.single import joined
from actfn.kernels.two_float import fma, inlined


def _compiled(lines, values):
    names = [f"c{k}" for k in range(len(values))]
    scope = {"fma": fma, **dict(zip(names, map(np.float32, values), strict=True))}
    exec("\n    ".join(["def polynomial(x):", *lines]), scope)  # noqa: S102 - our own text
    return inlined(scope["polynomial"])


def in_turn(values):
    """The polynomial with these coefficients, lowest first, by Horner's scheme."""
    expression = f"c{len(values) - 1}"
    for k in reversed(range(len(values) - 1)):
        expression = f"fma({expression}, x, c{k})"
    return _compiled([f"return {expression}"], values)


def _in_pairs(terms, power):
    return [f"fma({b}, {power}, {a})" if b else a for a, b in zip_longest(terms[::2], terms[1::2])]


def in_fours(values):
    """The same by fours, which need not wait for each other."""
    fours = _in_pairs(_in_pairs([f"c{k}" for k in range(len(values))], "x"), "x2")
    expression = fours[-1]
    for four in reversed(fours[:-1]):
        expression = f"fma({expression}, x4, {four})"
    return _compiled(["x2 = x * x", "x4 = x2 * x2", f"return {expression}"], values)


@inlined
def last_step(x, rest, first):
    """first + x * rest, less than twice or half of the first."""
    hi = fma(x, rest, first.hi)
    return joined(hi, fma(x, rest, first.hi - hi) + first.lo)


@inlined
def step(x, factor, start):
    """start + x * factor, not less than half of the start: so the difference of both is exact."""
    hi = fma(factor.hi, x, start.hi)
    product = hi - start.hi
    rest = fma(factor.hi, x, -product) + (start.hi - (hi - product))
    return joined(hi, rest + fma(factor.lo, x, start.lo))
