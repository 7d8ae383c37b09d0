"""Which line a finding concerns, and an answer's curve beside the truth."""

import numpy as np
import pytest

from actfn.findings import Finding
from actfn.interview import tasks
from actfn.interview.grading.curve import curve_of
from actfn.interview.grading.lines import line_of
from actfn.interview.sandbox import Sandbox

SOURCE = """\
import numpy as np
def relu(x):
    x[x < 0] = 0
    for k in range(len(x)):
        x += 0
    if x is None:
        return x
    return x

def other(x):
    return 1
"""


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as started:
        yield started


@pytest.mark.parametrize(
    ("check", "message", "line"),
    [
        ("error", "raises: ZeroDivisionError: division by zero (line 4: `1 / 0`)", 4),
        ("error", "raises: ZeroDivisionError (line 6)", 6),
        ("value", "the value is wrong on ordinary input", 8),
        ("loop", "it loops in Python", 4),
        ("mutation", "it changes its argument", 5),
    ],
)
def test_the_line(check, message, line):
    assert line_of(Finding(check, "wrong", message), SOURCE, "relu") == line


def test_no_line():
    found = Finding("value", "wrong", "the value is wrong")
    assert line_of(found, "def relu(x:", "relu") is None
    assert line_of(found, SOURCE, "gelu") is None
    assert line_of(found, "import numpy as np\nrelu = lambda x: x", "relu") == 2
    assert line_of(Finding("loop", "note", "it loops"), "def relu(x): return x", "relu") == 1


@pytest.mark.parametrize("name", ["relu", "sigmoid_grad", "gelu_exact_derivative", "bce_probs"])
def test_a_model_answer_lies_on_the_truth(sandbox, name):
    task = tasks.get(name)
    found = curve_of(task, task.model, sandbox)
    if found is None:
        assert name == "bce_probs"  # of two arguments: no curve
        return
    assert found.message == ""
    np.testing.assert_allclose(found.yours, found.truth, rtol=1e-9)


def test_a_wrong_answer_does_not(sandbox):
    found = curve_of(tasks.get("relu"), "def relu(x): return x", sandbox)
    assert (found.ulp[found.x > 0] == 0).all()
    assert (found.ulp[found.x < 0] > 1e6).all()


@pytest.mark.parametrize(
    "source", ["def relu(x): return 1 / 0", "def relu(x: pass", "def relu(x): return x[:3]"]
)
def test_what_cannot_be_drawn_says_why(sandbox, source):
    found = curve_of(tasks.get("relu"), source, sandbox)
    assert found.x.size == 0
    assert found.message
