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

from actfn.kernels.two_float import inlined

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
def block_of(stream, row, draw, block):
    """The four words of one block of a row's draw."""
    return philox(
        np.uint64(stream[STREAM_ROW] + row),
        np.uint64(stream[STREAM_DRAW] + draw),
        np.uint64(stream[STREAM_BLOCK] + block),
        np.uint64(stream[STREAM_PURPOSE]),
        np.uint64(stream[0]),
        np.uint64(stream[1]),
    )


@inlined
def digits_from(words, block):
    """Eight digits of 32 bits, and the number of the block after this one."""
    return words[0], words[1], words[2], words[3], DIGITS, block + 1


@inlined
def next_digit(digits, stream, row, draw):
    """(the next 32 bits as float64, what is left)."""
    a, b, c, d, left, block = digits
    if left == 0:
        a, b, c, d, left, block = digits_from(block_of(stream, row, draw, block), block)
    a_next = (a >> SHIFT) | (b << SHIFT)
    b_next = (b >> SHIFT) | (c << SHIFT)
    c_next = (c >> SHIFT) | (d << SHIFT)
    return float(a & MASK), (a_next, b_next, c_next, d >> SHIFT, left - 1, block)


@inlined
def happens(p, digits, stream, row, draw):
    """Whether an event of probability p < 1 happens: exactly p, however small.

    A uniform number u is compared with p digit by digit, and a digit is drawn only while all
    before it were equal. What is left of p is exact in float64: nothing is ever rounded.
    """
    while True:
        scaled = p * BASE
        wanted = float(int(scaled))
        digit, digits = next_digit(digits, stream, row, draw)
        if digit != wanted:
            return digit < wanted, digits
        p = scaled - wanted
        if p == 0.0:
            return False, digits
