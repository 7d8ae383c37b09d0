"""Networks of plain NumPy layers: forward, backward, a training step, and changes to try."""

import copy
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np

from actfn.diagnose.observe import GRADIENT_BATCHES, Observer
from actfn.diagnose.rates import named_rate
from actfn.diagnose.slopes import activation_of, backward_at, label, value_at
from actfn.errors import DiagnosisError

_BETA_1, _BETA_2, _EPSILON = 0.9, 0.999, 1e-8  # Adam's usual constants


class PlainNetwork:
    """`[(weight, bias, activation), ...]` with y = f(x @ weight + bias).

    Parameters
    ----------
    layers : sequence of (weight, bias, activation)
        weight (inputs, units), bias (units,) or None, activation a name, a record or None.
    loss : callable or None
        (output, target) -> (loss, gradient by the output). By default cross-entropy where targets
        are integers, and half the mean square where they are not.
    optimizer : float, (name, rate) or None
        A rate for gradient descent, or ("adam", rate).
    """

    can_change_activations = True

    def __init__(self, layers: Sequence, loss=None, optimizer=None):
        if not isinstance(layers, list | tuple) or not layers:
            raise DiagnosisError(f"layers are [(weight, bias, activation), ...], not {layers!r}")
        self.layers = [_layer(i, given) for i, given in enumerate(layers)]
        for i, (one, next_one) in enumerate(zip(self.layers, self.layers[1:], strict=False)):
            if one[0].shape[1] != next_one[0].shape[0]:
                raise DiagnosisError(
                    f"layer {i + 1} gives {one[0].shape[1]} numbers and layer {i + 2} takes "
                    f"{next_one[0].shape[0]}: weights have the shape (inputs, units)"
                )
        self.loss = loss
        self.optimizer, self.rate = named_rate(optimizer)
        self._moments: list[Any] = []

    @property
    def names(self) -> list[str]:
        """ "layer 1" and so on; the last one is "output" where it has no activation."""
        names = [f"layer {i + 1}" for i in range(len(self.layers))]
        if self.layers[-1][2] is None:
            names[-1] = "output"
        return names

    def untouched(self):
        """Nothing needs to be put back: arrays are only read, and nothing is drawn at random."""
        return nullcontext()

    def copy(self) -> "PlainNetwork":
        """A network of its own that starts with the same weights."""
        other = copy.copy(self)
        other.layers = [[w.copy(), None if b is None else b.copy(), f] for w, b, f in self.layers]
        other._moments = []
        return other

    def forward(self, x):
        """All (input, pre-activation) pairs and the output."""
        passed = []
        for weight, bias, record in self.layers:
            if x.shape[-1] != weight.shape[0]:
                raise DiagnosisError(
                    f"the network takes {weight.shape[0]} numbers per item, and a batch has "
                    f"the shape {x.shape}"
                )
            z = x @ weight if bias is None else x @ weight + bias
            passed.append((x, z))
            x = z if record is None else value_at(record, z)
        return passed, x

    def observe(self, batches, observer: Observer) -> float | None:
        """Run forward and, where there are targets, backward; the mean loss."""
        losses = []
        for batch in batches:
            x, target = _split(batch, observer.batches)
            passed, output = self.forward(x)
            observer.add_network_inputs(observer.part(x))
            backward = observer.batches < GRADIENT_BATCHES
            gradients, loss = self._gradients(passed, output, target, backward)
            losses.append(loss)
            for name, layer, (inputs, z), gradient in zip(
                self.names, self.layers, passed, gradients, strict=True
            ):
                seen = observer.add(
                    name, layer[2], z, gradient=gradient, weight=layer[0].T, bias=layer[1]
                )
                observer.add_inputs(seen, observer.part(inputs))
            observer.next_batch()
        known = [loss for loss in losses if loss is not None]
        return float(np.mean(known)) if known else None

    def _gradients(self, passed, output, target, backward: bool = True):
        """dL/da per layer, and the loss."""
        if target is None and self.loss is None:
            return [None] * len(self.layers), None
        loss, gradient = self._loss(output, target)
        if not backward:
            return [None] * len(self.layers), loss
        gradients = []
        for (weight, _, record), (_, z) in zip(
            reversed(self.layers), reversed(passed), strict=True
        ):
            gradients.append(gradient)
            if record is not None:
                gradient = backward_at(record, gradient, z)
            gradient = gradient @ weight.T
        return gradients[::-1], loss

    def _loss(self, output, target):
        if self.loss is not None:
            found = self.loss(output, target)
            if not isinstance(found, tuple) or np.shape(found[-1]) != output.shape:
                raise DiagnosisError("loss= of plain layers gives (loss, gradient by the output)")
            return found
        if target.dtype.kind in "iu":
            from actfn.rowwise.cross_entropy import cross_entropy

            return cross_entropy(output, target, with_grad=True)
        if target.size != output.size:
            raise DiagnosisError(
                f"targets have the shape {target.shape}, and the network gives {output.shape}"
            )
        error = output - target.reshape(output.shape)
        return float(np.mean(error**2) / 2), error / error.size

    def parameter_gradients(self, batch):
        """(loss, [dW, db] per layer)."""
        x, target = _split(batch, 0)
        passed, output = self.forward(x)
        gradients, loss = self._gradients(passed, output, target)
        steps = []
        for (_, bias, record), (inputs, z), gradient in zip(
            self.layers, passed, gradients, strict=True
        ):
            if record is not None:
                gradient = backward_at(record, gradient, z)
            steps.append([inputs.T @ gradient, None if bias is None else gradient.sum(axis=0)])
        return loss, steps

    def step(self, batch, rate: float) -> float:
        """One step of the optimizer; the loss before it."""
        loss, steps = self.parameter_gradients(batch)
        flat = [g for pair in steps for g in pair if g is not None]
        for parameter, change in zip(self.parameters(), self._changes(flat, rate), strict=True):
            parameter -= change
        return float(loss)

    def _changes(self, gradients, rate):
        if self.optimizer == "sgd":
            return [rate * gradient for gradient in gradients]
        if not self._moments:
            self._moments = [
                0,
                [np.zeros_like(g) for g in gradients],
                [np.zeros_like(g) for g in gradients],
            ]
        self._moments[0] += 1
        t, first, second = self._moments
        for m, v, g in zip(first, second, gradients, strict=True):
            m += (1 - _BETA_1) * (g - m)
            v += (1 - _BETA_2) * (g * g - v)
        return [
            (rate * (m / (1 - _BETA_1**t)) / (np.sqrt(v / (1 - _BETA_2**t)) + _EPSILON)).astype(
                m.dtype
            )
            for m, v in zip(first, second, strict=True)
        ]

    def parameters(self) -> list[np.ndarray]:
        """Weights and biases, in order."""
        return [p for weight, bias, _ in self.layers for p in (weight, bias) if p is not None]

    def load(self, start) -> None:
        """Take weights and biases of other layers of the same shapes."""
        other = PlainNetwork(start)
        if [w.shape for w, _, _ in other.layers] != [w.shape for w, _, _ in self.layers]:
            raise DiagnosisError("start= has layers of other shapes than the model")
        for layer, (weight, bias, _) in zip(self.layers, other.layers, strict=True):
            layer[0], layer[1] = weight, bias

    def weights(self) -> dict[str, np.ndarray]:
        """Layer name -> a copy of its weight."""
        return {name: layer[0].copy() for name, layer in zip(self.names, self.layers, strict=True)}

    def gradient_vector(self, batch, shift: np.ndarray | None = None) -> np.ndarray:
        """The gradient by all parameters as one float64 vector, at parameters + shift."""
        other = self.copy()
        other.layers = [
            [w.astype(np.float64), None if b is None else b.astype(np.float64), f]
            for w, b, f in other.layers
        ]
        if shift is not None:
            start = 0
            for parameter in other.parameters():
                parameter += shift[start : start + parameter.size].reshape(parameter.shape)
                start += parameter.size
        steps = other.parameter_gradients(batch)[1]
        return np.concatenate([g.ravel() for pair in steps for g in pair if g is not None])

    # ------------------------------------------------------------ changes to try, and their code

    code_for_biases = "layers = [(w, b if b is None else 0 * b, f) for w, b, f in layers]"
    code_for_weights = "weights = actfn.initialise([(w.shape, f) for w, _, f in layers])"
    code_for_inputs = "x = (x - x.mean(axis=0)) / np.maximum(x.std(axis=0), 1e-6)"

    def code_for_activation(self, name: str) -> str:
        """How another activation is written."""
        return f"layers = [(w, b, f and {name!r}) for w, b, f in layers]"

    def replace_activations(self, name: str, worn=None) -> None:
        """Another activation in place of all, or of those called `worn`."""
        for layer in self.layers:
            if layer[2] is not None and (worn is None or label(layer[2]) in worn):
                layer[2] = activation_of(name)

    def initialise(self, seed: int = 0, batch=None) -> None:
        """Fresh weights with the exact gain of each layer's own input, biases 0."""
        from actfn.initialisation import initialise

        fresh = initialise([(w.shape, f) for w, _, f in self.layers], rng=seed)
        for layer, weight in zip(self.layers, fresh, strict=True):
            layer[0][...] = weight
            if layer[1] is not None:
                layer[1][...] = 0

    def reset_biases(self) -> None:
        """All biases 0."""
        for _, bias, _ in self.layers:
            if bias is not None:
                bias[...] = 0

    def standardise_inputs(self, mean: np.ndarray, spread: np.ndarray) -> None:
        """Let the first layer see (x - mean) / spread with its weights as they are."""
        weight, bias, _ = first = self.layers[0]
        divided = weight / np.where(spread > 0, spread, 1)[:, None].astype(weight.dtype)
        shift = mean.astype(weight.dtype) @ divided
        first[0] = divided.astype(weight.dtype)
        first[1] = (-shift if bias is None else bias - shift).astype(weight.dtype)


def _layer(index: int, given) -> list:
    try:
        weight, bias, activation = given
    except (TypeError, ValueError):
        raise DiagnosisError(
            f"layer {index + 1} is not (weight, bias, activation): got {type(given).__name__}"
        ) from None
    weight = np.array(weight)
    weight = weight if weight.dtype.kind == "f" else weight.astype(np.float64)
    if weight.ndim != 2:
        raise DiagnosisError(
            f"layer {index + 1}: the weight is a matrix (inputs, units), not {weight.shape}"
        )
    if bias is not None:
        bias = np.array(bias, weight.dtype)
        if bias.shape != weight.shape[1:]:
            raise DiagnosisError(
                f"layer {index + 1}: the bias has the shape {bias.shape} and there are "
                f"{weight.shape[1]} units"
            )
    return [weight, bias, activation_of(activation)]


def _split(batch, index: int):
    pair = batch if isinstance(batch, tuple | list) else (batch, None)
    x = np.asarray(pair[0])
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    if x.ndim != 2 or len(x) == 0:
        raise DiagnosisError(
            f"batch {index} has the shape {x.shape}: a batch is (items, numbers), or with targets"
        )
    return x, None if len(pair) < 2 or pair[1] is None else np.asarray(pair[1])
