"""actfn: activation functions and their derivatives, right to the last bit.

    >>> import actfn
    >>> float(actfn.silu(1.0))
    0.7310585786300049
    >>> actfn.get("gelu_new")
    <activation gelu_tanh: x * sigmoid(2 * sqrt(2 / pi) * (x + 0.044715 * x**3))>

Everything is loaded when it is first used: `import actfn` imports not even NumPy.
"""

from typing import Any

__version__ = "0.1.0"

# What is neither an activation nor a submodule, and where it lives.
_HOMES = {
    "define": "definitions",
    "edge_of_chaos": "initialisation",
    "from_spec": "catalogue",
    "gain": "initialisation",
    "get": "catalogue",
    "get_num_threads": "kernels.threads",
    "initialise": "initialisation",
    "names": "catalogue",
    "set_num_threads": "kernels.threads",
    "spec": "catalogue",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module
    from importlib.util import find_spec

    if name == "__all__":
        return _public()
    if name.startswith("_"):  # what inspect, pickle and notebooks ask every module for
        raise AttributeError(f"module 'actfn' has no attribute '{name}'")
    if name in _HOMES:
        value = getattr(import_module(f"actfn.{_HOMES[name]}"), name)
    elif find_spec(f"actfn.{name}"):
        return import_module(f"actfn.{name}")
    else:
        value = _row_function(name)
        if value is None:
            value = _activation(name)
            if not value.built_in:
                return value  # a user may define it again
    globals()[name] = value
    return value


def _row_function(name: str):
    from actfn import rowwise

    return rowwise.get(name) if name in rowwise.names() else None


def _activation(name: str):
    from actfn import catalogue
    from actfn.errors import UnknownActivationError

    if name in catalogue.names():
        return catalogue.get(name)
    record = catalogue.get(name)  # raises, with the nearest names, unless `name` is an alias
    own = getattr(record, "name", None) or record.__name__  # losses are plain functions
    raise UnknownActivationError(
        f"'{name}' is called actfn.{own} here; actfn.get('{name}') finds it too"
    )


def _public() -> list[str]:
    from actfn.catalogue import names
    from actfn.rowwise import names as row_names

    return sorted([*_HOMES, *names(), *row_names(), "__version__"])


def __dir__() -> list[str]:
    from pkgutil import iter_modules

    modules = [module.name for module in iter_modules(__path__)]
    return sorted({*_public(), *modules, "__doc__", "__name__", "__path__", "__file__"})
