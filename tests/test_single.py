"""Kernels that compute float32 in float32: the same bits for an input wherever it stands."""

import numpy as np
import pytest
from numba import njit

import actfn
from actfn.elementary import Exact, copysign, exp, expm1, log1p, sqrt, where
from actfn.elementary.single import fast_sum, line, log_ratio, one_plus_exp
from actfn.errors import RecordError
from actfn.kernels.single import as_pair, as_single
from actfn.kernels.single_forms import in_singles
from actfn.kernels.two_float import JIT_OPTIONS
from derived import ELEMENTWISE, parametrize

RNG = np.random.default_rng(11)
SINGLE = [record for record in ELEMENTWISE if record.single]
X = RNG.standard_normal(1500).astype(np.float32)


def operations(record):
    """What is computed in float32: (function of x, of the kernels)."""
    return [record if key == "forward" else getattr(record, key) for key in record.single]


def compiled(kernel):
    """float32 array -> both halves of what a kernel's text gives in single arithmetic."""
    inner = njit(**JIT_OPTIONS)(in_singles(kernel))

    @njit(error_model="numpy")
    def loop(x, hi, lo):
        for i in range(x.size):
            pair = as_pair(inner(as_single(x[i])))
            hi[i], lo[i] = pair.hi, pair.lo

    def call(x):
        hi, lo = np.empty_like(x), np.empty_like(x)
        loop(x, hi, lo)
        return hi.astype(np.float64) + lo

    return call


@parametrize("record", SINGLE)
def test_the_same_bits_beside_what_float32_cannot_hold(record):
    """The block is computed again in float64: the others keep their results."""
    x, strange = X.copy(), slice(700, None, 97)
    x[strange] = np.resize([np.nan, np.inf, -np.inf, 3e38, -3e38, 1e-44, -95, 95], x[strange].size)
    mask = np.ones(x.size, bool)
    mask[strange] = False
    values = record.defaults
    with np.errstate(all="ignore"):
        for operation in operations(record):
            alone, beside = operation(X, **values), operation(x, **values)
            assert alone[mask].tobytes() == beside[mask].tobytes()
            one_by_one = np.array([operation(v, **values) for v in x[strange]])
            assert one_by_one.tobytes() == beside[strange].tobytes()


@parametrize("record", [record for record in SINGLE if record.parameters])
def test_the_same_bits_with_parameters_for_every_element(record):
    for operation in operations(record):
        wanted = operation(X, **record.defaults)
        for step in (1, 2):
            arrays = {n: np.full(step * X.size, v)[::step] for n, v in record.defaults.items()}
            assert operation(X, **arrays).tobytes() == wanted.tobytes()


MIXED = [record for record in SINGLE if len(record.single) == 1 and record.parameters]


@parametrize("record", MIXED)
def test_two_results_of_which_one_is_single(record):
    """And every element has parameters of its own."""
    varied = {n: v * np.linspace(0.5, 2, X.size) for n, v in record.defaults.items()}
    y, slope = record.value_and_derivative(X, **varied)
    assert y.tobytes() == record(X, **varied).tobytes()
    assert slope.tobytes() == record.derivative(X, **varied).tobytes()
    for k in (0, 7, X.size - 1):
        own = {n: v[k] for n, v in varied.items()}
        assert y[k] == record(X[k], **own)
        assert slope[k] == record.derivative(X[k], **own)


def test_some_records_mix_arithmetics():
    assert MIXED


def test_parameters_that_float32_cannot_hold():
    x = np.array([-2, -1e-3, 0.5], np.float32)
    assert actfn.leaky_relu(x, 1e-300).tolist() == [-0.0, -0.0, 0.5]
    with np.errstate(over="ignore"):
        assert actfn.leaky_relu(x, 1e300).tolist() == [-np.inf, -np.inf, 0.5]


@pytest.mark.parametrize("bound", [0.1, 0.7, 1 / 3, 1.0, 1e-50, 0.0])
def test_inputs_are_compared_with_the_whole_bound(bound):
    """0.1 lies between two float32; which of them is beyond it is not a matter of rounding."""
    near = np.float32(bound)
    x = np.array([np.nextafter(near, np.float32(-9)), near, np.nextafter(near, np.float32(9))])
    wide = x.astype(np.float64)
    wanted = np.where(np.abs(wide) <= bound, 0, x)
    assert actfn.hard_shrink(x, bound).tolist() == wanted.tolist()
    beyond = np.copysign(np.maximum(np.abs(wide) - bound, 0), wide).astype(np.float32)
    assert actfn.soft_shrink(x, bound).tolist() == beyond.tolist()
    assert actfn.threshold(x, bound, -7).tolist() == np.where(wide > bound, x, -7).tolist()


# The number is the most that the two halves may be off, relatively.
ELEMENTARY = {
    "exp": (lambda x: exp(x), np.exp, (-79, 79), 2.0**-26),
    "expm1": (lambda x: expm1(x), np.expm1, (-79, 0), 2.0**-25.5),
    "one_plus_exp": (
        lambda x: one_plus_exp(x),
        lambda x: 1 + np.exp(x),
        (-79, 79),
        2.0**-26.5,
    ),
    "log1p": (lambda x: log1p(x), np.log1p, (-0.5, 1), 2.0**-25.5),
    "sqrt": (lambda x: sqrt(x), np.sqrt, (1e-3, 1e3), 2.0**-44),
    "exp of a pair": (lambda x: exp(x + PI), lambda x: np.exp(x + np.pi), (-79, 70), 2.0**-26),
    "sum": (lambda x: (x + PI) + x * x, lambda x: x + np.pi + x * x, (-9, 9), 2.0**-43),
    "fast_sum": (lambda x: fast_sum(PI, x * x), lambda x: np.pi + x * x, (-1.7, 1.7), 2.0**-44),
    "line": (lambda x: line(PI, x, 9), lambda x: np.pi * x + 9, (-1.4, 9), 2.0**-42),
    "log_ratio": (
        lambda x: log_ratio(x + PI, x),
        lambda x: np.log((x + np.pi) / x),
        (1e-3, 99),
        2.0**-26,
    ),
    "product": (lambda x: (x + PI) * (x * x), lambda x: (x + np.pi) * x * x, (-3, 9), 2.0**-40),
    "quotient": (lambda x: x / (x + PI), lambda x: x / (x + np.pi), (-3, 9), 2.0**-40),
}
PI = Exact(np.pi, 1.2246467991473532e-16)


E = Exact(np.e, 1.4456468917292502e-16)


@pytest.mark.parametrize(
    "kernel",
    [
        lambda x: x * PI,
        lambda x: x * -PI,
        lambda x: x * E,
        lambda x: (x * PI) * -E,
        lambda x: x / (x + PI),
        lambda x: (x * -PI) / E,
    ],
)
def test_products_and_quotients_keep_the_sign_of_a_zero(kernel):
    """Whatever the sign of what float32 misses of the other factor, for divisors above 0."""
    zeros = np.array([0.0, -0.0], np.float32)
    assert np.signbit(compiled(kernel)(zeros)).tolist() == [np.signbit(kernel(v)) for v in zeros]


@pytest.mark.parametrize("name", ELEMENTARY)
def test_what_rounding_leaves_is_carried_along(name):
    kernel, true, (low, high), bound = ELEMENTARY[name]
    x = RNG.uniform(low, high, 20_000).astype(np.float32)
    wanted = true(x.astype(np.float64))
    error = np.abs(compiled(kernel)(x) / wanted - 1)
    assert error.max() < bound
    # It could fail: the leading half alone is not good to that.
    rounded_only = np.abs(wanted.astype(np.float32) / wanted - 1)
    assert rounded_only.max() > bound


def test_sums_are_compared_whole():
    """The float32 next to 0.7 is below it, and of the difference the leading half is 0."""
    kernel = compiled(lambda x: where(x - 0.7 < 0, -1, where(x - 0.7 > 0, 1, 0)))
    near = np.float32(0.7)
    x = np.array([near, np.nextafter(near, np.float32(1))])
    assert kernel(x).tolist() == np.sign(x.astype(np.float64) - 0.7).tolist() == [-1, 1]


def test_a_text_of_its_own_belongs_to_a_kernel_and_is_the_only_one():
    with pytest.raises(RecordError, match="'third_derivative' is not attached"):
        actfn.silu.single_kernel("third_derivative")
    with pytest.raises(RecordError, match="'forward' is already single"):
        actfn.silu.single_kernel("forward")


def test_zeros_keep_their_sign():
    x = np.array([0.0, -0.0], np.float32)
    for record in SINGLE:
        values = record.defaults
        with np.errstate(all="ignore"):
            wanted = np.signbit(record(x.astype(np.float64), **values))
            assert np.signbit(record(x, **values)).tolist() == wanted.tolist(), record.name


def test_selection_does_not_evaluate_to_what_was_not_selected():
    kernel = compiled(lambda x: where(x > 0, copysign(sqrt(x), x), x))
    assert kernel(np.array([-4, 4], np.float32)).tolist() == [-4, 2]
