"""Intrinsics for raw memory, calls by address and loops, which kernels' loops are made of."""

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

DOUBLES = types.CPointer(types.float64)


@intrinsic
def stack_doubles(typing_context, count):
    """Uninitialised room for a literal number of float64 on the stack."""
    if not isinstance(count, types.IntegerLiteral):
        return None
    size = count.literal_value

    def build(context, builder, signature, arguments):
        # cgutils.alloca_once would also fill it with zeros, at every call.
        with builder.goto_entry_block():
            array = builder.alloca(ir.ArrayType(ir.DoubleType(), size))
        array.align = 64
        return builder.bitcast(array, ir.DoubleType().as_pointer())

    return DOUBLES(count), build


def _pointer_to(ty):
    @intrinsic
    def pointer(typing_context, address):
        """The address as a typed pointer."""

        def build(context, builder, signature, arguments):
            return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

        return types.CPointer(ty)(types.intp), build

    return pointer


doubles_at = _pointer_to(types.float64)
singles_at = _pointer_to(types.float32)
halves_at = _pointer_to(types.uint16)
integers_at = _pointer_to(types.int64)


@intrinsic
def address_of(typing_context, pointer):
    """A pointer as an integer."""

    def build(context, builder, signature, arguments):
        return builder.ptrtoint(arguments[0], context.get_value_type(types.intp))

    return types.intp(pointer), build


@intrinsic
def call_core(typing_context, address, arguments_, hi, lo, count):
    """Call the compiled kernel at `address`: core(arguments, hi, lo, count)."""

    def build(context, builder, signature, arguments):
        target, *rest = arguments
        kinds = [context.get_value_type(ty) for ty in signature.args[1:]]
        function = ir.FunctionType(ir.VoidType(), kinds)
        builder.call(builder.inttoptr(target, function.as_pointer()), rest)
        return context.get_dummy_value()

    return types.void(types.intp, DOUBLES, DOUBLES, DOUBLES, types.intp), build


@intrinsic
def interleave_loops(typing_context, count):
    """Called behind a loop: run `count` vectors of it side by side.

    A kernel is a long chain of operations, of which each waits for the last. LLVM would take one
    vector at a time, because the body is long, and processors do not look ahead so far.
    """
    if not isinstance(count, types.IntegerLiteral):
        return None
    number = count.literal_value

    def build(context, builder, signature, arguments):
        blocks = builder.function.blocks
        for last, block in enumerate(blocks):
            end = block.terminator
            if any(target in blocks[: last + 1] for target in getattr(end, "operands", ())):
                end.set_metadata("llvm.loop", _interleaved(builder.module, number))
        return context.get_dummy_value()

    return types.void(count), build


def _interleaved(module, count):
    hint = module.add_metadata(["llvm.loop.interleave.count", ir.IntType(32)(count)])
    loop = module.add_metadata([hint])
    loop.operands = (loop, hint)  # a loop is named by a node that holds itself
    return loop
