"""The loops behind every ufunc: one per element type, shared by all activations.

A loop reads a block into float64 buffers, calls the activation's compiled kernel on the buffers,
multiplies by the incoming gradient where there is one, and rounds once into the output. What it
calls is in the plan that NumPy hands it as `data`:

    plan = [arrays, parameters, with_gradient, outputs, joint, core, fallback, direct, single, ...]

Inputs come in the order (gradient,) arrays, parameters; the last four entries are there for every
output. A `fallback` other than 0 is the float64 form of a TwoFloat kernel; it fills in where
two-float arithmetic met an infinity and gave NaN, and gives zeros their sign. A `direct` other than
0 does the same as the core, but from float32 to float32 without buffers, for all outputs at once
where they are `joint`: for arrays in a line with scalar parameters, as nearly all are. Only where
it raises a flag the block is done again with buffers, which tell whether it was meant.

With `single`, direct computes in float32 and not in the arithmetic of the core, so that its last
bit may be another. For the same bits everywhere it then gets every array, gathered where it is not
in a line, and where a block is done again its own results stay as far as they are finite.
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
PIECE = 4096  # what goes without buffers is cut only to look at the flags
JOINT, FIRST = 4, 5  # places in the plan
PER_OUTPUT = 4
CORE, FALLBACK, DIRECT, SINGLE = range(PER_OUTPUT)  # what is told of an output, in this order
POINTERS = 10  # up to five arrays and parameters, a gradient; `each`; up to three results
GATHERED_ROOM = POINTERS * BLOCK  # more than a piece of float32 takes
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
_read_singles = _reader(singles_at, 4)


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
def _entry(plan, output, which):
    return plan[FIRST + PER_OUTPUT * output + which]


@inline
def _call_directly(plan, pointers, count, room):
    """Call the direct cores on what the pointers are set to."""
    result, outputs = plan[2] + plan[0] + plan[1] + 1, plan[3]
    call_core(_entry(plan, 0, DIRECT), pointers, room, room, count)
    if plan[JOINT] == 0:
        first = pointers[result]
        for k in range(1, outputs):
            pointers[result] = pointers[result + k]
            call_core(_entry(plan, k, DIRECT), pointers, room, room, count)
        pointers[result] = first


@inline
def _in_a_line(args, steps, total, plan):
    """Whether all arrays are in a line, the parameters scalar, and nothing is read after writing.

    An output may take the place of an input where there is only one of them.
    """
    arrays, parameters, outputs = plan[2] + plan[0], plan[1], plan[3]
    found = True
    for k in range(outputs):
        found &= steps[arrays + parameters + k] == 4
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
def _raised():
    """Whether a flag was raised; afterwards none is."""
    if _flags_raised(SPURIOUS):
        _clear_flags(SPURIOUS)
        return True
    return False


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
    pointers[first_output] = 0.0
    for k in range(outputs):
        pointers[first_output + 1 + k] = from_bits(args[first_output + k] + 4 * start)
    if in_place:
        pointers[first_output + 1] = from_bits(address_of(room))
    _call_directly(plan, pointers, count, room)
    if _raised():
        return False
    if in_place:
        source, target = singles_at(address_of(room)), singles_at(args[first_output] + 4 * start)
        for i in range(count):
            target[i] = source[i]
    return True


@inline
def _do_gathered(args, steps, plan, pointers, start, count, room):
    """The direct results of a block in any layout, in the last of the rooms; False as above."""
    arrays, parameters, outputs = plan[2] + plan[0], plan[1], plan[3]
    first_output, each = arrays + parameters, 0.0
    for k in range(first_output + 1 + outputs):
        pointers[k] = from_bits(address_of(room) + 8 * BLOCK * k)
    for k in range(arrays):
        _read_singles(args[k] + start * steps[k], steps[k], singles_at(bits_of(pointers[k])), count)
    for k in range(arrays, first_output):
        read_double(args[k] + start * steps[k], steps[k], doubles_at(bits_of(pointers[k])), count)
        each = select(steps[k] != 0, 1.0, each)
    pointers[first_output] = each
    _call_directly(plan, pointers, count, room)
    return not _raised()


@inline
def _keep(args, steps, plan, room, start, count, everything):
    """Write gathered results; without `everything` only those of single cores that are final.

    They are where they are finite, and where float64 gives NaN as well, if of another sign.
    """
    first_output = plan[2] + plan[0] + plan[1]
    for k in range(plan[3]):
        if not everything and _entry(plan, k, SINGLE) == 0:
            continue
        source = singles_at(address_of(room) + 8 * BLOCK * (first_output + 1 + k))
        step = steps[first_output + k]
        for i in range(count):
            target = singles_at(args[first_output + k] + (start + i) * step)
            value, wide = source[i], target[0]
            finite = magnitude(types.float64(value)) < float("inf")
            if everything or finite or ((value != value) & (wide != wide)):
                target[0] = value


def make_loop(element):
    """The ufunc loop for one element type, as a Numba C callback."""
    read, write = ELEMENTS[element]
    wide = element != "float32"  # only its kernels leave `lo` unwritten, or are direct

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
                fallback = _entry(plan, k, FALLBACK)
                call_core(_entry(plan, k, CORE), pointers, hi, lo, count)
                if fallback:
                    _fill_in(fallback, pointers, hi, lo, spare, count)
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
        direct, single, all_single = True, False, True
        for k in range(plan[3]):
            direct &= _entry(plan, k, DIRECT) != 0
            single |= _entry(plan, k, SINGLE) != 0
            all_single &= _entry(plan, k, SINGLE) != 0
        in_a_line = direct and _in_a_line(args, steps, total, plan)
        room = stack_doubles(GATHERED_ROOM)
        step = PIECE if in_a_line else (BLOCK if single else max(total, 1))
        for start in range(0, total, step):
            end = min(start + step, total)
            if in_a_line and _do_directly(args, plan, pointers, start, end - start, room):
                continue
            if not single:
                honest |= buffered(args, steps, plan, pointers, start, end)
                continue
            for first in range(start, end, BLOCK):
                last = min(first + BLOCK, end)
                done = _do_gathered(args, steps, plan, pointers, first, last - first, room)
                # Other direct cores know no parameters for every element.
                done &= all_single
                if not done:
                    honest |= buffered(args, steps, plan, pointers, first, last)
                _keep(args, steps, plan, room, first, last - first, done)
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
