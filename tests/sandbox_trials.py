"""What the tests of the sandbox share: runs, and the check that the next answer is served."""

from pathlib import Path

import numpy as np
import pytest

from actfn.interview.sandbox import Call, Limits, Sandbox, landlock

X = np.array([-1.0, 0.0, 2.0])
SIGMOID = "import numpy as np\ndef f(x): return 1 / (1 + np.exp(-x))"


def isolated():
    """A sandbox, or a skipped test where the kernel cannot isolate."""
    sandbox = Sandbox()
    report = sandbox.run("def f(x): return x", "f", [Call((1.0,))])
    if not report.isolated:
        assert not _kernel_can(), report.notice
        pytest.skip(report.notice)
    return sandbox


def _kernel_can():
    """The kernel offers what isolation needs: then nothing may be skipped."""
    try:
        landlock.version()
    except (OSError, AttributeError):
        return False
    return Path("/proc/sys/kernel/seccomp").exists()


def run(sandbox, source, seconds=5.0, **limits):
    """The only outcome of calling `f` with X."""
    report = sandbox.run(source, "f", [Call((X,))], Limits(seconds=seconds, **limits))
    assert report.status == "ok", report.message
    return report.outcomes[0]


def one(sandbox, body, *arguments, name="f", **options):
    """The only outcome of calling `f`."""
    report = sandbox.run(
        "import numpy as np\nimport math\n" + body, name, [Call(arguments, **options)]
    )
    assert report.status == "ok", report.message
    return report.outcomes[0]


def check_next_answer(sandbox):
    """An ordinary answer gives ordinary results."""
    outcome = run(sandbox, SIGMOID)
    assert (outcome.status, outcome.message) == ("ok", "")
    assert outcome.value.tobytes() == (1 / (1 + np.exp(-X))).tobytes()
