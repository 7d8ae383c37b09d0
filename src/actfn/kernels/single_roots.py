"""Square roots in `Single` and `Pair`, with fewer operations than of any sum."""

from actfn.elementary import single as blocks
from actfn.kernels.single import as_pair, joined, raw
from actfn.kernels.two_float import fma, inlined, square_root


@inlined
def _root_beside(x, b):
    # What the sum of x**2 and b misses is found as in two_sum; the square is not rounded.
    s = fma(x, x, b.hi)
    square = s - b.hi
    rest = fma(x, x, -square) + ((b.hi - (s - square)) + b.lo)
    root = square_root(s)
    return joined(root, (fma(-root, root, s) + rest) / (root + root))


@inlined
def root_of_sum(x, b):
    return _root_beside(raw(x), as_pair(b))


FORMS = {blocks.root_of_sum: root_of_sum}
