"""Other libraries' functions: the spellings that the records hold, as something to call.

A record's `same_as` says what a framework calls the function, for example
"nn.functional.gelu(approximate='tanh')" in torch. Here such a text becomes a `Spelling`, which can
be loaded, and written as an adapter's text: "torch:nn.functional.gelu(approximate='tanh')".
"""

import ast
import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.util import find_spec
from typing import Any, cast

from actfn import catalogue, rowwise
from actfn.formula import Formula

# The libraries whose functions can be called on arrays. Operators of ONNX have names only.
CALLABLE = ("torch", "jax", "scipy", "keras")
LIBRARIES = (*CALLABLE, "onnx")
_PACKAGES = {"nnx": "flax", "linen": "flax"}  # first part of a path that lives elsewhere
_AXES = ("dim", "axis")
_REMARK = re.compile(r" \(|(?<=\)),")  # "Softmax (opset 13)", "f(x, axis), from release 3 on"


@dataclass(frozen=True)
class Spelling:
    """What a library calls a function: a path inside it, and keyword arguments.

    Attributes
    ----------
    library : the framework's name in the records, "torch" for example.
    path : "nn.functional.gelu", or the name of an ONNX operator.
    options : keyword arguments with their values.
    """

    library: str
    path: str
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def spec(self) -> str:
        """The text that names it to an adapter: "torch:nn.functional.hardtanh(max_val=20)"."""
        given = ", ".join(f"{name}={value!r}" for name, value in self.options.items())
        return f"{self.library}:{self.path}" + (f"({given})" if given else "")

    @property
    def package(self) -> str:
        """The package to import for it."""
        return _PACKAGES.get(self.path.partition(".")[0], self.library)

    @property
    def installed(self) -> bool:
        """Whether it can be loaded here."""
        return self.library in CALLABLE and find_spec(self.package) is not None

    def load(self, dtype: str = "float32") -> Callable:
        """The library's function of x alone.

        `dtype` is the type of parameters that the library wants as arrays, such as torch's weight.

        Raises
        ------
        ImportError
            Where the library, or this function in it, is not there.
        """
        target: Any = importlib.import_module(self.package)
        for part in self.path.split("."):
            if not hasattr(target, part):
                importlib.import_module(f"{target.__name__}.{part}")
            target = getattr(target, part)
        options = dict(self.options)
        if inspect.isclass(target):  # a layer, such as nn.Identity
            return cast(Callable, target(**options))
        if self.library == "torch" and "weight" in options:
            torch = importlib.import_module("torch")
            options["weight"] = torch.tensor(options["weight"], dtype=getattr(torch, dtype))
        return partial(target, **options) if options else target


def spelling(record, library: str) -> Spelling | None:
    """How `library` spells the function of a record; None where the record knows none.

    Where the function has parameters without defaults, those of the record's examples are given.
    """
    text = record.same_as.get(library)
    if text is None:
        return None
    path, options = read(text)
    if None in (getattr(p, "default", "") for p in record.parameters):
        options = record.defaults | options
    return Spelling(library, path.removeprefix(f"{library}."), options)


def read(text: str) -> tuple[str, dict[str, Any]]:
    """The path and the keyword arguments of a spelling.

    Arguments that stand for the caller's own, such as x and where=mask, are left out. An axis is
    the last one.

    Examples
    --------
    >>> read("nn.functional.hardtanh(min_val=0, max_val=20)")
    ('nn.functional.hardtanh', {'min_val': 0, 'max_val': 20})
    >>> read("nn.softmax(x, axis, where)")
    ('nn.softmax', {'axis': -1})
    """
    text = _REMARK.split(text)[0]
    call = ast.parse(text, mode="eval").body
    if not isinstance(call, ast.Call):
        return text, {}
    names = [argument.id for argument in call.args if isinstance(argument, ast.Name)]
    names += [k.arg for k in call.keywords if k.arg in _AXES]
    options: dict[str, Any] = {name: -1 for name in names if name in _AXES}
    for keyword in call.keywords:
        value = _value(keyword.value)
        if keyword.arg not in (None, *_AXES) and value is not None:
            options[str(keyword.arg)] = value
    return ast.unparse(call.func), options


def _value(node: ast.expr) -> Any:
    """A literal, or a number such as inf or 1/6; None for a name of the caller's."""
    try:
        value = ast.literal_eval(node)
        return None if value is Ellipsis else value
    except ValueError:
        pass
    if isinstance(node, ast.Name) and node.id != "inf":
        return None
    return Formula.parse(ast.unparse(node), ()).evaluate()


def spellings(library: str) -> Iterator[tuple[Any, Spelling]]:
    """Every function, rows included, that the library has, and how it spells it."""
    for name in (*catalogue.names(), *rowwise.names()):
        record = catalogue.get(name)
        found = spelling(record, library) if hasattr(record, "same_as") else None
        if found is not None:
            yield record, found


@cache
def specs(library: str) -> dict[str, str]:
    """Name of ours -> the text that names the library's function to an adapter."""
    return {record.name: found.spec for record, found in spellings(library)}
