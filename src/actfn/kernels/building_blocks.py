"""The compiled forms of `actfn.elementary`: each for float64 and for TwoFloat.

The float64 forms serve float32 arrays where `actfn.kernels.short_forms` would not do: about
2**-51, no table, no branch. The TwoFloat forms serve float64 and the 16-bit types: about 2**-80 or
better, which decides every rounding that can be decided and leaves room for cancellation near the
zero of a derivative.
"""

import math

from numba.extending import overload

from actfn import elementary
from actfn.elementary import coefficients
from actfn.kernels.two_float import (
    JIT_OPTIONS,
    ExactType,
    TwoFloatType,
    _add_float,
    _multiply,
    bits_of,
    fast_two_sum,
    fma,
    from_bits,
    inlined,
    is_number,
    magnitude,
    narrow,
    pack,
    pack_exact,
    select,
    square_root,
    two_sum,
    widen,
    with_sign,
)

LOG2_E = 1.0 / math.log(2.0)
LN2_A, LN2_B, LN2_C = coefficients.LN2
LN2_BC = LN2_B + LN2_C
ZERO = coefficients.GELU_SLOPE_ZERO
SHIFT = 1.5 * 2.0**52  # adding and subtracting it rounds to the nearest integer
# exp() rounds to 0 and to inf there, and 2**n is a normal number in two halves.
EXP_LOW, EXP_HIGH = -746.0, 710.0


def _from_source(name, lines):
    """Compile generated straight-line source: a loop over coefficients would not be unrolled."""
    scope = {"fma": fma, "two_sum": two_sum, "pack": pack, "_multiply": _multiply}
    exec("\n".join(lines), scope)  # noqa: S102 - our own text, built from numbers below
    return inlined(scope[name])


def horner(values):
    """The polynomial with these float64 coefficients, lowest first."""
    expression = repr(values[-1])
    for value in reversed(values[:-1]):
        expression = f"fma({expression}, x, {value!r})"
    return _from_source("polynomial", ["def polynomial(x):", f"    return {expression}"])


def wide_horner(values, low_parts):
    """The same in TwoFloat where a coefficient has a second half, in float64 above."""
    tail = horner(values[len(low_parts) :])
    lines = ["def polynomial(x, tail):", "    h, l = tail, 0.0"]
    for hi, lo in reversed(list(zip(values, low_parts, strict=False))):
        lines += [
            "    p = _multiply(x, pack(h, l))",
            f"    s, e = two_sum({hi!r}, p.hi)",
            f"    h, l = s, e + ({lo!r} + p.lo)",
        ]
    head = _from_source("polynomial", [*lines, "    s, e = two_sum(h, l)", "    return pack(s, e)"])
    return inlined(lambda x: head(x, tail(x.hi)))


_exp_tail = horner(coefficients.EXP_TAIL)
_exp_tail_wide = wide_horner(coefficients.EXP_TAIL_WIDE, coefficients.EXP_TAIL_WIDE_LO)
_atanh_tail = horner(coefficients.ATANH_TAIL)
_gauss = horner(coefficients.GAUSS_TAIL)
_gauss_wide = wide_horner(coefficients.GAUSS_TAIL_WIDE, coefficients.GAUSS_TAIL_WIDE_LO)
_slope = horner(coefficients.GELU_SLOPE)
_tanh_ratio = horner(coefficients.TANH_RATIO)
_tanh_ratio_wide = wide_horner(coefficients.TANH_RATIO_WIDE, coefficients.TANH_RATIO_WIDE_LO)


def _by_arithmetic(stub, float64_form, wide_form):
    """Register the two forms of a one-argument building block."""

    @overload(stub, jit_options=JIT_OPTIONS)
    def implementation(x):
        if isinstance(x, TwoFloatType):
            return lambda x: wide_form(x)
        if isinstance(x, ExactType) or is_number(x):
            return lambda x: float64_form(narrow(x))
        return None


@overload(elementary.where, jit_options=JIT_OPTIONS)
def _where(condition, if_true, if_false):
    sides = (if_true, if_false)
    if any(isinstance(side, TwoFloatType) for side in sides):

        def wide(condition, if_true, if_false):
            a, b = widen(if_true), widen(if_false)
            return pack(select(condition, a.hi, b.hi), select(condition, a.lo, b.lo))

        return wide
    if any(isinstance(side, ExactType) for side in sides):

        def constant(condition, if_true, if_false):
            a, b = widen(if_true), widen(if_false)
            return pack_exact(select(condition, a.hi, b.hi), select(condition, a.lo, b.lo))

        return constant
    return lambda condition, if_true, if_false: select(condition, narrow(if_true), narrow(if_false))


@overload(elementary.maximum, jit_options=JIT_OPTIONS)
def _maximum(a, b):
    return lambda a, b: elementary.where(b > a, b, a)


@overload(elementary.minimum, jit_options=JIT_OPTIONS)
def _minimum(a, b):
    return lambda a, b: elementary.where(b < a, b, a)


@inlined
def _absolute_wide(x):
    sign = with_sign(1.0, x.hi)
    return pack(x.hi * sign, x.lo * sign)


_by_arithmetic(elementary.absolute, inlined(lambda x: magnitude(x)), _absolute_wide)


@overload(elementary.copysign, jit_options=JIT_OPTIONS)
def _copysign(value, sign):
    if isinstance(value, TwoFloatType):

        def wide(value, sign):
            flip = with_sign(1.0, value.hi) * with_sign(1.0, narrow(sign))
            return pack(value.hi * flip, value.lo * flip)

        return wide
    return lambda value, sign: with_sign(narrow(value), narrow(sign))


@inlined
def _power_of_two(n):
    """2.0**n for an integral float64 n in [-1022, 1023]."""
    return from_bits((bits_of(n + SHIFT) + 1023) << 52)


@inlined
def _nearest_integer(v):
    return (v + SHIFT) - SHIFT


@inlined
def _exp(x):
    # Clamping first keeps garbage, and the flags it would raise, out of the polynomial.
    v = select(x < EXP_LOW, EXP_LOW, select(x > EXP_HIGH, EXP_HIGH, x))
    n = _nearest_integer(v * LOG2_E)
    r = fma(-n, LN2_BC, fma(-n, LN2_A, v))
    y = 1.0 + fma(r * r, _exp_tail(r), r)
    # Two factors, because 2**n alone leaves the normal range before the result does.
    half = _nearest_integer(0.5 * n)
    return (y * _power_of_two(half)) * _power_of_two(n - half)


@inlined
def _expm1(x):
    v = select(x < -60.0, -60.0, x)
    n = _nearest_integer(v * LOG2_E)
    r = fma(-n, LN2_BC, fma(-n, LN2_A, v))
    scale = _power_of_two(n)
    return fma(fma(r * r, _exp_tail(r), r), scale, scale - 1.0)


@inlined
def _reduce_wide(x):
    """x = n ln2 + r with r as a TwoFloat; and expm1(r)."""
    n = _nearest_integer(x.hi * LOG2_E)
    # n * LN2_A is exact and close to x.hi: so is their difference.
    s, e = two_sum(x.hi - n * LN2_A, -n * LN2_B)
    r = fast_two_sum(s, e + fma(-n, LN2_C, x.lo))
    square = _multiply(r, r)
    return n, r + square * _exp_tail_wide(r)


@inlined
def _exp_wide(x):
    low, high = x.hi < EXP_LOW, x.hi > EXP_HIGH
    hi = select(low, EXP_LOW, select(high, EXP_HIGH, x.hi))
    n, m = _reduce_wide(pack(hi, select(low | high, 0.0, x.lo)))
    y = _add_float(m, 1.0)
    half = _nearest_integer(0.5 * n)
    a, b = _power_of_two(half), _power_of_two(n - half)
    return pack(y.hi * a * b, y.lo * a * b)


@inlined
def _expm1_wide(x):
    low = x.hi < -90.0
    v = pack(select(low, -90.0, x.hi), select(low, 0.0, x.lo))
    n, m = _reduce_wide(v)
    scale = _power_of_two(n)
    # Below 2**-53 the scale would be rounded away in scale - 1.
    s, e = two_sum(scale, -1.0)
    return pack(m.hi * scale, m.lo * scale) + pack(s, e)


_by_arithmetic(elementary.exp, _exp, _exp_wide)
_by_arithmetic(elementary.expm1, _expm1, _expm1_wide)


@inlined
def _twice_atanh(s):
    u = s * s
    return 2.0 * fma(s * u, _atanh_tail(u), s)


@inlined
def _log1p(x):
    return _twice_atanh(x / (2.0 + x))


@inlined
def _log1p_wide(x):
    y = _log1p(x.hi)
    # One Newton step on exp(y) = 1 + x: the error is squared. w = exp(-y) - 1.
    w = _expm1_wide(pack(-y, 0.0))
    return _add_float(x + w + x * w, y)


@inlined
def _log(x):
    # Subnormals are scaled into the normal range first.
    tiny = x < 2.2250738585072014e-308
    v = select(tiny, x * 18014398509481984.0, x)
    bits = bits_of(v)
    # Subtracting the pattern of sqrt(1/2) makes the mantissa run from sqrt(1/2) to sqrt(2).
    shifted = bits - 0x3FE6A09E667F3BCD
    n = shifted >> 52
    m = from_bits(bits - (n << 52))
    power = float(n) - select(tiny, 54.0, 0.0)
    value = fma(power, LN2_A, fma(power, LN2_BC, _twice_atanh((m - 1.0) / (m + 1.0))))
    value = select(x == math.inf, math.inf, select(x > 0.0, value, math.nan))
    return select(x == 0.0, -math.inf, value)


@inlined
def _log_wide(x):
    y = _log(x.hi)
    # Newton: log x = y + log(x exp(-y)), whose argument is 1 + d. For large |y| the factor is
    # applied in two halves, so that neither overflows.
    half = pack(-0.5 * y, 0.0)
    factor = _exp_wide(half)
    d = _add_float((x * factor) * factor, -1.0)
    return _add_float(d, y)


_by_arithmetic(elementary.log1p, _log1p, _log1p_wide)
_by_arithmetic(elementary.log, _log, _log_wide)


@inlined
def _sqrt_wide(x):
    s = square_root(x.hi)
    safe = select(s > 0.0, s, 1.0)
    return fast_two_sum(s, select(s > 0.0, (fma(-s, s, x.hi) + x.lo) / (2.0 * safe), 0.0))


_by_arithmetic(elementary.sqrt, inlined(lambda x: square_root(x)), _sqrt_wide)


@inlined
def _gauss_tail(t):
    v = select(t > 15.0, 15.0, t)
    return _gauss((v - 4.0) / (v + 4.0))


@inlined
def _gauss_tail_wide(t):
    far = t.hi > 40.0
    v = pack(select(far, 40.0, t.hi), select(far, 0.0, t.lo))
    return _gauss_wide(_add_float(v, -4.0) / _add_float(v, 4.0))


@inlined
def _gelu_slope(t):
    v = select(t > 15.0, 15.0, t)
    # The zero is factored out, and kept to twice the digits: t next to it is subtracted exactly.
    return _slope((v - 4.0) / (v + 4.0)) * ((ZERO.hi - v) + ZERO.lo)


@inlined
def _gelu_slope_wide(t):
    return _gauss_tail_wide(t) - t * coefficients.INVERSE_SQRT_2PI


@inlined
def _tanh_shrink_ratio(x):
    return _tanh_ratio(x * x)


@inlined
def _tanh_shrink_ratio_wide(x):
    return _tanh_ratio_wide(_multiply(x, x))


_by_arithmetic(elementary.gauss_tail, _gauss_tail, _gauss_tail_wide)
_by_arithmetic(elementary.gelu_slope, _gelu_slope, _gelu_slope_wide)
_by_arithmetic(elementary.tanh_shrink_ratio, _tanh_shrink_ratio, _tanh_shrink_ratio_wide)


@inlined
def _whole_reciprocal(x):
    n = _nearest_integer(1.0 / x)
    # The division is correctly rounded: equality says that x is the float64 nearest to 1/n.
    return select((n >= 1.0) & (n <= 1e6) & (1.0 / n == x), n, 1.0)


@inlined
def _whole_reciprocal_wide(x):
    return pack(_whole_reciprocal(x.hi), 0.0)


@inlined
def _snap_reciprocal_wide(x):
    n = _whole_reciprocal(x.hi)
    snapped = pack(1.0, 0.0) / pack(n, 0.0)
    return pack(select(n > 1.0, snapped.hi, x.hi), select(n > 1.0, snapped.lo, x.lo))


_by_arithmetic(elementary.exp_tail, _exp_tail, _exp_tail_wide)
_by_arithmetic(elementary.whole_reciprocal, _whole_reciprocal, _whole_reciprocal_wide)
# The float64 nearest to 1/n is what 1/n is in float64.
_by_arithmetic(elementary.snap_reciprocal, inlined(lambda x: x), _snap_reciprocal_wide)
