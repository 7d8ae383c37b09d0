"""The grader: every task's own answers, the page's code, mutants, and the command."""

import io
import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from actfn.findings import NOTE
from actfn.interview import tasks
from actfn.interview.grading.engine import grade
from actfn.interview.grading.report import print_grade
from actfn.interview.grading.task import Elementwise, Random, Task, Wrong
from actfn.interview.sandbox import Sandbox
from answer_mutants import mutants

PAGE = """
import numpy as np
def relu(x): return np.maximum(0, x)
def relu_grad(x): return (x > 0).astype(float)
def sigmoid(x): return 1 / (1 + np.exp(-np.clip(x, -500, 500)))
def sigmoid_grad(y): return y * (1 - y)
def tanh(x): return np.tanh(x)
def tanh_grad(y): return 1 - y**2
def softmax(x, axis=-1):
    exp_x = np.exp(x - x.max(axis=axis, keepdims=True))
    return exp_x / exp_x.sum(axis=axis, keepdims=True)
def leaky_relu(x, alpha=0.01): return np.where(x > 0, x, alpha * x)
def leaky_relu_grad(x, alpha=0.01): return np.where(x > 0, 1, alpha)
def elu(x, alpha=1.0): return np.where(x > 0, x, alpha * (np.exp(x) - 1))
def gelu(x): return 0.5 * x * (1 + np.tanh(np.sqrt(2/np.pi) * (x + 0.044715 * x**3)))
def softmax_with_temperature(x, T=1.0):
    exp_x = np.exp(x / T)
    return exp_x / exp_x.sum()
"""
PASSING = "relu sigmoid sigmoid_grad tanh tanh_grad softmax leaky_relu gelu elu relu_grad".split()
FEWEST_WRONG, FEWEST_RIGHT = 10, 5
MUTANTS = 12  # of each task; drawn anew from a fixed seed


@pytest.fixture(scope="module")
def box():
    with Sandbox() as sandbox:
        yield sandbox


def by_task(function):
    return pytest.mark.parametrize("name", tasks.names())(function)


@by_task
def test_right_answers_pass(name, box):
    task = tasks.get(name)
    assert len(task.right) >= FEWEST_RIGHT
    for style, source in {"model": task.model, **task.right}.items():
        found = grade(task, source, sandbox=box)
        grave = [f for f in found.findings if f.severity != NOTE]
        assert found.verdict == "pass", f"{style}: {grave}"


@by_task
def test_wrong_answers_are_caught_by_name(name, box):
    task = tasks.get(name)
    assert len(task.wrong) >= FEWEST_WRONG
    for mistake, wrong in task.wrong.items():
        found = grade(task, wrong.source, sandbox=box)
        assert found.verdict in ("wrong", "fragile"), mistake
        assert found.mistake == mistake
        assert any(wrong.says in f.message for f in found.findings)


def same(task, one, other) -> bool:
    """Whether two sources compute the same on inputs that no case has."""
    rng = np.random.default_rng(99)
    low, high = max(task.truth.low, -8.0), min(task.truth.high, 8.0)
    x = rng.uniform(low, high, 4000)
    results = []
    for source in (one, other):
        scope = {}
        try:
            exec(source, scope)  # noqa: S102 - our own text and small changes of it
            with np.errstate(all="ignore"):
                results.append(np.asarray(scope[task.name](x.copy()), float))
        except Exception:
            return False
    a, b = results
    with np.errstate(all="ignore"):
        return a.shape == b.shape and bool(np.all(np.abs(a - b) <= 1e-9 * (1 + np.abs(a))))


@pytest.mark.parametrize(
    "name", [n for n in tasks.names() if isinstance(tasks.get(n).truth, Elementwise)]
)
def test_mutants_that_compute_something_else_are_caught(name, box):
    """A slip of the pen in a right answer passes only where it makes no difference."""
    task, rng = tasks.get(name), random.Random(7)
    found = [m for s in (task.model, *task.right.values()) for m in mutants(s)]
    for mutant in rng.sample(found, min(MUTANTS, len(found))):
        if grade(task, mutant, sandbox=box).verdict == "pass":
            assert same(task, task.model, mutant), mutant


@pytest.mark.parametrize("name", PASSING)
def test_the_page_passes(name, box):
    assert grade(tasks.get(name), PAGE, sandbox=box).verdict == "pass"


def test_the_page_s_temperature_overflows(box):
    found = grade(tasks.get("softmax_with_temperature"), PAGE, sandbox=box)
    assert found.verdict == "fragile"
    shown = [f for f in found.findings if f.check == "value" and f.severity == "fragile"]
    assert "1000." in shown[0].input
    assert "nan" in shown[0].got


def test_the_page_s_elu_warns_and_loses_digits(box):
    checks = {f.check: f for f in grade(tasks.get("elu"), PAGE, sandbox=box).findings}
    assert "overflow" in checks["warning"].message
    assert "near 0" in checks["accuracy"].message


@pytest.mark.parametrize("name", ["relu_grad", "leaky_relu_grad"])
def test_the_page_s_gradients_are_float64(name, box):
    found = grade(tasks.get(name), PAGE, sandbox=box)
    assert any(f.check == "dtype" and (f.got, f.expected) == ("float64", "float32")
               for f in found.findings)  # fmt: skip


@pytest.mark.parametrize(
    ("source", "verdict", "says"),
    [
        ("def relu(x:", "ungraded", "SyntaxError"),
        ("def other(x): return x", "ungraded", "relu"),
        ("def relu(x):\n  while True: pass", "ungraded", "stopped"),
        ("import sys\ndef relu(x): sys.exit(0)", "ungraded", "SystemExit"),
        ("def relu(x): return 'relu'", "wrong", ""),
        ("def relu(x): raise ValueError('no')", "wrong", "ValueError"),
        ("def relu(x, y): return x", "wrong", "TypeError"),
        ("import numpy as np\nrelu = np.vectorize(lambda v: max(v, 0.0), [float])", "pass", ""),
    ],
)  # fmt: skip
def test_answers_that_are_none(source, verdict, says, box):
    found = grade(tasks.get("relu"), source, sandbox=box)
    assert found.verdict == verdict
    assert any(says in f.message for f in found.findings) or not says
    right = grade(tasks.get("relu"), tasks.get("relu").model, sandbox=box)
    assert right.verdict == "pass"  # the next answer is graded normally


@pytest.mark.parametrize(
    ("source", "check", "input", "got"),
    [
        ("def relu(x): return [max(v, 0) for v in x]", "error", "[0.001]", ""),
        ("def relu(x): return max(x, 0 * x)", "error", "[ 0.001, -0.001,  0.   ]", ""),
        ("def relu(x): return x + 0j", "type", "[0.001]", ""),
        ("def relu(x): return x.sum()", "shape", "[0.001]", "shape ()"),
        ("def relu(x):\n  x[x < 0] = 0\n  return x", "mutation", "[-0.001]", ""),
        (
            "def relu(x): return x.clip(0).ravel()",
            "shape",
            "[[-6.29189928]]",
            "shape (1,)",
        ),
    ],
)
def test_the_smallest_input_is_shown(source, check, input, got, box):
    found = grade(tasks.get("relu"), source, sandbox=box).findings
    shown, *_ = [f for f in found if f.check == check and f.severity != NOTE]
    assert (shown.input, shown.got) == (input, got)


def test_a_fault_is_told_once(box):
    """Not again for float32, integers, batches ..."""
    found = grade(tasks.get("relu"), "def relu(x): return None", sandbox=box).findings
    assert len([f for f in found if f.severity != NOTE]) == 1


def test_what_overflows_in_the_tails_is_fragile(box):
    source = """
    u = np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)
    e = np.exp(2 * u)
    return 0.5 * x * (1 + (e - 1) / (e + 1))
    """
    task = tasks.get("gelu")
    assert grade(task, task.whole(source), sandbox=box).verdict == "fragile"


def test_an_approximation_is_called_one(box):
    task = tasks.get("gelu_exact")
    found = grade(task, task.wrong["Abramowitz and Stegun"].source, sandbox=box)
    assert (found.verdict, found.findings[1].check) == ("fragile", "precision")
    console = Console(file=io.StringIO(), width=100)
    print_grade(found, console)
    assert "right to some digits only" in console.file.getvalue()


def test_nan_for_nan_is_no_finding(box):
    for name in ("gelu", "selu", "gelu_exact_derivative"):
        task = tasks.get(name)
        found = grade(task, task.model, sandbox=box).findings
        assert not [f for f in found if f.input == "nan"]


def test_a_task_checks_itself():
    task = tasks.get("relu")
    with pytest.raises(ValueError, match="empty hint"):
        Task(**{**vars(task), "hints": ("one", " ")})
    with pytest.raises(ValueError, match="lacks contract"):
        Task(**{**vars(task), "contract": ()})
    assert "def relu(x):" in task.starter
    assert isinstance(tasks.get("kaiming_init").truth, Random)
    assert Wrong("x", "y").says == "y"


def test_unknown_tasks_name_their_neighbours():
    with pytest.raises(KeyError, match="sigmoid"):
        tasks.get("sigmoidd")


def run(*arguments, text=None):
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent / "src")}
    return subprocess.run([sys.executable, "-m", "actfn", "grade", *arguments], input=text,
                          capture_output=True, text=True, env=environment, timeout=60)  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status"),
    [("np.maximum(x, 0)", 0), ("np.minimum(x, 0)", 2), ("x.__imul__(x > 0)", 1), ("(", 3)],
)
def test_the_command(body, status, tmp_path):
    path = tmp_path / "answer.py"
    path.write_text(f"import numpy as np\ndef mine(x):\n    return {body}\n")
    done = run("relu", str(path), "--function", "mine", "--json")
    assert done.returncode == status, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert set(found) == {"task", "verdict", "findings", "seconds"}
    for finding in found["findings"]:
        assert set(finding) == {"check", "severity", "message", "input", "got", "expected"}


def test_the_command_reads_standard_input_and_reports_missing_files(tmp_path):
    assert run("relu", "-", text="def relu(x): return x * (x > 0)").returncode == 0
    missing = run("relu", str(tmp_path / "nothing.py"))
    assert missing.returncode == 3
    assert "cannot be read" in missing.stderr
    (told,) = json.loads(run("relu", str(tmp_path / "nothing.py"), "--json").stdout)["findings"]
    assert "cannot be read" in told["message"]


def test_the_transcript_on_the_readme_s_first_screen(tmp_path):
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    block = readme.partition("$ cat answer.py\n")[2].partition("```")[0]
    source, _, shown = block.partition("\n$ actfn grade softmax_with_temperature answer.py\n")
    path = tmp_path / "answer.py"
    path.write_text(source)
    printed = run("softmax_with_temperature", str(path)).stdout
    noise = re.compile(r"\d+\.\d\d s\)| +$", re.MULTILINE)  # the seconds, and padding
    assert noise.sub("", printed) == noise.sub("", shown)


def test_grading_loads_neither_numba_nor_sympy():
    code = (
        "import sys; from actfn.interview import tasks; "
        "from actfn.interview.grading.engine import grade; "
        "from actfn.interview.sandbox import Sandbox; box = Sandbox(); box.__enter__(); "
        "grade(tasks.get('gelu'), tasks.get('gelu').model, sandbox=box); box.close(); "
        "print({'numba', 'sympy', 'llvmlite', 'flint', 'scipy'} & set(sys.modules))"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent / "src")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                          env=environment, timeout=60)  # fmt: skip
    assert done.stdout.strip() == "set()", done.stdout + done.stderr
