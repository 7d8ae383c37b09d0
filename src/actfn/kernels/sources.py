"""Functions made from generated text, which `inspect.getsource` can still find."""

import hashlib
import linecache
from collections.abc import Callable, Mapping
from typing import Any

from actfn.elementary import Exact


def function_from_source(label: str, name: str, text: str, scope: Mapping[str, Any]) -> Callable:
    """Run `text`, which defines the function `name`, with the names of `scope`.

    The text must be built from trees and numbers, never from what a person wrote.
    """
    values = {key: value for key, value in scope.items() if isinstance(value, (Exact, float))}
    digest = hashlib.sha256(f"{text}\n{sorted(values.items())!r}".encode()).hexdigest()
    # The digest in the file's name keeps an earlier text of the same name alive beside this one.
    filename = f"<{label} {digest[:16]}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    names = {**scope, "__name__": __name__}
    exec(compile(text, filename, "exec"), names)  # noqa: S102 - see the docstring
    return names[name]


def horner(label: str, coefficients: list[Exact]) -> Callable:
    """The polynomial with these coefficients, lowest first, written out without a loop."""
    scope = {f"c{k}": coefficient for k, coefficient in enumerate(coefficients)}
    terms = "c0"
    for k in range(1, len(coefficients)):
        terms = terms[: -len(f"c{k - 1}")] + f"(c{k - 1} + u * c{k}"
    text = f"def polynomial(u):\n    return {terms}{')' * (len(coefficients) - 1)}\n"
    return function_from_source(label, "polynomial", text, scope)
