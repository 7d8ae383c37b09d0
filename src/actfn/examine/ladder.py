"""A reference for what no polynomial can follow: sin(x) at 1e30 turns more often than floats come.

The formula is evaluated as it is written, at every input, together with a bound of its rounding
errors. Where the bound is too large the same is done in long double, and where that is too large
as well the oracle is asked. The elementary functions are the C library's, not ours.
"""

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from actfn.examine.reference import ABSOLUTE_ERROR, RELATIVE_ERROR
from actfn.grammar import Call, Name, Negative, Operation, Tree, constant_value

# NumPy promises 4 ULP of its sin and cos, glibc 1 ULP in long double.
FUNCTION_ULP = 4
_LIPSCHITZ_1 = {"sin": np.sin, "cos": np.cos}  # the error of the argument passes unmagnified
Bounded = tuple[np.ndarray, np.ndarray]


class LadderReference:
    """True values of a formula made of + - * / whole powers, sin and cos, at float32 inputs.

    Parameters
    ----------
    tree : Tree
        The formula; for a derivative that of the derivative.
    parameters : dict of str to float
        Values of every name but `variable`.
    variable : str
        The name of the input.
    oracle : callable
        Takes a float64 array; returns true values, in float64, where rounding errors are too
        large.
    """

    def __init__(self, tree: Tree, parameters: dict[str, float], variable: str, oracle: Callable):
        self.tree = tree
        self.parameters = parameters
        self.variable = variable
        self.oracle = oracle

    def evaluate(self, x: np.ndarray) -> np.ndarray:
        """True values, to 2^-38 of themselves, at a float32 array; NaN where there is none."""
        truth = np.full(x.shape, np.nan)
        left = np.flatnonzero(~np.isnan(x))
        with np.errstate(all="ignore"):
            x = x.astype(np.float64)
            for dtype in (np.float64, np.longdouble):
                value, error = self._bounded(self.tree, x[left].astype(dtype))
                certain = error <= np.abs(value) * RELATIVE_ERROR
                certain |= (error <= ABSOLUTE_ERROR) & (np.abs(value) < 1)
                certain &= np.isfinite(value)
                truth[left[certain]] = value[certain].astype(np.float64)
                left = left[~certain]
            truth[left] = self.oracle(x[left])
        return truth

    def _bounded(self, tree: Tree, x: np.ndarray) -> Bounded:
        """The value and a bound of its error, in the precision of x."""
        number = constant_value(tree)
        if number is not None:
            return _nearest(number, x.dtype)
        match tree:
            case Name(name):
                known = x if name == self.variable else x.dtype.type(self.parameters[name])
                return known, np.zeros_like(known)
            case Negative(operand):
                value, error = self._bounded(operand, x)
                return -value, error
            case Operation("**", base, exponent):
                return self._power(base, constant_value(exponent), x)
            case Operation(symbol, left, right):
                return _combine(symbol, self._bounded(left, x), self._bounded(right, x))
            case Call(function, (argument,)) if function in _LIPSCHITZ_1:
                value, error = self._bounded(argument, x)
                result = _LIPSCHITZ_1[function](value)
                return result, error + 2 * FUNCTION_ULP * _half_ulp(result)
        raise NotImplementedError(f"no bound of the rounding error is known for {tree}")

    def _power(self, base: Tree, exponent: Fraction | None, x: np.ndarray) -> Bounded:
        if exponent is None or exponent.denominator != 1 or exponent < 1:
            raise NotImplementedError(f"only whole powers are bounded, not {exponent}")
        result = factor = self._bounded(base, x)
        for _ in range(int(exponent) - 1):
            result = _combine("*", result, factor)
        return result


def _half_ulp(value):
    """A bound of the rounding error of a result."""
    kind = np.finfo(value.dtype)
    return np.abs(value) * (kind.eps / 2) + kind.smallest_subnormal


def _nearest(number: Fraction, dtype) -> Bounded:
    """A constant in this precision; it has no error where it is exact."""
    value = dtype.type(float(number))
    exact = Fraction(float(number)) == number
    # float() rounded it to 53 bits, whatever the dtype.
    return value, np.zeros_like(value) if exact else np.abs(value) * np.finfo(np.float64).eps


def _combine(symbol: str, left: Bounded, right: Bounded) -> Bounded:
    (a, e), (b, f) = left, right
    if symbol in "+-":
        value = a + b if symbol == "+" else a - b
        return value, e + f + _half_ulp(value)
    if symbol == "*":
        value = a * b
        # A power of two only moves the exponent: the argument of a sine stays exact.
        rounded = np.where(_is_power_of_two(a) | _is_power_of_two(b), 0, _half_ulp(value))
        return value, np.abs(a) * f + np.abs(b) * e + e * f + rounded
    value = a / b
    rounded = np.where(_is_power_of_two(b), 0, _half_ulp(value))
    slack = np.where(f == 0, 0, np.abs(value) * f)
    return value, (e + slack) / np.maximum(np.abs(b) - f, 0) + rounded


def _is_power_of_two(value):
    return np.ndim(value) == 0 and bool(np.abs(np.frexp(value)[0]) == 0.5)
