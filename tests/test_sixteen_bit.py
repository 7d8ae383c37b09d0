"""float16 and bfloat16: correctly rounded at every one of the 65,536 inputs."""

import numpy as np
import pytest

from actfn import ulp
from actfn.examine import certify
from actfn.examine.sixteen_bit import TAIL, rounded_truth
from derived import DTYPES, ELEMENTWISE, oracle_of, parametrize

SIXTEEN_BIT = ["float16", "bfloat16"]


def same(a, b) -> np.ndarray:
    """Equal as numbers: NaN equals NaN, and the sign of zero is tested elsewhere."""
    a, b = a.astype(np.float32), b.astype(np.float32)
    return (a == b) | (np.isnan(a) & np.isnan(b))


def report(x, y, truth):
    bad = np.flatnonzero(~same(y, truth))
    k = bad[0] if len(bad) else 0
    return f"{len(bad)} of {len(x)} wrong, first at x = {x[k]!r}: {y[k]!r}, true {truth[k]!r}"


def reference_of(record, kernel):
    """The reference's polynomials, or None for a function that oscillates to the end."""
    return None if record.facts.oscillates else certify.reference_of(record, kernel)


@pytest.mark.parametrize("kernel", certify.KERNELS)
@parametrize("record", ELEMENTWISE)
def test_all_inputs_are_correctly_rounded(record, kernel):
    reference = reference_of(record, kernel)
    for dtype in SIXTEEN_BIT:
        x = ulp.all_patterns(DTYPES[dtype])
        with np.errstate(all="ignore"):
            x = x[~np.isnan(x.astype(np.float32))]
            y = certify.implementation_of(record, kernel)(x)
        truth = rounded_truth(oracle_of(record), reference, x, certify.KERNELS.index(kernel))
        assert y.dtype == DTYPES[dtype]
        assert same(y, truth).all(), f"{record.name} {kernel} {dtype}: {report(x, y, truth)}"


@parametrize("record", ELEMENTWISE)
def test_tails_are_monotone(record):
    """What `rounded_truth` relies on: no turning point of f or f' with |x| >= TAIL."""
    facts = record.facts
    if reference_of(record, "forward") is None:
        assert facts.oscillates
        return
    for extremum in (*facts.extrema, *facts.derivative_extrema):
        assert abs(float(extremum.place)) < TAIL


@pytest.mark.parametrize("name", ["tanh", "hard_sigmoid"])
def test_the_short_cut_agrees_with_the_oracle(name):
    """What the polynomials decide is what the oracle alone decides."""
    record = next(r for r in ELEMENTWISE if r.name == name)
    rng = np.random.default_rng(0)
    for dtype in SIXTEEN_BIT:
        patterns = rng.integers(0, 65536, 1500, dtype=np.uint16)
        x = patterns.view(DTYPES[dtype])
        with np.errstate(all="ignore"):
            x = x[~np.isnan(x.astype(np.float32))]
        for order, kernel in enumerate(certify.KERNELS):
            fast = rounded_truth(oracle_of(record), reference_of(record, kernel), x, order)
            slow = rounded_truth(oracle_of(record), None, x, order)
            assert same(fast, slow).all()


@pytest.mark.parametrize("dtype", SIXTEEN_BIT)
def test_rounding_twice_is_caught(dtype):
    """Through float32 some results are misrounded: the check above sees them."""
    tanh = next(r for r in ELEMENTWISE if r.name == "tanh")
    x = ulp.all_patterns(DTYPES[dtype])
    with np.errstate(all="ignore"):
        x = x[np.isfinite(x.astype(np.float32))]
        slope = np.float32(1) - np.tanh(x.astype(np.float32)) ** 2
    truth = rounded_truth(oracle_of(tanh), reference_of(tanh, "derivative"), x, 1)
    assert not same(slope.astype(DTYPES[dtype]), truth).all()
