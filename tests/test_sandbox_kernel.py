"""The kernel's side of the sandbox: the system call filter, Landlock, and doing without them."""

import errno
import os
import platform
import re
import struct
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from actfn.interview.sandbox import SandboxError, landlock, launch, seccomp, syscalls

HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # linux/audit.h


@pytest.fixture(params=HEADERS)
def machine(request, monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: request.param)
    return request.param


def tables():
    refused = {name: k for calls in syscalls.refused().values() for name, k in calls.items()}
    return syscalls.allowed() | syscalls.guarded() | refused


def test_numbers_agree_with_the_kernel_s_headers(machine):
    if not HEADERS[machine].exists():
        pytest.skip(f"{HEADERS[machine]} is not installed")
    text = HEADERS[machine].read_text()
    define = re.compile(r"#define __NR(?:3264)?_(\w+)\s+(\d+)$", re.MULTILINE)
    numbers = {name: int(number) for name, number in define.findall(text)}
    for name, number in tables().items():
        assert numbers.get(name, numbers.get(name.replace("new", ""))) == number, name


def verdict(number, arguments=(), architecture=None):
    """Run the filter on one system call."""
    words = [*arguments, *[0] * (6 - len(arguments))]
    audit = syscalls.audit_architecture() if architecture is None else architecture
    data = struct.pack("<IIQ6Q", number, audit, 0, *words)
    program = seccomp._program()
    accumulator = k = 0
    while True:
        code, if_true, if_false, operand = program[k]
        if code == 0x06:
            return operand
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, operand)
            k += 1
        else:
            holds = accumulator == operand if code == 0x15 else accumulator >= operand
            k += 1 + (if_true if holds else if_false)


def test_the_filter_allows_what_is_listed_and_nothing_else(machine):
    allowed = set(syscalls.allowed().values())
    open_to = {number for number in range(600) if verdict(number) == seccomp.ALLOW}
    # With all arguments 0: fcntl(F_DUPFD) and reading one's own limits, but no signal to process 0.
    guarded = syscalls.guarded()
    assert open_to == allowed | {guarded["fcntl"], guarded["prlimit64"]}


def test_refusals_say_what_was_refused(machine):
    for error, calls in syscalls.refused().items():
        assert {verdict(number) for number in calls.values()} == {seccomp.refuse(error)}
    execve = {"x86_64": 59, "aarch64": 221}[machine]
    assert verdict(execve) == seccomp.refuse(errno.EPERM)
    assert verdict(9999) == seccomp.refuse(errno.ENOSYS)


def test_arguments_are_looked_at(machine):
    guarded = syscalls.guarded()
    refused, me = seccomp.refuse(errno.EPERM), os.getpid()
    for command in range(12):
        harmless = command in (0, 1, 2, 3)
        assert (verdict(guarded["fcntl"], (3, command)) == seccomp.ALLOW) == harmless
    assert verdict(guarded["fcntl"], (3, 1030)) == seccomp.ALLOW  # F_DUPFD_CLOEXEC
    assert verdict(guarded["prlimit64"], (0, 7, 0, 1 << 40)) == seccomp.ALLOW
    assert verdict(guarded["prlimit64"], (0, 7, 1 << 40)) == refused
    assert verdict(guarded["prlimit64"], (0, 7, 16)) == refused
    assert verdict(guarded["prlimit64"], (me, 7, 0)) == refused
    assert verdict(guarded["tgkill"], (me, me, 6)) == seccomp.ALLOW
    assert verdict(guarded["tgkill"], (me + 1, me + 1, 6)) == refused


def test_other_architectures_are_killed(machine):
    other = AUDIT["aarch64" if machine == "x86_64" else "x86_64"]
    assert syscalls.audit_architecture() == AUDIT[machine]
    assert verdict(0, architecture=other) == seccomp.KILL
    assert verdict(0x40000000) == seccomp.KILL


def test_an_unknown_machine_is_not_guessed(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(syscalls.Unsupported, match="no table of system calls for riscv64"):
        syscalls.allowed()


def test_what_others_have_installed_is_not_read(tmp_path):
    for name in ("json", "site-packages", "dist-packages"):
        (tmp_path / name).mkdir()
    (tmp_path / "os.py").touch()
    rights = dict(landlock._folder(str(tmp_path)))
    both = landlock.READ_FILE | landlock.READ_DIR
    assert rights == {
        str(tmp_path): landlock.READ_DIR,
        str(tmp_path / "json"): both,
        str(tmp_path / "os.py"): landlock.READ_FILE,
    }


# What an older kernel or a container does: the filter of this test refuses the call itself.
WITHOUT = """
import sys
from actfn.interview.sandbox import Call, Limits, Sandbox, kernel, seccomp
refuse, allow = (0x06, 0, 0, seccomp.refuse({error})), (0x06, 0, 0, seccomp.ALLOW)
test = [(0x20, 0, 0, {word}), (0x15, 0, 1, {value}), refuse, allow]
seccomp._program = lambda: test
kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
seccomp.install()
sandbox = Sandbox()
sandbox.__enter__()
def run(source, seconds=5.0):
    return sandbox.run(source, "f", [Call((2.0,))], Limits(seconds=seconds))
{then}
sandbox.close()
"""
NO_LANDLOCK = {"error": errno.ENOSYS, "word": 0, "value": 444}
NO_SECCOMP = {"error": errno.EINVAL, "word": 16, "value": 22}  # prctl(PR_SET_SECCOMP)


def without(missing, then):
    result = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(**missing, then=then)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.stderr == ""
    return result.stdout.splitlines()


linux = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in HEADERS, reason="Linux only"
)


@linux
@pytest.mark.parametrize("missing", [NO_LANDLOCK, NO_SECCOMP], ids=["landlock", "seccomp"])
def test_without_isolation_answers_run_and_the_notice_says_so(missing):
    then = (
        "r = run('def f(x): return 3 * x')\n"
        "print(r.status, r.outcomes[0].value, r.isolated)\nprint(r.notice)"
    )
    first, notice = without(missing, then)
    assert first == "ok 6.0 False"
    assert re.fullmatch(
        r"answers are not isolated here \(.+\): they run as ordinary processes of yours, limited "
        "in time and memory only, so grade only code that you trust",
        notice,
    )


LIMITED = {
    "def f(x):\n    while True: pass": r"stopped after 0\.\d s without a result \(line 2: .*\)",
    "def f(x): return bytearray(1 << 40)": "needs more memory than it may use.*",
    "import os; os._exit(3)": "the answer ended its own process with exit code 3",
    "def f(x):": "IndentationError: .*",
    "import ctypes\ndef f(x): ctypes.string_at(8)": r"died of a segmentation fault \(line 2: .*\)",
    "def f(x):\n    with open(FILE, 'w') as file: file.write('y')": (
        r"asked for a file, which an answer does not get: OSError: \[Errno 27\].*"
    ),
}


@linux
def test_without_isolation_limits_hold(tmp_path):
    file = tmp_path / "file"
    sources = [source.replace("FILE", repr(str(file))) for source in LIMITED]
    then = (
        f"for source in {sources!r}:\n    r = run(source, 0.5)\n"
        "    print(r.outcomes[0].message if r.outcomes else r.message)"
    )
    for expected, line in zip(LIMITED.values(), without(NO_LANDLOCK, then), strict=True):
        assert re.fullmatch(expected, line)
    assert file.read_bytes() == b""


@linux
def test_without_isolation_what_the_answer_started_is_ended_with_it():
    then = (
        'source = \'import subprocess\\ndef f(x): return subprocess.Popen(["sleep", "60"]).pid\'\n'
        "outcome = run(source).outcomes[0]\n"
        "print(outcome.status, outcome.value)"
    )
    status, pid = without(NO_LANDLOCK, then)[0].split()
    if status == "blocked":  # the limit of processes binds everybody but root
        return
    state = Path(f"/proc/{pid}/stat")
    assert not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"


def test_macos_gets_a_plain_process(monkeypatch):
    monkeypatch.setattr(launch, "sys", SimpleNamespace(platform="darwin"))
    with pytest.raises(launch.Unavailable, match="Landlock and seccomp exist on Linux only"):
        launch.ForkServer()


def test_windows_is_told_what_to_use(monkeypatch):
    monkeypatch.setattr(launch, "os", SimpleNamespace(name="nt", getpid=os.getpid))
    with pytest.raises(SandboxError, match="use Linux, macOS or WSL"):
        launch.PlainProcess("no Landlock")
