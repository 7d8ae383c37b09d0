"""Watching a torch module: every activation it calls, as a module or as a function.

A `TorchFunctionMode` sees each call of the forward pass, so no hook is put on any module. The
gradients come through hooks on the tensors of this one pass, which die with them.
"""

import random
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch.overrides import TorchFunctionMode

from actfn.catalogue import get
from actfn.diagnose.observe import Observer, as_columns
from actfn.errors import UnknownActivationError
from actfn.variant import Variant

LINEAR = {"linear": -1, "conv1d": 1, "conv2d": 1, "conv3d": 1}
_NORMS = {"batch_norm": 1, "group_norm": 1, "instance_norm": 1, "layer_norm": -1, "rms_norm": -1}
_SUMS = ("add", "add_", "__add__", "__radd__", "__iadd__")
_HOMES = ("torch", "torch._C._nn", "torch.nn.functional", None)  # None: methods of a tensor
_MODULE = torch.nn.functional
# Words of torch's functions that are other words in the records; all else is in the same order.
_WORDS = {"min_val": "min", "max_val": "max", "lambd": "threshold"}


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
        self.used: Counter[str] = Counter()

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        if getattr(func, "__module__", None) not in _HOMES:
            return func(*args, **kwargs)
        if name == "glu" and self.observer is not None:
            return self._gate(func, args, kwargs)
        record = _record(name, args, kwargs)
        if record is not None:
            return self._activation(func, record, args, kwargs)
        result = func(*args, **kwargs)
        if self.observer is not None and isinstance(result, torch.Tensor) and args:
            self._remember(name, args, kwargs, result)
        return result

    def _activation(self, func, record, args, kwargs):
        z = args[0] if args else kwargs["input"]
        made = self.made.get(id(z)) or _Made("", _axis(z), z)
        before = _array(z, made.axis, copy=_in_place(func, kwargs)) if self.observer else None
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
        before = _array(gate, made.axis)
        self._feed(half, get("sigmoid"), before, result, factor=value, output=result_gate)
        return result

    def _feed(self, made: _Made, record, before, result, factor=None, output=None) -> None:
        assert self.observer is not None
        record = _per_unit(record)
        name = self._named(made.name or "activation")
        seen = self.observer.layers.get(name)
        weight, bias = (None, None) if seen else (_numpy(made.weight), _numpy(made.bias))
        given = _array(result if output is None else output, made.axis)
        value = given if given.shape == before.shape else None
        layer = self.observer.layer(name, record, before.shape, 1, weight, bias)
        slope = self.observer.add_forward(layer, before, value)
        layer.padded, layer.normalised = made.padded, made.normalised
        if made.inputs is not None:
            self.observer.add_inputs(layer, _array(made.inputs, made.axis), axis=1)
        if isinstance(result, torch.Tensor) and result.requires_grad and layer.spoilt is None:
            axis, observer = made.axis, self.observer

            def arrived(gradient):
                if factor is not None:
                    gradient = gradient * factor
                observer.add_gradient(layer, _array(gradient, axis), slope)

            result.register_hook(arrived)

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
            self._feed(made, None, _array(result, made.axis), result)

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


@lru_cache(maxsize=512)
def _known(name: str):
    """The record that a function of torch is called like, or None."""
    stem = name[:-1] if name.endswith("_") and not name.endswith("__") else name
    if not (hasattr(_MODULE, stem) or stem == "log_sigmoid") or stem in ("softmax", "log_softmax"):
        return None
    try:
        record = get(stem, like="torch")
    except UnknownActivationError:
        return None
    elementwise = len(getattr(record, "inputs", ())) == 1
    return record if elementwise and record.name != "identity" else None  # "linear" is a layer


def _record(name: str, args, kwargs):
    """The activation that this call computes, with its parameters, or None."""
    if name in ("clamp", "clamp_", "clip", "clip_", "clamp_min"):
        low = args[1] if len(args) > 1 else kwargs.get("min")
        high = args[2] if len(args) > 2 else kwargs.get("max")
        only_zero = isinstance(low, int | float) and low == 0 and high is None
        return get("relu") if only_zero else None
    record = _known(name)
    if record is None:
        return None
    if name == "gelu" and (kwargs.get("approximate") == "tanh" or "tanh" in args[1:]):
        return get("gelu_tanh")
    own = record.activation if isinstance(record, Variant) else record
    given = dict(zip(own.parameter_names, args[1:], strict=False))
    for word, value in kwargs.items():
        if _WORDS.get(word, word) in own.parameter_names:
            given[_WORDS.get(word, word)] = value
    values = {n: _numpy(v) if isinstance(v, torch.Tensor) else float(v) for n, v in given.items()}
    return Variant(own, values) if values else record


def _per_unit(record):
    """Vectors as parameters belong to the units, the middle axis of (items, units, positions)."""
    if not isinstance(record, Variant):
        return record
    shaped = {
        name: float(v) if np.size(v) == 1 else np.reshape(v, (-1, 1))
        for name, v in record.parameters.items()
    }
    return Variant(record.activation, shaped)


def _in_place(func, kwargs) -> bool:
    return bool(kwargs.get("inplace")) or func.__name__.endswith("_")


def _axis(z) -> int:
    """Where the units are, for a tensor of unknown origin: channels of images, else the last."""
    return 1 if z.ndim >= 4 else -1


def _array(tensor, axis: int, copy: bool = False) -> np.ndarray:
    return as_columns(_numpy(tensor, copy), axis)


def _numpy(tensor, copy: bool = False):
    if tensor is None:
        return None
    with torch._C.DisableTorchFunction():
        tensor = tensor.detach()
        if tensor.dtype in (torch.bfloat16, torch.float16):
            tensor = tensor.float()
        array = tensor.cpu().numpy()
    return array.copy() if copy else array


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
