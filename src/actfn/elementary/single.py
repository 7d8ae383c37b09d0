"""Further building blocks, of kernels whose float32 form is a text of its own.

They spare what sums, products and exponentials in general need. The compiled forms are in
`actfn.kernels.single_*`; there is none in other arithmetics.
"""

import math

from actfn.elementary import coefficients, exp, gauss_tail, gelu_slope, tanh_shrink_ratio


def one_plus_exp(x):
    """1 + e**x, with less work than the two steps."""
    return 1 + exp(x)


def fast_sum(a, b):
    """a + b where |a| >= |b|, or a is 0: sums know no order otherwise."""
    return a + b


def scaled(factor, x):
    """factor * x, rounded; for a factor whose halves have one sign."""
    return factor * x


def nearest(value):
    """`value`, rounded."""
    return value


def fused(a, b, c):
    """a * b + c, rounded, best where c is the larger term."""
    return a * b + c


def product(a, b):
    """a * b, rounded."""
    return a * b


def line(slope, x, offset):
    """slope * x + offset where that is at least half of offset."""
    return slope * x + offset


def signed(size, x):
    """`size`, or -size where the sign bit of x is set."""
    return size * math.copysign(1.0, x)


def log_ratio(a, b):
    """log(|a / b|); beside its zero as exact as a - b is."""
    return math.log(abs(a / b))


def settled(difference):
    """What is left of a sum that cancels, in float32 as a number and its rest."""
    return difference


def root_of_sum(x, b):
    """sqrt(x**2 + b) for a parameter b; NaN for |x| > 2**63."""
    return math.sqrt(x * x + b)


def sin_square(a, x):
    """sin(a * x)**2 for a parameter a."""
    return math.sin(a * x) ** 2


def sin_square_turned(a, x):
    """sin(a * x + pi/4)**2, likewise; exact beside its zeros."""
    return math.sin(a * x + math.pi / 4) ** 2


def scaled_bell(t):
    """2**64 * exp(-t**2 / 2) for 0 <= t <= 15, subnormal in float32 otherwise."""
    return 2.0**64 * math.exp(-t * t / 2)


def scaled_tail(t):
    """2**64 * Phi(-t), likewise."""
    return gauss_tail(t) * scaled_bell(t)


def scaled_tail_product(t):
    """2**64 * t * Phi(-t), likewise."""
    return t * scaled_tail(t)


def scaled_slope(t):
    """2**64 * gelu'(-t), likewise."""
    return gelu_slope(t) * scaled_bell(t)


def unscaled(value):
    """2**-64 * value: rounded first, as both parts of a subnormal number would be otherwise."""
    return 2.0**-64 * value


def silu_slope_rise(d):
    """silu'(x) / d at a distance d of up to 1/8 from the zero of silu'."""
    return _polynomial("SILU_SLOPE_RISE", d)


def gelu_tanh_slope_rise(d):
    """The same of gelu_tanh'."""
    return _polynomial("GELU_TANH_SLOPE_RISE", d)


def mish_slope_rise(d):
    """The same of mish'."""
    return _polynomial("MISH_SLOPE_RISE", d)


def _polynomial(name, x):
    return sum(c * x**k for k, c in enumerate(getattr(coefficients, name)))


def tanh_bend(u):
    """(x - tanh(x)) / x**3 of x = sqrt(u) for |x| <= 0.65, rounded."""
    return tanh_shrink_ratio(math.sqrt(u))


def tanh_gap(x):
    """1 - tanh(x) for 0 <= x <= 64, rounded."""
    return 2 / (1 + math.exp(2 * x))


def far_tanh(size, x):
    """size * tanh(x) for a parameter and 0.65 <= x <= 64, rounded."""
    return size * math.tanh(x)


def sech_square(x):
    """2**64 / cosh(x)**2 for 0 <= x <= 64: subnormal in float32 otherwise."""
    return 2.0**64 / math.cosh(x) ** 2


def logcosh_bend(u):
    """(x**2 / 2 - log(cosh(x))) / x**4 of x = sqrt(u) for |x| <= 1, rounded."""
    return (u / 2 - math.log(math.cosh(math.sqrt(u)))) / u**2 if u > 1e-3 else 1 / 12 - u / 45


def gap_log(c):
    """(-log(1 - c / 2) - c / 2) / c**2 for 0 <= c <= 0.24, rounded."""
    return -(math.log1p(-c / 2) + c / 2) / c**2 if c > 1e-3 else 1 / 8 + c / 24


def exp_line(x, size, slope, bend):
    """slope * x plus size * (e**x - 1 - x) for x <= 0, else bend * x**2, of parameters;
    exact beside the zeros left of 0."""
    return slope * x + (bend * x * x if x > 0 else size * (math.expm1(x) - x))


def exp_line_slope(x, size, slope, bend):
    """The derivative of the above."""
    return slope + (2 * bend * x if x > 0 else size * math.expm1(x))
