"""Gated units: both arrays or one split, every layout, value and both gradients."""

from fractions import Fraction

import numpy as np
import pytest

import actfn
from actfn import contract, ulp
from actfn.errors import ShapeError
from actfn.formula import Formula
from actfn.oracle import Oracle
from derived import DTYPES, GATED, parametrize

VALUES = [-3.0, -1e-3, 0.75, 20.0]


def oracle(record, value):
    names = {
        p.name: Fraction(v)
        for p, v in zip(record.parameters, record.defaults.values(), strict=True)
    }
    kinks = {
        Fraction(Formula.parse(place, record.parameter_names).evaluate(**record.defaults)): kink
        for place, kink in record.kinks.items()
    }
    names["value"] = Fraction(value)
    return Oracle(record.tree, names, "gate", kinks)


def in_order(record, gate, value):
    return (gate, value) if record.gate_position == "first" else (value, gate)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@parametrize("record", GATED)
def test_value_and_gradients(record, dtype):
    gate = ulp.sample(DTYPES[dtype], 300, [0.0, -0.75, -1.28, 7.0], np.random.default_rng(0), 4)
    gate = gate[np.isfinite(gate) & (np.abs(gate) < 1e30)]
    if dtype == "float64":  # see `Gated` on activation(gate) being subnormal
        # Times 2^900 a subnormal shows, and only a true 0 is 0. (The clamped value of swiglu_oai
        # does not grow like that; its gate is tested down to -600.)
        size = np.abs(oracle(record, 2.0**900).double_double(gate)[0])
        smallest = 2.0**-960 if record.parameters else 2.0**-60
        kept = (gate > -600) & (np.abs(gate) > 1e-280)
        gate = gate[kept & ((size == 0) | (size > smallest))]
    for number in VALUES:
        value = np.full_like(gate, number)
        exact = oracle(record, float(value[0]))
        jets = exact.jets(gate.astype(np.float64))
        by_value = exact.jets(gate.astype(np.float64), wrt="value")
        with np.errstate(all="ignore"):
            y = record(*in_order(record, gate, value))
            slopes = in_order(record, *record.derivative(*in_order(record, gate, value)))
            seconds = record.second_derivative(*in_order(record, gate, value))
        if record.gate_position == "last":
            seconds = seconds[::-1]
        for name, got, truth, limit in (
            ("value", y, jets[0], contract.BOUNDS[dtype]),
            ("by gate", slopes[0], jets[1], contract.BOUNDS[dtype]),
            ("by value", slopes[1], by_value[1], contract.BOUNDS[dtype]),
            ("gate, gate", seconds[0], jets[2], contract.FLOAT64_ULP),
            ("value, value", seconds[2], by_value[2], contract.FLOAT64_ULP),
        ):
            distance = ulp.distance(got, truth[0], truth[1], DTYPES[dtype])
            k = int(np.argmax(distance))
            message = (
                f"{record.name} {name} at gate {gate[k]!r}, value {number}: {distance[k]:.3g} ULP"
            )
            assert distance[k] <= limit, message


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("gate", ["first", "last"])
@pytest.mark.parametrize("layout", ["halves", "interleaved"])
@parametrize("record", GATED)
def test_layouts_agree(record, layout, gate, dtype):
    rng = np.random.default_rng(0)
    first, second = (rng.normal(size=(2, 3, 4)) * 3).astype(DTYPES[dtype])
    if layout == "halves":
        x = np.concatenate([first, second], axis=0)
    else:
        x = np.stack([first, second], axis=1).reshape(6, 4)
    options = {"axis": 0, "layout": layout, "gate": gate}
    expected = record(first, second, gate=gate)
    assert expected.dtype == DTYPES[dtype]
    assert np.array_equal(record(x, **options), expected)
    g = rng.normal(size=(3, 4)).astype(DTYPES[dtype])
    d_first, d_second = record.backward(g, first, second, gate=gate)
    whole = record.backward(g, x, **options)
    parts = (whole[:3], whole[3:]) if layout == "halves" else (whole[0::2], whole[1::2])
    assert np.array_equal(parts[0], d_first)
    assert np.array_equal(parts[1], d_second)
    out = np.empty_like(x)
    assert record.backward(g, x, out=out, **options) is out
    assert np.array_equal(out, whole)


@parametrize("record", GATED)
def test_gate_says_which_is_which(record):
    a, b = np.float32([-1.5, 2.0]), np.float32([3.0, 0.5])
    assert np.array_equal(record(a, b, gate="first"), record(b, a, gate="last"))
    default = record(a, b)
    assert np.array_equal(default, record(a, b, gate=record.gate_position))
    swapped = record.backward(np.float32(1), b, a, gate="last")
    straight = record.backward(np.float32(1), a, b, gate="first")
    assert np.array_equal(swapped[0], straight[1])
    assert np.array_equal(swapped[1], straight[0])


def test_definitions():
    a, b = np.linspace(-3, 3, 7), np.linspace(2, -2, 7)
    assert np.allclose(actfn.glu(a, b), a * actfn.sigmoid(b), rtol=1e-15)
    assert np.array_equal(actfn.bilinear(a, b), a * b)
    assert np.array_equal(actfn.reglu(a, b), actfn.relu(a) * b)
    assert np.allclose(actfn.swiglu(a, b), actfn.silu(a) * b, rtol=1e-15)
    assert np.allclose(actfn.geglu(a, b), actfn.gelu(a) * b, rtol=1e-15)
    clipped = np.clip(10 * a, None, 7)
    expected = clipped * actfn.sigmoid(1.702 * clipped) * (np.clip(10 * b, -7, 7) + 1)
    assert np.allclose(actfn.swiglu_oai(10 * a, 10 * b), expected, rtol=1e-14)


@pytest.mark.parametrize(
    ("x", "options", "message"),
    [
        (np.float32(1), {}, "axis to split; got 0-d"),
        (np.ones((2, 3)), {}, "its length 3 is odd"),
        (np.ones((2, 4)), {"axis": 2}, "axis 2 of an array with 2 axes"),
    ],
)
def test_wrong_shapes(x, options, message):
    with pytest.raises(ShapeError, match=message):
        actfn.swiglu(x, **options)


def test_wrong_options():
    with pytest.raises(ValueError, match="layout must be 'halves' or 'interleaved', not 'rows'"):
        actfn.swiglu(np.ones(4), layout="rows")
    with pytest.raises(ValueError, match="gate must be 'first' or 'last', not 'second'"):
        actfn.swiglu(np.ones(4), gate="second")
    with pytest.raises(ShapeError, match="out has shape"):
        actfn.swiglu.backward(np.ones(2), np.ones(4), out=np.ones(3))
