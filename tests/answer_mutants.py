"""Small changes to right answers: what a slip of the pen makes of them."""

import ast
import copy
from collections.abc import Iterator

_SWAPS = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div, ast.Add],
    ast.Div: [ast.Mult],
    ast.Pow: [ast.Mult],
    ast.Gt: [ast.Lt],
    ast.Lt: [ast.Gt],
    ast.GtE: [ast.Lt],
    ast.LtE: [ast.Gt],
    ast.Eq: [ast.NotEq],
}
_NAMES = {
    "maximum": "minimum", "minimum": "maximum", "exp": "expm1", "expm1": "exp", "log": "log1p",
    "log1p": "log", "sum": "mean", "mean": "sum", "max": "min", "min": "max", "tanh": "arctan",
    "sqrt": "abs", "abs": "square", "zeros": "ones", "outer": "multiply",
}  # fmt: skip


def mutants(source: str) -> Iterator[str]:
    """Every source that differs in one place."""
    tree = ast.parse(source)
    for index, node in enumerate(ast.walk(tree)):
        for change in _changes(node):
            mutant = copy.deepcopy(tree)
            change(list(ast.walk(mutant))[index])
            yield ast.unparse(ast.fix_missing_locations(mutant))


def _changes(node):
    if isinstance(node, ast.BinOp):
        yield from (_setter("op", new()) for new in _SWAPS.get(type(node.op), []))
    elif isinstance(node, ast.Compare):
        yield from (_setter("ops", [new()]) for new in _SWAPS.get(type(node.ops[0]), []))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield _setter("op", ast.UAdd())
    elif isinstance(node, ast.Attribute) and node.attr in _NAMES:
        yield _setter("attr", _NAMES[node.attr])
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield _setter("value", not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        yield _setter("value", node.value + 1)
        yield _setter("value", node.value * 1.001 if node.value else 1e-3)
    elif isinstance(node, ast.Call) and len(node.args) == 2 and not node.keywords:
        yield lambda n: n.args.reverse()


def _setter(name, value):
    return lambda node: setattr(node, name, value)
