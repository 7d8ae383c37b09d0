"""The examiner is examined: what is wrong is caught and named, what is right passes."""

import pytest

import actfn
from actfn.examine.kinds import Kind
from broken.examined import EXAMINED
from unusual import RIGHT

# Enough to start the search from; the search and the neighbours of all seams come on top.
_POINTS = {"float64": 3_000}


def examined(case):
    options = dict(case.options)
    points = _POINTS.get(options.get("dtype", "float32"), 40_000)
    return actfn.examine(
        case.function, like=case.activation, derivative=case.derivative, speed=False,
        points=points, **options,
    )  # fmt: skip


@pytest.mark.parametrize("case", EXAMINED, ids=lambda case: f"{case.name}-{case.cause}")
def test_caught_and_named(case):
    report = examined(case)
    kernel = "derivative" if case.derivative else "forward"
    named = {f.cause for f in report.findings if f.severity != "note" and f.kernel == kernel}
    assert report.verdict != "pass"
    assert case.cause in named, f"{report}\n{sorted(named)}"
    (shown, *_) = [f for f in report.findings if f.cause == case.cause and f.kernel == kernel]
    assert shown.line


@pytest.mark.parametrize("case", RIGHT, ids=lambda case: case.name)
def test_right_ones_pass(case):
    report = examined(case)
    assert report.verdict == "pass", str(report)


def test_there_are_enough_of_both():
    assert len(EXAMINED) >= 60
    assert len(RIGHT) >= 40
    assert {case.cause for case in EXAMINED} >= set(Kind) - {
        Kind.ARGUMENT,  # shown by PyTorch's celu, see tests/examine/test_peers_examined.py
    }
