"""Functions of the formula grammar, composed of the building blocks for generated kernels.

Generated kernels carry a number as a pair (v, g) that means v * exp(g), with a moderate v. So
x / (1 + exp(-x)) at -1e5 is -1e5 * exp(-1e5) and not 1e5 divided by an overflow. `g` stays the
constant 0 wherever no exponential is involved. Everything runs in TwoFloat arithmetic; the
float64 form only fills in at infinities.
"""

import math
from fractions import Fraction

from actfn.elementary import (
    Exact,
    absolute,
    copysign,
    exp,
    expm1,
    gauss_tail,
    log,
    log1p,
    maximum,
    minimum,
    sqrt,
    where,
)
from actfn.kernels.sources import horner


def _exact(value: Fraction) -> Exact:
    hi = float(value)
    return Exact(hi, float(value - Fraction(hi)))


def _odd_factorial(k: int) -> int:
    """1 * 3 * 5 * ... * (2k + 1)."""
    return math.prod(range(1, 2 * k + 2, 2))


def exp_of_distance(d):
    """exp(-|d|): what the smaller of two terms exp(g) shrinks to beside the larger."""
    return exp(-minimum(absolute(d), 1000.0))


def in_one_piece(v, g):
    """v * exp(g) as one number, for use as an argument; it ends at 1e260 times v."""
    half = exp(0.5 * maximum(minimum(g, 600.0), -1600.0))
    return v * half * half


def result_of(v, g):
    """v * exp(g), overflow and underflow included.

    In two halves, so that the subnormal range is entered only once.
    """
    half = exp(0.5 * maximum(minimum(g, 1400.0), -1600.0))
    return v * half * half


def log1p_of(w):
    """log(1 + w) for any w > -1."""
    # log1p(w) = -log1p(-w/(1+w)) brings [-1/2, 0) into [0, 1].
    near = where(w < 0, -w / (1 + w), w)
    small = log1p(maximum(minimum(near, 1.0), 0.0))
    return where(near <= 1, where(w < 0, -small, where(w == 0, w, small)), log(1 + w))


def log_of(w):
    """log(w), with all its digits next to w = 1."""
    return where(absolute(w - 1) < 0.5, log1p_of(w - 1), log(w))


def softplus_factor(w):
    """The v of log(1 + exp(w)) = v * exp(min(w, 0))."""
    # Left of -100 the ratio below is 1 to 140 bits.
    e = exp_of_distance(maximum(w, -100.0))
    return where(w < 0, log1p(e) / e, maximum(w, 0.0) + log1p(e))


def expm1_factor(w):
    """The v of exp(w) - 1 = v * exp(max(w, 0))."""
    m = expm1(-absolute(w))
    return copysign(absolute(m), w)


def tanh_of(w):
    """tanh(w)."""
    m = expm1(-2.0 * minimum(absolute(w), 400.0))
    return copysign(-m / (2.0 + m), w)


def sigmoid_factor(w):
    """The v of sigmoid(w) = v * exp(min(w, 0))."""
    return 1 / (1 + exp_of_distance(w))


def sinh_factor(w):
    """The v of sinh(w) = v * exp(|w|)."""
    return copysign(-0.5 * expm1(-2.0 * absolute(w)), w)


def cosh_factor(w):
    """The v of cosh(w) = v * exp(|w|)."""
    return 0.5 + 0.5 * exp_of_distance(2.0 * w)


SQRT_2 = Exact(1.4142135623730951, -9.667293313452913e-17)
TWO_OVER_SQRT_PI = Exact(1.1283791670955126, 1.533545961316588e-17)


def erfc_factor(w):
    """The v of erfc(w) = v * exp(-max(w, 0)**2)."""
    t = minimum(absolute(w), 1e3)
    tail = 2.0 * gauss_tail(SQRT_2 * t)
    return where(w > 0, tail, 2.0 - tail * exp(-(t * t)))


# erf(w) exp(w**2) sqrt(pi)/2 = sum of (2 w**2)**k w / (1*3*...*(2k+1)): no term is negative, and
# for |w| <= 1 the first one left out is below 2**-95 (Abramowitz & Stegun 7.1.6).
_erf_series = horner(
    "the series of erf", [_exact(Fraction(2**k, _odd_factorial(k))) for k in range(28)]
)


def erf_of(w):
    """erf(w)."""
    t = minimum(absolute(w), 1e3)
    near = minimum(t, 1.0)
    series = TWO_OVER_SQRT_PI * near * exp(-(near * near)) * _erf_series(near * near)
    far = 1.0 - 2.0 * gauss_tail(SQRT_2 * t) * exp(-(t * t))
    return copysign(where(t < 1, series, far), w)


def _half_of_atan(t):
    """tan of half the angle whose tan is t."""
    return t / (1 + sqrt(1 + t * t))


# atan(t)/t in t**2; after three halvings t <= tan(pi/32) and the next term is below 2**-110.
_atan_series = horner(
    "the series of atan", [_exact(Fraction((-1) ** k, 2 * k + 1)) for k in range(16)]
)
HALF_PI = Exact(1.5707963267948966, 6.123233995736766e-17)


def atan_of(w):
    """atan(w)."""
    size = absolute(w)
    t = where(size > 1, 1 / maximum(size, 1.0), size)
    part = _half_of_atan(_half_of_atan(_half_of_atan(t)))
    angle = 8.0 * part * _atan_series(part * part)
    return copysign(where(size > 1, HALF_PI - angle, angle), w)


def beyond(y, x, edge, half_power):
    """Continue f beyond |x| = edge, where it is a power of x, from its value y at the edge.

    `half_power` is sqrt(edge). The size of y tells the exponent, -4 ... 3: the edge is so far out
    that no moderate coefficient can be mistaken for a power of it.
    """
    size, stretch = absolute(y), maximum(absolute(x) / edge, 1.0)
    shrink = 1 / stretch
    once = where(size > half_power, y * stretch, y)
    twice = where(size > half_power * edge, once * stretch, once)
    thrice = where(size > half_power * edge * edge, twice * stretch, twice)
    size = size * half_power
    for_one = where(size < 1, thrice * shrink, thrice)
    for_two = where(size * edge < 1, for_one * shrink, for_one)
    for_three = where(size * edge * edge < 1, for_two * shrink, for_two)
    return where(size * edge * edge * edge < 1, for_three * shrink, for_three)


def sign_of(w):
    """-1, 0 or 1."""
    return where(w > 0, 1.0, where(w < 0, -1.0, w))
