"""Watching a torch module: every activation it calls, as a module or as a function.

A `TorchFunctionMode` sees each call of the forward pass, so no hook is put on any module. For the
gradients it keeps the places in this one pass's graph where the activations' values are.
"""

import random
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.overrides import TorchFunctionMode

from actfn.catalogue import get
from actfn.diagnose.columns import Part
from actfn.diagnose.frameworks.pytorch_calls import activation_called, as_numpy, in_place, per_unit
from actfn.diagnose.observe import Layer, Observer

LINEAR = {"linear": -1, "conv1d": 1, "conv2d": 1, "conv3d": 1}
_NORMS = {"batch_norm": 1, "group_norm": 1, "instance_norm": 1, "layer_norm": -1, "rms_norm": -1}
_SUMS = ("add", "add_", "__add__", "__radd__", "__iadd__")
_HOMES = ("torch", "torch._C._nn", "torch.nn.functional", None)  # None: methods of a tensor


@dataclass
class _Made:
    """How a tensor came about."""

    name: str
    axis: int
    tensor: Any  # keeps the identity that it is found by
    weight: Any = None
    bias: Any = None
    inputs: Any = None
    padded: bool = False
    normalised: bool = False


@dataclass
class _Awaited:
    """A gradient that the backward pass will bring: `factor` times that of the edge is dL/da."""

    edge: Any
    layer: Layer
    axis: int
    slope: np.ndarray | None
    factor: Any


class Watch(TorchFunctionMode):
    """Feeds an observer with one forward pass, and with the backward pass that follows.

    `names` are those of `module_names`. With `instead`, a function z -> f(z), every activation is
    replaced by it.
    """

    def __init__(self, names: dict, observer: Observer | None, instead: Callable | None = None):
        super().__init__()
        self.observer, self.instead = observer, instead
        self.names = names
        self.made: dict[int, _Made] = {}
        self.parts: dict[tuple[int, int, int], tuple[Any, Part]] = {}  # with what keeps the id
        self.awaited: list[_Awaited] = []
        self.used: Counter[str] = Counter()

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        if getattr(func, "__module__", None) not in _HOMES:
            return func(*args, **kwargs)
        if name == "glu" and self.observer is not None:
            return self._gate(func, args, kwargs)
        record = activation_called(name, args, kwargs)
        if record is not None:
            return self._activation(func, record, args, kwargs)
        result = func(*args, **kwargs)
        if self.observer is not None and isinstance(result, torch.Tensor) and args:
            self._remember(name, args, kwargs, result)
        return result

    def _activation(self, func, record, args, kwargs):
        z = args[0] if args else kwargs["input"]
        made = self.made.get(id(z)) or _Made("", _axis(z), z)
        before = None
        if self.observer is not None:
            before = self.observer.part(as_numpy(z, copy=in_place(func, kwargs)), made.axis)
        result = func(*args, **kwargs) if self.instead is None else self.instead(z)
        if before is not None:
            self._feed(made, record, before, result)
            self.made[id(result)] = _Made("", made.axis, result)  # in place: no pre-activation now
        return result

    def _gate(self, func, args, kwargs):
        """A gated unit: its sigmoid is the activation, with the other half as its gradient."""
        x = args[0] if args else kwargs["input"]
        dim = args[1] if len(args) > 1 else kwargs.get("dim", -1)
        with torch.no_grad():
            value, gate = (half.detach() for half in x.chunk(2, dim))
            result_gate = torch.sigmoid(gate)
        result = func(*args, **kwargs)
        made = self.made.get(id(x)) or _Made("", _axis(x), x)
        half = _Made(made.name, made.axis, gate)  # half of the rows: no weights of its own
        before = self._part(gate, made.axis)
        self._feed(half, get("sigmoid"), before, result, factor=value, output=result_gate)
        return result

    def _feed(self, made: _Made, record, before: Part, result, factor=None, output=None) -> None:
        assert self.observer is not None
        record = per_unit(record)
        name = self._named(made.name or "activation")
        seen = self.observer.layers.get(name)
        weight, bias = (None, None) if seen else (as_numpy(made.weight), as_numpy(made.bias))
        given = self._part(result if output is None else output, made.axis)
        value = given if given.x.shape == before.x.shape else None
        layer = self.observer.layer(name, record, before.x.shape, 1, weight, bias)
        slope = self.observer.add_forward(layer, before, value)
        layer.padded, layer.normalised = made.padded, made.normalised
        if made.inputs is not None:
            self.observer.add_inputs(layer, self._part(made.inputs, made.axis))
        if result.requires_grad and layer.spoilt is None:
            edge = torch.autograd.graph.get_gradient_edge(result)
            self.awaited.append(_Awaited(edge, layer, made.axis, slope, factor))

    def _part(self, tensor, axis: int) -> Part:
        """The numbers of a tensor; one layer's values are the next one's inputs, reduced once."""
        assert self.observer is not None
        if tensor.is_inference():  # has no version that would tell of changes in place
            return self.observer.part(as_numpy(tensor), axis)
        key = id(tensor), axis, tensor._version
        if key not in self.parts:
            self.parts[key] = tensor, self.observer.part(as_numpy(tensor), axis)
        return self.parts[key][1]

    def output(self, result) -> None:
        """The network's own output: a layer without activation."""
        if (
            not isinstance(result, torch.Tensor)
            or result.ndim < 2
            or not result.is_floating_point()
        ):
            return
        made = self.made.get(id(result))
        if made is None:
            made = _Made("output", _axis(result), result)
        if made.name:
            self._feed(made, None, self._part(result, made.axis), result)

    def network_inputs(self, inputs) -> None:
        """What the network was given, if it is numbers: (x, ...); of a dict nothing is said."""
        x = inputs[0] if isinstance(inputs, tuple) else None
        if isinstance(x, torch.Tensor) and x.is_floating_point() and x.ndim >= 2:
            assert self.observer is not None
            self.observer.add_network_inputs(self._part(x.flatten(1), -1))

    def backward(self, loss) -> None:
        """Ask for the gradients of the activations; those of the weights, half the work, are not
        needed."""
        if not self.awaited or not loss.requires_grad:
            return
        assert self.observer is not None
        edges = [awaited.edge for awaited in self.awaited]
        gradients = torch.autograd.grad(loss, edges, allow_unused=True)
        for awaited, gradient in zip(self.awaited, gradients, strict=True):
            if gradient is not None:
                gradient = gradient if awaited.factor is None else gradient * awaited.factor
                found = self.observer.part(as_numpy(gradient), awaited.axis)
                self.observer.add_gradient(awaited.layer, found, awaited.slope)

    def _remember(self, name: str, args, kwargs, result) -> None:
        first = args[0] if isinstance(args[0], torch.Tensor) else None
        if name in LINEAR and first is not None and len(args) > 1:
            weight = args[1]
            bias = args[2] if len(args) > 2 else kwargs.get("bias")
            called = self.names.get(id(weight)) or name
            grouped = weight.ndim > 2 and weight.shape[1] != first.shape[1]
            self._made(
                called, LINEAR[name], result, weight, bias,
                None if grouped else first, padded=weight.ndim > 2,
            )  # fmt: skip
        elif name in _NORMS:
            weight, bias = kwargs.get("weight"), kwargs.get("bias")
            called = self.names.get(id(weight)) or name
            self._made(called, _NORMS[name], result, None, bias, normalised=True)
        elif name in _SUMS:
            parts = [self.made[id(a)] for a in args[:2] if id(a) in self.made]
            names = [part.name for part in parts if part.name]
            if parts:
                called = f"{names[-1]} + shortcut" if names else ""
                self._made(called, parts[-1].axis, result)
        elif first is not None and id(first) in self.made and result.shape == first.shape:
            self._made(self.made[id(first)].name, self.made[id(first)].axis, result)

    def _made(self, name, axis, result, weight=None, bias=None, inputs=None, **facts) -> None:
        bias = bias if isinstance(bias, torch.Tensor) else None
        self.made[id(result)] = _Made(name, axis, result, weight, bias, inputs, **facts)

    def _named(self, name: str) -> str:
        self.used[name] += 1
        return name if self.used[name] == 1 else f"{name} #{self.used[name]}"


def module_names(model) -> dict[int, str]:
    """The identity of a parameter -> the name of its module."""
    return {id(p): name.rpartition(".")[0] for name, p in model.named_parameters()}


def _axis(z) -> int:
    """Where the units are, for a tensor of unknown origin: channels of images, else the last."""
    return 1 if z.ndim >= 4 else -1


@contextmanager
def untouched(model):
    """Leave the model, the random numbers and the modes as they were, whatever happens inside."""
    kept = [
        (module, name, buffer, None if buffer is None else buffer.detach().clone())
        for module in model.modules()
        for name, buffer in module._buffers.items()
    ]
    modes = [(module, module.training) for module in model.modules()]
    cpu, python, numpy = torch.get_rng_state(), random.getstate(), np.random.get_state()
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []
    try:
        yield
    finally:
        with torch.no_grad():
            for module, name, buffer, value in kept:
                module._buffers[name] = buffer
                if buffer is not None:
                    buffer.copy_(value)
        for module, mode in modes:
            module.training = mode
        torch.set_rng_state(cpu)
        random.setstate(python)
        np.random.set_state(numpy)
        if cuda:
            torch.cuda.set_rng_state_all(cuda)
