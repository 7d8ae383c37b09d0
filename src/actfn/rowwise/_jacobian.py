"""The Jacobian of a formula of rows, as text: derived with SymPy, and only there to be read.

f_i depends on x_i directly and on every x_j through the sums S, so that

    df_i/dx_j = delta_ij df/dx + (df/dS at i) (the slope at j of what S sums), over all S.

Where the exponential in f can be expressed in f itself, it is: the Jacobian of softmax then is
f_i (delta_ij - f_j) / T.
"""

from functools import partial

import sympy

from actfn.algebra import to_sympy, to_tree
from actfn.errors import RecordError
from actfn.grammar import Call, Comparison, Name, Operation, Tree, walk
from actfn.rowwise._formula import ENTRY, RowFormula, replaced, with_indices
from actfn.tree_building import ZERO, substitute, where

_X, _F, _E = (sympy.Symbol(name, real=True) for name in (ENTRY, "f", "exponential"))
_ABOVE, _POSITIVE = (sympy.Symbol(name, positive=True) for name in ("above", "f"))
_DELTA = "delta_ij"


def jacobian_tree(formula: RowFormula, number: bool) -> Tree:
    """d f_i / d x_j with indices, or d f / d x_j where there is one number per row.

    Raises
    ------
    RecordError
        For reductions of other kinds than sums of terms that know no other sum.
    """
    if formula.threshold:
        return _at_a_threshold()
    names = {r.name for r in formula.reductions}
    if any(r.kind != "sum" or names & _names(r.argument) for r in formula.reductions):
        raise RecordError(f"no Jacobian is written for {formula.text!r}: it needs plain sums")
    tree = to_tree(_in_sympy(formula, number))
    for r in (r for r in formula.reductions if r.name in _names(tree)):
        terms = with_indices(Call(r.kind, (r.argument,)), formula.by_entry, inner="k")
        tree = substitute(tree, r.name, terms)
    return tree


def slope_tree(formula: RowFormula) -> Tree:
    """The slope s_i of an entry where the threshold is held, which the Jacobian speaks of.

    Above the threshold f is a function of the distance from it, which is solved for: what is left
    is a function of f_i. Below, f is constant.
    """
    outer = to_sympy(replaced(formula.outer, formula.above, Name(_ABOVE.name)))
    outer = outer.subs(sympy.Symbol(_ABOVE.name, real=True), _ABOVE)
    slope = sympy.diff(outer, _ABOVE) * sympy.diff(to_sympy(formula.edge), _X)
    solutions = sympy.solve(outer - _POSITIVE, _ABOVE)
    if len(solutions) == 1:
        slope = sympy.simplify(slope.subs(_ABOVE, solutions[0]))
    slope = slope.subs({_POSITIVE: sympy.Symbol("f_i", real=True), _X: sympy.Symbol("x_i")})
    return where(Comparison(">", Name("f_i"), ZERO), to_tree(slope), ZERO)


def _at_a_threshold() -> Tree:
    """s_i (delta_ij - s_j / sum of s): the threshold moves so that the sum stays 1."""
    share = Operation("/", Name("s_j"), Call("sum_k", (Name("s_k"),)))
    return Operation("*", Name("s_i"), Operation("-", Name(_DELTA), share))


def _names(tree: Tree) -> set[str]:
    return {node.name for node in walk(tree) if isinstance(node, Name)}


def _in_sympy(formula: RowFormula, number: bool):
    outer = to_sympy(formula.outer)
    changing = [_F, *(sympy.Symbol(name, real=True) for name in formula.by_entry)]
    at = partial(_at, _exponential_by_output(outer), changing)
    through_sums = sum(
        at(sympy.diff(outer, sympy.Symbol(r.name, real=True)), "i")
        * at(sympy.diff(to_sympy(r.argument), _X), "j")
        for r in formula.reductions
    )
    if number:
        return sympy.factor(through_sums)
    direct = sympy.factor(at(sympy.diff(outer, _X), "i"))
    rest = sympy.simplify(through_sums / direct)
    return direct * (sympy.Symbol(_DELTA, real=True) + rest)


def _exponential_by_output(outer) -> dict:
    """{exp(...): its value in terms of f}, where f has one exponential and x nowhere else."""
    found = [e for e in outer.atoms(sympy.exp) if e.has(_X)]
    if len(found) != 1 or outer.subs(found[0], _E).has(_X):
        return {}
    solutions = sympy.solve(outer.subs(found[0], _E) - _F, _E)
    return {found[0]: solutions[0]} if len(solutions) == 1 else {}


def _at(exponential: dict, changing: list, expression, index: str):
    """The expression at entry i or j."""
    names = {s: sympy.Symbol(f"{s.name}_{index}", real=True) for s in changing}
    return expression.subs(exponential).subs(names)
