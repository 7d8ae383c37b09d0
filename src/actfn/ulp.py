"""Distances in ULP, correct rounding, and samples by bit pattern.

The truth is given as a pair of float64, `hi + lo`: `hi` is the float64 nearest to the exact value
and `lo` the float64 nearest to what is then missing. One ULP is the spacing of the dtype at the
exact value, 2^(max(e, emin) - p + 1) for 2^e <= |exact| < 2^(e+1): no floor, subnormal spacing
honoured. 0.5 is the worst distance of a correctly rounded result.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import ml_dtypes
import numpy as np

from actfn.errors import DTypeError


@dataclass(frozen=True)
class Layout:
    """How a binary floating-point dtype is laid out."""

    dtype: np.dtype
    precision: int  # significand bits, the implicit one included
    minimum_exponent: int  # of the smallest normal number, 2^minimum_exponent

    @property
    def maximum_exponent(self) -> int:
        return 1 - self.minimum_exponent

    @property
    def mantissa_bits(self) -> int:
        return self.precision - 1

    @property
    def bits(self) -> np.dtype:
        """The unsigned integer dtype of the same size."""
        return np.dtype(f"u{self.dtype.itemsize}")

    @property
    def infinity(self) -> int:
        """The bit pattern of +inf; everything below it is finite."""
        return (2 * self.maximum_exponent + 1) << self.mantissa_bits


_LAYOUTS = {
    layout.dtype: layout
    for layout in (
        Layout(np.dtype(np.float16), 11, -14),
        Layout(np.dtype(ml_dtypes.bfloat16), 8, -126),
        Layout(np.dtype(np.float32), 24, -126),
        Layout(np.dtype(np.float64), 53, -1022),
    )
}


def layout_of(dtype) -> Layout:
    """The layout of one of the four supported dtypes.

    Raises
    ------
    DTypeError
        For any other dtype.
    """
    try:
        return _LAYOUTS[np.dtype(dtype)]
    except (KeyError, TypeError):
        known = ", ".join(str(known) for known in _LAYOUTS)
        message = f"ULP are counted for {known}; received {dtype!r}"
        raise DTypeError(message) from None


def _ulp_exponent(hi, lo, layout: Layout):
    """log2 of the spacing of the dtype at hi + lo, capped to the exponents the dtype has."""
    fraction, exponent = np.frexp(hi)
    # 2^k rounded up from just below lies in the finer binade underneath.
    rounded_up = (np.abs(fraction) == 0.5) & (np.sign(hi) * np.sign(lo) < 0)
    exponent = exponent - 1 - rounded_up
    exponent = np.where(hi == 0, layout.minimum_exponent, exponent)
    exponent = np.where(np.isinf(hi), layout.maximum_exponent, exponent)
    exponent = np.clip(exponent, layout.minimum_exponent, layout.maximum_exponent)
    return exponent - layout.mantissa_bits


def ulp_of(truth_hi, dtype, truth_lo=0.0) -> np.ndarray:
    """Spacing of `dtype` at the exact value.

    Parameters
    ----------
    truth_hi, truth_lo : array_like of float64
        The exact value, as a pair. `truth_lo` matters only just below a power of two.
    dtype : dtype
        float16, bfloat16, float32 or float64.

    Returns
    -------
    ndarray of float64
        At zero the smallest subnormal, at and beyond the overflow threshold the spacing below it,
        at NaN NaN.
    """
    layout = layout_of(dtype)
    hi, lo = np.broadcast_arrays(np.float64(truth_hi), np.float64(truth_lo))
    spacing = np.ldexp(1.0, _ulp_exponent(hi, lo, layout))
    return np.where(np.isnan(hi), np.nan, spacing)


def distance(y, truth_hi, truth_lo, dtype) -> np.ndarray:
    """Real-valued |y - (hi + lo)| in ULP of the exact value.

    Parameters
    ----------
    y : array_like
        The results to judge. Values that `dtype` cannot hold are judged as they are.
    truth_hi, truth_lo : array_like of float64
        The exact values, as pairs.
    dtype : dtype
        The dtype whose spacing is the unit.

    Returns
    -------
    ndarray of float64

    Notes
    -----
    * NaN against NaN is 0; NaN against a number, either way round, is inf.
    * Infinity, and a truth beyond the largest finite value, stand one step past that value: an
      overflow is right where the truth rounds to inf, and half a step or more wrong elsewhere.
    * A zero truth is measured in smallest subnormals.
    * The sign of zero is not judged.
    * Where `truth_lo` itself would be below 2^-1074 (float64 results under 2^-969) it has fewer
      digits, and for float64 subnormals none: the distance there is that from `hi`.
    """
    layout = layout_of(dtype)
    y, hi, lo = np.broadcast_arrays(_as_float64(y), np.float64(truth_hi), np.float64(truth_lo))
    with np.errstate(all="ignore"):
        exponent = _ulp_exponent(hi, lo, layout)
        one_past_max = np.ldexp(1.0, layout.maximum_exponent + 1 - exponent)
        result = np.clip(np.ldexp(y, -exponent), -one_past_max, one_past_max)
        truth = np.clip(np.ldexp(hi, -exponent), -one_past_max, one_past_max)
        missing = np.where(np.abs(truth) == one_past_max, 0.0, np.ldexp(lo, -exponent))
        # Close to the truth result - truth is exact, both being multiples of the last bit of hi;
        # far from it the difference is rounded by 2^-53 of itself. So lo is subtracted last.
        steps = np.abs((result - truth) - missing)
    one_is_nan = np.isnan(y) ^ np.isnan(hi)
    both_are_nan = np.isnan(y) & np.isnan(hi)
    return np.where(one_is_nan, np.inf, np.where(both_are_nan, 0.0, steps))


def _as_float64(y):
    with np.errstate(invalid="ignore"):  # a signalling NaN among all patterns is no accident
        return np.asarray(y).astype(np.float64)


def round_to(truth_hi, truth_lo, dtype) -> np.ndarray:
    """The exact value hi + lo, correctly rounded: to nearest, ties to even.

    Parameters
    ----------
    truth_hi, truth_lo : array_like of float64
        The exact value; `hi` must be the float64 nearest to it. Then `hi` is on the same side of
        every rounding boundary as the exact value, or on the boundary, where `lo` decides.
    dtype : dtype
        float16, bfloat16, float32 or float64.

    Returns
    -------
    ndarray of `dtype`
    """
    layout = layout_of(dtype)
    hi, lo = np.broadcast_arrays(np.float64(truth_hi), np.float64(truth_lo))
    if layout.dtype == np.float64:
        return hi.copy()
    with np.errstate(all="ignore"):
        exponent = _ulp_exponent(hi, 0.0, layout)
        steps = np.ldexp(hi, -exponent)
        tie = np.abs(steps - np.trunc(steps)) == 0.5
        nearest = np.rint(steps)
        nearest = np.where(tie & (lo < 0), np.floor(steps), nearest)
        nearest = np.where(tie & (lo > 0), np.ceil(steps), nearest)
        return np.ldexp(nearest, exponent).astype(layout.dtype)


def all_patterns(dtype) -> np.ndarray:
    """All 65,536 values of a 16-bit dtype, NaN and infinities included, in bit order.

    Raises
    ------
    DTypeError
        For a dtype of another size.
    """
    layout = layout_of(dtype)
    if layout.dtype.itemsize != 2:
        message = f"only 16-bit dtypes have few enough patterns to list; received {layout.dtype}"
        raise DTypeError(message)
    return np.arange(2**16, dtype=np.uint16).view(layout.dtype)


def sample(dtype, n: int, around: Iterable[float] = (), rng=None, neighbours: int = 16):
    """A sample by bit pattern: tiny, ordinary and huge numbers get equal attention.

    Parameters
    ----------
    dtype : dtype
        float16, bfloat16, float32 or float64.
    n : int
        How many values to draw, about. At least one comes from every sign and exponent, and the
        special values below are always there, so that more may be returned; if `n` reaches the
        number of finite values, all of them are.
    around : iterable of float
        Special points; each is rounded to `dtype` and joined by its `neighbours` on both sides.
    rng : numpy.random.Generator, optional
        By default one with a fixed seed: the same call gives the same sample.
    neighbours : int
        How many values on each side of a special point, of zero, of the smallest normal numbers
        and below the largest finite ones.

    Returns
    -------
    ndarray of `dtype`
        Finite, sorted, unique, -0.0 and 0.0 being two values.
    """
    layout = layout_of(dtype)
    largest = layout.infinity - 1
    if n >= 2 * layout.infinity:
        return from_order(np.arange(-largest - 1, largest + 1), layout)
    rng = np.random.default_rng(0) if rng is None else rng
    magnitudes = [_stratified(layout, n, rng), _stratified(layout, n, rng)]
    order = np.concatenate([magnitudes[0], -1 - magnitudes[1]])
    landmarks = [0, -1, *order_of(_landmarks(layout, around), layout).tolist()]
    steps = np.arange(-neighbours, neighbours + 1)
    near = np.add.outer(np.asarray(landmarks, dtype=np.int64), steps).ravel()
    order = np.concatenate([order, near[(near >= -largest - 1) & (near <= largest)]])
    return from_order(np.unique(order), layout)


def _landmarks(layout: Layout, around: Iterable[float]):
    """The values, in the dtype, whose neighbours every sample contains."""
    smallest_normal = 2.0**layout.minimum_exponent
    points = np.array([smallest_normal, -smallest_normal, np.inf, -np.inf, *around], np.float64)
    # An infinity is only the far end of the neighbours below it.
    return round_to(points, 0.0, layout.dtype)


def _stratified(layout: Layout, n: int, rng):
    """Random finite patterns of one sign, spread evenly within each exponent."""
    exponents = layout.infinity >> layout.mantissa_bits
    per_exponent = max(1, round(n / (2 * exponents)))
    cell = np.arange(exponents * per_exponent)
    place = (cell % per_exponent + rng.random(cell.size)) / per_exponent
    # place may round up to 1; the mantissa must not run over into the next exponent.
    mantissa = np.minimum(
        (place * 2.0**layout.mantissa_bits).astype(np.int64), (1 << layout.mantissa_bits) - 1
    )
    return ((cell // per_exponent) << layout.mantissa_bits) | mantissa


def order_of(values, layout: Layout):
    """Integers in the order of the values: 0 for 0.0, -1 for -0.0, neighbours differ by 1."""
    bits = values.view(layout.bits).astype(np.uint64)
    sign_bit = np.uint64(1) << np.uint64(8 * layout.dtype.itemsize - 1)
    magnitude = (bits & ~sign_bit).astype(np.int64)
    return np.where(bits & sign_bit != 0, -1 - magnitude, magnitude)


def from_order(order, layout: Layout):
    """The inverse of `order_of`."""
    sign_bit = np.uint64(1) << np.uint64(8 * layout.dtype.itemsize - 1)
    magnitude = np.where(order < 0, -1 - order, order).astype(np.uint64)
    bits = np.where(order < 0, magnitude | sign_bit, magnitude)
    return bits.astype(layout.bits).view(layout.dtype)
