"""Generate src/actfn/elementary/coefficients.py: every polynomial of the building blocks.

Each function is interpolated at Chebyshev nodes with 400-bit ball arithmetic, the polynomial is
written in powers of its variable, and the worst relative error on a fine grid is recorded beside
it. Run from the repository's root:

    python tools/coefficients.py
"""

from pathlib import Path
from struct import pack, unpack

from flint import arb, arb_mat, ctx

ctx.prec = 500
TARGET = Path("src/actfn/elementary/coefficients.py")
COMMAND = "python tools/coefficients.py"
HALF_LN2 = arb(2).log() / 2


def node(k, count):
    """The k-th Chebyshev node of the first kind on [-1, 1]."""
    return (arb(2 * k + 1) / (2 * count)).cos_pi()


def fit(function, low, high, degree):
    """Coefficients, in powers of the variable, of the interpolant on [low, high]."""
    count = degree + 1
    middle, half = (arb(low) + arb(high)) / 2, (arb(high) - arb(low)) / 2
    points = [middle + half * node(k, count) for k in range(count)]
    matrix = arb_mat([[p**j for j in range(count)] for p in points])
    solution = matrix.solve(arb_mat([[function(p)] for p in points]))
    coefficients = [solution[j, 0] for j in range(count)]
    return coefficients, worst_error(coefficients, function, low, high)


def worst_error(coefficients, function, low, high):
    """The largest relative error on a fine grid."""
    worst = arb(0)
    for k in range(401):
        # The half keeps the grid away from removable singularities at round numbers.
        p = low + (arb(high) - arb(low)) * (arb(2 * k + 1) / 802)
        value = sum((c * p**j for j, c in enumerate(coefficients)), arb(0))
        error = abs((value / function(p) - 1).mid())
        worst = error if error > worst else worst
    return float(worst)


def fit_rounded(function, high, degree):
    """Coefficients in float32 for [0, high]: each makes up for what those before it lost.

    They are those of least squares, where an error counts as much as the variable: a product of
    the two is added to the result.
    """
    points = [arb(high) * (1 + node(k, 8 * degree)) / 2 for k in range(8 * degree)]
    rounded = []
    for k in range(degree + 1):
        powers = arb_mat([[p ** (j + 1) for j in range(k, degree + 1)] for p in points])
        missing = arb_mat(
            [[(function(p) - sum(c * p**j for j, c in enumerate(rounded))) * p] for p in points]
        )
        across = powers.transpose()
        first = (across * powers).solve(across * missing)[0, 0]
        rounded.append(arb(unpack("f", pack("f", float(first.mid())))[0]))
    return rounded, worst_error(rounded, function, arb(high) / 4, high)


def split(value):
    """The nearest float64 and the float64 nearest to what it misses."""
    hi = float(value.mid())
    return hi, float((value - arb(hi)).mid())


def gauss(t):
    """Phi(-t) exp(t^2/2)."""
    return (t / arb(2).sqrt()).erfc() / 2 * (t * t / 2).exp()


def gauss_rise(t):
    """From 1.6 to 2.5, and gauss = 1 / (2 + t rise)."""
    return (1 / gauss(t) - 2) / t


def from_z(function):
    """`function` of t as a function of z = (t - 4) / (t + 4)."""
    return lambda z: function(4 * (1 + z) / (1 - z))


def to_z(t):
    return (arb(t) - 4) / (arb(t) + 4)


def zero_of(function, low, high):
    """Where a function changes from positive to negative."""
    low, high = arb(low), arb(high)
    for _ in range(450):
        t = ((low + high) / 2).mid()
        if function(t) > 0:
            low = t
        else:
            high = t
    return (low + high) / 2


# The t > 0 with Phi(-t) = t phi(t): minus the zero of gelu'.
ZERO = zero_of(lambda t: gauss(t) - t / (2 * arb.pi()).sqrt(), "0.7", "0.8")


def gelu_slope(t):
    """(Phi(-t) - t phi(t)) exp(t^2/2) / (ZERO - t): smooth and positive."""
    return (gauss(t) - t / (2 * arb.pi()).sqrt()) / (ZERO - t)


def gelu_slope_rise(t):
    """From 2.5 to 3.1, and gelu_slope = (t + 4) / (8 ZERO + t rise)."""
    return ((t + 4) / gelu_slope(t) - 8 * ZERO) / t


def silu_slope(x):
    s = 1 / (1 + (-x).exp())
    return s + x * s * (1 - s)


def gelu_tanh_slope(x):
    factor, cubic = 2 * (2 / arb.pi()).sqrt(), arb("0.044715")
    s = 1 / (1 + (-factor * x * (1 + cubic * x * x)).exp())
    return s + x * factor * (1 + 3 * cubic * x * x) * s * (1 - s)


def mish_slope(x):
    d = 1 + x.exp()
    return (d - 1) * ((d + 1) * (d * d + 1) + 4 * x * d) / (d * d + 1) ** 2


SILU_ZERO = zero_of(lambda t: silu_slope(-t), "1.2", "1.3")
GELU_TANH_ZERO = zero_of(lambda t: gelu_tanh_slope(-t), "0.7", "0.8")
MISH_ZERO = zero_of(lambda t: mish_slope(-t), "1.1", "1.3")


def rise(function, zero):
    """A function over the distance d from its zero, of which minus is given."""
    return lambda d: function(d - zero) / d


def exp_tail(r):
    return (r.exp() - 1 - r) / (r * r)


def atanh_tail(u):
    s = u.sqrt()
    return (s.atanh() / s - 1) / u


def tanh_ratio(u):
    x = u.sqrt()
    return (x - x.tanh()) / (x * x * x)


def tanh_ratio_slope(u):
    return (tanh_ratio(u) - arb(1) / 3) / u


def logcosh_bend(u):
    x = u.sqrt()
    return (u / 2 - x.cosh().log()) / (u * u)


def gap_log(c):
    return -((1 - c / 2).log() + c / 2) / (c * c)


def sine_ratio(u):
    return u.sqrt().sin() / u.sqrt()


def sine_square(u):
    return (sine_ratio(u) ** 2 - 1) / u


def cosine(u):
    return u.sqrt().cos()


POLYNOMIALS = [
    # name, what it is, function, low, high, degree, how many terms keep a second half
    ("EXP_TAIL", "(exp(r) - 1 - r) / r^2 on |r| <= ln(2)/2, in r",
     exp_tail, -HALF_LN2, HALF_LN2, 9, 0),
    ("EXP_TAIL_SHORT", "the same, for results in float32",
     exp_tail, -HALF_LN2, HALF_LN2, 5, 0),
    ("EXP_TAIL_WIDE", "the first to twice the digits",
     exp_tail, -HALF_LN2, HALF_LN2, 17, 8),
    ("ATANH_TAIL", "(atanh(s)/s - 1) / s^2 on 0 < s <= 1/3, in u = s^2",
     atanh_tail, arb(0), arb(1) / 9, 9, 0),
    ("ATANH_TAIL_SHORT", "the same, for results in float32",
     atanh_tail, arb(0), arb(1) / 9, 6, 0),
    ("ATANH_TAIL_SINGLE", "the same, computed in float32",
     atanh_tail, arb(0), arb(1) / 9, 4, 0),
    ("ATANH_TAIL_NEAR", "the same on 0 < s <= 0.1716 = (sqrt(2) - 1) / (sqrt(2) + 1)",
     atanh_tail, arb(0), arb("0.1716") ** 2, 4, 0),
    ("ATANH_TAIL_LOG", "the same on 0 < s <= 0.21, computed in float32",
     atanh_tail, arb(0), arb("0.21") ** 2, 3, 0),
    ("GAUSS_TAIL", "Phi(-t) exp(t^2/2) on 0 <= t <= 15, in z = (t-4)/(t+4)",
     from_z(gauss), to_z(0), to_z(15), 19, 0),
    ("GAUSS_TAIL_SHORT", "the same, for results in float32",
     from_z(gauss), to_z(0), to_z(15), 13, 0),
    ("GAUSS_TAIL_WIDE", "the same on 0 <= t <= 40 to twice the digits",
     from_z(gauss), to_z(0), to_z(40), 36, 14),
    ("GAUSS_RISE", "(1 / (Phi(-t) exp(t^2/2)) - 2) / t on 0 <= t <= 15, in z = (t-4)/(t+4)",
     from_z(gauss_rise), to_z(0), to_z(15), 10, 0),
    ("GELU_SLOPE", "(Phi(-t) - t phi(t)) exp(t^2/2) / (GELU_SLOPE_ZERO - t), 0 <= t <= 15, in z",
     from_z(gelu_slope), to_z(0), to_z(15), 16, 0),
    ("GELU_SLOPE_SHORT", "the same, for results in float32",
     from_z(gelu_slope), to_z(0), to_z(15), 11, 0),
    ("GELU_SLOPE_RISE", "((t + 4) / GELU_SLOPE - 8 GELU_SLOPE_ZERO) / t, likewise",
     from_z(gelu_slope_rise), to_z(0), to_z(15), 9, 0),
    ("SILU_SLOPE_RISE", "silu'(x) / d, d = x + SILU_SLOPE_ZERO, |d| <= 1/8",
     rise(silu_slope, SILU_ZERO), -arb("0.125"), arb("0.125"), 5, 0),
    ("GELU_TANH_SLOPE_RISE", "gelu_tanh'(x) / d, d = x + GELU_TANH_SLOPE_ZERO, |d| <= 1/8",
     rise(gelu_tanh_slope, GELU_TANH_ZERO), -arb("0.125"), arb("0.125"), 5, 0),
    ("MISH_SLOPE_RISE", "mish'(x) / d, d = x + MISH_SLOPE_ZERO, |d| <= 1/8",
     rise(mish_slope, MISH_ZERO), -arb("0.125"), arb("0.125"), 5, 0),
    ("TANH_RATIO", "(x - tanh(x)) / x^3 on |x| <= 1/4, in u = x^2",
     tanh_ratio, arb(0), arb(1) / 16, 7, 0),
    ("TANH_RATIO_WIDE", "the same to twice the digits",
     tanh_ratio, arb(0), arb(1) / 16, 16, 8),
    ("GAP_LOG", "(-log(1 - c/2) - c/2) / c^2 on 0.08 <= c <= 1 - tanh(1)",
     gap_log, arb("0.08"), 1 - arb("1").tanh(), 3, 0),
    ("SINE_RATIO", "sin(r)/r on |r| <= pi/4, in u = r^2",
     sine_ratio, arb(0), (arb.pi() / 4) ** 2, 10, 5),
    ("COSINE", "cos(r) on |r| <= pi/4, in u = r^2",
     cosine, arb(0), (arb.pi() / 4) ** 2, 11, 6),
    ("SINE_SQUARE", "(sin(r)^2 / r^2 - 1) / r^2 on |r| <= pi/4, in u = r^2",
     sine_square, arb(0), arb("0.62"), 4, 0),
]  # fmt: skip

SINGLE_POLYNOMIALS = [
    # name, what it is, function, high, degree
    ("TANH_BEND", "(x - tanh(x)) / x^3 on |x| <= 0.65, in u = x^2",
     tanh_ratio, arb("0.43"), 5),
    ("TANH_RATIO_SLOPE", "((x - tanh(x)) / x^3 - 1/3) / x^2 on |x| <= 1.03, in u = x^2",
     tanh_ratio_slope, arb("1.07"), 7),
    ("LOGCOSH_BEND", "(x^2 / 2 - log(cosh(x))) / x^4 on |x| <= 1, in u = x^2",
     logcosh_bend, arb("1.01"), 6),
]  # fmt: skip

CONSTANTS = [
    ("GELU_SLOPE_ZERO", "minus the zero of gelu'", ZERO),
    ("SILU_SLOPE_ZERO", "minus that of silu'", SILU_ZERO),
    ("GELU_TANH_SLOPE_ZERO", "minus that of gelu_tanh'", GELU_TANH_ZERO),
    ("MISH_SLOPE_ZERO", "minus that of mish'", MISH_ZERO),
    ("HALF_PI", "pi/2", arb.pi() / 2),
    ("INVERSE_SQRT_2PI", "1/sqrt(2 pi)", 1 / (2 * arb.pi()).sqrt()),
]


def ln2_parts():
    """ln(2) in three float64, the first two with 13 trailing zero bits: n * part is exact."""
    rest, parts = arb(2).log(), []
    for _ in range(2):
        scale = 2 ** (40 - exponent(rest))
        parts.append(float((rest.mid() * scale).floor().unique_fmpz()) / scale)
        rest = rest - arb(parts[-1])
    return [*parts, float(rest.mid())]


def exponent(value):
    mantissa, power = value.mid().man_exp()
    return int(mantissa).bit_length() + int(power)


def lines():
    yield '"""Coefficients of the building blocks: generated, do not edit.\n\nMade by\n'
    yield f"    {COMMAND}\n\nwhich also measures the relative errors given here. Lowest power"
    yield 'first; `_LO` is what the float64 coefficients miss.\n"""\n'
    yield "from actfn.elementary import Exact\n"
    yield "# ln(2) = the sum of the three; n * LN2[0] and n * LN2[1] are exact for |n| < 8192."
    yield f"LN2 = {tuple(ln2_parts())!r}\n"
    for name, meaning, value in CONSTANTS:
        hi, lo = split(value)
        yield f"# {meaning}\n{name} = Exact({hi!r}, {lo!r})\n"
    for name, meaning, function, low, high, degree, wide in POLYNOMIALS:
        coefficients, error = fit(function, low, high, degree)
        pairs = [split(c) for c in coefficients]
        yield f"# {meaning};\n# worst relative error {error:.1e}"
        yield f"{name} = (\n" + "".join(f"    {hi!r},\n" for hi, _ in pairs) + ")"
        if wide:
            yield f"{name}_LO = (\n" + "".join(f"    {lo!r},\n" for _, lo in pairs[:wide]) + ")"
        yield ""
    for name, meaning, function, high, degree in SINGLE_POLYNOMIALS:
        coefficients, error = fit_rounded(function, high, degree)
        yield f"# {meaning}, in float32;"
        yield f"# worst relative error {error:.1e} in the last three quarters"
        yield f"{name} = (\n" + "".join(f"    {float(c.mid())!r},\n" for c in coefficients) + ")\n"


if __name__ == "__main__":
    TARGET.write_text("\n".join(lines()))
