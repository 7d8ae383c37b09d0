"""The nodes of an answer: those of `actfn.grammar`, and what rows, sums and cases need besides.

Two symbols are new in `Operation`: after reading, ``" "`` (side by side), ``"·"``, ``"⊙"`` and
``"⊗"`` are kept as they were typed; `shapes.resolve` decides what they mean, and leaves only
``"*"`` (entry by entry, or by a number) and ``"@"`` (the matrix product).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from actfn.errors import FormulaError
from actfn.grammar import (
    Call,
    Comparison,
    Constant,
    Name,
    Negative,
    Number,
    Operation,
    constant_value,
)


@dataclass(frozen=True, slots=True)
class Index:
    """An index letter: i, j, k ..."""

    letter: str


@dataclass(frozen=True, slots=True)
class Indexed:
    """``base_i`` or ``base_ij``; the indices are `Index`, `Number` or a call of argmax."""

    base: "Tree"
    indices: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Over:
    """``sum_k body``, or max, min over k; ``skipped`` is the index that k may not equal."""

    function: str
    letter: str
    body: "Tree"
    skipped: "Tree" = None


@dataclass(frozen=True, slots=True)
class Transposed:
    """A row made of a column, or a matrix with its entries mirrored."""

    operand: "Tree"


@dataclass(frozen=True, slots=True)
class Logic:
    """Conditions joined by ``and`` or ``or``."""

    word: str
    parts: tuple["Tree", ...]


# Any of these and of the grammar's nodes.  The grammar types its nodes by its own union, which
# these nodes are no part of, so that a union of them all would fit nowhere.
Tree: TypeAlias = Any

__all__ = [
    "Call",
    "Comparison",
    "Constant",
    "Index",
    "Indexed",
    "Logic",
    "Name",
    "Negative",
    "Number",
    "Operation",
    "Over",
    "Transposed",
    "Tree",
]  # those of the grammar are imported from here too

ZERO, ONE, TWO = (Number(Fraction(n)) for n in (0, 1, 2))
UNDEFINED = Constant("undefined")
PRODUCTS = frozenset({"*", " ", "·", "⊙", "⊗", "@"})


def children(tree: Tree) -> tuple[Tree, ...]:
    """Return the trees directly below a node."""
    match tree:
        case Negative(operand) | Transposed(operand):
            return (operand,)
        case Operation(_, left, right) | Comparison(_, left, right):
            return (left, right)
        case Call(_, parts) | Logic(_, parts):
            return parts
        case Indexed(base, indices):
            return (base, *indices)
        case Over(_, _, body, skipped):
            return (body,) if skipped is None else (body, skipped)
    return ()


def rebuilt(tree: Tree, parts: list[Tree]) -> Tree:
    """Return the node with other children."""
    match tree:
        case Negative() | Transposed():
            return type(tree)(*parts)
        case Operation(symbol) | Comparison(symbol):
            return type(tree)(symbol, *parts)
        case Call(word) | Logic(word):
            return type(tree)(word, tuple(parts))
        case Indexed():
            return Indexed(parts[0], tuple(parts[1:]))
        case Over(function, letter):
            return Over(function, letter, *parts)
    return tree


def walk(tree: Tree) -> Iterator[Tree]:
    """Yield the node and everything below it, from left to right."""
    yield tree
    for child in children(tree):
        yield from walk(child)


def changed(tree: Tree, change: Callable[[Tree], Tree]) -> Tree:
    """Apply a change to every node, from the leaves up."""
    return change(rebuilt(tree, [changed(child, change) for child in children(tree)]))


def depth(tree: Tree) -> int:
    """Return the number of levels, without recursion: the tree may be too deep for it."""
    deepest, waiting = 0, [(tree, 1)]
    while waiting:
        node, level = waiting.pop()
        deepest = max(deepest, level)
        waiting += [(child, level + 1) for child in children(node)]
    return deepest


def free_letters(tree: Tree) -> frozenset[str]:
    """Return the index letters that no sum binds."""
    if isinstance(tree, Index):
        return frozenset({tree.letter})
    letters = frozenset(c for child in children(tree) for c in free_letters(child))
    return letters - {tree.letter} if isinstance(tree, Over) else letters


def entry_of(function: str, argument: Tree) -> Tree:
    """Read softmax(z_i), which people write for the entry i of softmax(z)."""
    letters = free_letters(argument)
    if len(letters) > 1:
        raise FormulaError(f"{function} is of one vector: two indices stand in it")
    index: Tree = Index(min(letters))

    def whole(node: Tree) -> Tree:
        match node:
            case Indexed(base, indices) if indices == (index,):
                return base
        return node

    inner = changed(argument, whole)
    if free_letters(inner):
        raise FormulaError(f"{function} is of a vector")
    return Indexed(Call(function, (inner,)), (index,))


def is_truth(tree: Tree) -> bool:
    """Tell a condition from a value."""
    return isinstance(tree, Comparison | Logic) or tree == Constant("true")


def is_index(tree: Tree) -> bool:
    """Tell the place of an entry from a value."""
    match tree:
        case Index() | Call("argmax") | Over("argmax"):
            return True
    return False


def as_value(tree: Tree) -> Tree:
    """Turn a condition into the number that is 1 where it holds and 0 elsewhere."""
    return Call("where", (tree, ONE, ZERO)) if is_truth(tree) else tree


def as_truth(tree: Tree) -> Tree | None:
    """Return the condition that a tree is or was: ``(x > 0)`` in brackets is a number already."""
    if is_truth(tree):
        return tree
    match tree:
        case Call("where", (condition, yes, no)) if (yes, no) == (ONE, ZERO):
            return condition
    return None


def number(tree: Tree) -> Fraction | None:
    """Return the exact value of a tree made of numbers only, None for any other."""
    return constant_value(changed(tree, _star))


def _star(tree: Tree) -> Tree:
    if isinstance(tree, Operation) and tree.symbol in PRODUCTS:
        return Operation("*", tree.left, tree.right)
    return tree
