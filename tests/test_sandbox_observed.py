"""What is seen beside the result: mutation, aliasing, warnings, counted instructions, output."""

import numpy as np
import pytest

from actfn.interview.sandbox import Call, Sandbox
from sandbox_trials import one


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as sandbox:
        yield sandbox


@pytest.mark.parametrize(
    "body, mutated",
    [
        ("x[1] = 5", (True, False)),
        ("y += 1", (False, True)),
        ("x[1] = x[1] + 0", (False, False)),
        ("np.maximum(x, 0, out=x)", (True, False)),
    ],
)
def test_mutation_is_seen(sandbox, body, mutated):
    x, y = np.array([-1.0, 2.0]), np.zeros(2)
    outcome = one(sandbox, f"def f(x, y):\n    {body}\n    return x + y", x, y)
    assert outcome.mutated == mutated
    assert list(x) == [-1, 2]


def test_a_read_only_argument_is_read_only(sandbox):
    x = np.zeros(2)
    x.flags.writeable = False
    outcome = one(sandbox, "def f(x):\n    x[0] = 1", x)
    assert outcome.status == "raised"
    assert outcome.message == (
        "ValueError: assignment destination is read-only (line 4: `x[0] = 1`)"
    )


@pytest.mark.parametrize("result", ["x", "x[::2]", "x.T", "(1.0, x.reshape(2, 2))", "x.view('u8')"])
def test_a_view_of_an_argument_shares_memory(sandbox, result):
    assert one(sandbox, f"def f(x): return {result}", np.arange(4.0)).shares_memory


@pytest.mark.parametrize("result", ["+x", "x.copy()", "x[[0, 1]]", "x.sum()"])
def test_a_new_array_does_not(sandbox, result):
    assert not one(sandbox, f"def f(x): return {result}", np.arange(4.0)).shares_memory


X = np.array([-1000.0, 0.0, 1000.0])


@pytest.mark.parametrize(
    "body, flags",
    [
        ("return np.exp(x)", {"overflow", "underflow"}),
        ("return 1 / x", {"divide"}),
        ("return np.sqrt(x)", {"invalid"}),
        ("return np.maximum(x, 0)", set()),
        ("np.seterr(all='ignore'); return np.exp(x)", set()),
        ("\n    with np.errstate(over='ignore'): return np.exp(x)", {"underflow"}),
        ("\n    with np.errstate(all='warn'): return np.exp(x)", {"overflow", "underflow"}),
        ("\n    with np.errstate(over='raise'): return np.exp(x)", {"overflow"}),
        ("import warnings; warnings.simplefilter('ignore'); return np.sqrt(x)", {"invalid"}),
        ("return np.float32(1e38) * x.astype('f4')[2]", {"overflow"}),
    ],
)
def test_floating_point_flags(sandbox, body, flags):
    calls = [Call((X,)), Call((np.ones(3),)), Call((X,))]
    report = sandbox.run(f"import numpy as np\ndef f(x): {body}", "f", calls)
    assert [set(outcome.flags) for outcome in report.outcomes][::2] == [flags, flags]
    assert report.outcomes[1].flags == set()


@pytest.mark.parametrize(
    "setting",
    [
        "np.seterr(all='ignore')",
        "warnings.filterwarnings('error')",
        "warnings.simplefilter('ignore')",
    ],
)
def test_flags_are_seen_whatever_the_module_sets(sandbox, setting):
    body = f"import warnings\n{setting}\ndef f(x): return np.exp(x)"
    outcome = one(sandbox, body, X)
    assert (outcome.status, outcome.flags) == ("ok", {"overflow", "underflow"})


def test_warnings_that_the_answer_asks_for_count_in_spite_of_its_filters(sandbox):
    body = (
        "import warnings\nwarnings.simplefilter('ignore')\n"
        "def f(x):\n    with np.errstate(all='warn'): return np.exp(x)"
    )
    assert one(sandbox, body, X).flags == {"overflow", "underflow"}


def test_python_float_errors_are_raised(sandbox):
    outcome = one(sandbox, "def f(x): return math.exp(x)", 1000.0)
    assert outcome.status == "raised"
    assert outcome.message.startswith("OverflowError: math range error (line 3: ")


STEPS = {
    "loop": "def f(x):\n    out = np.empty_like(x)\n    for i in range(x.size):\n"
    "        out[i] = np.tanh(x[i])\n    return out",
    "comprehension": "def f(x): return np.array([np.tanh(v) for v in x])",
    "helper": "def g(v): return np.tanh(v)\ndef f(x): return np.array(list(map(g, x)))",
    "np.vectorize": "def g(v): return np.tanh(v)\ndef f(x): return np.vectorize(g)(x)",
    "vectorised": "def f(x): return np.tanh(x)",
}


@pytest.mark.parametrize("style", STEPS)
def test_steps_show_loops(sandbox, style):
    """The first call of a process counts as much as the later ones."""
    calls = [Call((np.linspace(-1, 1, n),), trace=True) for n in (10, 110)]
    short, long = sandbox.run("import numpy as np\n" + STEPS[style], "f", calls).outcomes
    assert long.value.tobytes() == np.tanh(np.linspace(-1, 1, 110)).tobytes()
    per_element = (long.steps - short.steps) / 100
    assert per_element == 0 if style == "vectorised" else per_element >= 2


def test_no_steps_unless_asked(sandbox):
    assert one(sandbox, STEPS["loop"], X).steps is None


def test_printed_belongs_to_its_call(sandbox):
    source = (
        "import sys\nprint('loading')\n"
        "def f(x):\n    print('x =', x)\n    print(2, file=sys.stderr)\n    return x"
    )
    outcomes = sandbox.run(source, "f", [Call((1,)), Call((2,))]).outcomes
    assert [o.printed for o in outcomes] == ["loading\nx = 1\n2\n", "x = 2\n2\n"]


def test_terminal_controls_become_visible(sandbox):
    outcome = one(
        sandbox, "def f(x):\n    print('\\x1b[2J')\n    raise ValueError('\\x1b[2J\\nb')", 1
    )
    assert outcome.printed == "\\x1b[2J\n"
    assert outcome.message.startswith("ValueError: \\x1b[2J b (line 5")
