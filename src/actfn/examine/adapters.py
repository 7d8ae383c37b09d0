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
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from actfn.errors import ImplementationError
from actfn.examine import peers
from actfn.examine.frameworks import Adapter, native, of_jax, of_numpy, of_onnx, of_torch

FRAMEWORKS = ("numpy", "torch", "jax")
_SOON = 10.0  # seconds for one call on two numbers
_TRIED = np.array([0.5, -0.5], np.float32)


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
        adapter = of_onnx(path)
    else:
        adapter = adapt(_resolve(library, path), framework or _of_library(library))
        if not adapter.version:
            adapter = replace(adapter, version=_version(library))
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
    make = {"torch": of_torch, "jax": of_jax, "numpy": of_numpy}.get(framework)
    if make is None:
        raise ImplementationError(f"framework is {', '.join(FRAMEWORKS)}, not {framework!r}")
    adapter = make(function)
    if derivative is None:
        return adapter
    explicit = make(derivative).forward
    return Adapter(adapter.forward, explicit, adapter.framework, adapter.version, adapter.takes_out)


def _version(library: str) -> str:
    """Of an installed package of that name."""
    try:
        return metadata.version(library)
    except (metadata.PackageNotFoundError, ValueError):
        return ""


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
        path, options = peers.read(path)
        home = _file(Path(library)) if library.endswith(".py") else importlib.import_module(library)
        function = _attribute(home, path)
        return partial(function, **options) if options else function
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
            results.append(native(framework, function)(_TRIED))

    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    thread.join(_SOON)
    if not results:
        return None
    home = type(results[0]).__module__
    return next((f for f in ("torch", "jax") if home.startswith(f)), framework)
