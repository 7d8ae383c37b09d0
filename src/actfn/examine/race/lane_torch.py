"""PyTorch's lane: through autograd, and operator by operator without it.

What PyTorch runs for a function is recorded once. Where that is a single operator, it is raced on
its own too, into arrays that are there already where it takes them: then neither autograd nor
memory stands in its way.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from actfn.examine import peers
from actfn.examine.race import rows_torch
from actfn.examine.race.case import BACKWARD, BOTH, COPY, DERIVATIVE, FORWARD, Case
from actfn.examine.race.formulas import Written
from actfn.examine.race.rows import ROWS
from actfn.examine.race.tensors import tensor_of
from actfn.examine.race.ways import Arrays, NoWork, Way, Ways, one_or_all

_NO_WORK = ("aten.detach", "aten.view", "aten.empty_like", "aten.alias")
_SAME = "exp expm1 log log1p sqrt sin cos sinh cosh tanh abs sign where square erf erfc".split()


def _maximum(a, b):
    return torch.maximum(a, b) if torch.is_tensor(b) else torch.clamp(a, min=b)


def _minimum(a, b):
    return torch.minimum(a, b) if torch.is_tensor(b) else torch.clamp(a, max=b)


FUNCTIONS: dict[str, Any] = {
    **{name: getattr(torch, name) for name in (*_SAME, "sigmoid", "relu")},
    "softplus": lambda x: torch.nn.functional.softplus(x, threshold=float("inf")),
    "clip": torch.clamp,
    "max": _maximum,
    "min": _minimum,
    "atan": torch.atan,
    "scalar": lambda value, x: torch.tensor(value, dtype=x.dtype),
}


def start(count: int) -> dict[str, Any]:
    """Use so many threads; what is worth knowing about this installation."""
    torch.set_num_threads(count)
    torch.set_grad_enabled(False)  # but where a way goes through autograd
    return {
        "version": torch.__version__,
        "threads": torch.get_num_threads(),
        "instruction set": torch.backends.cpu.get_cpu_capability().lower(),
        "mkl": torch.backends.mkl.is_available(),
        "onednn": torch.backends.mkldnn.is_available(),
        "openmp": torch.backends.openmp.is_available(),
    }


def array_of(tensor: torch.Tensor) -> np.ndarray:
    """As float64, for comparisons."""
    return tensor.detach().to(torch.float64).numpy()


def ways(case: Case) -> Ways:
    """PyTorch's function, or the formula where it has none."""
    if case.name in ROWS:
        return rows_torch.ways(case)
    arrays = Arrays(case)
    if case.name == COPY:
        x, y = tensor_of(arrays.x), tensor_of(arrays.y)
        return {"copy_": Way(lambda: y.copy_(x))}
    record = case.record
    spelling = peers.spelling(record, "torch") if len(record.inputs) == 1 else None
    if spelling is not None:
        return _Tensors(spelling.load(case.dtype), arrays).ways(case.operation, spelling.spec)
    f = Written(record.tree, record.inputs, record.defaults, FUNCTIONS).function()
    return _Tensors(f, arrays).ways(case.operation, "formula")


class _Tensors:
    """The arrays of a case as tensors, and what PyTorch can do with them."""

    def __init__(self, f: Callable, arrays: Arrays):
        self.f = f
        self.inputs = [tensor_of(a).requires_grad_() for a in arrays.inputs]
        self.plain = [a.detach() for a in self.inputs]
        self.dy, self.y = tensor_of(arrays.dy), tensor_of(arrays.y)
        self.ones = torch.ones_like(self.dy)
        self.dx = tensor_of(arrays.gradients[0])

    def ways(self, operation: str, label: str) -> Ways:
        """Through autograd, and by its operators alone."""
        operators = _Operators(self)
        if operation == FORWARD:
            return {label: Way(lambda: self.f(*self.plain)), **operators.ways(operation)}
        found = {"autograd": Way(self._autograd(operation))}
        return {**found, **operators.ways(operation)}

    def _autograd(self, operation: str) -> Callable[[], Any]:
        grad = self.dy if operation not in (DERIVATIVE, BOTH) else self.ones
        if operation in (DERIVATIVE, BACKWARD):
            with torch.enable_grad():
                y = self.f(*self.inputs)
            return lambda: one_or_all(
                list(torch.autograd.grad(y, self.inputs, grad, retain_graph=True))
            )

        def call():
            with torch.enable_grad():
                y = self.f(*self.inputs)
                return y.detach(), one_or_all(list(torch.autograd.grad(y, self.inputs, grad)))

        return call


class _Recorder(TorchDispatchMode):
    """Notes every operator that does work, with its arguments and results."""

    def __init__(self):
        super().__init__()
        self.calls: list[tuple[Any, tuple, dict, Any]] = []

    def __torch_dispatch__(self, operator, types, args=(), kwargs=None):
        result = operator(*args, **(kwargs or {}))
        if not str(operator).startswith(_NO_WORK):
            self.calls.append((operator, args, kwargs or {}, result))
        return result


class _Operators:
    """Forward and backward by the single operators that they are, where they are."""

    def __init__(self, tensors: _Tensors):
        self.t = tensors
        self.forward: Any = None
        self.backward: Any = None
        if len(tensors.inputs) != 1:
            return
        with torch.enable_grad(), _Recorder() as recorder:
            y = tensors.f(*tensors.inputs)
        if not recorder.calls:
            raise NoWork("it returns its argument")
        if len(recorder.calls) != 1:
            return
        results = _tensors(recorder.calls[0][3])
        self.room = [tensors.y, *(torch.empty_like(r) for r in results[1:])]
        place = {tensors.inputs[0].data_ptr(): tensors.plain[0]}
        self.forward = _replay(recorder.calls[0], place, self.room)
        with _Recorder() as recorder:
            torch.autograd.grad(y, tensors.inputs[0], tensors.dy, retain_graph=True)
        if len(recorder.calls) != 1:
            return
        place |= {r.data_ptr(): room for r, room in zip(results, self.room, strict=True)}
        self.backward = _replay(recorder.calls[0], place, [tensors.dx])
        ones = {**place, tensors.dy.data_ptr(): tensors.ones}
        self.slope = _replay(recorder.calls[0], ones, [tensors.dx])

    def ways(self, operation: str) -> Ways:
        if self.forward is None or (operation != FORWARD and self.backward is None):
            return {}
        forward, name = self.forward
        if operation == FORWARD:
            return {name: Way(lambda: _tensors(forward())[0])}
        backward, back = self.slope if operation in (DERIVATIVE, BOTH) else self.backward
        if operation in (DERIVATIVE, BACKWARD):
            forward()  # backward may read what it leaves
            return {back: Way(lambda: _tensors(backward())[0])}
        return {f"{name}, {back}": Way(lambda: (_tensors(forward())[0], _tensors(backward())[0]))}


def _tensors(result) -> list[torch.Tensor]:
    return [result] if torch.is_tensor(result) else [r for r in result if torch.is_tensor(r)]


def _replay(call, place: dict[int, torch.Tensor], room: list[torch.Tensor]):
    """The operator on other tensors, into `room` where it has such a form; and its name."""
    operator, args, kwargs, _ = call
    args = tuple(
        place.get(a.data_ptr(), a.detach()) if torch.is_tensor(a) else a for a in args
    )  # fmt: skip
    packet = operator.overloadpacket
    for overload in (getattr(packet, name) for name in packet.overloads()):
        written = [a.name for a in overload._schema.arguments if a.is_out]
        if _same_arguments(overload, operator) and len(written) == len(room):
            into = dict(zip(written, room, strict=True))
            return partial(overload, *args, **kwargs, **into), str(overload)
    return partial(operator, *args, **kwargs), str(operator)


def _same_arguments(overload, operator) -> bool:
    """Whether an overload takes what the operator takes, and room for the result besides."""

    def plain(o):
        return [(a.name, str(a.type)) for a in o._schema.arguments if not a.is_out]

    return any(a.is_out for a in overload._schema.arguments) and plain(overload) == plain(operator)
