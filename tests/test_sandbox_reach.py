"""What an answer can reach, change and forge: nothing that outlives it."""

import time

import numpy as np
import pytest

import actfn
from actfn.interview.sandbox import Call, Limits, Sandbox
from sandbox_trials import SIGMOID, X, check_next_answer, isolated, run


@pytest.fixture(scope="module")
def sandbox():
    with isolated() as sandbox:
        yield sandbox


def test_files_cannot_be_read(sandbox, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the answers")
    outcome = run(sandbox, f"def f(x): return len(open({str(secret)!r}).read())")
    assert outcome.status == "blocked"
    assert f"[Errno 13] Permission denied: '{secret}'" in outcome.message
    check_next_answer(sandbox)


@pytest.mark.parametrize("package", [actfn, pytest])
def test_installed_packages_cannot_be_read(sandbox, package):
    """The model answers are files too; only Python's own, NumPy's and SciPy's are open."""
    outcome = run(sandbox, f"def f(x): return len(open({package.__file__!r}).read())")
    assert outcome.status == "blocked"
    check_next_answer(sandbox)


def test_the_memory_limit_is_the_one_asked_for(sandbox):
    source = "import numpy as np\ndef f(x): return np.ones(1 << 24).sum()"  # 128 MB
    assert run(sandbox, source, memory=1 << 26).status == "memory"
    assert run(sandbox, source, memory=1 << 28).status == "ok"


def test_the_home_folder_is_out_of_reach(sandbox):
    source = "import os\nfrom pathlib import Path\ndef f(x): return len(os.listdir(Path.home()))"
    outcome = run(sandbox, source)
    assert outcome.status in ("blocked", "raised")  # no $HOME, and no /etc/passwd to look it up in
    assert outcome.value is None


@pytest.mark.parametrize(
    "action", ["open(P, 'w')", "open(P, 'a')", "os.mkdir(P)", "os.symlink('/', P)", "os.mkfifo(P)"]
)
def test_files_cannot_be_written(sandbox, tmp_path, action):
    target = tmp_path / "written"
    outcome = run(sandbox, f"import os\nP = {str(target)!r}\ndef f(x): {action}")
    assert outcome.status == "blocked"
    assert list(tmp_path.iterdir()) == []
    check_next_answer(sandbox)


def test_existing_files_cannot_be_changed(sandbox, tmp_path):
    target = tmp_path / "kept"
    target.write_text("as it was")
    for action in ("open(P, 'r+')", "os.truncate(P, 0)", "os.chmod(P, 0)", "os.unlink(P)",
                   "os.rename(P, P + '2')", "os.utime(P)", "os.link(P, P + '2')"):  # fmt: skip
        outcome = run(sandbox, f"import os\nP = {str(target)!r}\ndef f(x): {action}")
        assert outcome.status == "blocked", action
    assert target.read_text() == "as it was"
    assert list(tmp_path.iterdir()) == [target]


def test_a_gigabyte_is_printed(sandbox):
    source = "def f(x):\n    for _ in range(1024): print('y' * (1 << 20))\n    return x"
    outcome = run(sandbox, source, seconds=20.0, output=1 << 16)
    assert outcome.status == "ok"
    assert outcome.printed == "y" * (1 << 16) + "\n[the rest of the output was dropped]"
    check_next_answer(sandbox)


def test_endless_printing(sandbox):
    outcome = run(sandbox, "def f(x):\n    while True: print('y')", seconds=0.4, output=1000)
    assert (outcome.status, len(outcome.printed.splitlines())) == ("time", 502)
    check_next_answer(sandbox)


def test_patched_numpy_lasts_for_one_answer(sandbox):
    patch = "import numpy as np\nnp.exp = lambda x: 0 * x\nnp.ndarray.__init_subclass__\n"
    assert run(sandbox, patch + SIGMOID).value.tolist() == [1, 1, 1]
    check_next_answer(sandbox)


def test_patches_of_what_the_sandbox_uses(sandbox):
    source = (
        "import numpy as np, json, os, sys, warnings, time\n"
        "for m in (np, json, os, sys, warnings, time):\n"
        "    for name in list(vars(m)):\n"
        "        if not name.startswith('__'): setattr(m, name, lambda *a, **k: 42)\n"
        "def f(x): return 1.0"
    )
    report = sandbox.run(source, "f", [Call((X,))], Limits(seconds=1.0))
    assert report.status in ("ok", "import_failed", "crashed")
    check_next_answer(sandbox)


def test_a_subclass_that_equals_everything(sandbox):
    source = (
        "import numpy as np\nclass Right(np.ndarray):\n"
        "    def __eq__(self, other): return True\n"
        "    def __array_ufunc__(self, *a, **k): return True\n"
        "    def tobytes(self, *a): return b''\n    def view(self, *a): return self\n"
        "    shape = dtype = nbytes = property(lambda self: 1 / 0)\n"
        "def f(x): return np.full(3, 7.0).view(Right)"
    )
    outcome = run(sandbox, source)
    assert type(outcome.value) is np.ndarray
    assert outcome.value.tolist() == [7, 7, 7]
    check_next_answer(sandbox)


@pytest.mark.parametrize(
    "line", ["sys.stdout = None", "sys.stdout = sys.stderr = 3", "sys.stdout.close()",
             "del sys.stdout", "os.closerange(0, 3)", "sys.settrace(None)",
             "sys.setrecursionlimit(60)"]
)  # fmt: skip
def test_the_second_call_is_served_like_the_first(sandbox, line):
    source = f"import os, sys\ndef f(x):\n    {line}\n    return 2 * x"
    report = sandbox.run(source, "f", [Call((X,), trace=True)] * 2)
    assert [outcome.value.tolist() for outcome in report.outcomes] == [[-2, 0, 4]] * 2
    check_next_answer(sandbox)


def test_a_forged_frame_gives_a_wrong_result_of_its_own(sandbox):
    """It may claim what it likes: there is no verdict to forge, and the next answer is its own."""
    source = (
        "import json, os, struct\n"
        "HEAD = dict(status='ok', kind='', text='', line=None, several=False, scalar=False,\n"
        "    arrays=[dict(dtype='<f8', shape=[2])], flags=['magic'], mutated=[False],\n"
        "    shares_memory=False, steps=0, seconds=0.0, sizes=[16])\n"
        "def f(x):\n"
        "    head = json.dumps(HEAD).encode()\n"
        "    os.write(3, struct.pack('>I', len(head)) + head + bytes(16))\n"
        "    return x"
    )
    outcome = run(sandbox, source)
    assert outcome.value.tolist() == [0, 0]
    assert outcome.flags == set()
    check_next_answer(sandbox)


def test_no_reference_answers_in_memory(sandbox):
    source = (
        "import gc, sys\n"
        "NAMES = ('actfn.functions', 'actfn.whiteboard', 'actfn.interview.tasks', 'numba', 'sympy',"
        " 'actfn.interview.grading', 'actfn.catalogue', 'actfn.oracle')\n"
        "def f(x):\n"
        "    found = [m for m in sys.modules if m.startswith('actfn')]\n"
        "    for o in gc.get_objects():\n"
        "        if type(o) is dict and isinstance(o.get('__name__'), str):\n"
        "            found += [o['__name__']] * o['__name__'].startswith(NAMES)\n"
        "    print(found)\n    return float(len(found))"
    )
    outcome = run(sandbox, source)
    assert outcome.value == 0, outcome.printed


def test_no_secrets_in_the_environment(sandbox, monkeypatch):
    monkeypatch.setenv("ACTFN_DATABASE_URL", "postgresql://me:secret@host/db")
    with Sandbox() as fresh:
        outcome = run(fresh, "import os\ndef f(x):\n    print(dict(os.environ))\n    return x")
    assert "secret" not in outcome.printed
    assert "OPENBLAS_NUM_THREADS" in outcome.printed


def test_forty_endless_loops_take_no_longer_than_the_limit(sandbox):
    started = time.monotonic()
    source = "def f(x):\n    while True: pass"
    report = sandbox.run(source, "f", [Call((X,))] * 40, Limits(seconds=1.0))
    assert {outcome.status for outcome in report.outcomes} == {"time"}
    assert time.monotonic() - started < 10
