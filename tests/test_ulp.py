"""Distances, rounding and sampling are checked against exact rational arithmetic."""

from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest

from actfn.errors import DTypeError
from actfn.ulp import all_patterns, distance, layout_of, round_to, sample, ulp_of

DTYPES = [np.float16, ml_dtypes.bfloat16, np.float32, np.float64]
HALVES = [np.float16, ml_dtypes.bfloat16]
by_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=lambda d: np.dtype(d).name)
by_half = pytest.mark.parametrize("dtype", HALVES, ids=lambda d: np.dtype(d).name)
by_narrow = pytest.mark.parametrize("dtype", DTYPES[:3], ids=lambda d: np.dtype(d).name)


def exact_exponent(value: Fraction) -> int:
    """The e with 2^e <= |value| < 2^(e+1)."""
    numerator, denominator = abs(value.numerator), value.denominator
    e = numerator.bit_length() - denominator.bit_length()
    return e if abs(value) >= Fraction(2) ** e else e - 1


def exact_ulp(value: Fraction, layout) -> Fraction:
    e = exact_exponent(value) if value else layout.minimum_exponent
    e = min(max(e, layout.minimum_exponent), layout.maximum_exponent)
    return Fraction(2) ** (e - layout.mantissa_bits)


def exact_round(value: Fraction, dtype) -> float:
    """Round to nearest, ties to even, by exact arithmetic."""
    layout = layout_of(dtype)
    unit = exact_ulp(value, layout)
    rounded = round(value / unit) * unit  # Fraction's round() takes ties to even
    if abs(rounded) >= Fraction(2) ** (layout.maximum_exponent + 1):
        return float("inf") if value > 0 else float("-inf")
    return float(rounded)


def random_doubles(layout, n, rng):
    """Doubles over the range of the dtype and a little past both ends."""
    low, high = layout.minimum_exponent - layout.precision - 2, layout.maximum_exponent + 1
    exponent = rng.integers(max(low, -1074), min(high, 1023) + 1, n)
    return np.ldexp(rng.uniform(1, 2, n), exponent) * rng.choice([-1.0, 1.0], n)


def ties(layout, n, rng):
    """Doubles exactly half-way between two neighbours of a narrower dtype, subnormals included."""
    bits = rng.integers(0, layout.infinity, n).astype(layout.bits)
    values = bits.view(layout.dtype).astype(np.float64)
    return values + ulp_of(values, layout.dtype) / 2


@by_dtype
def test_ulp_of_matches_exact_arithmetic(dtype):
    layout = layout_of(dtype)
    values = random_doubles(layout, 500, np.random.default_rng(1))
    expected = [float(exact_ulp(Fraction(v), layout)) for v in values]
    np.testing.assert_array_equal(ulp_of(values, dtype), expected)


@by_dtype
def test_ulp_of_special_values(dtype):
    info = ml_dtypes.finfo(dtype)
    smallest = float(info.smallest_subnormal)
    largest_step = float(info.max) - float(np.nextafter(info.max, dtype(0)))
    assert ulp_of(0.0, dtype) == smallest
    assert ulp_of(float(info.smallest_normal), dtype) == smallest
    assert ulp_of(np.inf, dtype) == ulp_of(-float(info.max), dtype) == largest_step
    assert np.isnan(ulp_of(np.nan, dtype))


@by_dtype
def test_spacing_is_finer_just_below_a_power_of_two(dtype):
    epsilon = float(ml_dtypes.finfo(dtype).eps)
    assert ulp_of(1.0, dtype) == ulp_of(1.0, dtype, 2.0**-80) == epsilon
    assert ulp_of(1.0, dtype, -(2.0**-80)) == ulp_of(-1.0, dtype, 2.0**-80) == epsilon / 2


@by_dtype
def test_round_to_is_correct_rounding(dtype):
    layout = layout_of(dtype)
    values = random_doubles(layout, 2000, np.random.default_rng(2))
    expected = [exact_round(Fraction(v), dtype) for v in values]
    rounded = round_to(values, 0.0, dtype)
    assert rounded.dtype == dtype
    np.testing.assert_array_equal(rounded.astype(np.float64), expected)


@by_narrow
@pytest.mark.parametrize("missing", [-1, 0, 1])
def test_round_to_lets_lo_break_ties(dtype, missing):
    values = ties(layout_of(dtype), 500, np.random.default_rng(3))
    values = np.concatenate([values, -values])
    lo = missing * np.abs(values) * 2.0**-100
    expected = [
        exact_round(Fraction(h) + Fraction(rest), dtype) for h, rest in zip(values, lo, strict=True)
    ]
    np.testing.assert_array_equal(round_to(values, lo, dtype).astype(np.float64), expected)


@by_narrow
def test_round_to_is_not_double_rounding(dtype):
    """Rounding a double just beside a tie again, by a plain cast, must be seen to differ."""
    values = ties(layout_of(dtype), 500, np.random.default_rng(4))
    rounded = round_to(values, values * 2.0**-100, dtype)
    with np.errstate(over="ignore"):
        assert np.mean(rounded != values.astype(dtype)) > 0.3


@by_dtype
def test_round_to_keeps_signed_zero_nan_and_infinity(dtype):
    rounded = round_to([0.0, -0.0, -(2.0**-1074), np.nan, np.inf, -np.inf], 0.0, dtype)
    as_double = rounded.astype(np.float64)
    np.testing.assert_array_equal(np.signbit(as_double[:3]), [False, True, True])
    assert np.isnan(as_double[3])
    np.testing.assert_array_equal(as_double[4:], [np.inf, -np.inf])


@by_narrow
def test_rounded_values_are_half_an_ulp_away_at_most(dtype):
    values = random_doubles(layout_of(dtype), 3000, np.random.default_rng(5))
    assert distance(round_to(values, 0.0, dtype), values, 0.0, dtype).max() <= 0.5


def exact_distance(y, hi, lo, layout) -> float:
    truth = Fraction(hi) + Fraction(lo)
    steps = abs(Fraction(float(y)) - truth) / exact_ulp(truth, layout)
    return float("inf") if steps > 2**1023 else float(steps)


def truths(layout, n, seed):
    """Pairs hi + lo in the finite range of the dtype, with enough room for lo."""
    rng = np.random.default_rng(seed)
    hi = random_doubles(layout, n, rng)
    hi = hi[(np.abs(hi) < 2.0**layout.maximum_exponent) & (np.abs(hi) > 2.0**-900)]
    return hi, np.spacing(np.abs(hi)) * rng.uniform(-0.5, 0.5, hi.size)


@by_dtype
@pytest.mark.parametrize("steps", [0, 1, -1, 3, 100])
def test_distance_near_the_truth_matches_exact_arithmetic(dtype, steps):
    layout = layout_of(dtype)
    hi, lo = truths(layout, 400, seed=6)
    y = round_to(hi, lo, dtype).astype(np.float64) + steps * ulp_of(hi, dtype)
    expected = [exact_distance(*case, layout) for case in zip(y, hi, lo, strict=True)]
    np.testing.assert_allclose(distance(y, hi, lo, dtype), expected, rtol=2.0**-50)


@by_dtype
def test_distance_far_from_the_truth_matches_exact_arithmetic(dtype):
    layout = layout_of(dtype)
    hi, lo = truths(layout, 400, seed=7)
    y = np.roll(round_to(hi, lo, dtype), 1)
    expected = [exact_distance(*case, layout) for case in zip(y, hi, lo, strict=True)]
    measured = distance(y, hi, lo, dtype)
    finite = np.isfinite(measured)
    np.testing.assert_allclose(measured[finite], np.array(expected)[finite], rtol=2.0**-50)
    assert np.all(np.array(expected)[~finite] > 2.0**900)


@by_dtype
def test_distance_rules_for_nan(dtype):
    y = np.array([np.nan, np.nan, 1.0, np.inf], dtype)
    truth = np.array([np.nan, 1.0, np.nan, np.nan])
    np.testing.assert_array_equal(distance(y, truth, 0.0, dtype), [0, np.inf, np.inf, np.inf])


@by_dtype
def test_infinity_is_one_step_past_the_largest_value(dtype):
    largest = float(ml_dtypes.finfo(dtype).max)
    y = [np.inf, -np.inf, np.inf, largest, -largest]
    truth = [np.inf, -np.inf, largest, np.inf, -np.inf]
    np.testing.assert_array_equal(distance(y, truth, 0.0, dtype), [0, 0, 1, 1, 1])
    assert distance(np.inf, -np.inf, 0.0, dtype) == 2.0 ** (layout_of(dtype).precision + 1)
    assert distance(np.inf, 1.0, 0.0, dtype) > 2.0**24


@by_narrow
def test_overflow_is_judged_by_the_true_value(dtype):
    """Beyond the threshold inf is right and the largest value one step off, however far beyond."""
    largest = float(ml_dtypes.finfo(dtype).max)
    half = ulp_of(largest, dtype) / 2
    assert distance(np.inf, largest + half, 0.0, dtype) == 0.5
    assert distance(largest, largest + half, 0.0, dtype) == 0.5
    assert distance(np.inf, 8 * largest, 0.0, dtype) == 0
    assert distance(largest, 8 * largest, 0.0, dtype) == 1


@by_dtype
def test_zero_is_measured_in_smallest_subnormals(dtype):
    smallest = float(ml_dtypes.finfo(dtype).smallest_subnormal)
    np.testing.assert_array_equal(distance([0.0, -0.0, 3 * smallest], 0.0, -0.0, dtype), [0, 0, 3])
    assert distance(0.0, smallest, 0.0, dtype) == 1


def test_flushing_a_result_to_zero_is_caught():
    """exp(-90) is a float32 subnormal: returning 0 there is wrong by all of its steps."""
    truth = 8.194012623990515e-40
    assert distance(np.float32(0), truth, 0.0, np.float32) == pytest.approx(truth / 2.0**-149)


def test_lo_counts_for_float64():
    """A result equal to hi is still wrong by lo."""
    assert distance(1.0, 1.0, 2.0**-54, np.float64) == 0.25
    assert distance(1.0, 1.0, -(2.0**-54), np.float64) == 0.5
    assert distance(1.0 + 2.0**-52, 1.0, 2.0**-54, np.float64) == 0.75


class TestWrongDistancesAreCaught:
    """Metrics often met in the wild give another answer than the definition."""

    def test_floored_metric(self):
        """An absolute floor hides a tail that is wrong by its whole value."""
        truth, y = 5.9e-9, np.float32(0)
        floored = abs(y - truth) / float(np.spacing(np.float32(2.0**-4)))
        assert floored < 1 < distance(y, truth, 0.0, np.float32)

    def test_spacing_of_the_result(self):
        """Dividing by the spacing at y instead of at the truth excuses results too large."""
        truth, y = 1.0, np.float32(4.0)
        assert (y - truth) / np.spacing(y) < distance(y, truth, 0.0, np.float32)

    def test_difference_of_bit_patterns(self):
        """Counting integer steps cannot tell 0.5 from 0 or from 1."""
        y = np.float32(1.0)
        truth = 1.0 + 0.5 * 2.0**-23
        steps = int(np.float32(truth).view(np.int32)) - int(y.view(np.int32))
        assert steps == 0
        assert distance(y, truth, 0.0, np.float32) == 0.5

    def test_truth_rounded_first(self):
        """A truth rounded to the dtype forgives up to half a step."""
        truth = 1.0 + 0.49 * 2.0**-23
        y = np.float32(1.0 + 2.0**-23)
        assert distance(y, float(np.float32(truth)), 0.0, np.float32) == 1
        assert distance(y, truth, 0.0, np.float32) == pytest.approx(0.51)


@by_half
def test_all_patterns_holds_every_value_once(dtype):
    patterns = all_patterns(dtype)
    assert patterns.dtype == dtype
    assert np.unique(patterns.view(np.uint16)).size == 2**16


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_all_patterns_refuses_wide_dtypes(dtype):
    with pytest.raises(DTypeError, match="16-bit"):
        all_patterns(dtype)


@by_dtype
def test_sample_covers_the_line(dtype):
    layout = layout_of(dtype)
    values = sample(dtype, 10_000)
    bits = values.view(layout.bits).astype(np.uint64)
    as_double = values.astype(np.float64)
    assert values.dtype == dtype
    assert np.isfinite(as_double).all()
    assert np.all(np.diff(as_double) >= 0)
    assert np.unique(bits).size == bits.size
    sign_and_exponent = np.unique(bits >> np.uint64(layout.mantissa_bits))
    assert sign_and_exponent.size == 2 * (layout.infinity >> layout.mantissa_bits)
    info = ml_dtypes.finfo(dtype)
    for landmark in (info.max, info.smallest_subnormal, info.smallest_normal):
        assert {float(landmark), -float(landmark)} <= set(as_double)
    zeros = as_double[as_double == 0]
    np.testing.assert_array_equal(np.signbit(zeros), [True, False])


@by_dtype
def test_sample_contains_the_neighbours_of_special_points(dtype):
    point = round_to(-0.7517915246935645, 0.0, dtype)
    values = sample(dtype, 100, around=(-0.7517915246935645,), neighbours=2)
    expected = [float(point)]
    for direction in (dtype(-np.inf), dtype(np.inf)):
        neighbour = point
        for _ in range(2):
            neighbour = np.nextafter(neighbour, direction)
            expected.append(float(neighbour))
    assert set(expected) <= set(values.astype(np.float64))


@by_half
def test_sample_of_everything(dtype):
    with np.errstate(invalid="ignore"):  # some of the patterns are signalling NaN
        finite = np.isfinite(all_patterns(dtype)).sum()
    assert sample(dtype, 2**16).size == finite


@by_dtype
def test_sample_is_reproducible_and_can_be_varied(dtype):
    first, second = sample(dtype, 5000), sample(dtype, 5000)
    varied = sample(dtype, 5000, rng=np.random.default_rng(9))
    np.testing.assert_array_equal(first, second)
    assert set(varied.astype(np.float64)) != set(first.astype(np.float64))


@pytest.mark.parametrize("dtype", [np.int32, np.complex64, object, "nonsense"])
def test_unsupported_dtypes_are_refused(dtype):
    with pytest.raises(DTypeError, match="float16, bfloat16"):
        layout_of(dtype)
