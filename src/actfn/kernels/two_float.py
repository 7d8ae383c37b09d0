"""`TwoFloat`: a number kept as the unevaluated sum of two float64, as a Numba type.

About 104 correct bits from float64 hardware, branch-free and vectorisable. The algorithms are
the classical error-free transformations: two-sum (Knuth, TAOCP vol. 2, 4.2.2), fast two-sum
(Dekker 1971) and two-product by fused multiply-add.
"""

import operator

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.imputils import lower_constant
from numba.extending import (
    intrinsic,
    make_attribute_wrapper,
    models,
    overload,
    register_jitable,
    register_model,
    typeof_impl,
)

from actfn.elementary import Exact


class TwoFloatType(types.Type):
    """The Numba type of a two-float value."""

    def __init__(self):
        super().__init__(name="TwoFloat")


class ExactType(types.Type):
    """The Numba type of a constant: its `hi` next to float64, `hi + lo` next to a TwoFloat."""

    def __init__(self):
        super().__init__(name="Exact")


# Everything is inlined into one loop body: a call left over would stop vectorisation. Division by
# zero is IEEE's, not Python's, for the same reason.
JIT_OPTIONS = {"forceinline": True, "error_model": "numpy"}
inlined = register_jitable(**JIT_OPTIONS)

LLVM_FLOATS = {types.float64: ir.DoubleType(), types.float32: ir.FloatType()}

two_float = TwoFloatType()
exact = ExactType()
_PARTS = [("hi", types.float64), ("lo", types.float64)]


@register_model(TwoFloatType)
@register_model(ExactType)
class _PairModel(models.StructModel):
    def __init__(self, manager, fe_type):
        super().__init__(manager, fe_type, _PARTS)


for _type in (TwoFloatType, ExactType):
    for _part in ("hi", "lo"):
        make_attribute_wrapper(_type, _part, _part)


@typeof_impl.register(Exact)
def _typeof_exact(value, context):
    return exact


@lower_constant(ExactType)
def _exact_constant(context, builder, ty, value):
    pair = cgutils.create_struct_proxy(ty)(context, builder)
    pair.hi = context.get_constant(types.float64, value.hi)
    pair.lo = context.get_constant(types.float64, value.lo)
    return pair._getvalue()


@intrinsic
def pack(typing_context, hi, lo):
    """The two-float `hi + lo`; the caller promises |lo| <= ulp(hi) / 2."""

    def build(context, builder, signature, arguments):
        pair = cgutils.create_struct_proxy(two_float)(context, builder)
        pair.hi, pair.lo = arguments
        return pair._getvalue()

    return two_float(types.float64, types.float64), build


@intrinsic
def pack_exact(typing_context, hi, lo):
    """A constant made of two float64."""

    def build(context, builder, signature, arguments):
        pair = cgutils.create_struct_proxy(exact)(context, builder)
        pair.hi, pair.lo = arguments
        return pair._getvalue()

    return exact(types.float64, types.float64), build


def _width(*kinds):
    """What LLVM computes in: float32 where everything is."""
    return types.float32 if set(kinds) == {types.float32} else types.float64


def _llvm_call(name, width, count):
    """Signature and code of the LLVM function `name` on `count` floats of this width."""

    def build(context, builder, signature, arguments):
        kind = LLVM_FLOATS[width]
        function = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(kind, [kind] * count),
            f"llvm.{name}.f{width.bitwidth}",
        )
        return builder.call(function, arguments)

    return width(*[width] * count), build


@intrinsic
def fma(typing_context, a, b, c):
    """a * b + c with one rounding."""
    return _llvm_call("fma", _width(a, b, c), 3)


@intrinsic
def square_root(typing_context, a):
    """The hardware square root."""
    return _llvm_call("sqrt", _width(a), 1)


@intrinsic
def magnitude(typing_context, a):
    """|a| by clearing the sign bit."""
    return _llvm_call("fabs", _width(a), 1)


@intrinsic
def with_sign(typing_context, a, b):
    """|a| with the sign bit of b."""
    return _llvm_call("copysign", _width(a, b), 2)


@intrinsic
def select(typing_context, condition, a, b):
    """`a` or `b` as one LLVM select: never a branch."""

    def build(context, builder, signature, arguments):
        return builder.select(*arguments)

    return signature_of_select(condition, a, b), build


def signature_of_select(condition, a, b):
    """Both sides have one type."""
    if a != b:
        return None
    return a(condition, a, b)


_PATTERNS = {types.float64: types.int64, types.float32: types.int32}


@intrinsic
def bits_of(typing_context, value):
    """The bit pattern of a float as an integer of its size."""
    width = _width(value)

    def build(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.IntType(width.bitwidth))

    return _PATTERNS[width](width), build


@intrinsic
def from_bits(typing_context, value):
    """The float with this bit pattern: a float32 for an int32, else a float64."""
    width = types.float32 if value == types.int32 else types.float64

    def build(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], LLVM_FLOATS[width])

    return width(_PATTERNS[width]), build


@inlined
def two_sum(a, b):
    """a + b exactly, as (rounded sum, error)."""
    s = a + b
    t = s - a
    return s, (a - (s - t)) + (b - t)


@inlined
def fast_two_sum(a, b):
    """a + b as a TwoFloat where |a| >= |b|."""
    s = a + b
    return pack(s, b - (s - a))


def is_number(ty):
    """Plain scalars that a kernel may mix with two-floats."""
    return isinstance(ty, (types.Float, types.Integer, types.Boolean))


@intrinsic
def as_float(typing_context, value):
    """A plain number as float64."""

    def build(context, builder, signature, arguments):
        return context.cast(builder, arguments[0], signature.args[0], types.float64)

    return types.float64(types.unliteral(value)), build


def widen(value):
    """Any kernel value as a TwoFloat."""
    raise NotImplementedError  # only inside compiled kernels


@overload(widen, jit_options=JIT_OPTIONS)
def _widen(value):
    if isinstance(value, TwoFloatType):
        return lambda value: value
    if isinstance(value, ExactType):
        return lambda value: pack(value.hi, value.lo)
    if is_number(value):
        return lambda value: pack(as_float(value), 0.0)


def narrow(value):
    """Any kernel value as a float64."""
    raise NotImplementedError  # only inside compiled kernels


@overload(narrow, jit_options=JIT_OPTIONS)
def _narrow(value):
    if isinstance(value, (TwoFloatType, ExactType)):
        return lambda value: value.hi
    if is_number(value):
        return lambda value: as_float(value)


@inlined
def _add(a, b):
    s, e = two_sum(a.hi, b.hi)
    t, f = two_sum(a.lo, b.lo)
    r = fast_two_sum(s, e + t)
    return fast_two_sum(r.hi, r.lo + f)


@inlined
def _add_float(a, b):
    s, e = two_sum(a.hi, b)
    return fast_two_sum(s, e + a.lo)


@inlined
def _multiply(a, b):
    p = a.hi * b.hi
    e = fma(a.hi, b.hi, -p)
    return fast_two_sum(p, fma(a.hi, b.lo, fma(a.lo, b.hi, e)))


@inlined
def _multiply_float(a, b):
    p = a.hi * b
    return fast_two_sum(p, fma(a.lo, b, fma(a.hi, b, -p)))


@inlined
def _divide(a, b):
    q = a.hi / b.hi
    # The remainder a - q*b is exact up to its last term, so the quotient gets its second half.
    r = fma(-q, b.hi, a.hi) + fma(-q, b.lo, a.lo)
    return fast_two_sum(q, r / b.hi)


@inlined
def _negative(a):
    return pack(-a.hi, -a.lo)


_WIDE = {
    operator.add: (_add, _add_float),
    operator.mul: (_multiply, _multiply_float),
    operator.truediv: (_divide, None),
    operator.sub: (None, None),
}


def _overload_operation(operation):
    wide, with_float = _WIDE[operation]

    @overload(operation, jit_options=JIT_OPTIONS)
    def implementation(a, b):
        a_two, b_two = isinstance(a, TwoFloatType), isinstance(b, TwoFloatType)
        if a_two or b_two:
            if operation is operator.sub:
                return lambda a, b: a + (-b)
            if a_two and b_two:
                return lambda a, b: wide(a, b)
            if with_float is not None and a_two and is_number(b):
                return lambda a, b: with_float(a, as_float(b))
            if with_float is not None and b_two and is_number(a):
                return lambda a, b: with_float(b, as_float(a))
            return lambda a, b: wide(widen(a), widen(b))
        if isinstance(a, ExactType) or isinstance(b, ExactType):
            if operation is operator.truediv:
                return lambda a, b: narrow(a) / narrow(b)
            return lambda a, b: operation(narrow(a), narrow(b))
        return None


for _operation in _WIDE:
    _overload_operation(_operation)


@overload(operator.neg, jit_options=JIT_OPTIONS)
def _overload_negative(a):
    if isinstance(a, TwoFloatType):
        return lambda a: _negative(a)
    if isinstance(a, ExactType):
        return lambda a: pack_exact(-a.hi, -a.lo)


def _overload_comparison(operation):
    # Kernels compare inputs, whose second half is 0, so the leading parts decide.
    @overload(operation, jit_options=JIT_OPTIONS)
    def implementation(a, b):
        pairs = (TwoFloatType, ExactType)
        if isinstance(a, pairs) or isinstance(b, pairs):
            return lambda a, b: operation(narrow(a), narrow(b))
        return None


for _operation in (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne):
    _overload_comparison(_operation)
