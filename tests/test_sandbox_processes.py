"""The sandbox's own processes: none is left over, whatever happens to whom."""

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from actfn.interview.sandbox import Call, Limits, Sandbox, SandboxError, launch

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc to look in")

DOUBLE = "def f(x): return 2 * x"
LOOP = "def f(x):\n    while True: pass"


def parents():
    """Process: (parent, state), zombies included."""
    table = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
        except (FileNotFoundError, ProcessLookupError):
            continue
        table[int(folder.name)] = int(parent), state
    return table


def descendants(root):
    table = parents()
    found, new = set(), {root}
    while new:
        new = {pid for pid, (parent, _) in table.items() if parent in new} - found
        found |= new
    return found


def wait_until(condition, seconds=5.0):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "in vain"
        time.sleep(0.02)


def gone(pids):
    table = parents()
    return not any(pid in table and table[pid][1] != "Z" for pid in pids)


def check(sandbox, value=1.5):
    report = sandbox.run(DOUBLE, "f", [Call((value,))])
    assert (report.status, report.outcomes[0].value) == ("ok", 2 * value)
    return report


@pytest.fixture
def before():
    return descendants(os.getpid())


def test_nothing_is_left_after_close(before):
    with Sandbox() as sandbox:
        check(sandbox)
        sandbox.run(LOOP, "f", [Call((1,))] * 3, Limits(seconds=0.3))
        assert len(descendants(os.getpid()) - before) == 1  # the server; no zombie, no answer
    assert descendants(os.getpid()) == before


def test_nothing_is_left_when_close_is_forgotten(before):
    sandbox = Sandbox()
    check(sandbox)
    del sandbox
    gc.collect()
    assert descendants(os.getpid()) == before


def test_no_descriptor_is_left():
    with Sandbox() as sandbox:
        check(sandbox)
        count = len(os.listdir("/proc/self/fd"))
        for source in (DOUBLE, "def f(x): 1 / 0", "import os; os._exit(1)", "def f("):
            sandbox.run(source, "f", [Call((1,))] * 3)
        assert len(os.listdir("/proc/self/fd")) == count


def test_a_closed_sandbox_starts_again(before):
    sandbox = Sandbox()
    check(sandbox)
    sandbox.close()
    check(sandbox)
    sandbox.close()
    sandbox.close()
    assert descendants(os.getpid()) == before


def server_of(before):
    (server,) = descendants(os.getpid()) - before
    return server


def test_a_dead_server_is_started_again(before):
    with Sandbox() as sandbox:
        check(sandbox)
        for _ in range(2):
            server = server_of(before)
            os.kill(server, signal.SIGKILL)
            check(sandbox)
            assert server_of(before) != server


def test_a_server_that_dies_during_a_batch(before):
    """Its answer dies with it, and the batch is run again."""
    source = (
        f"import time\ndef f(x):\n    while time.time() < {time.time() + 3}: pass\n    return x"
    )
    reports = []
    with Sandbox() as sandbox:
        check(sandbox)
        server = server_of(before)
        batch = threading.Thread(
            target=lambda: reports.append(sandbox.run(source, "f", [Call((3.0,))]))
        )
        batch.start()
        wait_until(lambda: descendants(server))
        left = {server, *descendants(server)}
        os.kill(server, signal.SIGKILL)
        wait_until(lambda: gone(left), seconds=1.5)
        batch.join()
    assert reports[0].outcomes[0].value == 3
    assert descendants(os.getpid()) == before


def test_servers_that_never_start(monkeypatch, before):
    monkeypatch.setattr(launch, "_START", "import nonsense")
    said = r"dies as soon as it is started \(ModuleNotFoundError: No module named 'nonsense'\)"
    with Sandbox() as sandbox, pytest.raises(SandboxError, match=said):
        sandbox.run(DOUBLE, "f", [Call((1,))])
    assert descendants(os.getpid()) == before


def test_two_sandboxes_at_once(before):
    with Sandbox() as one, Sandbox() as two:
        results = {}

        def many(sandbox, factor):
            calls = [Call((np.full(1000, factor * k),)) for k in range(40)]
            results[factor] = sandbox.run(DOUBLE, "f", calls)

        threads = [threading.Thread(target=many, args=pair) for pair in ((one, 1.0), (two, 3.0))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for factor, report in results.items():
        values = [outcome.value[0] for outcome in report.outcomes]
        assert values == [2 * factor * k for k in range(40)]
    assert descendants(os.getpid()) == before


def test_threads_share_a_sandbox_and_may_end_before_it(before):
    with Sandbox() as sandbox:
        threads = [threading.Thread(target=check, args=(sandbox, k)) for k in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        server = server_of(before)
        check(sandbox)
        assert server_of(before) == server  # started by a thread that has ended


CLIENT = """
import sys
from actfn.interview.sandbox import Call, Limits, Sandbox
sandbox = Sandbox()
sandbox.run("def f(x): return x", "f", [Call((1,))])
print("ready", flush=True)
{then}
"""
RUN = "sandbox.run('def f(x):\\n    while True: pass', 'f', [Call((1,))], Limits(seconds=60))"


def client(then, **options):
    process = subprocess.Popen(
        [sys.executable, "-c", CLIENT.format(then=then)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )
    assert process.stdout.readline() == "ready\n"
    return process


def finish(process):
    """All that it has written, what the first line's reader has buffered included."""
    process.wait(timeout=20)
    return process.stdout.read(), process.stderr.read()


@pytest.mark.parametrize("who", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_runs_on_when_actfn_is_stopped(who):
    with client(RUN) as process:
        wait_until(lambda: len(descendants(process.pid)) == 2)  # the server and the answer
        left = descendants(process.pid)
        process.send_signal(who)
        _, errors = finish(process)
        assert process.returncode == -who or "KeyboardInterrupt" in errors
        wait_until(lambda: gone(left))


def test_ctrl_c_at_a_terminal_reaches_actfn_alone():
    """The terminal signals the whole foreground group: the server must not be in it."""
    then = f"try: {RUN}\nexcept KeyboardInterrupt: pass\n" + (
        "print(sandbox.run('def f(x): return x', 'f', [Call((5,))]).outcomes[0].value)"
    )
    with client(then, start_new_session=True) as process:
        wait_until(lambda: len(descendants(process.pid)) == 2)
        left = descendants(process.pid)
        os.killpg(process.pid, signal.SIGINT)
        output, errors = finish(process)
        assert (output, errors) == ("5\n", "")
        wait_until(lambda: gone(left))


def test_an_exit_without_close_is_silent():
    with client("") as process:
        left = descendants(process.pid)
        output, errors = finish(process)
        assert (process.returncode, output, errors) == (0, "", "")
        wait_until(lambda: gone(left))


def test_a_fork_of_actfn_uses_a_server_of_its_own():
    then = (
        "import os\npid = os.fork()\n"
        "for _ in range(10): o = sandbox.run('def f(x): return x', 'f', [Call((7,))]).outcomes[0]\n"
        "assert o.value == 7\n"
        "if pid: assert os.waitpid(pid, 0)[1] == 0; print(o.value)"
    )
    with client(then) as process:
        output, errors = finish(process)
        assert (output, errors) == ("7\n", "")


def test_neither_side_loads_numba_or_sympy():
    heavy = "numba llvmlite sympy mpmath flint scipy rich".split()
    then = (
        f"heavy = {heavy!r}\nprint([m for m in heavy if m in sys.modules])\n"
        "source = 'import sys\\ndef f(x): return float(len(set(x.split()) & set(sys.modules)))'\n"
        "print(sandbox.run(source, 'f', [Call((' '.join(heavy),))]).outcomes[0].value)"
    )
    with client(then) as process:
        output, errors = finish(process)
        assert (output, errors) == ("[]\n0.0\n", "")
