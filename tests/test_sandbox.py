"""The sandbox and ordinary answers: values bit for bit, and why there is none."""

import time

import numpy as np
import pytest

from actfn.errors import DTypeError
from actfn.interview.sandbox import GENERATOR, Call, Limits, Sandbox
from sandbox_trials import one

ECHO = """
import numpy as np

def echo(x):
    facts = [x.flags.writeable, x.flags.aligned, *x.strides]
    return x.copy(order="K"), np.array(facts)
"""


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as sandbox:
        yield sandbox


def layouts():
    rng = np.random.default_rng(4)
    base = rng.standard_normal((6, 8))
    base[0, :3] = np.nan, -0.0, -np.inf
    read_only = base.copy()
    read_only.flags.writeable = False
    yield from (base, base.T, base[::2, ::-3], base[:, 3], base[2:2], base[:0, 1:], base[::-1])
    yield from (read_only, np.broadcast_to(base[0], (5, 8)), np.asfortranarray(base))
    yield from (np.array(2.5), np.array(-0.0, np.float16), np.empty((3, 0, 2)), np.zeros(0, int))
    yield np.frombuffer(bytes(range(1, 42)), np.float64, count=5, offset=1)  # misaligned
    yield base.astype(">f8")
    finite = np.nan_to_num(base, neginf=-3)
    for dtype in "?bBhHiIlLqQ":
        yield (9 * (finite if dtype in "?bhilq" else abs(finite))).astype(dtype)
    for dtype in "efdgFDG":
        yield base.astype(dtype)


def same_bits(got, sent):
    return got.dtype == sent.dtype and got.shape == sent.shape and got.tobytes() == sent.tobytes()


def test_sixty_arrays_arrive_and_return_bit_for_bit(sandbox):
    arrays = [*layouts()]
    arrays += [np.linspace(-k, k, 2 + k) for k in range(60 - len(arrays))]
    report = sandbox.run(ECHO, "echo", [Call((array,)) for array in arrays])
    assert report.status == "ok"
    assert len(report.outcomes) == len(arrays) == 60
    for array, outcome in zip(arrays, report.outcomes, strict=True):
        value, facts = outcome.value
        assert same_bits(value, array)
        assert list(facts) == [array.flags.writeable, array.flags.aligned, *array.strides]
        assert (outcome.mutated, outcome.shares_memory) == ((False,), False)


@pytest.mark.parametrize("value", [1.5, -0.0, float("inf"), 7, 10**18, True, False])
def test_python_numbers_come_as_scalars(sandbox, value):
    outcome = one(sandbox, "def f(x): return x", value)
    assert outcome.is_scalar
    assert same_bits(outcome.value, np.array(value))


def test_numpy_scalars_keep_their_type(sandbox):
    outcome = one(sandbox, "def f(x): return x if type(x) is np.float32 else None", np.float32(0.1))
    assert outcome.is_scalar
    assert same_bits(outcome.value, np.array(0.1, np.float32))


def test_a_0d_array_is_no_scalar(sandbox):
    assert not one(sandbox, "def f(x): return x.copy()", np.array(1.0)).is_scalar


def test_text_none_and_keywords(sandbox):
    body = "def f(a, *, b, c): return len(a) + b.sum() + (c is None)"
    outcome = one(sandbox, body, "é\n", keywords={"b": np.ones(3), "c": None})
    assert outcome.value == 6
    assert outcome.mutated == (False, False, False)


def test_generator_is_seeded(sandbox):
    outcome = one(sandbox, "def f(n, rng): return rng.random(n)", 4, GENERATOR, seed=11)
    assert same_bits(outcome.value, np.random.default_rng(11).random(4))


def test_several_results(sandbox):
    loss, grad = one(sandbox, "def f(x): return x.mean(), 2 * x", np.arange(3.0)).value
    assert loss == 1
    assert list(grad) == [0, 2, 4]


@pytest.mark.parametrize(
    "result, said",
    [
        ("None", "returned None (is a `return` missing?), not an array of numbers"),
        ("[1.0, 2.0]", "returned a list, not an array of numbers"),
        ("'text'", "returned a str, not an array of numbers"),
        ("(v for v in x)", "returned a generator, not an array of numbers"),
        ("10**30", "returned an integer that is too large for NumPy, not an array of numbers"),
        ("x.astype(object)", "returned an array of dtype object, not an array of numbers"),
        ("x.astype(str)", "returned an array of dtype <U32, not an array of numbers"),
        ("(x, None)", "returned None (is a `return` missing?), not an array of numbers"),
        ("(x,) * 17", "returned a tuple of 17 values, not an array of numbers"),
    ],
)
def test_other_results_are_named(sandbox, result, said):
    outcome = one(sandbox, f"def f(x): return {result}", np.ones(3))
    assert (outcome.status, outcome.message, outcome.value) == ("not_an_array", said, None)


@pytest.mark.parametrize(
    "source, status, said",
    [
        ("def f(x:\n", "syntax", "SyntaxError: '(' was never closed (line 1: `def f(x:`)"),
        ("x = 'a\0'", "syntax", "null byte"),
        ("from math import exp\ndef g(x): pass\nclass K: pass", "no_function", "there is `g`, `K`"),
        ("", "no_function", "defines no function `f`; there is no function at all"),
        ("f = 3", "no_function", "`f` is of type int, not a function"),
        ("import torch", "import_failed", "No module named 'torch' (line 1: `import torch`)"),
        ("import actfn", "import_failed", "No module named 'actfn'"),
        ("a = 1\nb = a / 0", "import_failed", "ZeroDivisionError: division by zero (line 2: "),
        ("import sys; sys.exit(3)", "import_failed", "SystemExit: 3 (line 1"),
        ("open('/etc/passwd')", "blocked", "asked for a file, which an answer does not get"),
        ("x = bytearray(1 << 40)", "memory", "needs more memory than it may use"),
        ("import os; os._exit(0)", "crashed", "ended its own process with exit code 0"),
    ],
)
def test_why_nothing_could_be_called(sandbox, source, status, said):
    report = sandbox.run(source, "f", [Call((1.0,))])
    assert (report.status, report.outcomes) == (status, ())
    assert said in report.message


def test_a_module_that_never_ends(sandbox):
    report = sandbox.run("while True: pass", "f", [Call((1.0,))], Limits(seconds=0.4))
    assert report.status == "time"
    assert "s without a result (line 1: `while True: pass`)" in report.message


def test_no_calls_still_checks_the_file(sandbox):
    assert sandbox.run("def f(x): return x", "f", []).status == "ok"
    assert sandbox.run("def f(x) return x", "f", []).status == "syntax"


def test_a_bad_input_does_not_hide_the_others(sandbox):
    source = (
        "import os\ndef f(x):\n    while x == 1: pass\n    if x == 3: os._exit(7)\n"
        "    return x / (x - 5)"
    )
    report = sandbox.run(source, "f", [Call((k,)) for k in range(7)], Limits(seconds=2.0))
    statuses = [outcome.status for outcome in report.outcomes]
    assert statuses == ["ok", "time", "ok", "crashed", "ok", "raised", "ok"]
    assert report.outcomes[6].value == 6.0
    assert report.outcomes[3].message == "the answer ended its own process with exit code 7"


def test_calls_for_which_no_time_is_left(sandbox):
    report = sandbox.run(
        "def f(x):\n    while True: pass", "f", [Call((1,))] * 30, Limits(seconds=0.3)
    )
    assert [outcome.status for outcome in report.outcomes] == ["time"] * 30
    assert report.outcomes[-1].message == "not called: the 0.3 s were used up"
    assert report.seconds < 3


def test_a_file_that_runs_only_once(sandbox):
    """A later process may fail where the first one did not: its calls say why."""
    source = (
        "import os, time\nif time.time() > LIMIT: raise KeyError('late')\n"
        "def f(x):\n    while time.time() < LIMIT + 0.1: pass\n    os._exit(1)"
    ).replace("LIMIT", str(time.time() + 1))
    outcomes = sandbox.run(source, "f", [Call((1,))] * 3).outcomes
    assert [outcome.status for outcome in outcomes] == ["crashed", "raised", "raised"]
    assert "KeyError: 'late'" in outcomes[2].message


@pytest.mark.parametrize("argument", [[1.0], {}, 1j, object()])
def test_other_arguments_are_refused(sandbox, argument):
    with pytest.raises(TypeError, match="takes arrays and scalars of plain dtypes"):
        sandbox.run("", "f", [Call((argument,))])


def test_other_dtypes_are_refused(sandbox):
    with pytest.raises(DTypeError, match="dtype object"):
        sandbox.run("", "f", [Call((np.array([None]),))])


def test_dataclasses_and_futures_work(sandbox):
    body = (
        "def f(x):\n    return P(x).double()\nfrom dataclasses import dataclass\n"
        "@dataclass\nclass P:\n    x: 'np.ndarray'\n    def double(self): return 2 * self.x"
    )
    assert list(one(sandbox, body, np.ones(2)).value) == [2, 2]


@pytest.mark.parametrize(
    "module", "json re random decimal fractions statistics itertools functools ctypes csv".split()
)
def test_the_standard_library_is_there(sandbox, module):
    assert one(sandbox, f"import {module}\ndef f(x): return x", 1).value == 1


def test_numpy_s_corners_are_there(sandbox):
    body = (
        "from numpy import fft, polynomial, ma\ndef f(x):\n"
        "    x = np.linalg.solve(np.eye(3), x) + np.fft.fft(x).real * 0\n"
        "    x = np.einsum('i,ij->j', x, np.eye(3)) @ np.eye(3)\n"
        "    np.random.default_rng().random(); np.random.rand(2)\n"
        "    return np.polynomial.Polynomial([0, 1])(x)"
    )
    assert list(one(sandbox, body, np.arange(3.0)).value) == [0, 1, 2]


def test_scipy_works_or_is_reported(sandbox):
    source = "from scipy.special import erf\nfrom scipy import linalg\ndef f(x): return erf(x)"
    try:
        import scipy  # noqa: F401
    except ImportError:
        assert sandbox.run(source, "f", []).status == "import_failed"
    else:
        report = sandbox.run(source, "f", [Call((0.5,))], Limits(seconds=30))
        assert report.outcomes[0].value == pytest.approx(0.5204998778130465)


def test_milliseconds_per_answer(sandbox, record_property):
    """Information, not a limit: forty calls, the process's start included."""
    source = "import numpy as np\ndef f(x): return 1 / (1 + np.exp(-x))"
    calls = [Call((np.linspace(-5, 5, 100),)) for _ in range(40)]
    times = [sandbox.run(source, "f", calls).seconds for _ in range(5)]
    record_property("milliseconds", 1000 * sorted(times)[2])
    print(f"{1000 * sorted(times)[2]:.1f} ms for an answer with 40 calls")
