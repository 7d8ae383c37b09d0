"""actfn.sample next to torch.multinomial(torch.softmax(...)), in one run.

    python benchmarks/sampling.py [ROUNDS]

Both sides take turns, each case keeps its best time, and a ratio above 1 means that actfn is
faster. Filters are compared with the usual recipe in torch: sort, running sum, mask, draw.
"""

import os
import sys
import time
from collections.abc import Callable

import numpy as np
import torch

import actfn


def torch_plain(x):
    return torch.multinomial(torch.softmax(x, -1), 1)


def torch_many(x):
    return torch.multinomial(torch.softmax(x, -1), 1000, replacement=True)


def torch_different(x):
    return torch.multinomial(torch.softmax(x, -1), 10)


def torch_top_k(x):
    values, places = torch.topk(x, 50)
    return places.gather(-1, torch.multinomial(torch.softmax(values, -1), 1))


def torch_top_p(x):
    values, places = torch.sort(x, descending=True)
    p = torch.softmax(values, -1)
    p[p.cumsum(-1) - p >= 0.9] = 0.0
    return places.gather(-1, torch.multinomial(p, 1))


def torch_gumbel(x):
    return torch.nn.functional.gumbel_softmax(x, 0.7)


Case = tuple[tuple[int, int], float, Callable, Callable]
VOCABULARY = (64, 100_000)
CASES: dict[str, Case] = {
    "plain": (VOCABULARY, 1.0, actfn.sample, torch_plain),
    "plain, peaked": (VOCABULARY, 4.0, actfn.sample, torch_plain),
    "1000 each": ((8, 100_000), 1.0, lambda x: actfn.sample(x, size=1000), torch_many),
    "10 different": (VOCABULARY, 1.0, lambda x: actfn.sample(x, size=10, replace=False),
                     torch_different),
    "top_k = 50": (VOCABULARY, 1.0, lambda x: actfn.sample(x, top_k=50), torch_top_k),
    "top_p = 0.9": (VOCABULARY, 1.0, lambda x: actfn.sample(x, top_p=0.9), torch_top_p),
    "top_p = 0.9, peaked": (VOCABULARY, 4.0, lambda x: actfn.sample(x, top_p=0.9), torch_top_p),
    "four actions": ((100_000, 4), 1.0, actfn.sample, torch_plain),
    "gumbel_softmax": (VOCABULARY, 1.0, lambda x: actfn.gumbel_softmax(x, 0.7), torch_gumbel),
}  # fmt: skip


def seconds(function, argument) -> float:
    start = time.perf_counter()
    function(argument)
    return time.perf_counter() - start


def compare(case: Case, rounds: int) -> tuple[float, float]:
    """The best times of both, in seconds."""
    shape, spread, ours, theirs = case
    x = (spread * np.random.default_rng(0).normal(size=shape)).astype(np.float32)
    tensor = torch.from_numpy(x)
    ours(x), theirs(tensor)  # compiled, and its memory in place
    pairs = [(seconds(ours, x), seconds(theirs, tensor)) for _ in range(rounds)]
    return min(a for a, _ in pairs), min(b for _, b in pairs)


def main(rounds: int) -> None:
    print(f"torch {torch.__version__}, load {os.getloadavg()[0]:.1f}, best of {rounds}")
    print(f"{'case':22} {'shape':>13} {'threads':>7} {'actfn ms':>9} {'torch ms':>9} {'ratio':>6}")
    for threads in (1, 2):
        actfn.set_num_threads(threads)
        torch.set_num_threads(threads)
        for name, case in CASES.items():
            ours, theirs = compare(case, rounds)
            shape = "x".join(map(str, case[0]))
            times = f"{ours * 1e3:9.2f} {theirs * 1e3:9.2f} {theirs / ours:6.1f}"
            print(f"{name:22} {shape:>13} {threads:7} {times}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
