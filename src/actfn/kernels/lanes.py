"""`Lanes`: sixteen floats side by side, as a Numba type, for the kernels that work along rows.

A sum over a row cannot be vectorised by a compiler that keeps to IEEE: it would have to change
the order of the additions. Here the order is in the text: sixteen sums run side by side and are
joined at the end. So a row gives the same bits on every machine, and LLVM cuts a `Lanes` into
the machine's own vectors.
"""

import operator

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, overload, register_model

from actfn.kernels.two_float import JIT_OPTIONS, LLVM_FLOATS, inlined, is_number

WIDTH = 16
_INT32, _INT64 = ir.IntType(32), ir.IntType(64)


class LanesType(types.Type):
    """Sixteen float32 or float64."""

    def __init__(self, dtype):
        self.dtype = dtype
        super().__init__(name=f"Lanes({dtype})")


class MaskType(types.Type):
    """Sixteen truth values."""

    def __init__(self):
        super().__init__(name="LanesMask")


singles, doubles, mask = LanesType(types.float32), LanesType(types.float64), MaskType()


def _vector(ty):
    return ir.VectorType(LLVM_FLOATS[ty.dtype], WIDTH)


@register_model(LanesType)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager, ty):
        super().__init__(manager, ty, _vector(ty))


@register_model(MaskType)
class _MaskModel(models.PrimitiveModel):
    def __init__(self, manager, ty):
        super().__init__(manager, ty, ir.VectorType(ir.IntType(1), WIDTH))


def _splat(builder, value):
    undefined = ir.Constant(ir.VectorType(value.type, WIDTH), ir.Undefined)
    first = builder.insert_element(undefined, value, ir.Constant(_INT32, 0))
    zeros = ir.Constant(ir.VectorType(_INT32, WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(first, undefined, zeros)


@intrinsic
def spread(typing_context, value):
    """One float64 in all lanes."""

    def build(context, builder, signature, arguments):
        return _splat(
            builder, context.cast(builder, arguments[0], signature.args[0], types.float64)
        )

    return doubles(types.unliteral(value)), build


@intrinsic
def spread_single(typing_context, value):
    """One float64, rounded to float32, in all lanes."""

    def build(context, builder, signature, arguments):
        return _splat(builder, builder.fptrunc(arguments[0], ir.FloatType()))

    return singles(types.float64), build


@intrinsic
def widen_lanes(typing_context, value):
    """As float64."""

    def build(context, builder, signature, arguments):
        same = signature.args[0] == doubles
        return arguments[0] if same else builder.fpext(arguments[0], _vector(doubles))

    return doubles(value), build


def _at(builder, pointer, index, ty):
    return builder.bitcast(builder.gep(pointer, [index]), _vector(ty).as_pointer())


def _size(ty) -> int:
    return ty.dtype.bitwidth // 8


@intrinsic
def load(typing_context, pointer, index):
    """Sixteen neighbours in memory, in their own type."""
    ty = LanesType(pointer.dtype)

    def build(context, builder, signature, arguments):
        return builder.load(_at(builder, *arguments, ty), align=_size(ty))

    return ty(pointer, types.intp), build


@intrinsic
def store(typing_context, pointer, index, value):
    """Write them, rounded to the type of the memory."""
    ty = LanesType(pointer.dtype)

    def build(context, builder, signature, arguments):
        target, index_, lanes = arguments
        rounded = lanes if ty == doubles else builder.fptrunc(lanes, _vector(ty))
        builder.store(rounded, _at(builder, target, index_, ty), align=_size(ty))
        return context.get_dummy_value()

    return types.void(pointer, types.intp, doubles), build


@intrinsic
def _room_like(typing_context, pointer):
    """Uninitialised room for sixteen items of the pointer's type on the stack."""

    def build(context, builder, signature, arguments):
        scalar = LLVM_FLOATS[pointer.dtype]
        with builder.goto_entry_block():
            array = builder.alloca(ir.ArrayType(scalar, WIDTH))
        array.align = 64
        return builder.bitcast(array, scalar.as_pointer())

    return pointer(pointer), build


# LLVM has masked loads and stores, but some processors take a hundred cycles over one.
@inlined
def load_part(pointer, index, count, fill):
    """The first `count` neighbours; `fill` in the other lanes, whose memory is not touched."""
    room = _room_like(pointer)
    store(room, 0, spread(fill))
    for k in range(count):
        room[k] = pointer[index + k]
    return load(room, 0)


@inlined
def store_part(pointer, index, count, value):
    """Write the first `count` lanes."""
    room = _room_like(pointer)
    store(room, 0, value)
    for k in range(count):
        pointer[index + k] = room[k]


def _pairwise(operation, result=None):
    """Overload a Python operator by an LLVM instruction on two lanes, or one and a number."""
    name, predicate = operation

    @intrinsic
    def on_lanes(typing_context, a, b):
        def build(context, builder, signature, arguments):
            if predicate:
                compare = builder.fcmp_unordered if predicate == "!=" else builder.fcmp_ordered
                return compare(predicate, *arguments)
            return getattr(builder, name)(*arguments)

        return (result or a)(a, b), build

    @overload(getattr(operator, name.removeprefix("f")), jit_options=JIT_OPTIONS)
    def implementation(a, b):
        if isinstance(a, LanesType) and a == b:
            return lambda a, b: on_lanes(a, b)
        if a == doubles and is_number(b):
            return lambda a, b: on_lanes(a, spread(b))
        if b == doubles and is_number(a):
            return lambda a, b: on_lanes(spread(a), b)
        return None


for _name in ("fadd", "fsub", "fmul"):
    _pairwise((_name, ""))
for _name, _sign in (
    ("lt", "<"),
    ("le", "<="),
    ("gt", ">"),
    ("ge", ">="),
    ("eq", "=="),
    ("ne", "!="),
):
    _pairwise((_name, _sign), mask)


@intrinsic
def _quotient(typing_context, a, b):
    def build(context, builder, signature, arguments):
        return builder.fdiv(*arguments)

    return doubles(doubles, doubles), build


@overload(operator.truediv, jit_options=JIT_OPTIONS)
def _divide(a, b):
    if a == doubles and b == doubles:
        return lambda a, b: _quotient(a, b)
    if a == doubles and is_number(b):
        return lambda a, b: _quotient(a, spread(b))
    return None


@intrinsic
def _both(typing_context, a, b):
    def build(context, builder, signature, arguments):
        return builder.and_(*arguments)

    return mask(mask, mask), build


@overload(operator.and_, jit_options=JIT_OPTIONS)
def _and(a, b):
    if a == mask and b == mask:
        return lambda a, b: _both(a, b)
    return None


@intrinsic
def choose(typing_context, condition, a, b):
    """`a` or `b`, lane by lane."""

    def build(context, builder, signature, arguments):
        return builder.select(*arguments)

    return a(mask, a, b), build


@intrinsic
def larger(typing_context, a, b):
    """a where it is greater, else b: NaN in `a` is passed over."""

    def build(context, builder, signature, arguments):
        return builder.select(builder.fcmp_ordered(">", *arguments), *arguments)

    return a(a, b), build


@intrinsic
def _multiply_add(typing_context, a, b, c):
    def build(context, builder, signature, arguments):
        vector = _vector(doubles)
        function = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(vector, [vector] * 3), f"llvm.fma.v{WIDTH}f64"
        )
        return builder.call(function, arguments)

    return doubles(doubles, doubles, doubles), build


def as_lanes(value):
    """A number or lanes as lanes of float64."""
    raise NotImplementedError  # only inside compiled kernels


@overload(as_lanes, jit_options=JIT_OPTIONS)
def _as_lanes(value):
    if value == doubles:
        return lambda value: value
    return lambda value: spread(value)


def multiply_add(a, b, c):
    """a * b + c with one rounding."""
    raise NotImplementedError  # only inside compiled kernels


@overload(multiply_add, jit_options=JIT_OPTIONS)
def _multiply_add_any(a, b, c):
    return lambda a, b, c: _multiply_add(as_lanes(a), as_lanes(b), as_lanes(c))


@intrinsic
def power_of_two(typing_context, shifted):
    """2.0**n from n + 1.5 * 2**52 + 1023, for n in [-1022, 1023]; NaN is left to its fellows."""

    def build(context, builder, signature, arguments):
        integers = ir.VectorType(_INT64, WIDTH)
        bits = builder.bitcast(arguments[0], integers)
        return builder.bitcast(
            builder.shl(bits, ir.Constant(integers, [52] * WIDTH)), _vector(doubles)
        )

    return doubles(doubles), build


def _joined(builder, vector, join):
    parts = [builder.extract_element(vector, ir.Constant(_INT32, k)) for k in range(WIDTH)]
    while len(parts) > 1:
        parts = [join(a, b) for a, b in zip(parts[::2], parts[1::2], strict=True)]
    return parts[0]


@intrinsic
def lane(typing_context, value, number):
    """One lane."""
    if not isinstance(number, types.IntegerLiteral):
        return None
    index = number.literal_value

    def build(context, builder, signature, arguments):
        return builder.extract_element(arguments[0], ir.Constant(_INT32, index))

    return value.dtype(value, number), build


@intrinsic
def sum_of(typing_context, value):
    """The sum over the lanes, by halves."""

    def build(context, builder, signature, arguments):
        return _joined(builder, arguments[0], builder.fadd)

    return types.float64(doubles), build


@intrinsic
def largest_of(typing_context, value):
    """The largest lane, as float64."""

    def build(context, builder, signature, arguments):
        def join(a, b):
            return builder.select(builder.fcmp_ordered(">", a, b), a, b)

        found = _joined(builder, arguments[0], join)
        return found if signature.args[0] == doubles else builder.fpext(found, ir.DoubleType())

    return types.float64(value), build
