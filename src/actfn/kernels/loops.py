"""The loops behind every ufunc: one per element type, shared by all activations.

A loop reads a block into float64 buffers, calls the activation's compiled kernel on the buffers,
multiplies by the incoming gradient where there is one, and rounds once into the output. What it
calls is in the plan that NumPy hands it as `data`:

    plan = [arrays, parameters, with_gradient, outputs, core_0, fallback_0, direct_0, core_1, ...]

Inputs come in the order (gradient,) arrays, parameters. A `fallback` other than 0 is the float64
form of a TwoFloat kernel; it fills in where two-float arithmetic met an infinity and gave NaN,
and gives zeros their sign. A `direct` other than 0 does the same as the core, but from float32
to float32 without buffers: for arrays in a line with scalar parameters, as nearly all are. Only
where it raises a flag the block is done again with buffers, which tell whether it was meant.
"""

import platform

from numba import cfunc, njit, types

from actfn.kernels.memory import (
    address_of,
    call_core,
    doubles_at,
    halves_at,
    singles_at,
    stack_doubles,
)
from actfn.kernels.two_float import (
    JIT_OPTIONS,
    bits_of,
    fma,
    from_bits,
    magnitude,
    select,
    with_sign,
)

BLOCK = 256
ROOM = 5 * BLOCK  # up to five arrays and parameters
PIECE = 1024  # what goes without buffers is cut only to look at the flags
PIECE_ROOM = PIECE // 2  # float64 that take as much memory
PER_OUTPUT = 3  # addresses in the plan
POINTERS = 8  # up to five arrays and parameters, a gradient and a result
_ARM = platform.machine().lower() in ("aarch64", "arm64")
INVALID, DIVIDE, OVERFLOW = (1, 2, 4) if _ARM else (1, 4, 8)
SPURIOUS = INVALID | DIVIDE | OVERFLOW

_flags_raised = types.ExternalFunction("fetestexcept", types.int32(types.int32))
_clear_flags = types.ExternalFunction("feclearexcept", types.int32(types.int32))
_raise_flags = types.ExternalFunction("feraiseexcept", types.int32(types.int32))

inline = njit(**JIT_OPTIONS)


def _reader(items_at, width):
    """Fill a float64 buffer from strided items; contiguous ones are worth a loop of their own."""

    @inline
    def read(address, step, buffer, count):
        source = items_at(address)
        if step == width:
            for i in range(count):
                buffer[i] = source[i]
        else:
            for i in range(count):
                buffer[i] = items_at(address + i * step)[0]

    return read


def _writer(items_at, width, item):
    """The way back: one rounding, from the leading part."""

    @inline
    def write(address, step, hi, lo, count):
        target = items_at(address)
        if step == width:
            for i in range(count):
                target[i] = item(hi[i])
        else:
            for i in range(count):
                items_at(address + i * step)[0] = item(hi[i])

    return write


read_double = _reader(doubles_at, 8)


@inline
def double_from_half(h):
    """An IEEE binary16 pattern as float64."""
    payload = types.int64(h & 0x7FFF) << 42
    # The exponent bias differs by 1008; multiplying also normalises subnormals.
    value = from_bits(payload) * 2.0**1008
    special = from_bits(payload | 0x7FF0000000000000)
    return with_sign(
        select((h & 0x7C00) == 0x7C00, special, value), from_bits(types.int64(h) << 48)
    )


@inline
def double_from_bfloat(h):
    """A bfloat16 pattern as float64."""
    payload = types.int64(h & 0x7FFF) << 45
    value = (
        (from_bits(payload) * 2.0**896)
        if (h & 0x7F80) != 0x7F80
        else from_bits(payload | 0x7FF0000000000000)
    )
    return with_sign(value, from_bits(types.int64(h) << 48))


@inline
def _round_to_odd(hi, lo):
    """hi + lo truncated to 53 bits with a sticky last bit: rounding it again is innocent."""
    pattern = bits_of(hi)
    below = select((with_sign(1.0, hi) * lo) < 0.0, 1.0, 0.0)
    odd = (pattern - types.int64(below)) | 1
    keep = (lo == 0.0) | (hi == 0.0) | (magnitude(hi) == float("inf")) | (hi != hi) | (lo != lo)
    return pattern if keep else odd


@inline
def _narrow_bits(hi, lo, dropped, tiny, magic, spacing, bias, largest, infinity):
    """Round to a 16-bit format: `dropped` fraction bits go, ties to even.

    Below `tiny`, the smallest normal number, adding `magic` rounds to a multiple of the
    subnormal `spacing`.
    """
    pattern = _round_to_odd(hi, lo)
    sign = types.uint16((pattern >> 48) & 0x8000)
    body = pattern & 0x7FFFFFFFFFFFFFFF
    size = from_bits(body)
    if size != size:
        return types.uint16(sign | infinity | (1 << (51 - dropped)))  # a quiet NaN
    if size < tiny:
        return types.uint16(sign | types.uint16(((size + magic) - magic) * spacing))
    rounded = body + ((1 << (dropped - 1)) - 1 + ((body >> dropped) & 1))
    result = (rounded >> dropped) - (bias << (52 - dropped))
    return types.uint16(sign | types.uint16(infinity if result > largest else result))


@inline
def half_from_pair(hi, lo):
    """hi + lo as an IEEE binary16 pattern, correctly rounded."""
    return _narrow_bits(hi, lo, 42, 2.0**-14, 1.5 * 2.0**28, 2.0**24, 1008, 0x7BFF, 0x7C00)


@inline
def bfloat_from_pair(hi, lo):
    """hi + lo as a bfloat16 pattern, correctly rounded."""
    return _narrow_bits(hi, lo, 45, 2.0**-126, 1.5 * 2.0**-81, 2.0**133, 896, 0x7F7F, 0x7F80)


def _read_16(convert):
    @inline
    def read(address, step, buffer, count):
        for i in range(count):
            buffer[i] = convert(halves_at(address + i * step)[0])

    return read


def _write_16(convert):
    @inline
    def write(address, step, hi, lo, count):
        for i in range(count):
            halves_at(address + i * step)[0] = convert(hi[i], lo[i])

    return write


ELEMENTS = {
    "float16": (_read_16(double_from_half), _write_16(half_from_pair)),
    "bfloat16": (_read_16(double_from_bfloat), _write_16(bfloat_from_pair)),
    "float32": (_reader(singles_at, 4), _writer(singles_at, 4, types.float32)),
    "float64": (read_double, _writer(doubles_at, 8, types.float64)),
}


@inline
def _fill_in(core, pointers, hi, lo, spare, count):
    """Take from the float64 form what two-float arithmetic cannot give.

    It makes NaN of infinities and overflows, and +0.0 of every zero.
    """
    wanting = 0
    for i in range(count):
        wanting += (hi[i] != hi[i]) | (hi[i] == 0.0)
    if wanting:
        call_core(core, pointers, spare, spare, count)
        for i in range(count):
            if hi[i] != hi[i] or (hi[i] == 0.0 and spare[i] == 0.0):
                hi[i] = spare[i]
                lo[i] = 0.0


@inline
def _is_direct(args, steps, total, plan):
    """Whether all arrays are in a line, the parameters scalar, and nothing is read after writing.

    An output may take the place of an input where there is only one of them.
    """
    arrays, parameters, outputs = plan[2] + plan[0], plan[1], plan[3]
    found = True
    for k in range(outputs):
        found &= (plan[4 + PER_OUTPUT * k + 2] != 0) & (steps[arrays + parameters + k] == 4)
    for k in range(arrays):
        found &= steps[k] == 4
        for j in range(outputs):
            distance = args[k] - args[arrays + parameters + j]
            apart = (distance >= 4 * total) | (distance <= -4 * total)
            found &= apart | ((distance == 0) & (outputs == 1))
    for k in range(arrays, arrays + parameters):
        found &= steps[k] == 0
    return found


@inline
def _do_directly(args, plan, pointers, start, count, room):
    """A piece without buffers; False if a flag was raised, and then nothing is to be kept.

    The results go through `room` where they replace the input: a loop that might write what it
    has yet to read is not vectorised.
    """
    arrays, parameters, outputs = plan[2] + plan[0], plan[1], plan[3]
    first_output = arrays + parameters
    for k in range(arrays):
        pointers[k] = from_bits(args[k] + 4 * start)
    for k in range(arrays, first_output):
        pointers[k] = from_bits(args[k])
    in_place = False
    for k in range(arrays):
        in_place |= args[k] == args[first_output]
    for k in range(outputs):
        target = address_of(room) if in_place else args[first_output + k] + 4 * start
        pointers[first_output] = from_bits(target)
        call_core(plan[4 + PER_OUTPUT * k + 2], pointers, room, room, count)
    if _flags_raised(SPURIOUS):
        _clear_flags(SPURIOUS)
        return False
    if in_place:
        source, target = singles_at(address_of(room)), singles_at(args[first_output] + 4 * start)
        for i in range(count):
            target[i] = source[i]
    return True


def make_loop(element):
    """The ufunc loop for one element type, as a Numba C callback."""
    read, write = ELEMENTS[element]
    wide = element != "float32"  # only its kernels leave `lo` unwritten

    @inline
    def buffered(args, steps, plan, pointers, first, last):
        """The items from `first` to `last`; returns the flags that were meant."""
        arrays, parameters, with_gradient, outputs = plan[0], plan[1], plan[2], plan[3]
        inputs = with_gradient + arrays + parameters
        room = stack_doubles(ROOM)
        for k in range(arrays + parameters):
            pointers[k] = from_bits(address_of(room) + 8 * BLOCK * k)
        gradient, hi = stack_doubles(BLOCK), stack_doubles(BLOCK)
        lo, spare = stack_doubles(BLOCK), stack_doubles(BLOCK)
        written = stack_doubles(BLOCK)
        honest = 0
        for start in range(first, last, BLOCK):
            count = min(BLOCK, last - start)
            if with_gradient:
                read(args[0] + start * steps[0], steps[0], gradient, count)
            for k in range(arrays):
                j = with_gradient + k
                buffer = doubles_at(address_of(room) + 8 * BLOCK * k)
                read(args[j] + start * steps[j], steps[j], buffer, count)
            for k in range(arrays, arrays + parameters):
                j = with_gradient + k
                buffer = doubles_at(address_of(room) + 8 * BLOCK * k)
                # A scalar parameter is filled in once.
                if steps[j] != 0 or start == first:
                    filled = count if steps[j] != 0 else min(BLOCK, last - first)
                    read_double(args[j] + start * steps[j], steps[j], buffer, filled)
            for k in range(outputs):
                call_core(plan[4 + PER_OUTPUT * k], pointers, hi, lo, count)
                if plan[5 + PER_OUTPUT * k]:
                    _fill_in(plan[5 + PER_OUTPUT * k], pointers, hi, lo, spare, count)
                if with_gradient:
                    for i in range(count):
                        # The rest of the product goes along, so that 16-bit results round once.
                        product = gradient[i] * hi[i]
                        if wide:
                            lo[i] = fma(gradient[i], hi[i], -product) + gradient[i] * lo[i]
                        hi[i] = product
                j = inputs + k
                write(args[j] + start * steps[j], steps[j], hi, lo, count)
                if _flags_raised(SPURIOUS):
                    read(args[j] + start * steps[j], steps[j], written, count)
                    for i in range(count):
                        finite, number = True, True
                        for m in range(arrays + parameters):
                            v = doubles_at(address_of(room) + 8 * BLOCK * m)[i]
                            finite &= magnitude(v) < float("inf")
                            number &= v == v
                        if with_gradient:
                            finite &= magnitude(gradient[i]) < float("inf")
                            number &= gradient[i] == gradient[i]
                        if number and written[i] != written[i]:
                            honest |= INVALID
                        if finite and magnitude(written[i]) == float("inf"):
                            honest |= OVERFLOW
                    _clear_flags(SPURIOUS)
        return honest

    signature = types.void(*[types.CPointer(types.intp)] * 4)

    @cfunc(signature, error_model="numpy")
    def loop(args, dims, steps, plan):
        total, honest = dims[0], 0
        pointer_room = stack_doubles(POINTERS)
        pointers = doubles_at(address_of(pointer_room))
        direct = _is_direct(args, steps, total, plan)
        room = stack_doubles(PIECE_ROOM)
        step = PIECE if direct else max(total, 1)
        for start in range(0, total, step):
            count = min(step, total - start)
            if not (direct and _do_directly(args, plan, pointers, start, count, room)):
                honest |= buffered(args, steps, plan, pointers, start, start + count)
        if honest:
            _raise_flags(honest)

    return loop


def make_table_loop():
    """The ufunc loop of a 16-bit function: its `data` is a table of all 65,536 results."""
    signature = types.void(*[types.CPointer(types.intp)] * 4)

    @cfunc(signature, error_model="numpy")
    def loop(args, dims, steps, table):
        results = halves_at(address_of(table))
        if steps[0] == 2 and steps[1] == 2:
            source, target = halves_at(args[0]), halves_at(args[1])
            for i in range(dims[0]):
                target[i] = results[source[i]]
        else:
            for i in range(dims[0]):
                pattern = halves_at(args[0] + i * steps[0])[0]
                halves_at(args[1] + i * steps[1])[0] = results[pattern]

    return loop
