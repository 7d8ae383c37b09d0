"""What observing a torch module costs, over its own forward and backward pass.

    python benchmarks/diagnose.py [BATCHES ...]        (8 and 32 by default)

Processor time of one thread, the fastest of several runs; batches as `actfn.diagnose` reads them.
"""

import sys
import time

import torch
from torch import nn
from torch.nn import functional

from actfn.diagnose.frameworks.pytorch import TorchNetwork
from actfn.diagnose.observe import MOMENTS_FROM, Observer

BATCHES = (8, 32)
RUNS = 10


class Convolutions(nn.Module):
    """Three convolutions on 8 x 8 images, with a batch norm and a shortcut."""

    def __init__(self):
        super().__init__()
        self.first, self.norm = nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16)
        self.second = nn.Conv2d(16, 16, 3, padding=1)
        self.third, self.head = nn.Conv2d(16, 32, 3, padding=1), nn.Linear(512, 10)

    def forward(self, x):
        x = functional.relu(self.norm(self.first(x)))
        x = torch.relu(self.second(x) + x)
        return self.head(functional.max_pool2d(functional.gelu(self.third(x)), 2).flatten(1))


class Block(nn.Module):
    """A block as in GPT, of width 128."""

    def __init__(self, width=128, words=50):
        super().__init__()
        self.embed, self.head = nn.Embedding(words, width), nn.Linear(width, words)
        self.norms = nn.ModuleList([nn.LayerNorm(width), nn.LayerNorm(width)])
        self.attention = nn.MultiheadAttention(width, 4, batch_first=True)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, tokens):
        x = self.embed(tokens)
        h = self.norms[0](x)
        x = x + self.attention(h, h, h, need_weights=False)[0]
        return self.head(x + self.down(functional.gelu(self.up(self.norms[1](x)))))


def plain(model, batches):
    """Forward and backward of all batches."""
    parameters = list(model.parameters())
    for x, y in batches:
        output = model(x)
        loss = functional.cross_entropy(output.reshape(-1, output.shape[-1]), y.reshape(-1))
        torch.autograd.grad(loss, parameters)


def fastest(call) -> float:
    """Seconds of processor time."""
    found = []
    for _ in range(RUNS):
        start = time.process_time()
        call()
        found.append(time.process_time() - start)
    return min(found)


def cases(count: int):
    """name -> (model, its batches)."""
    digits = nn.Sequential(
        nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10)
    )
    classes = [torch.randint(0, 10, (128,)) for _ in range(count)]
    tokens = [torch.randint(0, 50, (8, 64)) for _ in range(count)]
    return {
        "64-256-256-10": (digits, [(torch.randn(128, 64), y) for y in classes]),
        "convolutions": (Convolutions(), [(torch.randn(128, 1, 8, 8), y) for y in classes]),
        "GPT-like block": (Block(), [(t, t) for t in tokens]),
    }


def main():
    torch.manual_seed(0)
    torch.set_num_threads(1)
    print(f"{'model':16}  batches  forward + backward   observed   overhead")
    for count in map(int, sys.argv[1:] or BATCHES):
        for name, (model, batches) in cases(count).items():
            own = fastest(lambda m=model, b=batches: plain(m, b))
            ours = fastest(
                lambda m=model, b=batches: TorchNetwork(m).observe(b, Observer(MOMENTS_FROM))
            )
            figures = f"{own * 1e3:15.1f} ms  {ours * 1e3:6.1f} ms  {ours / own - 1:9.0%}"
            print(f"{name:16}  {count:7}  {figures}")


if __name__ == "__main__":
    main()
