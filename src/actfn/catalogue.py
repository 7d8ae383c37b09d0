"""Every activation by name: the files of `functions/`, aliases, and the spellings of frameworks.

`get` also finds the functions of rows, the files of `rowwise/`, by their own names.

A record's `same_as` says how a framework spells the function. A spelling without parentheses is
what the framework computes by default; one with arguments ("nn.gelu(approximate=False)") needs
them. Where only parameter values differ, the record's `variants` holds them.
"""

import difflib
import importlib
import json
import pkgutil
from functools import cache
from typing import Any

from actfn import functions, rowwise
from actfn.errors import RecordError, UnknownActivationError

# First parts of dotted names, and what people call the frameworks.
_FRAMEWORKS = {
    "pytorch": "torch",
    "flax": "jax",
    "tf": "tensorflow",
    "huggingface": "hf",
    "transformers": "hf",
}
_NOT_OFFERED = {
    "gelu10": "it is gelu clipped: numpy.clip(actfn.gelu(x), -10, 10)",
}
_NEAREST = 4
_LISTED = "actfn.names() lists them all, actfn.rowwise.names() the functions of rows"

_defined: dict[str, Any] = {}  # made by people with actfn.define


@cache
def _modules() -> tuple[str, ...]:
    return tuple(sorted(module.name for module in pkgutil.iter_modules(functions.__path__)))


def names() -> list[str]:
    """The names of all activations, sorted; nothing is imported for it.

    Those of the functions of rows are `actfn.rowwise.names()`.
    """
    return sorted({*_modules(), *_defined})


def get(name: str, like: str | None = None):
    """The activation called `name`.

    Parameters
    ----------
    name : str
        Its name, an alias ("hardswish"), or a framework's spelling ("nn.ReLU6", "torch.nn.ReLU6",
        "gelu_new", "ThresholdedRelu"). Case, underscores and hyphens do not matter.
    like : {"torch", "jax", "keras", "onnx", "hf"}, optional
        What this framework means by the name, with its default parameters.

    Returns
    -------
    Activation, Gated, or a Variant of one where the framework's defaults differ; or a function of
    rows such as softmax.

    Raises
    ------
    UnknownActivationError
        With the nearest names.

    Examples
    --------
    >>> get("hardswish").name
    'hard_swish'
    >>> get("gelu", like="jax").name
    'gelu_tanh'
    """
    if not isinstance(name, str):
        raise TypeError(f"the name of an activation is a text, not {type(name).__name__}")
    if like is None and name in (*_modules(), *_defined, *rowwise.names()):
        return _load(name)
    framework, spelling = _framework(name, like)
    found = _resolve(spelling, framework)
    if found is None:
        raise UnknownActivationError(_unknown(name, framework))
    record, framework = found
    variants = getattr(record, "variants", {})  # losses and samplers are plain functions
    values = variants.get(framework) if "(" not in spelling else None
    return _variant(record, {n: _number(text) for n, text in values.items()}) if values else record


def register(record) -> None:
    """Make a user's activation known; it may be defined again, but not take another one's name."""
    if record.name not in _defined:
        taken = _plain_index().get(_key(record.name))
        if taken is not None:
            raise RecordError(f"the name '{record.name}' is taken: actfn.get finds {taken} by it")
    _defined[record.name] = record


def spec(f) -> dict[str, Any]:
    """A description of an activation that fits into JSON; `from_spec` makes it again.

    Examples
    --------
    >>> spec(get("gelu"))
    {'name': 'gelu', 'parameters': {}}
    """
    from actfn.variant import Variant

    record = f.activation if isinstance(f, Variant) else f
    values = f.parameters if isinstance(f, Variant) else {}
    described = {"name": record.name, "parameters": {n: _plain(v) for n, v in values.items()}}
    if record.name in _defined:
        described["definition"] = _as_json(record.spec)
    return described


def from_spec(d: dict[str, Any]):
    """The activation that `spec` described."""
    if not isinstance(d, dict) or not isinstance(d.get("name"), str):
        raise RecordError(f"a spec looks like {{'name': 'gelu', 'parameters': {{}}}}, not {d!r}")
    known = _defined.get(d["name"])
    if "definition" not in d:
        record = get(d["name"])
    elif known is not None and _as_json(known.spec) == _as_json(d["definition"]):
        record = known
    else:
        from actfn.definitions import restore

        # JSON has no tuples.
        record = restore(
            {k: tuple(v) if isinstance(v, list) else v for k, v in d["definition"].items()}
        )
    parameters = d.get("parameters")
    return _variant(record, parameters) if parameters else record


def _load(name: str):
    if name in _defined:
        return _defined[name]
    if name in rowwise.names():
        return rowwise.get(name)
    return getattr(importlib.import_module(f"actfn.functions.{name}"), name)


@cache
def _records() -> tuple:
    return tuple(_load(name) for name in _modules())


def _key(text: str) -> str:
    """The last part of a dotted name, and its arguments if any, without case and underscores."""
    head, parenthesis, arguments = text.partition("(")
    return _bare(head.rpartition(".")[2] + parenthesis + arguments)


def _bare(text: str) -> str:
    return "".join(text.replace("_", "").replace("-", "").replace('"', "'").split()).lower()


@cache
def _plain_index() -> dict[str, str]:
    """The key of every name and alias -> name."""
    found = {_key(name): name for name in rowwise.names()}
    for record in _records():
        for text in (record.name, *record.aliases):
            other = found.setdefault(_key(text), record.name)
            if other != record.name:
                raise RecordError(f"both {other} and {record.name} are called '{text}'")
    return found


@cache
def _spellings() -> dict[str, dict[str, str]]:
    """Framework -> its spelling, and the last part of it -> name of ours."""
    meant: dict[str, dict[str, list[str]]] = {}
    for record in _records():
        for framework in (*record.same_as, *record.variants):
            meant.setdefault(framework, {})
        for framework, text in record.same_as.items():
            for key in {_bare(text), _key(text)}:
                meant[framework].setdefault(key, []).append(record.name)
    # Keras has ops.gelu and activations.gelu, two functions: for "gelu" the plain name decides.
    return {
        framework: {
            key: names[0] if len(names) == 1 else _plain_index().get(key, names[0])
            for key, names in index.items()
        }
        for framework, index in meant.items()
    }


def _framework(name: str, like: str | None) -> tuple[str | None, str]:
    """The framework that is meant, if any, and its spelling of the function."""
    known = _spellings()
    first, _, rest = name.partition(".")
    prefix = _FRAMEWORKS.get(first, first)
    if rest and prefix in known:
        return (prefix if like is None else _named(like)), rest
    if like is not None:
        return _named(like), name
    written = {
        f for r in _records() for f, text in r.same_as.items() if text == name and "." in name
    }
    return (written.pop() if len(written) == 1 else None), name


def _named(framework: str) -> str:
    short = _FRAMEWORKS.get(framework.lower(), framework.lower())
    if short not in _spellings():
        known = ", ".join(sorted(_spellings()))
        raise UnknownActivationError(f"no framework is called '{framework}'; known are {known}")
    return short


def _resolve(spelling: str, framework: str | None):
    """(record, framework whose defaults are meant), or None."""
    key, spellings, plain = _key(spelling), _spellings(), _plain_index()
    if framework is not None:
        for text in (_bare(spelling), key):
            if text in spellings[framework]:
                return _load(spellings[framework][text]), framework
    if key in plain:
        return _load(plain[key]), framework
    for name in _defined:
        if _key(name) == key:
            return _defined[name], framework
    if framework is not None:
        return None
    meant = {index[key]: framework for framework, index in spellings.items() if key in index}
    if len(meant) > 1:
        each = ", ".join(f"{name} for like='{f}'" for name, f in sorted(meant.items()))
        raise UnknownActivationError(f"'{spelling}' means different functions: {each}")
    return next(((_load(name), f) for name, f in meant.items()), None)


def _unknown(name: str, framework: str | None) -> str:
    key = _key(name)
    if key in _NOT_OFFERED:
        return f"'{name}' is not offered: {_NOT_OFFERED[key]}"
    keys = {**_plain_index(), **{_key(defined): defined for defined in _defined}}
    for index in _spellings().values():
        keys.update({k: n for k, n in index.items() if k not in keys})
    near = dict.fromkeys(keys[k] for k in difflib.get_close_matches(key, keys, n=3 * _NEAREST))
    where = f" in {framework}" if framework else ""
    hint = f"the nearest are {', '.join(list(near)[:_NEAREST])}; " if near else ""
    return f"no activation is called '{name}'{where}; {hint}{_LISTED}"


def _number(text: str) -> float:
    from actfn.formula import Formula

    return Formula.parse(text, ()).evaluate()


def _variant(record, parameters):
    from actfn.variant import Variant

    return Variant(record, parameters)


def _as_json(value):
    return json.loads(json.dumps(value))


def _plain(value):
    """A parameter value as JSON knows it."""
    if isinstance(value, (list, tuple)):
        return list(value)
    return value.tolist() if hasattr(value, "tolist") else float(value)
