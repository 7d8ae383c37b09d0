"""The checks can fail: every implementation in tests/broken is caught where it breaks."""

import numpy as np
import pytest

import actfn
from actfn import contract, ulp
from actfn.examine.certify import reference_of
from actfn.examine.sweep import sweep
from broken.activations import BROKEN, garbage_at_one_input, softplus_with_threshold


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.name)
def test_caught_where_it_breaks(case):
    x = np.array([case.shows_at], np.float32)
    hi, lo = (
        actfn.get(case.activation)
        .oracle()
        .double_double(x.astype(np.float64), int(case.derivative))
    )
    with np.errstate(all="ignore"):
        theirs = np.asarray(case.function(x), np.float32)
    record = actfn.get(case.activation)
    ours = record.derivative(x) if case.derivative else record(x)
    bound = record.ulp_bound("float32", "derivative" if case.derivative else "forward")
    assert ulp.distance(theirs, hi, lo, np.float32)[0] > contract.FLOAT32_ULP_WITH_REASON
    assert ulp.distance(ours, hi, lo, np.float32)[0] <= bound


def test_a_threshold_is_caught_in_float64():
    """Right in float32, 5e5 ULP wrong in float64."""
    x = np.array([20.02])
    hi, lo = actfn.softplus.oracle().double_double(x)
    assert ulp.distance(softplus_with_threshold(x), hi, lo, np.float64)[0] > 1e5


def test_the_sweep_finds_garbage_at_one_input():
    """Sampling 11.5 million points once missed it; all inputs cannot."""
    reference = reference_of(actfn.gelu, "forward")
    start = int(np.float32(3.9999).view(np.uint32))
    found = sweep(garbage_at_one_input, reference, start, start + (1 << 20))
    assert found.worst > 1e6
    assert found.worst_input == float(np.float32(3.9999998))
    assert found.beyond[-1] == 1
