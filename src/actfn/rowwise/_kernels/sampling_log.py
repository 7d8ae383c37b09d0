"""-log(-log1p(-u)) over lanes, which no shared building block offers: two logarithms."""

from llvmlite import ir
from numba.extending import intrinsic

from actfn.elementary import coefficients
from actfn.kernels.lanes import WIDTH, as_lanes, choose, doubles, multiply_add
from actfn.kernels.row_math import LN2
from actfn.kernels.two_float import inlined

_WORDS, _DOUBLES = ir.VectorType(ir.IntType(64), WIDTH), ir.VectorType(ir.DoubleType(), WIDTH)
# Subtracting the pattern of sqrt(1/2) makes the mantissa run from sqrt(1/2) to sqrt(2); adding
# 1024 to the exponent keeps it positive, since AVX2 has no arithmetic shift of 64 bits.
_OFFSET, _BIAS = 0x3FE6A09E667F3BCD, 1024
_EXPONENT = 0x7FF0000000000000
_TWO_52 = 0x4330000000000000  # with n in its last bits, it is 2**52 + n
_C = coefficients.ATANH_TAIL


def _constant(value):
    return ir.Constant(_WORDS, [value] * WIDTH)


def _shifted(builder, bits):
    return builder.add(bits, _constant((_BIAS << 52) - _OFFSET))


@intrinsic
def _power(typing_context, v):
    """The n of v = m 2**n, plus 2**52 + 1024."""

    def build(context, builder, signature, arguments):
        shifted = _shifted(builder, builder.bitcast(arguments[0], _WORDS))
        n = builder.lshr(shifted, _constant(52))
        return builder.bitcast(builder.or_(n, _constant(_TWO_52)), _DOUBLES)

    return doubles(doubles), build


@intrinsic
def _mantissa(typing_context, v):
    """The m of v = m 2**n, from sqrt(1/2) to sqrt(2), for positive normal v."""

    def build(context, builder, signature, arguments):
        bits = builder.bitcast(arguments[0], _WORDS)
        scale = builder.and_(_shifted(builder, bits), _constant(_EXPONENT))
        scale = builder.sub(scale, _constant(_BIAS << 52))
        return builder.bitcast(builder.sub(bits, scale), _DOUBLES)

    return doubles(doubles), build


@inlined
def _log_of_quotient(s):
    """log((1 + s) / (1 - s)) = 2 atanh(s), for |s| up to 0.172."""
    u = s * s
    p = multiply_add(multiply_add(u, _C[9], _C[8]), u, _C[7])
    p = multiply_add(multiply_add(multiply_add(p, u, _C[6]), u, _C[5]), u, _C[4])
    p = multiply_add(multiply_add(multiply_add(p, u, _C[3]), u, _C[2]), u, _C[1])
    p = multiply_add(p, u, _C[0])
    return multiply_add(s * u, p, s) * 2.0


@inlined
def gumbel(u):
    """-log(-log1p(-u)) for lanes in (0, 1), to about 1e-15."""
    w = 1.0 - u
    n, m = _power(w) - (2.0**52 + 1024.0), _mantissa(w)
    # Near 1, w has lost what u still has.
    over = choose(n == as_lanes(0.0), u * -1.0, m - 1.0)
    waiting = multiply_add(n, -LN2, _log_of_quotient(over / (m + 1.0)) * -1.0)
    n, m = _power(waiting) - (2.0**52 + 1024.0), _mantissa(waiting)
    return multiply_add(n, -LN2, _log_of_quotient((m - 1.0) / (m + 1.0)) * -1.0)
