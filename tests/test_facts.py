"""Facts: known values from mathematics, and every fact held against sampled values."""

import json
import math

import mpmath
import numpy as np
import pytest

from actfn import catalogue
from actfn.errors import RecordError
from actfn.facts import facts

NAMES = [name for name in catalogue.names() if len(catalogue.get(name).inputs) == 1]
mp = mpmath.mp.clone()
mp.dps = 40
EPSILON = np.finfo(np.float64).eps


def test_relu():
    found = catalogue.get("relu").facts
    assert str(found.range) == "[0, inf)"
    assert found.monotone == "non-decreasing"
    assert found.roots == ("(-inf, 0]",)
    assert found.saturates == (0.0, None)
    assert (found.lipschitz, found.derivative_lipschitz) == ("1", "inf")
    assert found.smoothness == 0
    assert not found.zero_centred
    assert found.mean == pytest.approx(1 / math.sqrt(2 * math.pi), rel=4 * EPSILON)
    assert found.forward_gain == pytest.approx(math.sqrt(2), rel=4 * EPSILON)
    assert found.backward_gain == pytest.approx(math.sqrt(2), rel=4 * EPSILON)


def test_tanh():
    found = catalogue.get("tanh").facts
    assert str(found.range) == "(-1, 1)"
    assert (found.monotone, found.symmetry, found.zero_centred) == ("increasing", "odd", True)
    assert found.lipschitz == "1"
    # sup |2 t (1 - t^2)| is at t = 1/sqrt(3)
    assert found.derivative_lipschitz == mp.nstr(4 / mp.sqrt(27), 20)
    assert math.isinf(found.smoothness)
    assert found.forward_gain == pytest.approx(1.5925374197228312, rel=4 * EPSILON)


def test_gelu():
    found = catalogue.get("gelu").facts
    (low,) = found.extrema
    assert (low.kind, low.place) == ("minimum", "-0.75179152469356445746")
    assert low.value == found.range.low == "-0.16997120747990366169"
    assert found.range.low_attained
    top = found.derivative_extrema[1]
    assert top.place == mp.nstr(mp.sqrt(2), 20)
    assert found.lipschitz == top.value
    assert found.derivative_lipschitz == mp.nstr(mp.sqrt(2 / mp.pi), 20)
    assert found.limits == ("-0", "inf")


def test_identity_keeps_everything():
    found = catalogue.get("identity").facts
    assert (found.forward_gain, found.backward_gain) == pytest.approx((1, 1), rel=4 * EPSILON)
    assert found.saturates == (None, None)


def test_selu_keeps_mean_and_variance():
    found = catalogue.get("selu").facts
    assert found.zero_centred
    assert found.forward_gain == pytest.approx(1, rel=8 * EPSILON)


def test_an_oscillation_is_told_and_not_listed_in_full():
    found = catalogue.get("snake").facts
    assert found.oscillates
    assert found.monotone == "increasing"
    assert (found.lipschitz, len(found.derivative_extrema)) == ("2", 12)


def test_a_jump():
    found = catalogue.get("thresholded_relu").facts
    assert found.smoothness == -1
    assert found.lipschitz == "inf"
    assert facts(catalogue.get("thresholded_relu"), threshold=0.0).lipschitz == "1"


def test_parameters_change_the_facts():
    elu = catalogue.get("elu")
    assert elu.facts.smoothness == 1
    assert facts(elu, alpha=2.0).smoothness == 0
    assert facts(elu, alpha=2.0).range.low == "-2"


def test_gated_units_have_none():
    with pytest.raises(RecordError, match="2 inputs"):
        facts(catalogue.get("glu"))


@pytest.mark.parametrize("name", NAMES)
def test_facts_hold_on_samples(name):
    record = catalogue.get(name)
    found = record.facts
    json.dumps(found.as_dict())
    low, high = float(found.domain.low), float(found.domain.high)
    grid = np.concatenate([np.linspace(-9.3, 9.1, 301), [-200.7, -51.1, 33.3, 417.9]])
    x = np.sort(grid[(grid > low) & (grid < high)])
    f, slope, bend = record.oracle().jets(x)[:, 0]
    slack = 1 + 4 * EPSILON  # of the roundings to float64 on both sides
    assert np.all(f >= float(found.range.low) - EPSILON * abs(float(found.range.low)))
    assert np.all(f <= float(found.range.high) + EPSILON * abs(float(found.range.high)))
    assert np.all(abs(slope) <= float(found.lipschitz) * slack)
    assert np.all(abs(bend) <= float(found.derivative_lipschitz) * slack)
    if "increasing" in found.monotone or "decreasing" in found.monotone:
        steps = np.diff(f) * (-1 if found.monotone in ("decreasing", "non-increasing") else 1)
        assert np.all(steps >= 0)
    left, right = found.saturates
    if left is not None:
        assert np.all(abs(slope[x < left]) < 2.0**-10)
    if right is not None:
        assert np.all(abs(slope[x > right]) < 2.0**-10)


@pytest.mark.parametrize("name", ["silu", "softplus", "mish", "hard_swish", "elu", "laplace"])
def test_gains_against_another_quadrature(name):
    record = catalogue.get(name)
    oracle, cuts = record.oracle(), [-12, -3, -1, 0, 1, 3, 12]

    def second_moment(order):
        return mp.quad(lambda z: float(oracle.value(float(z), order)) ** 2 * mp.npdf(z), cuts)

    for gain, order in ((record.facts.forward_gain, 0), (record.facts.backward_gain, 1)):
        assert gain == pytest.approx(float(1 / mp.sqrt(second_moment(order))), rel=1e-12)
