"""Special values, floating-point flags, and the same bits wherever a number stands."""

import numpy as np
import pytest

from actfn.kernels import threads
from derived import DTYPES, ELEMENTWISE, oracle_of, parameter_cases, parametrize, sample

OPERATIONS = ["__call__", "derivative", "second_derivative"]


def operation_of(record, name):
    return getattr(record, name)


@pytest.mark.parametrize("dtype", DTYPES)
@parametrize("record", ELEMENTWISE)
def test_nan_in_nan_out(record, dtype):
    parameters = next(parameter_cases(record))
    x = np.array([np.nan, -np.nan], DTYPES[dtype])
    for name in OPERATIONS:
        y = operation_of(record, name)(x, *parameters)
        assert np.isnan(y.astype(np.float64)).all(), f"{record.name}.{name}(nan) = {y}"


@pytest.mark.parametrize("dtype", DTYPES)
@parametrize("record", ELEMENTWISE)
def test_limits(record, dtype):
    """At +-inf the mathematical limit, with its sign of zero; derivatives too, where one exists."""
    for parameters in parameter_cases(record):
        oracle = record.oracle(**dict(zip(record.parameter_names, parameters, strict=True)))
        x = np.array([-np.inf, np.inf], DTYPES[dtype])
        exact = oracle.jets(x.astype(np.float64))[:, 0]
        with np.errstate(all="ignore"):
            value, *derivatives = [
                operation_of(record, n)(x, *parameters).astype(np.float64) for n in OPERATIONS
            ]
        expected = exact[0].astype(DTYPES[dtype]).astype(np.float64)
        message = f"{record.name}{parameters} at -inf, inf: {value}, limits {exact[0]}"
        assert np.array_equal(value, expected, equal_nan=True), message
        zero = expected == 0
        assert np.array_equal(np.signbit(value[zero]), np.signbit(exact[0][zero])), message
        for y, limit in zip(derivatives, exact[1:], strict=True):
            rounded = limit.astype(DTYPES[dtype]).astype(np.float64)
            message = f"{record.name}{parameters} derivative at -inf, inf: {y}, limits {limit}"
            assert np.array_equal(y, rounded, equal_nan=True), message


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@parametrize("record", ELEMENTWISE)
def test_sign_of_zero(record, dtype):
    """f(-0.0) and f(0.0) are zeros of the sign that f has on that side, where f(0) is 0."""
    parameters = next(parameter_cases(record))
    zeros = np.array([-0.0, 0.0], DTYPES[dtype])
    near = np.array([-1e-30, 1e-30], DTYPES[dtype])
    with np.errstate(all="ignore"):  # a pole at 0 is no zero
        y, beside = record(zeros, *parameters), record(near, *parameters)
    if (y == 0).all() and (beside != 0).any():
        for k in range(2):
            if beside[k] != 0:
                assert np.signbit(y[k]) == np.signbit(beside[k]), (
                    f"{record.name}({zeros[k]}) = {y[k]}"
                )


@pytest.mark.parametrize("dtype", DTYPES)
@parametrize("record", ELEMENTWISE)
def test_silent_where_the_result_is_finite(record, dtype):
    for parameters in parameter_cases(record):
        x = sample(record, dtype, 600, parameters, seed=3)
        x = x[np.isfinite(x.astype(np.float64))]
        for name in OPERATIONS:
            with np.errstate(all="ignore"):
                y = operation_of(record, name)(x, *parameters).astype(np.float64)
            quiet = x[np.isfinite(y)]
            with np.errstate(all="raise", under="ignore"):
                operation_of(record, name)(quiet, *parameters)


@parametrize("record", ELEMENTWISE)
def test_only_nan_gives_nan(record):
    """Inside the domain no finite or infinite input gives NaN."""
    parameters = next(parameter_cases(record))
    oracle = oracle_of(record)
    for dtype in ("float32", "float64"):
        x = sample(record, dtype, 600, parameters, seed=4)
        with np.errstate(all="ignore"):
            y, d = record(x, *parameters), record.derivative(x, *parameters)
        suspicious = np.isnan(y) | np.isnan(d)
        for point in x[suspicious & ~np.isnan(x)]:
            jets = oracle.jets(np.array([float(point)]))[:2, 0, 0]
            assert np.isnan(jets).any(), f"{record.name} is NaN at {point!r}"


@pytest.mark.parametrize("dtype", DTYPES)
@parametrize("record", ELEMENTWISE)
def test_the_same_bits_at_any_length_offset_and_stride(record, dtype):
    parameters = next(parameter_cases(record))
    x = sample(record, dtype, 1000, parameters, seed=5)[:1100]
    x = np.random.default_rng(0).permutation(x)
    words = np.dtype(f"u{x.dtype.itemsize}")
    with np.errstate(all="ignore"):
        for name in OPERATIONS[:2]:
            f = operation_of(record, name)
            whole = f(x, *parameters)
            number = ~np.isnan(whole.astype(np.float64))
            bits = whole.view(words)

            def check(y, where, bits=bits, number=number, name=name):
                part = number[where]
                assert np.array_equal(y.view(words)[part], bits[where][part]), (name, where)

            for length in [*range(1, 40), 255, 256, 257, 511, 513, 999, 1000]:
                check(f(x[:length], *parameters), slice(length))
            for offset in range(1, 33):
                check(f(x[offset : offset + 100], *parameters), slice(offset, offset + 100))
            for step in (2, 3, 7, -1, -2, -5):
                check(f(x[::step], *parameters), slice(None, None, step))
            for k in range(0, len(x), 97):
                check(np.atleast_1d(f(x[k], *parameters)), slice(k, k + 1))


@parametrize("record", ELEMENTWISE)
def test_the_same_bits_on_one_and_two_threads(record):
    parameters = next(parameter_cases(record))
    x = np.random.default_rng(0).normal(size=70_001).astype(np.float32) * 5
    before = threads.get_num_threads()
    try:
        results = []
        for count in (1, 2, 3):
            threads.set_num_threads(count)
            with np.errstate(all="ignore"):
                y, d = record.value_and_derivative(x, *parameters)
                results.append((record(x, *parameters), y, d, record(x[::2], *parameters)))
    finally:
        threads.set_num_threads(before)
    for other in results[1:]:
        for a, b in zip(results[0], other, strict=True):
            assert np.array_equal(a, b, equal_nan=True)
    assert np.array_equal(results[0][0], results[0][1], equal_nan=True)
