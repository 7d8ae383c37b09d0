"""Answers that break out, break down or cheat: each is contained and reported in one sentence.

After each of them the next, ordinary answer has to give ordinary results.
"""

import re
from dataclasses import dataclass

import pytest

from sandbox_trials import check_next_answer, isolated, run


@dataclass(frozen=True)
class Attack:
    """An answer, and what has to be said about it (a regular expression for all of it)."""

    source: str
    status: str
    says: str
    seconds: float = 5.0


def calls_refused(what):
    return f"asked for {what}, which an answer does not get: .*"


A_PROCESS = calls_refused("a process or another service of the system")
A_FILE = calls_refused("a file")
STOPPED = r"stopped after \d\.\d s without a result"
CHANNEL = "the answer (wrote into|broke) the channel that its results come through"

ATTACKS = {
    "endless loop": Attack(
        "def f(x):\n    while True:\n        x = x + 1", "time",
        STOPPED + r" \(line [23]: `.*`\)", 0.4,
    ),
    "hang in C code": Attack(
        "def f(x):\n    n = 9\n    return n ** n ** n", "time",
        STOPPED + r" \(line 3: `return n \*\* n \*\* n`\)", 0.4,
    ),
    "sleep": Attack("import time\ndef f(x): time.sleep(99)", "time", STOPPED + ".*", 0.3),
    "loop that ignores signals": Attack(
        "import signal\ndef f(x):\n"
        "    for s in (signal.SIGTERM, signal.SIGALRM, signal.SIGINT, signal.SIGABRT,\n"
        "              signal.SIGXCPU, signal.SIGHUP):\n"
        "        signal.signal(s, signal.SIG_IGN)\n    while True: pass",
        "time", STOPPED, 0.3,
    ),
    "loop that catches everything": Attack(
        "def f(x):\n    while True:\n        try:\n            while True: pass\n"
        "        except BaseException: pass", "time", STOPPED + ".*", 0.3,
    ),
    "fork bomb": Attack(
        "import os\ndef f(x):\n    while True: os.fork()", "blocked",
        A_PROCESS + r" \(line 3: `while True: os\.fork\(\)`\)",
    ),
    "fork bomb that insists": Attack(
        "import os\ndef f(x):\n    while True:\n        try: os.fork()\n"
        "        except OSError: pass", "time", STOPPED + ".*", 0.3,
    ),
    "killing the parent": Attack(
        "import os\ndef f(x): os.kill(os.getppid(), 9)", "blocked", A_PROCESS
    ),
    "killing everybody": Attack("import os\ndef f(x): os.kill(-1, 0)", "blocked", A_PROCESS),
    "killing the group": Attack("import os\ndef f(x): os.killpg(0, 9)", "blocked", A_PROCESS),
    "64 GB array": Attack(
        "import numpy as np\ndef f(x): return np.ones(1 << 33)", "memory",
        r"needs more memory than it may use: Unable to allocate 64\.0 GiB .*\(line 2: .*\)",
    ),
    "memory by small pieces": Attack(
        "def f(x):\n    kept = []\n    while True: kept.append(bytearray(1 << 20))", "memory",
        r"needs more memory than it may use \(line 3: .*\)",
    ),
    "listing a folder": Attack("import os\ndef f(x): return os.listdir('/')", "blocked", A_FILE),
    "reading another process": Attack(
        "import os\ndef f(x): open(f'/proc/{os.getppid()}/mem', 'rb')", "blocked", A_FILE
    ),
    "reading its own memory map": Attack(
        "def f(x): open('/proc/self/maps')", "blocked", A_FILE
    ),
    "removing a file": Attack("import os\ndef f(x): os.remove('/tmp/none')", "blocked", A_FILE),
    "socket": Attack(
        "import socket\ndef f(x): socket.create_connection(('127.0.0.1', 80))", "blocked",
        calls_refused("the network"),
    ),
    "urllib": Attack(
        "import urllib.request\ndef f(x): urllib.request.urlopen('http://localhost/')", "raised",
        r"URLError: <urlopen error .*> \(line 2: .*\)",
    ),
    "subprocess": Attack(
        "import subprocess\ndef f(x): subprocess.run(['id'])", "blocked", A_PROCESS
    ),
    "os.system": Attack("import os\ndef f(x): return os.system('exit 3')", "ok", ""),
    "execve": Attack("import os\ndef f(x): os.execv('/bin/sh', ['sh'])", "blocked", A_PROCESS),
    "thread": Attack(
        "import threading\ndef f(x): threading.Thread(target=print).start()", "blocked",
        calls_refused("a thread"),
    ),
    "multiprocessing": Attack(
        "import multiprocessing\ndef f(x): multiprocessing.Pool(2)", "blocked", ".*"
    ),
    "asyncio": Attack(
        "import asyncio\nasync def g(): pass\ndef f(x): asyncio.run(g())", "blocked",
        calls_refused(".*"),
    ),
    "sys.exit": Attack(
        "import sys\ndef f(x): sys.exit(0)", "raised", r"SystemExit: 0 \(line 2: .*\)"
    ),
    "os._exit": Attack(
        "import os\ndef f(x): os._exit(0)", "crashed",
        "the answer ended its own process with exit code 0",
    ),
    "BaseException": Attack(
        "class Odd(BaseException): pass\ndef f(x): raise Odd('well')", "raised",
        r"Odd: well \(line 2: .*\)",
    ),
    "KeyboardInterrupt": Attack(
        "def f(x): raise KeyboardInterrupt", "raised", r"KeyboardInterrupt \(line 1: .*\)"
    ),
    "exception that lies": Attack(
        "class E(Exception):\n    def __str__(self): raise self\ndef f(x): raise E", "raised",
        r"E \(line 3: `def f\(x\): raise E`\)",
    ),
    "exception of a gigabyte": Attack(
        "def f(x): raise ValueError('y' * 10**8)", "raised", r"ValueError: y{500} \(line 1: .*\)"
    ),
    "recursion": Attack(
        "def f(x): return f(x)", "raised", r"RecursionError: maximum recursion depth .*"
    ),
    "recursion without a limit": Attack(
        "import sys\ndef f(x):\n    sys.setrecursionlimit(10**9)\n    return sorted([x], key=f)",
        "crashed|memory|raised", ".*",
    ),
    "segmentation fault": Attack(
        "import ctypes\ndef f(x):\n    ctypes.string_at(8)", "crashed",
        r"died of a segmentation fault \(line 3: `ctypes\.string_at\(8\)`\)",
    ),
    "abort": Attack(
        "import os\ndef f(x): os.abort()", "crashed", r"died of an abort \(line 2: .*\)"
    ),
    "array over memory that is not there": Attack(
        "from numpy.lib.stride_tricks import as_strided\n"
        "def f(x): return as_strided(x, (1000,), (1 << 40,))", "crashed",
        "died of a segmentation fault.*",
    ),
    "deleting builtins": Attack(
        "import builtins\ndef f(x):\n    for name in list(vars(builtins)):\n"
        "        if name != 'delattr': delattr(builtins, name)", "crashed|raised", ".*",
    ),
    "no builtins left": Attack(
        "import builtins\ndef f(x): vars(builtins).clear()", "crashed",
        "the answer left a Python interpreter that no longer works",
    ),
    "junk to every descriptor": Attack(
        "import os\ndef f(x):\n    for fd in range(64):\n        try: os.write(fd, b'junk' * 9)\n"
        "        except OSError: pass\n    return x", "crashed", CHANNEL,
    ),
    "endless junk to every descriptor": Attack(
        "import os\ndef f(x):\n    while True:\n        for fd in range(1, 64):\n"
        "            try: os.write(fd, b'{}' * 999)\n            except OSError: pass",
        "crashed", CHANNEL,
    ),
    "header of four gigabytes": Attack(
        "import os\ndef f(x): os.write(3, b'\\xff' * 4)", "crashed", CHANNEL
    ),
    "header of nested brackets": Attack(
        "import os\ndef f(x): os.write(3, b'\\x00\\x0f\\x00\\x00' + b'[' * 0xF0000)", "crashed",
        CHANNEL,
    ),
    "closing every descriptor": Attack(
        "import os\ndef f(x):\n    os.closerange(0, 64)\n    return x", "crashed",
        "the answer left a Python interpreter that no longer works",
    ),
    "closing the channel and going on": Attack(
        "import os\ndef f(x):\n    os.close(3)\n    while True: pass", "crashed", CHANNEL
    ),
    "result of 128 MB": Attack(
        "import numpy as np\ndef f(x): return np.zeros(1 << 24)", "memory",
        "needs more memory than it may use: the result has 134217728 bytes, where at most .*",
    ),
    "result of 8 TB that occupies 8 bytes": Attack(
        "import numpy as np\ndef f(x): return np.broadcast_to(x[0], (1 << 20, 1 << 20))", "memory",
        "needs more memory than it may use: the result has 8796093022208 bytes.*",
    ),
    "object with __array__": Attack(
        "class A:\n    def __init__(self, x): self.x = x\n"
        "    def __array__(self, *a, **k): return self.x\ndef f(x): return A(x)", "not_an_array",
        "returned an A, not an array of numbers",
    ),
    "object that claims to be an array": Attack(
        "import numpy as np\nclass A:\n    __class__ = np.ndarray\ndef f(x): return A()",
        "not_an_array", "returned an A, not an array of numbers",
    ),
    "array of objects": Attack(
        "import numpy as np\ndef f(x): return np.array([f, None])", "not_an_array",
        "returned an array of dtype object, not an array of numbers",
    ),
    "system call of another table": Attack(
        "import ctypes\ndef f(x): ctypes.CDLL(None).syscall(0x40000000 + 39)", "blocked",
        "killed by the kernel for a system call of another architecture",
    ),
    "limits of the parent": Attack(
        "import os, resource\n"
        "def f(x): resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1))", "blocked",
        A_PROCESS,
    ),
    "lifting its own limits": Attack(
        "import resource\ndef f(x): resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
        "blocked|raised", ".*",
    ),
    "signals by fcntl": Attack(
        "import fcntl, os\ndef f(x): fcntl.fcntl(3, fcntl.F_SETOWN, os.getppid())", "blocked",
        A_PROCESS,
    ),
    "standard input": Attack("def f(x): input()", "raised", r"EOFError: .* \(line 1: .*\)"),
}  # fmt: skip


@pytest.fixture(scope="module")
def sandbox():
    with isolated() as sandbox:
        yield sandbox


@pytest.mark.parametrize("name", ATTACKS)
def test_contained_and_reported(sandbox, name):
    attack = ATTACKS[name]
    outcome = run(sandbox, attack.source, attack.seconds)
    assert outcome.status in attack.status.split("|"), outcome
    assert re.fullmatch(attack.says, outcome.message), outcome.message
    assert "\n" not in outcome.message
    check_next_answer(sandbox)
