"""Formulas of rows: the elementwise grammar, and sum(...) and max(...) that go over the row.

A formula such as ``exp(x) / sum(exp(x))`` is taken apart into its reductions, each the sum or the
largest of something that is worked out entry by entry, and the outer formula, in which a name
stands for every reduction. All parts are elementwise formulas, so that everything that knows
those (ball arithmetic, derivatives, LaTeX) serves rows as well.
"""

import ast
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from actfn.errors import RecordError
from actfn.grammar import Call, Name, Operation, Reader, Tree, children, walk
from actfn.tree_building import ZERO, rebuilt

ENTRY, LENGTH = "x", "n"  # the entry at hand, and how many entries its row has
REDUCTIONS = ("sum", "max")
_SWITCHES = ("abs", "sign", "relu", "max", "min", "clip", "where")


@dataclass(frozen=True)
class Reduction:
    """The sum or the largest of `argument` over the row, called `name` in what comes after it."""

    name: str
    kind: str
    argument: Tree


@dataclass(frozen=True)
class RowFormula:
    """A formula of rows.

    Attributes
    ----------
    tree : as it is written; a reduction is a call with one argument.
    parameters : the names it uses besides the entry, the length of the row, the threshold and
        what is drawn.
    reductions : in the order in which they can be worked out.
    outer : the tree with names in place of the reductions.
    threshold : the name that is defined by the entries' sum being 1, or "".
    drawn : names of random numbers, one for each entry.
    """

    text: str
    tree: Tree
    parameters: tuple[str, ...]
    reductions: tuple[Reduction, ...]
    outer: Tree
    threshold: str = ""
    drawn: tuple[str, ...] = ()

    @property
    def by_entry(self) -> tuple[str, ...]:
        """The names that mean something else at every entry."""
        return (ENTRY, *self.drawn)

    @property
    def above(self) -> Tree:
        """The max(v - threshold, 0) that switches an entry off below the threshold."""
        switches = [n for n in walk(self.outer) if isinstance(n, Call) and n.function in _SWITCHES]
        match switches:
            case [Call("max", (Operation("-", _, Name(name)), zero)) as found]:
                if name == self.threshold and zero == ZERO:
                    return found
        raise RecordError(f"{self.text!r} should have one max(... - {self.threshold}, 0)")

    @property
    def edge(self) -> Tree:
        """The v of max(v - threshold, 0): an entry is 0 while its v is below the threshold."""
        match self.above:
            case Call("max", (Operation("-", v, _), _)):
                return v
        raise AssertionError(self.above)


def parse(text: str, threshold: str = "", arguments: Iterable[str] | None = None) -> RowFormula:
    """Read a formula.

    Parameters
    ----------
    text : str
        x is the entry at hand, n the length of its row.
    threshold : str
        The name that is defined by the entries' sum being 1.
    arguments : iterable of str, optional
        What the function can be given: other names in the formula are drawn for every entry.

    Raises
    ------
    FormulaError
        When the text is outside the grammar; a caret marks the place.

    Examples
    --------
    >>> found = parse("exp(x / T) / sum(exp(x / T))")
    >>> [(r.name, r.kind) for r in found.reductions], found.parameters
    ([('sum_1', 'sum')], ('T',))
    """
    own = (ENTRY, LENGTH, threshold)
    tree = _RowReader(text, None).read()
    used = dict.fromkeys(node.name for node in walk(tree) if isinstance(node, Name))
    reductions: list[Reduction] = []
    outer = _without_reductions(tree, reductions)
    names = [name for name in used if name not in own]
    drawn = tuple(name for name in names if arguments is not None and name not in arguments)
    parameters = tuple(name for name in names if name not in drawn)
    return RowFormula(text, tree, parameters, tuple(reductions), outer, threshold, drawn)


class _RowReader(Reader):
    def call(self, node: ast.Call, function: str, depth: int) -> Call:
        if function in REDUCTIONS and len(node.args) == 1 and not node.keywords:
            return Call(function, (self.value(node.args[0], depth + 1),))
        return super().call(node, function, depth)


def reduction(tree: Tree) -> tuple[str, Tree] | None:
    """(kind, what goes over the row) of a reduction; a max of two arguments is none."""
    match tree:
        case Call(kind, (argument,)) if kind in REDUCTIONS:
            return kind, argument
    return None


def _without_reductions(tree: Tree, found: list[Reduction]) -> Tree:
    parts = [_without_reductions(child, found) for child in children(tree)]
    whole = rebuilt(tree, parts) if parts else tree
    key = reduction(whole)
    if key is None:
        return whole
    known = {(r.kind, r.argument): r.name for r in found}
    if key not in known:
        found.append(Reduction(f"{key[0]}_{len(found) + 1}", *key))
        known[key] = found[-1].name
    return Name(known[key])


def replaced(tree: Tree, old: Tree, new: Tree) -> Tree:
    """The tree with one of its parts exchanged."""
    if tree == old:
        return new
    parts = [replaced(child, old, new) for child in children(tree)]
    return rebuilt(tree, parts) if parts else tree


# ---- with indices ---------------------------------------------------------------------------

_INDICES = "jklm"  # of reductions, outer ones first; the entry at hand is i


def with_indices(
    tree: Tree, names: Collection[str] = (ENTRY,), index: str = "i", inner: str = _INDICES
) -> Tree:
    """Write x as x_i, and sum(x) as sum_j(x_j): what is summed over is seen.

    Examples
    --------
    >>> from actfn.formula import to_text
    >>> to_text(with_indices(parse("exp(x) / sum(exp(x))").tree))
    'exp(x_i)/sum_j(exp(x_j))'
    """
    if isinstance(tree, Name):
        return Name(f"{tree.name}_{index}") if tree.name in names else tree
    if (found := reduction(tree)) is not None:
        kind, argument = found
        return Call(f"{kind}_{inner[0]}", (with_indices(argument, names, inner[0], inner[1:]),))
    parts = [with_indices(child, names, index, inner) for child in children(tree)]
    return rebuilt(tree, parts) if parts else tree
