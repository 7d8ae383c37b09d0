"""Fresh weights for torch modules, in place: what is not a weight or a bias stays as it is."""

import numpy as np
import torch
from torch.overrides import TorchFunctionMode

from actfn.diagnose.frameworks.pytorch import TorchNetwork
from actfn.diagnose.frameworks.pytorch_watch import LINEAR, untouched
from actfn.diagnose.observe import Observer
from actfn.errors import DiagnosisError
from actfn.initialisation import draw, to_unit_variance


def initialise_module(
    model, batch, scheme, preserve, distribution, generator, network: TorchNetwork | None = None
):
    """Fresh weights for every linear and convolutional layer that a batch passes; biases 0."""
    if batch is None:
        raise DiagnosisError("a module needs batch=: it shows which activation follows which layer")
    network = network or TorchNetwork(model)
    if scheme == "lsuv":
        _lsuv(network, batch, generator)
        return model
    observer = Observer()
    network.observe([batch], observer)
    parameters = dict(model.named_parameters())
    previous = None
    with torch.no_grad():
        for name, layer in observer.layers.items():
            weight = parameters.get(f"{name}.weight")
            if layer.weight is not None and weight is not None and weight.ndim >= 2:
                _fill(
                    weight, parameters.get(f"{name}.bias"),
                    previous, layer.activation, scheme, preserve, distribution, generator,
                )  # fmt: skip
            previous = layer.activation
    return model


def _fill(weight, bias, *how) -> None:
    """Draw a weight as `draw` is told how, and set the bias, if there is one, to 0."""
    shape = tuple(weight.shape)
    drawn = draw(shape[::-1], *how).T if len(shape) == 2 else draw(shape, *how)
    weight.copy_(torch.as_tensor(np.ascontiguousarray(drawn), device=weight.device))
    if bias is not None:
        bias.zero_()


def _lsuv(network: TorchNetwork, batch, generator) -> None:
    """One forward pass, in which each layer is set before anything after it sees its output."""
    parameters = list(network.model.parameters())
    before = [p.detach().clone() for p in parameters]
    setting = _Setting(parameters, generator)
    try:
        with untouched(network.model), torch.no_grad(), setting:
            network.forward(batch)
        if not setting.done:
            raise DiagnosisError("lsuv: the batch passes no linear or convolutional layer")
    except BaseException:
        with torch.no_grad():
            for parameter, value in zip(parameters, before, strict=True):
                parameter.copy_(value)
        raise


class _Setting(TorchFunctionMode):
    """Sets the weight of a linear or convolutional call when it is used for the first time.

    What torch computes in one function of its own, as attention, is not seen and keeps its
    weights; so do weights that are computed from other parameters.
    """

    def __init__(self, parameters, generator):
        super().__init__()
        self.known = {id(p) for p in parameters}
        self.generator = generator
        self.done: set[int] = set()

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        weight = args[1] if len(args) > 1 else kwargs.get("weight")
        is_layer = getattr(func, "__name__", "") in LINEAR and id(weight) in self.known
        if is_layer and id(weight) not in self.done:
            self.done.add(id(weight))
            bias = args[2] if len(args) > 2 else kwargs.get("bias")
            bias = bias if id(bias) in self.known else None
            _fill(weight, bias, None, None, "orthogonal", "forward", "normal", self.generator)
            to_unit_variance(
                lambda: float(func(*args, **kwargs).double().var(correction=0)),
                lambda spread: weight.div_(spread),
            )
        return func(*args, **kwargs)
