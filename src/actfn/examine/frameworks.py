"""Functions on each framework's arrays, as functions of NumPy arrays.

A framework is imported when one of its functions is adapted, and nowhere else.
"""

import importlib
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np

from actfn.errors import ImplementationError
from actfn.examine import peers

_OPSET = 24  # of ONNX, where the operators on record are all defined
Array = np.ndarray


@dataclass(frozen=True)
class Adapter:
    """An implementation as functions of NumPy arrays.

    Attributes
    ----------
    forward : takes an array and returns what the implementation returns, as an array.
    derivative : the same for f', or None where there is none.
    framework : "numpy", "torch", "jax" or "onnx": whose arrays the implementation takes.
    version : of the framework or library.
    takes_out : whether it has an `out` argument; `forward` then passes it on.
    """

    forward: Callable[..., Any]
    derivative: Callable[[Array], Any] | None = None
    framework: str = "numpy"
    version: str = ""
    takes_out: bool = False


def native(framework: str, function: Callable) -> Callable:
    if framework == "torch":
        torch = importlib.import_module("torch")
        return lambda x: function(torch.from_numpy(x.copy()))
    if framework == "jax":
        return lambda x: function(importlib.import_module("jax").numpy.asarray(x))
    return lambda x: function(x.copy())


# ---------------------------------------------------------------- NumPy


def of_numpy(function: Callable) -> Adapter:
    takes_out = isinstance(function, np.ufunc) or "out" in _parameters(function)
    library = sys.modules.get((getattr(function, "__module__", "") or "").partition(".")[0])
    return Adapter(function, version=str(getattr(library, "__version__", "")), takes_out=takes_out)


def _parameters(function: Callable):
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):  # written in C, without a signature
        return {}


# ---------------------------------------------------------------- PyTorch


def of_torch(function: Callable) -> Adapter:
    torch = importlib.import_module("torch")

    def forward(x: Array) -> Any:
        with torch.no_grad():
            return _from_torch(function(_to_torch(torch, x)))

    def derivative(x: Array) -> Any:
        given = _to_torch(torch, x).clone().requires_grad_()
        y = function(given)
        (slope,) = torch.autograd.grad(y, given, torch.ones_like(y))
        return _from_torch(slope)

    return Adapter(forward, derivative, "torch", torch.__version__)


def _to_torch(torch, x: Array):
    if x.dtype == ml_dtypes.bfloat16:
        return torch.from_numpy(x.view(np.int16)).view(torch.bfloat16)
    return torch.from_numpy(x)


def _from_torch(value) -> Any:
    if not hasattr(value, "detach"):
        return value
    value = value.detach()
    if str(value.dtype) == "torch.bfloat16":
        return value.view(importlib.import_module("torch").int16).numpy().view(ml_dtypes.bfloat16)
    return value.numpy()


# ---------------------------------------------------------------- JAX


def of_jax(function: Callable) -> Adapter:
    jax = importlib.import_module("jax")
    # Without it float64 arrays silently become float32; float32 arrays stay what they are.
    jax.config.update("jax_enable_x64", True)

    def forward(x: Array) -> Any:
        return np.asarray(function(jax.numpy.asarray(x)))

    def derivative(x: Array) -> Any:
        y, pull = jax.vjp(function, jax.numpy.asarray(x))
        return np.asarray(pull(jax.numpy.ones_like(y))[0])

    return Adapter(forward, derivative, "jax", jax.__version__)


# ---------------------------------------------------------------- ONNX


def of_onnx(text: str) -> Adapter:
    """A model of one node, made when the first array of a dtype comes."""
    try:
        runtime = importlib.import_module("onnxruntime")
        importlib.import_module("onnx")
    except ImportError as error:
        raise ImplementationError(f"onnx:{text} needs onnxruntime and onnx: {error}") from error
    path, attributes = peers.read(text)
    domain, _, operator = path.rpartition(".")
    sessions: dict[str, Any] = {}

    def forward(x: Array) -> Any:
        if x.dtype.name not in sessions:
            model = _model(operator, domain, attributes, x.dtype)
            sessions[x.dtype.name] = runtime.InferenceSession(
                model, providers=["CPUExecutionProvider"]
            )
        return sessions[x.dtype.name].run(None, {"x": x})[0]

    return Adapter(forward, None, "onnx", runtime.__version__)


def _model(operator: str, domain: str, options: dict, dtype) -> bytes:
    from onnx import helper, numpy_helper

    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    attributes, inputs = _divided_options(operator, domain, options)
    constants = [numpy_helper.from_array(np.array(v, dtype), name) for name, v in inputs.items()]
    node = helper.make_node(operator, ["x", *inputs], ["y"], domain=domain, **attributes)
    # Without a shape: an array of any number of axes.
    ends = [helper.make_tensor_value_info(name, kind, None) for name in ("x", "y")]
    graph = helper.make_graph([node], operator, ends[:1], ends[1:], constants)
    opsets = [helper.make_opsetid("", _OPSET)]
    opsets += [helper.make_opsetid(domain, 1)] if domain else []
    model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
    return model.SerializeToString()


def _divided_options(operator: str, domain: str, options: dict) -> tuple[dict, dict]:
    """Options of an operator that are attributes, and those that are inputs, as min of Clip is."""
    from onnx import defs

    try:
        known = defs.get_schema(operator, _OPSET, domain).attributes
    except defs.SchemaError:  # Microsoft's own operators, which have attributes
        known = options
    inputs = {name: value for name, value in options.items() if name not in known}
    attributes = {name: value for name, value in options.items() if name in known}
    for name, value in attributes.items():
        if isinstance(value, int) and not _is_int(known, name):
            attributes[name] = float(value)  # 1 is no float to ONNX
    return attributes, inputs


def _is_int(known, name: str) -> bool:
    """Whether a schema wants a whole number."""
    return str(getattr(known[name], "type", "")).endswith("INT")
