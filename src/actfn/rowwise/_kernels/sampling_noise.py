"""Gumbel noise, and rows with noise added.

The largest of x_i + g_i is entry i with probability softmax(x)_i, and the k largest, in order, are
k draws without replacement (Gumbel 1954; Yellott 1977; Kool, van Hoof & Welling 2019,
arXiv:1903.06059). Noise comes as -log(E) with E = -log1p(-u), where u has all its digits next to
0: there is the rare, large noise that lets an improbable entry win.

Entry j of a row takes word j % 4 of block j // 4; where u is small, the same word of the next
purpose gives its further digits.
"""

import math

import numpy as np

from actfn.kernels.lanes import WIDTH, as_lanes, choose, load
from actfn.kernels.memory import stack_doubles
from actfn.kernels.row_math import ROOM, extent, lanes_at, put
from actfn.kernels.two_float import inlined
from actfn.rowwise._kernels.sampling_log import gumbel
from actfn.rowwise._kernels.sampling_philox import block_of, further_block_of

COARSE = 2.0**-53  # the step of a uniform number that is not small
SMALL = 2.0**-11  # below it, further digits are drawn
WORDS = 4
# Beyond it a float32 is coarser than any noise, and shifting the row could overflow.
FAR = 2.0**64


@inlined
def _unit(word):
    return float(np.int64(word >> np.uint64(11))) * COARSE


@inlined
def _fine_unit(word, further):
    """A small one, from 128 bits; never 0."""
    return (float(word) + (float(further) + 0.5) * 2.0**-64) * 2.0**-64


@inlined
def uniforms(stream, row, first_block, room):
    """Sixteen numbers in (0, 1)."""
    for q in range(WIDTH // WORDS):
        words = block_of(stream, row, 0, first_block + q)
        for k in range(WORDS):
            u = _unit(words[k])
            if u < SMALL:
                more = further_block_of(stream, row, 0, first_block + q)
                u = _fine_unit(words[k], more[k])
            room[WORDS * q + k] = u


# ---------------------------------------------------------------- noise added to rows


@inlined
def _shifted(v, peak):
    """Less the maximum, so that the sum with noise keeps its digits in float32."""
    if peak == math.inf:
        return choose(v == as_lanes(math.inf), as_lanes(0.0), as_lanes(-math.inf))
    return v - peak if abs(peak) <= FAR else v


@inlined
def _noisy_row(x, base, n, row, stream, out, room):
    peak, bad = extent(x, base, n)
    for i in range(0, n, WIDTH):
        uniforms(stream, row, i // WORDS, room)
        v = lanes_at(x, base + i, n - i, -math.inf)
        put(out, base + i, n - i, _shifted(v, peak) + gumbel(load(room, 0)) + bad)


@inlined
def _add_noise(first, last, n, x, numbers, stream, out):
    room = stack_doubles(ROOM)
    for k in range(first, last):
        _noisy_row(x, k * n, n, numbers[k], stream, out, room)


def add_noise_float32(first, last, n, x, numbers, stream, out):
    _add_noise(first, last, n, x, numbers, stream, out)


def add_noise_float64(first, last, n, x, numbers, stream, out):
    _add_noise(first, last, n, x, numbers, stream, out)
