"""float16 and bfloat16: correctly rounded at every one of the 65,536 inputs."""

import numpy as np
import pytest
from derived import DTYPES, ELEMENTWISE, oracle_of, parameter_cases, parametrize

from actfn import ulp

SIXTEEN_BIT = ["float16", "bfloat16"]


def same(a, b) -> np.ndarray:
    """Equal as numbers: NaN equals NaN, and the sign of zero is tested elsewhere."""
    a, b = a.astype(np.float32), b.astype(np.float32)
    return (a == b) | (np.isnan(a) & np.isnan(b))


def report(x, y, truth):
    bad = np.flatnonzero(~same(y, truth))
    k = bad[0] if len(bad) else 0
    return f"{len(bad)} of {len(x)} wrong, first at x = {x[k]!r}: {y[k]!r}, true {truth[k]!r}"


@pytest.mark.parametrize("dtype", SIXTEEN_BIT)
@parametrize("record", ELEMENTWISE)
def test_all_inputs_are_correctly_rounded(record, dtype):
    x = ulp.all_patterns(DTYPES[dtype])
    x = x[~np.isnan(x.astype(np.float32))]
    truth = oracle_of(record).rounded(x, DTYPES[dtype])
    parameters = next(parameter_cases(record))
    with np.errstate(all="ignore"):
        for k, operation in enumerate((record, record.derivative)):
            y = operation(x, *parameters)
            assert y.dtype == DTYPES[dtype]
            assert same(y, truth[k]).all(), f"{record.name} order {k}: {report(x, y, truth[k])}"


@pytest.mark.parametrize("dtype", SIXTEEN_BIT)
def test_rounding_twice_is_caught(dtype):
    """Through float32 some results are misrounded: the check above sees them."""
    tanh = next(r for r in ELEMENTWISE if r.name == "tanh")
    x = ulp.all_patterns(DTYPES[dtype])
    x = x[np.isfinite(x.astype(np.float32))]
    truth = oracle_of(tanh).rounded(x, DTYPES[dtype])
    through_float32 = np.float32(1) - np.float32(1) / (np.float32(1) + x.astype(np.float32) ** 2)
    assert not same(through_float32.astype(DTYPES[dtype]), truth[0]).all()
