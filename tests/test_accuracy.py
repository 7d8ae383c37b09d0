"""float32 and float64 against the oracle: value, derivatives, parameters, backward."""

import numpy as np
import pytest

from actfn import contract, ulp
from actfn.activation import FROM_OUTPUT
from actfn.examine.zeros import in_window, input_ulp
from derived import (
    DTYPES,
    ELEMENTWISE,
    oracle_of,
    parameter_cases,
    parametrize,
    sample,
    special_points,
    zeros,
)

POINTS = {"float32": 500, "float64": 400}


def truth_of(record, parameters, x, wrt=None):
    """(f, f', f'') as pairs at every x."""
    oracle = record.oracle(**dict(zip(record.parameter_names, parameters, strict=True)))
    return oracle.jets(x.astype(np.float64), wrt=wrt)


def excusable(x, y, truth, slope, places):
    """Where float64 is next to a zero, and the error is the effect of 2 ULP of x there."""
    return in_window(x, places) & (input_ulp(x, y, truth, slope[0]) <= contract.FLOAT64_INPUT_ULP)


def worst(y, truth, x, dtype, excused=None):
    """The largest distance and where it is, as text for the assertion."""
    distance = ulp.distance(y, truth[0], truth[1], DTYPES[dtype])
    if excused is not None:
        distance[excused] = 0.0
    k = int(np.argmax(distance))
    return float(
        distance[k]
    ), f"{distance[k]:.3g} ULP at x = {x[k]!r}: {y[k]!r}, true {truth[0][k]!r}"


@pytest.mark.parametrize("dtype", POINTS)
@parametrize("record", ELEMENTWISE)
def test_value_and_derivatives(record, dtype):
    for number, parameters in enumerate(parameter_cases(record)):
        x = sample(record, dtype, POINTS[dtype] // (1 if number == 0 else 4), parameters)
        f, d, s = truth_of(record, parameters, x)
        with np.errstate(all="ignore"):
            found = [operation(x, *parameters) for operation in
                     (record, record.derivative, record.second_derivative)]  # fmt: skip
        for name, y, truth, limit, slope in (
            ("value", found[0], f, record.ulp_bound(dtype), d),
            ("derivative", found[1], d, record.ulp_bound(dtype, "derivative"), s),
            ("second derivative", found[2], s, contract.FLOAT64_ULP, None),
        ):
            assert y.dtype == DTYPES[dtype]
            excused = None
            if dtype == "float64" and slope is not None:
                excused = excusable(x, y, truth, slope, zeros(record, parameters))
            error, where = worst(y, truth, x, dtype, excused)
            assert error <= limit, f"{record.name}{parameters} {name}: {where}"


@pytest.mark.parametrize("dtype", POINTS)
@parametrize("record", [r for r in ELEMENTWISE if r.parameters])
def test_parameter_derivatives(record, dtype):
    parameters = next(parameter_cases(record))
    x = sample(record, dtype, 300, parameters, seed=1)
    x = x[np.isfinite(x)]
    for name in record.parameter_names:
        truth = truth_of(record, parameters, x, wrt=name)[1]
        with np.errstate(all="ignore"):
            y = record.operations.run(f"derivative_by_{name}", (x,), parameters, {})
        error, where = worst(y, truth, x, dtype)
        assert error <= contract.FLOAT64_ULP, f"{record.name} by {name}: {where}"


@pytest.mark.parametrize("dtype", POINTS)
@parametrize("record", ELEMENTWISE)
def test_backward_is_the_derivative_times_the_gradient(record, dtype):
    parameters = next(parameter_cases(record))
    x = sample(record, dtype, 200, parameters, seed=2)
    x = x[np.isfinite(x)]
    gradient = np.random.default_rng(0).normal(size=x.shape).astype(x.dtype)
    _, (hi, lo), second = truth_of(record, parameters, x)
    with np.errstate(all="ignore"):
        y = record.operations.run("backward", (gradient, x), parameters, {})
        # The product of two float64 as a pair: Veltkamp's splitting would overflow, so longdouble.
        product = gradient.astype(np.longdouble) * hi + gradient.astype(np.longdouble) * lo
        top = product.astype(np.float64)
        rest = (product - top).astype(np.float64)
    rest[~np.isfinite(rest)] = 0.0
    excused = None
    if dtype == "float64":
        with np.errstate(all="ignore"):
            slope = second * gradient
        excused = excusable(x, y, (top, rest), slope, zeros(record, parameters))
    error, where = worst(y, (top, rest), x, dtype, excused)
    assert error <= contract.BACKWARD_ULP, f"{record.name}: {where}"


@parametrize("record", [r for r in ELEMENTWISE if FROM_OUTPUT in r.kernels])
def test_derivative_from_exact_output(record):
    """From an output that has not saturated it agrees with the derivative."""
    x = np.linspace(-3.0, 3.0, 601)
    parameters = next(parameter_cases(record))
    with np.errstate(all="ignore"):
        y = record(x, *parameters)
    keep = np.isfinite(y)
    got = record.derivative_from_output(y[keep], *parameters)
    want = record.derivative(x[keep], *parameters)
    # y carries half an ULP of its own: at |x| <= 3 no function here amplifies it past 2**-40.
    assert np.max(np.abs(got - want) / np.maximum(np.abs(want), 2.0**-30)) < 2.0**-40
    g = np.full_like(y[keep], 2.0)
    assert np.array_equal(record.backward_from_output(g, y[keep], *parameters), 2.0 * got)


@parametrize("record", ELEMENTWISE)
def test_special_points_are_found(record):
    """The sample reaches every declared kink."""
    parameters = next(parameter_cases(record))
    places = special_points(record, parameters)
    x = sample(record, "float64", 50, parameters)
    for place in places[: len(record.kinks)]:
        assert place in x


def test_oracle_and_kernel_are_independent():
    """The oracle never touches a kernel: a wrong kernel is caught."""
    silu = next(r for r in ELEMENTWISE if r.name == "silu")
    x = np.linspace(-5, 5, 101)
    hi, lo = oracle_of(silu).double_double(x)
    wrong = x / (1 + np.exp(-1.0001 * x))
    assert ulp.distance(wrong, hi, lo, np.float64).max() > 1000
