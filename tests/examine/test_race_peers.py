"""Spellings of other libraries, and formulas written with their functions."""

import numpy as np
import pytest

from actfn.catalogue import get
from actfn.examine import peers
from actfn.examine.race import lane_numpy, truth
from actfn.examine.race.case import BACKWARD, FORWARD, Case
from actfn.examine.race.formulas import Missing, Written
from actfn.formula import Formula
from derived import ALL, parametrize


@pytest.mark.parametrize(
    "text, path, options",
    [
        ("nn.functional.relu", "nn.functional.relu", {}),
        ("HardSigmoid(alpha=1/6)", "HardSigmoid", {"alpha": 1 / 6}),
        ("nn.functional.softplus(threshold=inf)", "nn.functional.softplus", {"threshold": np.inf}),
        ("nn.gelu(approximate=False)", "nn.gelu", {"approximate": False}),
        ("nn.logsumexp(x, axis, where=...)", "nn.logsumexp", {"axis": -1}),
        ("Softmax (opset 13)", "Softmax", {}),
        ("f(x, axis), from release 3 on", "f", {"axis": -1}),
    ],
)
def test_spellings_are_read(text, path, options):
    assert peers.read(text) == (path, options)


def test_what_is_written_for_adapters():
    assert peers.specs("torch")["relu"] == "torch:nn.functional.relu"
    assert peers.specs("jax")["gelu"] == "jax:nn.gelu(approximate=False)"
    assert peers.specs("onnx")["softmax"] == "onnx:Softmax"
    assert "quick_gelu" not in peers.specs("torch")


def test_parameters_without_defaults_take_those_of_the_examples():
    assert peers.spelling(get("threshold"), "torch").options == get("threshold").defaults


@pytest.mark.parametrize("library", ["torch", "jax", "scipy"])
def test_every_spelling_can_be_loaded(library):
    pytest.importorskip(library, reason="its functions are loaded")
    found = [spelling for _, spelling in peers.spellings(library) if spelling.installed]
    assert found
    assert all(callable(spelling.load()) for spelling in found)


def numpy_ways(case):
    with np.errstate(all="ignore"):
        return {name: way.call() for name, way in lane_numpy.ways(case).items()}


def told(result):
    found = result if isinstance(result, tuple) else (result,)
    return [{"dtype": r.dtype.name, "shape": r.shape, "values": r.tolist()} for r in found]


@parametrize("record", ALL)
def test_a_formula_in_numpy_is_the_function(record):
    case = truth.small(Case(record.name, FORWARD, "float64"))
    for result in numpy_ways(case).values():
        assert truth.judge(case, told(result)).fault == ""


@pytest.mark.parametrize("name", ["relu", "silu", "mish", "softsign", "hard_swish", "swiglu"])
def test_its_derivative_too(name):
    case = truth.small(Case(name, BACKWARD, "float32"))
    ways = numpy_ways(case)
    assert ways
    for result in ways.values():
        assert truth.judge(case, told(result)).fault == ""


def test_a_formula_is_written_without_needless_work():
    formula = Formula.parse("softplus(beta * x) / beta")
    written = Written(formula, ("x",), {"beta": 1.0}, lane_numpy.FUNCTIONS)
    assert written.source == "lambda x, out=None: softplus(x, out=out)"
    assert written.used == {"softplus"}


def test_a_function_that_a_library_lacks():
    with pytest.raises(Missing, match="erfc"):
        Written(get("gelu").tree, ("x",), {}, lane_numpy.FUNCTIONS)
    assert lane_numpy.ways(Case("gelu")) == {}
