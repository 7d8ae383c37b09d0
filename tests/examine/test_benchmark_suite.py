"""The suite for airspeed velocity runs: every class, over the whole catalogue by its parameters."""

import importlib.util
from pathlib import Path

import pytest

from actfn import get_num_threads, names, set_num_threads

SUITE = Path(__file__).parent.parent.parent / "benchmarks" / "suite" / "catalogue.py"


@pytest.fixture
def suite():
    spec = importlib.util.spec_from_file_location("suite_catalogue", SUITE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    threads = get_num_threads()
    yield module
    set_num_threads(threads)


def test_it_loops_over_the_catalogue(suite):
    assert suite.Elementwise.params[0] == names()


@pytest.mark.parametrize(
    "kind, parameters",
    [
        ("Elementwise", ("gelu", "bfloat16", 1000)),
        ("Elementwise", ("swiglu", "float32", 1000)),
        ("Together", ("tanh", 1000)),
        ("Rows", (("sample_actions", "forward"),)),
    ],
)
def test_its_benchmarks_run(suite, kind, parameters):
    benchmark = getattr(suite, kind)()
    timed = [name for name in dir(benchmark) if name.startswith(("time_", "peakmem_"))]
    assert timed
    benchmark.setup(*parameters)
    for name in timed:
        getattr(benchmark, name)(*parameters)
