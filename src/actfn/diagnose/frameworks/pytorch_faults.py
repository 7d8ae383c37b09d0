"""Planted faults in the channels of convolutional networks, and healthy ones beside them."""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from actfn.catalogue import get
from actfn.diagnose.fault_case import Case, Seen
from actfn.diagnose.frameworks.pytorch import TorchNetwork
from actfn.diagnose.frameworks.pytorch_watch import untouched
from actfn.diagnose.observe import as_columns
from actfn.initialisation import draw

CHANNELS, COLOURS, SIDE, CLASSES = 20, 3, 6, 10
FIRST, SECOND = 0, 2  # where the convolutions lie that faults are planted in
_ACTIVATIONS = (nn.ReLU, nn.GELU, nn.Tanh)


@dataclass
class ConvolutionCase(Case):
    """A `nn.Sequential`; `positive` says that its images have values from 0 to 1."""

    positive: bool = False

    @property
    def network(self) -> TorchNetwork:
        """The module with cross-entropy as its loss."""
        return TorchNetwork(self.layers)

    def fresh(self, rng, n: int) -> torch.Tensor:
        """Images of the same kind."""
        return _images(rng, n, self.positive)

    def pre_activations(self, x) -> list[Seen]:
        """Module by module; a layer is called as the last module before it with parameters."""
        found, name = [], ""
        with torch.no_grad(), untouched(self.layers):
            for called, module in self.layers.named_children():
                if isinstance(module, _ACTIVATIONS):
                    record = get(f"nn.{type(module).__name__}")
                    found.append(Seen(name, record, as_columns(x.numpy(), 1)))
                name = called if any(True for _ in module.parameters()) else name
                x = module(x)
        return found

    def weight_gradients(self, batch) -> list[np.ndarray]:
        """Of the convolutions and the output."""
        weights = [p for p in self.layers.parameters() if p.ndim >= 2]
        with untouched(self.layers):
            loss = functional.cross_entropy(self.layers(batch[0]), batch[1])
            found = torch.autograd.grad(loss, weights)
        return [g.numpy() for g in found]


@contextmanager
def one_thread():
    """Networks this small are slowed down by more threads, the more so on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _images(rng, n, positive) -> torch.Tensor:
    shape = n, COLOURS, SIDE, SIDE
    x = rng.uniform(size=shape) if positive else rng.normal(size=shape)
    return torch.as_tensor(x.astype(np.float32))


def _model(rng, activation=nn.ReLU, norm=False) -> nn.Sequential:
    """Three convolutions, pooled, and a linear layer; weights from our generator, biases 0."""
    layers: list[nn.Module] = []
    for inputs in (COLOURS, CHANNELS, CHANNELS):
        layers.append(nn.utils.skip_init(nn.Conv2d, inputs, CHANNELS, 3, padding=1))
        layers += [nn.BatchNorm2d(CHANNELS)] if norm else []
        layers.append(activation())
    size = CHANNELS * (SIDE // 2) ** 2
    layers += [nn.MaxPool2d(2), nn.Flatten(), nn.utils.skip_init(nn.Linear, size, CLASSES)]
    record = get(f"nn.{activation.__name__}")
    previous = None
    with torch.no_grad():
        for layer in layers:
            if isinstance(layer, nn.Conv2d | nn.Linear):
                shape = tuple(layer.weight.shape)
                shape = shape[::-1] if len(shape) == 2 else shape
                weight = draw(shape, previous, record, "kaiming", "forward", "normal", rng)
                layer.weight.copy_(torch.as_tensor(weight.T if len(shape) == 2 else weight))
                assert layer.bias is not None
                layer.bias.zero_()
                previous = record
    return nn.Sequential(*layers)


def _case(rng, model, size=64, n=4, lost=None, positive=False) -> ConvolutionCase:
    batches = [
        (_images(rng, size, positive), torch.as_tensor(rng.integers(0, CLASSES, size)))
        for _ in range(n)
    ]
    return ConvolutionCase("", model, batches, lost or {}, positive=positive)


def _some(rng, share) -> list[int]:
    return rng.choice(CHANNELS, round(share * CHANNELS), replace=False).tolist()


def _healthy(size, n, activation=nn.ReLU, norm=False, positive=False):
    def make(rng):
        return _case(rng, _model(rng, activation, norm), size, n, positive=positive)

    return make


def _sparse(rate):
    """Every channel of the second layer fires somewhere in this share of the images."""

    def make(rng):
        model = _model(rng)
        with torch.no_grad():
            z = model[: SECOND + 1](_images(rng, 2_000, False))
            model[SECOND].bias.copy_(-torch.quantile(z.amax((2, 3)), 1 - rate, dim=0))
        return _case(rng, model)

    return make


def _biased(share, activation=nn.ReLU, size=64, n=4, norm=False, bias=-40.0, both=False):
    """Channels whose biases, or those of their norm, take them to a flat side."""

    def make(rng):
        model = _model(rng, activation, norm)
        where = SECOND + 2 * norm  # two norms come before, and the channels' own is the second
        channels = _some(rng, share)
        with torch.no_grad():
            signs = rng.choice([-1.0, 1.0], len(channels)) if both else np.ones(len(channels))
            model[where].bias[channels] = torch.as_tensor((bias * signs).astype(np.float32))
        return _case(rng, model, size, n, {str(where): set(channels)})

    return make


def _negative(share, where, size=64, n=4):
    """Channels with negative weights only, over inputs that are never negative."""

    def make(rng):
        model, channels = _model(rng), _some(rng, share)
        with torch.no_grad():
            weight = model[where].weight
            weight[channels] = -weight[channels].abs()
        return _case(rng, model, size, n, {str(where): set(channels)}, positive=where == FIRST)

    return make


def _trained(rate, steps):
    """Trained on labels that a linear teacher gives; what is dead then is found on many images."""

    def make(rng):
        case = _case(rng, _model(rng), 128, 8)
        teacher = torch.as_tensor(rng.normal(size=(COLOURS * SIDE**2, CLASSES)).astype(np.float32))
        case.batches = [(x, (x.flatten(1) @ teacher).argmax(1)) for x, _ in case.batches]
        network = case.network
        for step in range(steps):
            network.step(case.batches[step % len(case.batches)], rate)
        return case

    return make


CONVOLUTIONS: dict[str, Callable] = {
    "healthy convolutions": _healthy(64, 4),
    "healthy convolutions, batch of 16": _healthy(16, 1),
    "healthy convolutions, values from 0 to 1": _healthy(32, 1, positive=True),
    "healthy convolutions, tanh": _healthy(64, 4, nn.Tanh),
    "healthy convolutions, batch norm": _healthy(64, 2, norm=True),
    "sparse channels, 5 %": _sparse(0.05),
    "convolutions trained well": _trained(0.02, 16),
    "30 % of channels dead by their biases": _biased(0.3),
    "30 % of channels dead, batch of 16": _biased(0.3, size=16, n=1),
    "30 % of GELU channels dead": _biased(0.3, nn.GELU),
    "30 % of channels dead by their norm": _biased(0.3, norm=True, bias=-12.0),
    "a whole convolution dead": _biased(1.0),
    "40 % of channels dead by their weights": _negative(0.4, SECOND, size=256),
    "40 % dead by their weights, first convolution": _negative(0.4, FIRST, size=256),
    "convolutions killed by a large rate": _trained(0.7, 16),
    "30 % of tanh channels saturated": _biased(0.3, nn.Tanh, bias=8.0, both=True),
}
