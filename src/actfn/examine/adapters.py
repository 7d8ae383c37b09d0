"""From the text that names an implementation to a function of NumPy arrays.

| text | what it names |
|---|---|
| ``torch:nn.functional.gelu(approximate='tanh')`` | a function or layer of PyTorch; also ``jax:`` |
| ``scipy:special.expit``, ``keras:activations.gelu`` | one that takes NumPy arrays |
| ``onnx:Gelu``, ``onnx:com.microsoft.QuickGelu(alpha=1.0)`` | one node, run by onnxruntime |
| ``FILE.py:function``, ``module:function`` | a function of yours |

It works in the process of its own where an implementation runs: a framework is imported here and
nowhere else.
"""

import contextlib
import importlib
import importlib.util
import inspect
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np

from actfn.errors import ImplementationError
from actfn.examine import peers

FRAMEWORKS = ("numpy", "torch", "jax")
_OPSET = 24  # of ONNX, where the operators on record are all defined
_SOON = 10.0  # seconds for one call on two numbers
_TRIED = np.array([0.5, -0.5], np.float32)
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


def load(text: str, derivative: str | None = None, framework: str | None = None) -> Adapter:
    """The implementation that a text names.

    Parameters
    ----------
    text : str
        See the table above.
    derivative : str, optional
        A function of x that returns f'(x), in the same spelling. Without it the framework's
        automatic differentiation is used where there is one.
    framework : {"numpy", "torch", "jax"}, optional
        Whose arrays a function of yours takes; found out by a call where it is not given.

    Raises
    ------
    ImplementationError
        Where nothing can be called by that name.
    """
    library, path = divided(text)
    if library == "onnx":
        adapter = _onnx(path)
    else:
        adapter = adapt(_resolve(library, path), framework or _of_library(library))
    if derivative is None:
        return adapter
    explicit = load(derivative, framework=adapter.framework)
    return Adapter(
        adapter.forward, explicit.forward, adapter.framework, adapter.version, adapter.takes_out
    )


def adapt(
    function: Callable, framework: str | None = None, derivative: Callable | None = None
) -> Adapter:
    """A callable on the arrays of `framework`, as functions of NumPy arrays."""
    if not callable(function):
        raise ImplementationError(f"{function!r} cannot be called: a function of x is wanted")
    framework = framework or _recognised(function)
    make = {"torch": _torch, "jax": _jax, "numpy": _numpy}.get(framework)
    if make is None:
        raise ImplementationError(f"framework is {', '.join(FRAMEWORKS)}, not {framework!r}")
    adapter = make(function)
    if derivative is None:
        return adapter
    explicit = make(derivative).forward
    return Adapter(adapter.forward, explicit, adapter.framework, adapter.version, adapter.takes_out)


def divided(text: str) -> tuple[str, str]:
    """("torch", "nn.functional.gelu"); a path to a file may hold colons of its own."""
    head, colon, tail = text.partition(":")
    if head not in peers.LIBRARIES:
        head, colon, tail = text.rpartition(":")
    if not colon or not head or not tail:
        raise ImplementationError(
            f"an implementation is named like torch:nn.functional.gelu, onnx:Gelu, "
            f"FILE.py:function or module:function, not {text!r}"
        )
    return head, tail


def _of_library(library: str) -> str | None:
    if library in ("torch", "jax"):
        return library
    return "numpy" if library in peers.LIBRARIES else None


def _resolve(library: str, path: str) -> Callable:
    try:
        if library in peers.CALLABLE:
            return peers.Spelling(library, *peers.read(path)).load()
        if library.endswith(".py"):
            return _attribute(_file(Path(library)), path)
        return _attribute(importlib.import_module(library), path)
    except ImplementationError:
        raise
    except Exception as error:  # somebody's module may fail in any way
        words = f"{type(error).__name__}: {error}"
        raise ImplementationError(f"{library}:{path} cannot be loaded: {words}") from error


def _file(path: Path):
    if not path.is_file():
        raise ImplementationError(f"there is no file {path}")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None  # the name ends in .py
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    sys.path.insert(0, str(path.parent))
    spec.loader.exec_module(module)
    return module


def _attribute(module, path: str):
    found = module
    for part in path.split("."):
        if not hasattr(found, part):
            known = ", ".join(n for n in vars(module) if not n.startswith("_"))
            raise ImplementationError(f"{module.__name__} has no {path}; it has {known}")
        found = getattr(found, part)
    return found


def _recognised(function: Callable) -> str:
    """The framework whose arrays the function takes: by where it comes from, else by a call."""
    home = (getattr(function, "__module__", None) or type(function).__module__).partition(".")[0]
    if home in ("torch", "jax"):
        return home
    classes = {c.__module__.partition(".")[0] for c in type(function).__mro__}
    if "torch" in classes:  # a layer of somebody's
        return "torch"
    loaded = [f for f in ("torch", "jax") if f in sys.modules]
    for framework in ("numpy", *loaded) if loaded else ():
        kind = _kind_of_result(framework, function)
        if kind is not None:
            return kind
    return "numpy"


def _kind_of_result(framework: str, function: Callable) -> str | None:
    """The framework of what comes back; None where the call fails, or does not come back."""
    results: list[Any] = []

    def call():
        with contextlib.suppress(Exception, SystemExit):  # the examination says what it was
            results.append(_native(framework, function)(_TRIED))

    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    thread.join(_SOON)
    if not results:
        return None
    home = type(results[0]).__module__
    return next((f for f in ("torch", "jax") if home.startswith(f)), framework)


def _native(framework: str, function: Callable) -> Callable:
    if framework == "torch":
        torch = importlib.import_module("torch")
        return lambda x: function(torch.from_numpy(x.copy()))
    if framework == "jax":
        return lambda x: function(importlib.import_module("jax").numpy.asarray(x))
    return lambda x: function(x.copy())


# ---------------------------------------------------------------- NumPy


def _numpy(function: Callable) -> Adapter:
    takes_out = isinstance(function, np.ufunc) or "out" in _parameters(function)
    library = sys.modules.get((getattr(function, "__module__", "") or "").partition(".")[0])
    return Adapter(function, version=str(getattr(library, "__version__", "")), takes_out=takes_out)


def _parameters(function: Callable):
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):  # written in C, without a signature
        return {}


# ---------------------------------------------------------------- PyTorch


def _torch(function: Callable) -> Adapter:
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


def _jax(function: Callable) -> Adapter:
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


def _onnx(text: str) -> Adapter:
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


# ---------------------------------------------------------------- one line that shows it


def reproduction(text: str, derivative: str | None, kernel: str, x: str, dtype: str) -> str:
    """One line of Python that calls the implementation at a number such as "-5.6"."""
    library, _, path = text.partition(":")
    if library == "torch" and derivative is None:
        made = f"import torch; x = torch.tensor([{x}], dtype=torch.{dtype}"
        call = _called("torch", path, "x")
        if kernel == "forward":
            return f"{made}); print({call})"
        return f"{made}, requires_grad=True); {call}.sum().backward(); print(x.grad)"
    if library == "jax" and derivative is None:
        made = f"import jax; x = jax.numpy.array([{x}], '{dtype}')"
        call = _called("jax", path, "x")
        if kernel == "forward":
            return f"{made}; print({call})"
        return f"{made}; print(jax.grad(lambda x: {call}.sum())(x))"
    named = f"{text!r}, {derivative!r}" if derivative else repr(text)
    return (
        "import numpy as np; from actfn.examine.adapters import load; "
        f"print(load({named}).{kernel}(np.array([{x}], '{dtype}')))"
    )


def _called(package: str, path: str, argument: str) -> str:
    head, parenthesis, options = f"{package}.{path}".partition("(")
    if head.rpartition(".")[2][:1].isupper():  # a layer
        return f"{head}({options or ')'}({argument})"
    return f"{head}({argument}, {options}" if parenthesis else f"{head}({argument})"
