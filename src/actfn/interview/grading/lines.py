"""Which line of an answer a finding concerns, so that it can be shown beside that line."""

import ast
import re
from collections.abc import Iterator

from actfn.findings import Finding

_NAMED = re.compile(r"\(line (\d+)(?:: |\))")
_LOOPS = (ast.For, ast.While, ast.ListComp, ast.GeneratorExp)


def line_of(finding: Finding, source: str, function: str) -> int | None:
    """The line, counted from 1; None where the answer has none that could be meant.

    An exception names its line. A loop is where it is written, a changed argument where something
    is assigned in place. What is wrong with a value is shown where it is returned.
    """
    named = _NAMED.search(finding.message)
    if named:
        return int(named[1])
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    body = _definition(tree, function)
    if body is None:
        return None
    if finding.check == "loop":
        return min(_loops(body), default=body.lineno)
    lines = (finding.check == "mutation" and list(_changes(body))) or _returns(body)
    return max(lines, default=body.lineno)


def _definition(tree: ast.Module, function: str) -> ast.stmt | None:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return node
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == function for target in node.targets
        ):
            return node
    return None


def _returns(body: ast.stmt) -> Iterator[int]:
    yield from (node.lineno for node in ast.walk(body) if isinstance(node, ast.Return))


def _loops(body: ast.stmt) -> Iterator[int]:
    yield from (node.lineno for node in ast.walk(body) if isinstance(node, _LOOPS))


def _changes(body: ast.stmt) -> Iterator[int]:
    for node in ast.walk(body):
        if isinstance(node, ast.AugAssign) or (
            isinstance(node, ast.Assign)
            and any(isinstance(target, ast.Subscript) for target in node.targets)
        ):
            yield node.lineno
