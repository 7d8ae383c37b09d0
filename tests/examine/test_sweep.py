"""A sweep must find what is wrong, where it is wrong, and nothing else."""

import math
from itertools import pairwise

import flint
import numpy as np
import pytest

from actfn import ulp
from actfn.examine.reference import build_reference
from actfn.examine.sweep import BLOCK, LINEAR_BINS, sweep


class Doubled:
    """The oracle of f(x) = 2x + 1."""

    def jet(self, x, digits=30, length=3):
        return [2 * flint.arb(x) + 1, flint.arb(2), *[flint.arb(0)] * length][:length]

    def value(self, x, order=0, digits=30):
        return flint.arb(2 * x + 1)


@pytest.fixture(scope="module")
def reference():
    return build_reference(Doubled(), domain=(-math.inf, 8.0))


def correct(x):
    y = (2 * x.astype(np.float64) + 1).astype(np.float32)
    return np.where(x <= 8, y, np.float32(np.nan))


def pattern(x) -> int:
    return int(np.float32(x).view(np.uint32))


AROUND_ONE = (pattern(1.0) - 3 * BLOCK // 2, pattern(1.0) + 3 * BLOCK // 2)


def test_correctly_rounded_results_pass(reference):
    found = sweep(correct, reference, *AROUND_ONE)
    assert found.worst <= 0.5001
    assert found.beyond.sum() == 0
    assert found.inputs == found.histogram.sum() == 3 * BLOCK
    assert found.histogram[LINEAR_BINS // 2 + 1 :].sum() == 0


def test_distances_are_those_of_the_definition(reference):
    start = pattern(0.1)
    x = np.arange(start, start + 4096, dtype=np.uint32).view(np.float32)

    def sloppy(x):
        return (2 * x + 1) * np.float32(1 + 2.0**-22)

    expected = ulp.distance(sloppy(x), 2 * x.astype(np.float64) + 1, 0.0, np.float32)
    found = sweep(sloppy, reference, start, start + 4096)
    assert found.worst == pytest.approx(expected.max(), abs=2.0**-13)
    assert found.histogram[LINEAR_BINS:].sum() == np.sum(expected >= 1)
    assert found.beyond[-1] == np.sum(expected > 1)


@pytest.mark.parametrize(
    ("garbage", "distance"), [(np.nan, math.inf), (np.inf, 2.0**150), (0.0, 2.0**23)]
)
def test_a_single_wrong_input_is_found(reference, garbage, distance):
    place = np.nextafter(np.float32(1.0), np.float32(0))

    def wrong_once(x):
        return np.where(x == place, np.float32(garbage), correct(x))

    found = sweep(wrong_once, reference, *AROUND_ONE)
    assert found.worst_input == float(place)
    assert found.worst >= distance
    assert found.beyond[-1] == 1


def test_infinities_and_undefined_inputs(reference):
    start = pattern(np.inf) - 1000
    found = sweep(correct, reference, start, start + 2000)
    assert (found.inputs, found.undefined) == (0, 2000)
    assert found.worst == 0
    start = pattern(-np.inf) - 1000
    found = sweep(correct, reference, start, start + 2000)
    assert (found.inputs, found.undefined) == (1001, 999)
    assert found.worst <= 0.5001


def test_a_number_outside_the_domain_is_wrong(reference):
    start = pattern(8.0)
    found = sweep(lambda x: x, reference, start + 1, start + 100)
    assert found.worst == math.inf
    assert found.beyond[-1] == found.undefined == 99


def test_parts_add_up_to_the_whole(reference):
    low, high = AROUND_ONE
    cuts = [low, low + 1, low + 12345, low + BLOCK + 7, high]
    total = sweep(correct, reference, cuts[0], cuts[1])
    for part in pairwise(cuts[1:]):
        total.add(sweep(correct, reference, *part))
    whole = sweep(correct, reference, low, high, threads=1)
    np.testing.assert_array_equal(total.histogram, whole.histogram)
    assert (total.worst, total.inputs) == (whole.worst, whole.inputs)


@pytest.mark.parametrize("result", [lambda x: x.astype(np.float64), lambda x: x[:-1]])
def test_other_dtypes_and_shapes_are_refused(reference, result):
    with pytest.raises(TypeError, match="expected float32"):
        sweep(result, reference, *AROUND_ONE)
