"""Generate src/actfn/elementary/coefficients.py: every polynomial of the building blocks.

Each function is interpolated at Chebyshev nodes with 400-bit ball arithmetic, the polynomial is
written in powers of its variable, and the worst relative error on a fine grid is recorded beside
it. Run from the repository's root:

    python tools/coefficients.py
"""

from pathlib import Path

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
    worst = arb(0)
    for k in range(401):
        # The half keeps the grid away from removable singularities at round numbers.
        p = low + (arb(high) - arb(low)) * (arb(2 * k + 1) / 802)
        value = sum((c * p**j for j, c in enumerate(coefficients)), arb(0))
        error = abs((value / function(p) - 1).mid())
        worst = error if error > worst else worst
    return coefficients, float(worst)


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


def gelu_slope_zero():
    """The t > 0 with Phi(-t) = t phi(t): minus the zero of gelu'."""
    low, high = arb("0.7"), arb("0.8")
    for _ in range(450):
        t = ((low + high) / 2).mid()
        if gauss(t) - t / (2 * arb.pi()).sqrt() > 0:
            low = t
        else:
            high = t
    return (low + high) / 2


ZERO = gelu_slope_zero()


def gelu_slope(t):
    """(Phi(-t) - t phi(t)) exp(t^2/2) / (ZERO - t): smooth and positive."""
    return (gauss(t) - t / (2 * arb.pi()).sqrt()) / (ZERO - t)


def gelu_slope_rise(t):
    """From 2.5 to 3.1, and gelu_slope = (t + 4) / (8 ZERO + t rise)."""
    return ((t + 4) / gelu_slope(t) - 8 * ZERO) / t


def exp_tail(r):
    return (r.exp() - 1 - r) / (r * r)


def atanh_tail(u):
    s = u.sqrt()
    return (s.atanh() / s - 1) / u


def tanh_ratio(u):
    x = u.sqrt()
    return (x - x.tanh()) / (x * x * x)


def sine_ratio(u):
    return u.sqrt().sin() / u.sqrt()


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
    ("TANH_RATIO", "(x - tanh(x)) / x^3 on |x| <= 1/4, in u = x^2",
     tanh_ratio, arb(0), arb(1) / 16, 7, 0),
    ("TANH_RATIO_WIDE", "the same to twice the digits",
     tanh_ratio, arb(0), arb(1) / 16, 16, 8),
    ("SINE_RATIO", "sin(r)/r on |r| <= pi/4, in u = r^2",
     sine_ratio, arb(0), (arb.pi() / 4) ** 2, 10, 5),
    ("COSINE", "cos(r) on |r| <= pi/4, in u = r^2",
     cosine, arb(0), (arb.pi() / 4) ** 2, 11, 6),
]  # fmt: skip

CONSTANTS = [
    ("GELU_SLOPE_ZERO", "minus the zero of gelu'", ZERO),
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


if __name__ == "__main__":
    TARGET.write_text("\n".join(lines()))
