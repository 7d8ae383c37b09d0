"""Philox4x64-10, the counter-based generator, and what is drawn from its words.

Salmon, Moraes, Dror & Shaw 2011, Parallel random numbers: as easy as 1, 2, 3, section 3. Four
64-bit words are a function of a 256-bit counter and a 128-bit key, without any state: a row finds
its random numbers by its own number, whoever works on it. `numpy.random.Philox` is the same
function.

A `stream` is six integers: the two words of the key, and the four of the counter that belongs to
row 0, draw 0, block 0 of a purpose. To them are added, word by word, the row's number, the draw's
number and the number of the block, that is, of the four words.
"""

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from actfn.kernels.two_float import fma, inlined

# The multipliers and the steps of the key, from the paper's section 3.3 (golden ratio, sqrt(3)-1).
M0, M1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
W0, W1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
ROUNDS = 10
STREAM_ROW, STREAM_DRAW, STREAM_BLOCK, STREAM_PURPOSE = 2, 3, 4, 5
DIGIT = 32  # bits
DIGITS = 8  # in a block
MASK, SHIFT = np.uint64(2**32 - 1), np.uint64(DIGIT)
BASE = 2.0**32


@intrinsic
def _product(typing_context, a, b):
    """The two halves, high and low, of a product of two 64-bit words."""
    pair = types.UniTuple(types.uint64, 2)

    def build(context, builder, signature, arguments):
        wide = ir.IntType(128)
        product = builder.mul(*[builder.zext(a, wide) for a in arguments])
        high = builder.lshr(product, ir.Constant(wide, 64))
        halves = [builder.trunc(part, ir.IntType(64)) for part in (high, product)]
        return context.make_tuple(builder, pair, halves)

    return pair(types.uint64, types.uint64), build


@inlined
def philox(c0, c1, c2, c3, k0, k1):
    """The four words of a counter."""
    for _ in range(ROUNDS):
        high0, low0 = _product(M0, c0)
        high1, low1 = _product(M1, c2)
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0, k1 = k0 + W0, k1 + W1
    return c0, c1, c2, c3


@inlined
def _block(stream, row, draw, block, purpose):
    return philox(
        np.uint64(stream[STREAM_ROW] + row),
        np.uint64(stream[STREAM_DRAW] + draw),
        np.uint64(stream[STREAM_BLOCK] + block),
        np.uint64(stream[STREAM_PURPOSE] + purpose),
        np.uint64(stream[0]),
        np.uint64(stream[1]),
    )


@inlined
def block_of(stream, row, draw, block):
    """The four words of one block of a row's draw."""
    return _block(stream, row, draw, block, 0)


@inlined
def further_block_of(stream, row, draw, block):
    """Four more words for the same place, from the next purpose."""
    return _block(stream, row, draw, block, 1)


@inlined
def no_digits():
    """What the first digit is taken from: (four words, how many are left, the next block)."""
    nothing = np.uint64(0)
    return nothing, nothing, nothing, nothing, 0, 0


@inlined
def next_digit(digits, stream, row, draw):
    """(the next 32 bits as float64, what is left)."""
    a, b, c, d, left, block = digits
    if left == 0:
        a, b, c, d = block_of(stream, row, draw, block)
        left, block = DIGITS, block + 1
    a_next = (a >> SHIFT) | (b << SHIFT)
    b_next = (b >> SHIFT) | (c << SHIFT)
    c_next = (c >> SHIFT) | (d << SHIFT)
    return float(a & MASK), (a_next, b_next, c_next, d >> SHIFT, left - 1, block)


@inlined
def happens(part, whole, digits, stream, row, draw):
    """Whether an event of probability part / whole < 1 happens, however small that is.

    A uniform number is compared with the quotient digit by digit, and a digit is drawn only while
    all before it were equal. One of 32 bits nearly always decides, and then by products, which are
    quicker than the quotient; they are off by less than 2**-19 digits.
    """
    while True:
        digit, digits = next_digit(digits, stream, row, draw)
        over = fma(digit, whole, -(part * BASE))
        if abs(over) > 2.0 * whole:
            return over < 0.0, digits
        scaled = part / whole * BASE
        wanted = float(int(scaled))
        # What is left of the quotient is exact.
        part, whole = scaled - wanted, 1.0
        if digit != wanted or part == 0.0:
            return digit < wanted, digits
