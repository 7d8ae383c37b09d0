"""Formulas of rows as LaTeX, with the indices that the texts leave out."""

from actfn.grammar import Name, Tree
from actfn.latex import to_latex
from actfn.rowwise._formula import with_indices
from actfn.rowwise._jacobian import slope_tree
from actfn.tree_building import substitute

# The letters of the literature.
_LETTERS = {"temperature": "T"}


def formula_latex(record) -> str:
    """What f_i is, and what defines the threshold if there is one."""
    formula = record.tree
    if formula is None:
        return rf"\text{{{record.formula}}}"
    text = _written(with_indices(formula.tree, formula.by_entry))
    return rf"{text}, \quad \sum_{{j}} f_{{j}} = 1" if formula.threshold else text


def derivative_latex(record) -> str:
    """What d f_i / d x_j is, and s where that speaks of it."""
    if record.derivative_tree is None:
        return ""
    text = _written(record.derivative_tree)
    if not record.tree.threshold:
        return text
    return rf"{text}, \quad s_{{i}} = {_written(slope_tree(record.tree))}"


def _written(tree: Tree) -> str:
    for name, letter in _LETTERS.items():
        tree = substitute(tree, name, Name(letter))
    return to_latex(tree)
