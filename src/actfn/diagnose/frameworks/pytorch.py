"""torch modules: observed as they are, and copies of them to train and to change."""

import copy
from collections.abc import Callable
from contextlib import nullcontext
from functools import reduce
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from actfn.catalogue import get
from actfn.diagnose.frameworks.pytorch_batches import double, split
from actfn.diagnose.frameworks.pytorch_checks import blaming, check_device, check_usable
from actfn.diagnose.frameworks.pytorch_watch import Watch, module_names, untouched
from actfn.diagnose.observe import GRADIENT_BATCHES, Observer
from actfn.diagnose.rates import named_rate
from actfn.errors import DiagnosisError


class TorchNetwork:
    """A torch module, its loss and its optimizer.

    Parameters
    ----------
    model : torch.nn.Module
    loss : callable, optional
        (output, target) -> scalar tensor. By default cross-entropy where targets are integers,
        else the mean square error; or the output's own `loss`, as Hugging Face models have it.
    optimizer : torch.optim.Optimizer, float, or ("adam", rate), optional
        Its class and settings are used on copies; itself it is never stepped. A number is the
        rate of plain gradient descent.

    Attributes
    ----------
    optimizer : "sgd", "adam", ...: what the optimizer is called.
    rate : the learning rate, if an optimizer is given.
    """

    def __init__(self, model, loss=None, optimizer=None):
        self.model, self.loss = model, loss
        self.given = optimizer if isinstance(optimizer, torch.optim.Optimizer) else None
        if self.given is None:
            self.optimizer, self.rate = named_rate(optimizer)
        else:
            self.optimizer = type(self.given).__name__.lower()
            self.rate = float(self.given.param_groups[0]["lr"])
        self.instead: Callable | None = None
        self.shift: tuple[Any, Any] | None = None
        self._stepper: Any = None
        check_usable(model)

    @property
    def can_change_activations(self) -> bool:
        return True

    def untouched(self):
        """A context after which the model and all random numbers are as they were before it."""
        return untouched(self.model)

    def copy(self) -> "TorchNetwork":
        """A network of its own that starts with the same weights."""
        other = copy.copy(self)
        try:
            other.model = copy.deepcopy(self.model)
        except Exception as error:
            raise DiagnosisError(f"the model cannot be copied: {error}") from error
        other._stepper = None
        return other

    def observe(self, batches, observer: Observer) -> float | None:
        """Run forward and, where there is a loss, backward; the mean loss."""
        losses, names = [], module_names(self.model)
        learns = any(p.requires_grad for p in self.model.parameters())
        with untouched(self.model):
            for batch in batches:
                backward = learns and observer.batches < GRADIENT_BATCHES
                watch = Watch(names, observer, self.instead)
                with torch.set_grad_enabled(backward):
                    output, target = self.forward(batch, observer.batches, watch)
                    watch.output(output)
                    loss = self._loss(output, target)
                watch.network_inputs(split(batch)[0])
                if loss is not None:
                    losses.append(float(loss.detach()))
                    with blaming("the backward pass"):
                        watch.backward(loss)
                observer.next_batch()
        return float(np.mean(losses)) if losses else None

    def forward(self, batch, index: int = 0, watch: Watch | None = None):
        """(output, target) of a batch; `index` is its number in error messages."""
        inputs, target = split(batch)
        check_device(self.model, inputs, index)
        if self.shift is not None and isinstance(inputs, tuple):
            mean, spread = self.shift
            inputs = ((inputs[0] - mean) / spread, *inputs[1:])
        try:
            with watch or nullcontext():
                output = self.model(**inputs) if isinstance(inputs, dict) else self.model(*inputs)
        except DiagnosisError:
            raise
        except Exception as error:
            kind = type(error).__name__
            raise DiagnosisError(f"the model raised {kind} in batch {index}: {error}") from error
        return output, target

    def _loss(self, output, target):
        try:
            return self._computed_loss(output, target)
        except Exception as error:
            raise DiagnosisError(
                f"the loss raised {type(error).__name__}: {error}; with loss= you choose your own"
            ) from error

    def _computed_loss(self, output, target):
        if self.loss is not None:
            return self.loss(output, target)
        if getattr(output, "loss", None) is not None:
            return output.loss
        if not isinstance(output, torch.Tensor) or not isinstance(target, torch.Tensor):
            return None
        if not target.is_floating_point():
            return functional.cross_entropy(
                output.reshape(-1, output.shape[-1]), target.reshape(-1)
            )
        return functional.mse_loss(output, target.reshape(output.shape))

    def step(self, batch, rate: float) -> float:
        """One step of the optimizer's kind; the loss before it. For copies only."""
        with torch.enable_grad():
            output, target = self.forward(batch, 0, Watch({}, None, self.instead))
        loss = self._loss(output, target)
        if loss is None:
            raise DiagnosisError("training needs a loss: batches (inputs, targets), or loss=")
        if self._stepper is None:
            self._stepper = self._new_optimizer(rate)
        self._stepper.zero_grad()
        with blaming("the backward pass"):
            loss.backward()
        with blaming("the optimizer"):
            self._stepper.step()
        return float(loss.detach())

    def _new_optimizer(self, rate: float):
        parameters = [p for p in self.model.parameters() if p.requires_grad]
        if not parameters:
            raise DiagnosisError("no parameter requires a gradient: there is no training to replay")
        parameters += [p for p in getattr(self.instead, "parameters", ()) if p.requires_grad]
        if self.given is None:
            return {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[self.optimizer](
                parameters, lr=rate
            )
        with blaming("a second optimizer of the same kind"):
            return type(self.given)(parameters, **{**self.given.defaults, "lr": rate})

    def weights(self) -> dict[str, np.ndarray]:
        """Layer name -> weight, as NumPy arrays of their own."""
        return {
            name.rpartition(".")[0]: p.detach().float().cpu().numpy().copy()
            for name, p in self.model.named_parameters()
            if p.ndim >= 2
        }

    def load(self, start) -> None:
        """Take the weights of another module, or of a state_dict."""
        state = start.state_dict() if hasattr(start, "state_dict") else start
        try:
            self.model.load_state_dict(state)
        except Exception as error:
            raise DiagnosisError(f"start= does not fit the model: {error}") from error

    def gradient_vector(self, batch, shift: np.ndarray | None = None) -> np.ndarray:
        """The gradient by all parameters as one float64 vector, at parameters + shift."""
        other = self.copy()
        other.model.double()
        parameters = [p for p in other.model.parameters() if p.requires_grad]
        if shift is not None:
            start = 0
            with torch.no_grad():
                for p in parameters:
                    piece = shift[start : start + p.numel()].reshape(tuple(p.shape))
                    p += torch.as_tensor(piece, device=p.device)
                    start += p.numel()
        with untouched(self.model), torch.enable_grad():
            output, target = other.forward(double(batch), 0, Watch({}, None, self.instead))
        loss = other._loss(output, target)
        with blaming("the backward pass"):
            found = torch.autograd.grad(loss, parameters, allow_unused=True)
        return np.concatenate([
            np.zeros(p.numel()) if g is None else g.cpu().numpy().ravel()
            for p, g in zip(parameters, found, strict=True)
        ])  # fmt: skip

    # ------------------------------------------------------------ changes to try, and their code

    code_for_biases = (
        "for name, p in model.named_parameters():\n"
        "    if name.endswith('bias'):\n"
        "        torch.nn.init.zeros_(p)"
    )
    code_for_weights = "actfn.initialise(model, batch=inputs)"
    code_for_inputs = "x = (x - x.mean(0)) / x.std(0).clamp(min=1e-6)"

    def code_for_activation(self, name: str) -> str:
        """How another activation is written."""
        if name == "prelu":
            return "activation = torch.nn.PReLU()"
        return f"activation = torch.{get(name).same_as['torch']}"

    def replace_activations(self, name: str, worn=None) -> None:
        """Another activation in place of all, modules and functions alike."""
        self.instead = _replacement(name, next(self.model.parameters()).device)

    def initialise(self, seed: int = 0, batch=None) -> None:
        """Fresh weights with the exact gain of each layer's own input, biases 0."""
        from actfn.diagnose.frameworks.pytorch_initialise import initialise_module

        generator = np.random.default_rng(seed)
        initialise_module(self.model, batch, "kaiming", "forward", "normal", generator, self)

    def reset_biases(self) -> None:
        """All biases 0."""
        with torch.no_grad():
            for name, p in self.model.named_parameters():
                if name.endswith("bias"):
                    p.zero_()

    def standardise_inputs(self, mean: np.ndarray, spread: np.ndarray) -> None:
        """Let the model see (x - mean) / spread, per feature."""
        first = next(self.model.parameters())
        spread = np.where(spread > 0, spread, 1)
        centre, scale = (
            torch.as_tensor(v, dtype=first.dtype, device=first.device) for v in (mean, spread)
        )
        self.shift = centre, scale


class _LearnedSlope:
    """PReLU with one slope that is learned, started at 0.25."""

    def __init__(self, device):
        self.parameters = [torch.nn.Parameter(torch.full((1,), 0.25, device=device))]

    def __call__(self, z):
        return functional.prelu(z, self.parameters[0].to(z.dtype))


def _replacement(name: str, device) -> Callable:
    """torch's own function for an activation of ours."""
    record = get(name)
    if record.name == "prelu":
        return _LearnedSlope(device)
    spelling = record.same_as["torch"]
    found: Any = reduce(getattr, spelling.split("."), torch)
    return found
