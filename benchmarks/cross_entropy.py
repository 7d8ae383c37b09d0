"""Cross-entropy and softmax, float32, side by side with PyTorch and NumPy in one run.

    python benchmarks/cross_entropy.py [--rows 4096] [--classes 32000] [--repeats 7]

Forward and backward of cross_entropy: actfn with a new gradient, with one that is reused, and in
place; PyTorch as it comes, and with huge pages (THP_MEM_ALLOC_ENABLE=1, which it reads when it
starts); and the lines one would write with NumPy. Then softmax and log_softmax into arrays that
are there already. Each library has a process of its own; the repeats take turns, so that whatever
else the machine does meets all of them, and the best one counts. At the end: how much memory one
call needs beyond the arrays it is given, each in a fresh process (Linux only).
"""

import argparse
import math
import os
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np

SOFTMAX_SHAPES = ((4096, 1000), (64, 50000))
AGREEMENT = 1e-4  # relative: float32 sums in another order
MEGABYTE = 2**20


# ---------------------------------------------------------------- what is timed


class Arrays:
    """Logits and labels, the same in every process, and an array of their size to write to."""

    def __init__(self, rows: int, classes: int):
        rng = np.random.default_rng(0)
        self.logits, self.room = (np.zeros((rows, classes), np.float32) for _ in range(2))
        rng.standard_normal(dtype=np.float32, out=self.logits)
        self.logits *= 3
        self.target = rng.integers(0, classes, rows)

    def restore(self):
        """The logits into `room`: needed before, and where a call replaces them."""
        np.copyto(self.room, self.logits)


def actfn_new(arrays):
    import actfn

    return lambda: actfn.cross_entropy(arrays.logits, arrays.target, with_grad=True)[0]


def actfn_reused(arrays):
    import actfn

    return lambda: actfn.cross_entropy(arrays.logits, arrays.target, grad_out=arrays.room)[0]


def actfn_in_place(arrays):
    import actfn

    return lambda: actfn.cross_entropy(arrays.room, arrays.target, grad_out=arrays.room)[0]


def numpy_lines(arrays):
    x, target, n = arrays.logits, arrays.target, len(arrays.logits)
    rows = np.arange(n)

    def call():
        z = x - x.max(axis=1, keepdims=True)
        label = z[rows, target]
        s = np.exp(z, out=z).sum(axis=1, keepdims=True)
        z /= n * s
        z[rows, target] -= 1 / n
        return np.mean(np.log(s[:, 0]) - label)

    return call


def torch_lines(arrays):
    import torch

    x = torch.from_numpy(arrays.logits).requires_grad_()
    target = torch.from_numpy(arrays.target)

    def call():
        x.grad = None
        loss = torch.nn.functional.cross_entropy(x, target)
        loss.backward()
        return loss.detach()

    return call


def actfn_softmax(arrays, name):
    import actfn

    function = getattr(actfn, name)
    return lambda: function(arrays.logits, out=arrays.room)[0, 0]


def torch_softmax(arrays, name):
    import torch

    x, out, function = *map(torch.from_numpy, (arrays.logits, arrays.room)), getattr(torch, name)
    return lambda: function(x, -1, out=out)[0, 0]


CASES = {
    "new": actfn_new,
    "reused": actfn_reused,
    "in_place": actfn_in_place,
    "lines": numpy_lines,
    "torch": torch_lines,
}
# (what is printed, the process, the case)
ENTROPIES = (
    ("actfn, new gradient", "actfn", "new"),
    ("actfn, gradient reused", "actfn", "reused"),
    ("actfn, in place", "actfn", "in_place"),
    ("NumPy, six lines", "actfn", "lines"),
    ("torch", "torch", "torch"),
    ("torch, huge pages", "torch-thp", "torch"),
)


def call_of(library, case, arrays):
    """What is to be called: a case of cross-entropy, or a function of both libraries."""
    if case in CASES:
        return CASES[case](arrays)
    return (actfn_softmax if library == "actfn" else torch_softmax)(arrays, case)


def use_threads(library, count):
    if library == "actfn":
        import actfn

        actfn.set_num_threads(count)
    else:
        import torch

        torch.set_num_threads(count)


# ---------------------------------------------------------------- processes


def serve(library, rows, classes):
    """Answer "case threads" by "seconds result", line by line."""
    arrays, calls = Arrays(rows, classes), {}
    for line in sys.stdin:
        case, threads = line.split()
        use_threads(library, int(threads))
        if case not in calls:
            calls[case] = call_of(library, case, arrays)
        arrays.restore()
        start = time.perf_counter()
        value = calls[case]()
        print(time.perf_counter() - start, float(value), flush=True)


def measure_memory(library, case, rows, classes):
    """Print how many bytes one call adds to what is resident before it."""
    call_of(library, case, Arrays(8, 64))()  # loads the code
    arrays = Arrays(rows, classes)
    arrays.restore()
    call = call_of(library, case, arrays)
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts from here
    before = resident("VmRSS")
    call()
    print(resident("VmHWM") - before)


def resident(what: str) -> int:
    """A line of this process's status, in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(what):
            return 1024 * int(line.split()[1])
    raise LookupError(what)


def command(library, *arguments):
    """This script in another process, and its environment."""
    environment = dict(os.environ)
    environment.pop("THP_MEM_ALLOC_ENABLE", None)
    if library == "torch-thp":
        environment["THP_MEM_ALLOC_ENABLE"] = "1"
    program = [sys.executable, __file__, "--library", library.removesuffix("-thp"), *arguments]
    return {"args": program, "env": environment, "text": True, "stdout": subprocess.PIPE}


class Worker:
    """A process that holds one pair of arrays and runs what it is told."""

    def __init__(self, library, rows, classes):
        self.process = subprocess.Popen(
            **command(library, f"--rows={rows}", f"--classes={classes}"), stdin=subprocess.PIPE
        )

    def run(self, case, threads) -> tuple[float, float]:
        self.process.stdin.write(f"{case} {threads}\n")
        self.process.stdin.flush()
        seconds, value = map(float, self.process.stdout.readline().split())
        return seconds, value

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


# ---------------------------------------------------------------- tables


def race(entries, shape, threads, repeats) -> dict[str, float]:
    """{name: best seconds}, the repeats taking turns."""
    workers = {library: Worker(library, *shape) for library in {e[1] for e in entries}}
    best, values = {name: math.inf for name, *_ in entries}, {}
    try:
        for repeat in range(repeats + 1):  # the first warms up
            for name, library, case in entries:
                seconds, values[name] = workers[library].run(case, threads)
                best[name] = min(best[name], seconds if repeat else math.inf)
    finally:
        for worker in workers.values():
            worker.stop()
    first = next(iter(values.values()))
    wrong = [n for n, v in values.items() if abs(v - first) > AGREEMENT * abs(first)]
    if wrong:
        raise SystemExit(f"{', '.join(wrong)} did not compute the same: {values}")
    return best


def show(title, best, shape, bases):
    """One table; a column per base says how many times its time each one takes."""
    print(f"\n{title}")
    print(f"{'':24}{'ms':>10}{'ns/element':>12}" + "".join(f"{'/ ' + b:>26}" for b in bases))
    for name, seconds in best.items():
        ratios = "".join(f"{seconds / best[b]:26.2f}" for b in bases)
        print(f"{name:24}{1e3 * seconds:10.3f}{1e9 * seconds / math.prod(shape):12.3f}{ratios}")


def show_memory(shape):
    size = 4 * math.prod(shape)
    print(f"\npeak memory of one call beyond its arrays; the logits have {size / MEGABYTE:.0f} MB")
    for name, library, case in there(ENTROPIES):
        made = subprocess.run(
            **command(library, f"--rows={shape[0]}", f"--classes={shape[1]}", f"--memory={case}"),
            check=True,
        )
        extra = int(made.stdout)
        print(f"{name:24}{extra / MEGABYTE:10.1f} MB{100 * extra / size:10.1f} %")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=4096)
    parser.add_argument("--classes", type=int, default=32000)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--library", help=argparse.SUPPRESS)
    parser.add_argument("--memory", metavar="CASE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    shape = options.rows, options.classes
    if options.memory:
        measure_memory(options.library, options.memory, *shape)
    elif options.library:
        serve(options.library, *shape)
    else:
        compare(shape, options.threads, options.repeats)


def there(entries):
    """Those whose library is installed."""
    return [e for e in entries if find_spec(e[1].removesuffix("-thp"))]


def compare(shape, threads, repeats):
    for count in threads:
        title = f"cross-entropy forward + backward, {shape[0]} x {shape[1]}, {count} thread(s)"
        best = race(there(ENTROPIES), shape, count, repeats)
        show(title, best, shape, [name for name, *_ in ENTROPIES[:3]])
    for name in ("softmax", "log_softmax"):
        for small in SOFTMAX_SHAPES:
            for count in threads:
                entries = [(library, library, name) for library in ("actfn", "torch")]
                best = race(there(entries), small, count, repeats)
                show(f"{name}, {small[0]} x {small[1]}, {count} thread(s)", best, small, ["actfn"])
    if Path("/proc/self/clear_refs").exists():
        show_memory(shape)


if __name__ == "__main__":
    main()
