"""Float32 arithmetic that keeps what it rounds: `Single` and `Pair`, as Numba types.

A `Single` is a float32 without an error. What is computed from it is a `Pair`, the unevaluated sum
of two float32, of which the second only corrects the first: it is neither normalised after every
operation nor complete. About 2**-44 in sums and products, which is more than enough to round a
result once, at half the width of float64 and so twice the speed.

Constants are typed by their value: a power of two scales without an error. A float64 that is met,
as parameters are, becomes the two float32 nearest to it.
"""

import math
from dataclasses import dataclass

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.imputils import lower_constant
from numba.extending import (
    intrinsic,
    make_attribute_wrapper,
    models,
    overload,
    register_model,
    typeof_impl,
)

from actfn.elementary import Exact
from actfn.kernels.two_float import (
    JIT_OPTIONS,
    LLVM_FLOATS,
    bits_of,
    fma,
    from_bits,
    inlined,
    magnitude,
    select,
)

F4, I4 = types.float32, types.int32
_FLOAT = LLVM_FLOATS[F4]
_NO_REST = np.float32(-0.0)  # adding it changes nothing, not even the sign of a zero


class SingleType(types.Type):
    """A float32 that is exact; a `power` of two besides."""

    def __init__(self, power: bool):
        self.power = power
        super().__init__(name="Power" if power else "Single")


class PairType(types.Type):
    """hi + lo, two float32."""

    def __init__(self):
        super().__init__(name="Pair")


single, power, pair = SingleType(False), SingleType(True), PairType()


@register_model(SingleType)
class _SingleModel(models.PrimitiveModel):
    def __init__(self, manager, ty):
        super().__init__(manager, ty, _FLOAT)


@register_model(PairType)
class _PairModel(models.StructModel):
    def __init__(self, manager, ty):
        super().__init__(manager, ty, [("hi", F4), ("lo", F4)])


for _part in ("hi", "lo"):
    make_attribute_wrapper(PairType, _part, _part)


@dataclass(frozen=True)
class Constant:
    """A number in the text of a kernel, as one float32 and what that misses."""

    hi: float
    lo: float

    @property
    def type(self) -> types.Type:
        if self.lo != 0:
            return pair
        return power if abs(math.frexp(self.hi)[0]) == 0.5 else single


def constant(value) -> Constant:
    """A number or an `Exact` as a constant."""
    rest = value.lo if isinstance(value, Exact) else 0.0
    value = value.hi if isinstance(value, Exact) else value
    with np.errstate(over="ignore"):  # a bound may lie beyond float32
        hi = float(np.float32(value))
    return Constant(hi, float(np.float32(value - hi + rest)) if math.isfinite(hi) else 0.0)


@typeof_impl.register(Constant)
def _typeof_constant(value, context):
    return value.type


@lower_constant(SingleType)
def _single_constant(context, builder, ty, value):
    return ir.Constant(_FLOAT, value.hi)


@lower_constant(PairType)
def _pair_constant(context, builder, ty, value):
    made = cgutils.create_struct_proxy(ty)(context, builder)
    made.hi, made.lo = ir.Constant(_FLOAT, value.hi), ir.Constant(_FLOAT, value.lo)
    return made._getvalue()


@intrinsic
def raw(typing_context, value):
    """A Single as Numba's own float32."""

    def build(context, builder, signature, arguments):
        return arguments[0]

    return F4(value), build


@intrinsic
def as_single(typing_context, value):
    """A float32 as a Single."""

    def build(context, builder, signature, arguments):
        return arguments[0]

    return single(F4), build


@intrinsic
def joined(typing_context, hi, lo):
    """Two float32 as a Pair."""

    def build(context, builder, signature, arguments):
        made = cgutils.create_struct_proxy(pair)(context, builder)
        made.hi, made.lo = arguments
        return made._getvalue()

    return pair(F4, F4), build


def _integers(name):
    # Numba computes with int32 in int64, which would halve the vectors.
    @intrinsic
    def operation(typing_context, a, b):
        def build(context, builder, signature, arguments):
            return getattr(builder, name)(*arguments)

        return I4(I4, I4), build

    return operation


add_bits, subtract_bits = map(_integers, ("add", "sub"))
and_bits, xor_bits = map(_integers, ("and_", "xor"))
shift_left, shift_right = map(_integers, ("shl", "ashr"))

_SIGN = np.int32(-(2**31))


@inlined
def sign_of(a):
    """The sign bit alone."""
    return and_bits(bits_of(a), _SIGN)


@inlined
def flipped(a, sign):
    """a, or -a where the sign bit is set."""
    return from_bits(xor_bits(bits_of(a), sign))


_FRACTION = np.int32(23)


@inlined
def power_of_two(shifted):
    """2**n from a sum whose last bits are n + 127."""
    return from_bits(shift_left(bits_of(shifted), _FRACTION))


@intrinsic
def nearest4(typing_context, value):
    """A float64 or integer rounded to float32."""

    def build(context, builder, signature, arguments):
        wide = context.cast(builder, arguments[0], signature.args[0], types.float64)
        return builder.fptrunc(wide, _FLOAT)

    return F4(types.unliteral(value)), build


@inlined
def toward_zero(value):
    """A float64 cut off to float32, so that its two halves have the same sign."""
    hi = nearest4(value)
    smaller = from_bits(subtract_bits(bits_of(hi), np.int32(1)))
    return select(magnitude(types.float64(hi)) > magnitude(types.float64(value)), smaller, hi)


def is_plain(ty):
    """A number of Numba's own: a parameter, or what was computed from parameters."""
    return isinstance(ty, (types.Float, types.Integer, types.Boolean))


def is_single(ty):
    return isinstance(ty, SingleType)


def as_pair(value):
    """Any kernel value as a Pair."""
    raise NotImplementedError  # only inside compiled kernels


@overload(as_pair, jit_options=JIT_OPTIONS)
def _as_pair(value):
    if value == pair:
        return lambda value: value
    if is_single(value):
        return lambda value: joined(raw(value), _NO_REST)
    if is_plain(value):

        def split(value):
            hi = toward_zero(value)
            return joined(hi, nearest4(value - types.float64(hi)))

        return split


def leading(value):
    """Any kernel value as a float32."""
    raise NotImplementedError  # only inside compiled kernels


@overload(leading, jit_options=JIT_OPTIONS)
def _leading(value):
    if value == pair:
        return lambda value: value.hi
    if is_single(value):
        return lambda value: raw(value)
    if is_plain(value):
        return lambda value: nearest4(value)


def rounded(value):
    """Any kernel value as the float32 nearest to it."""
    raise NotImplementedError  # only inside compiled kernels


@overload(rounded, jit_options=JIT_OPTIONS)
def _rounded(value):
    if value == pair:
        return lambda value: value.hi + value.lo
    return lambda value: leading(value)


def times(factor, value):
    """factor * value, rounded once."""
    raise NotImplementedError  # only inside compiled kernels


@overload(times, jit_options=JIT_OPTIONS)
def _times(factor, value):
    if value == pair:

        def product(factor, value):
            p = factor * value.hi
            return p + fma(factor, value.lo, fma(factor, value.hi, -p))

        return product
    return lambda factor, value: factor * leading(value)
