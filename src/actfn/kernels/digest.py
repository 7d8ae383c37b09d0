"""The digest of a kernel: of everything that decides its bits, and of nothing else.

Starting from the kernel's own function it follows the names it uses through the building blocks
and their coefficients, and hashes their sources, written out again from their syntax trees.
Comments, docstrings, layout and unrelated kernels do not count, so a certificate stays valid until
the arithmetic itself changes.
"""

import ast
import hashlib
import inspect
import textwrap
from functools import cache, cached_property
from itertools import chain
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent
_SINGLE = tuple(_PACKAGE / "kernels" / name for name in ("single.py", "single_operators.py"))
_FORMS = {  # of the building blocks, beside those that all kernels are made of
    "short": (_PACKAGE / "kernels" / "short_forms.py",),
    "single": tuple(sorted(set((_PACKAGE / "kernels").glob("single_*.py")) - set(_SINGLE))),
}
_SOURCES = (
    _PACKAGE / "kernels" / "building_blocks.py",
    _PACKAGE / "kernels" / "trigonometry.py",
    _PACKAGE / "kernels" / "two_float.py",
    _PACKAGE / "elementary" / "coefficients.py",
)
# What is defined there is compiled there, and no part of a kernel's own text.
_BUILDING_BLOCKS = {
    "actfn.elementary",
    "actfn.elementary.single",
    *(
        f"actfn.{path.parent.name}.{path.stem}"
        for path in (*_SOURCES, *chain(*_FORMS.values()), *_SINGLE)
    ),
}


class _Bare(ast.NodeTransformer):
    """Removes docstrings and annotations."""

    def visit_FunctionDef(self, node):
        self.generic_visit(node)
        first = node.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            node.body = node.body[1:] or [ast.Pass()]
        return node


def _names(node) -> set[str]:
    found = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return found | {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}


def _defined(node) -> set[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        implements = [
            argument
            for decorator in node.decorator_list
            if isinstance(decorator, ast.Call)
            for argument in decorator.args
        ]
        named = {a.attr for a in implements if isinstance(a, ast.Attribute)}
        return {node.name} | named | {a.id for a in implements if isinstance(a, ast.Name)}
    if isinstance(node, ast.Assign):
        return {n.id for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name)}
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        # _by_arithmetic(elementary.exp, _exp, _exp_wide) defines `exp`.
        return {a.attr for a in node.value.args if isinstance(a, ast.Attribute)}
    return set()


class _Definition:
    """A statement of a building block's file: only what a kernel needs is written out again."""

    def __init__(self, node):
        self._node = node

    @cached_property
    def names(self) -> set[str]:
        return _names(self._node)

    @cached_property
    def text(self) -> str:
        return ast.unparse(_Bare().visit(self._node))


@cache
def _definitions(paths: tuple[Path, ...]) -> dict[str, list[_Definition]]:
    """Every name of these files with what defines it."""
    found: dict[str, list[_Definition]] = {}
    for path in paths:
        for node in ast.parse(path.read_text()).body:
            definition = _Definition(node)
            for name in _defined(node):
                found.setdefault(name, []).append(definition)
    return found


def _library(form: str | None) -> dict[str, list[_Definition]]:
    """Every name of the building blocks, in the "short" or "single" forms of them."""
    return _definitions(_SOURCES) | _definitions(_FORMS.get(form, ()))


@cache
def _whole(path: Path) -> str:
    return ast.unparse(_Bare().visit(ast.parse(path.read_text())))


def _function_tree(function) -> ast.AST:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    tree.body[0].decorator_list = []
    return tree


def _constants(function, names):
    """Module-level numbers of the kernel's own file, by value."""
    for name in sorted(names):
        value = function.__globals__.get(name)
        if isinstance(value, (int, float)) or type(value).__name__ == "Exact":
            yield f"{name} = {value!r}"


def helpers(function) -> list:
    """The plain functions that a kernel calls, directly or not, building blocks left out."""
    found, waiting = [], [function]
    while waiting:
        current = waiting.pop()
        for name in sorted(current.__code__.co_names + current.__code__.co_freevars):
            value = inspect.getclosurevars(current).nonlocals.get(name)
            value = current.__globals__.get(name) if value is None else value
            if not inspect.isfunction(value) or value.__module__ in _BUILDING_BLOCKS:
                continue
            if value not in found and value is not function:
                found.append(value)
                waiting.append(value)
    return found


def digest_of(record, key: str, dtype: str) -> str:
    """The digest of the arithmetic that a kernel runs in for this dtype."""
    short = dtype == "float32" and key in record.short
    digest = kernel_digest(record.kernels[key], "short" if short else None)
    if dtype != "float32" or key not in record.single:
        return digest
    # What float32 cannot hold is computed in the other arithmetic, so both decide.
    both = kernel_digest(record.single[key], "single") + digest
    return hashlib.sha256(both.encode()).hexdigest()


def kernel_digest(function, form: str | None = None) -> str:
    """The SHA-256 of `function` and all it is made of, in the "short" or "single" forms of it."""
    parts: list[str] = []
    names: set[str] = set()
    for current in (function, *helpers(function)):
        tree = _function_tree(current)
        parts.append(ast.unparse(_Bare().visit(tree)))
        used = _names(tree)
        parts.extend(_constants(current, used))
        names |= used
    if form == "single":
        # A kernel does not name the operators that it uses.
        parts += map(_whole, _SINGLE)
    library, done = _library(form), set()
    queue = sorted(names)
    while queue:
        name = queue.pop()
        if name in done:
            continue
        done.add(name)
        for definition in library.get(name, ()):
            parts.append(definition.text)
            queue.extend(definition.names)
    return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()


@cache
def file_digest() -> str:
    """The SHA-256 of the loops' own files, which do not belong to any one kernel."""
    digest = hashlib.sha256()
    for name in ("loops.py", "memory.py", "two_float.py", "cores.py"):
        digest.update((_PACKAGE / "kernels" / name).read_bytes())
    return digest.hexdigest()
