"""What a product means: the shapes of rows and matrices, checked before anything is computed.

A vector is a column.  ``p p^T`` is a matrix, ``p^T g`` a number, ``p g`` and ``p * g`` go entry by
entry, and ``p · g`` may be either of the last two: `readings` gives both.  After `resolve` only
``*``, which goes entry by entry, and ``@``, the matrix product, are left.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import NoReturn

from actfn.errors import FormulaError
from actfn.interview.formulas.tree import (
    PRODUCTS,
    Call,
    Comparison,
    Constant,
    Index,
    Indexed,
    Logic,
    Name,
    Negative,
    Number,
    Operation,
    Over,
    Transposed,
    Tree,
    children,
    entry_of,
    free_letters,
    rebuilt,
)

SCALAR, COLUMN, ROW, MATRIX, INDEX, TRUTH = "scalar", "column", "row", "matrix", "index", "truth"
TALL, WIDE = "tall", "wide"  # p[:, None] and p[None, :], which NumPy stretches to a matrix
_STRETCHED = frozenset({TALL, WIDE, MATRIX, ROW})
_NAMES = {
    SCALAR: "a number", COLUMN: "a vector", ROW: "a row vector", MATRIX: "a matrix",
    INDEX: "an index", TRUTH: "a condition", TALL: "a column", WIDE: "a row",
}  # fmt: skip
_MAX_CHOICES = 4
_REDUCTIONS = frozenset({"sum", "mean", "max", "min", "logsumexp", "prod", "count"})
_ROWWISE = frozenset({"softmax", "log_softmax"})


def readings(
    tree: Tree, shapes: Mapping[str, str], samples: bool = False
) -> Iterator[tuple[Tree, str]]:
    """Yield the tree in each of its readings, with its shape; the usual one first.

    Raises
    ------
    FormulaError
        When no reading has fitting shapes.
    """
    refusal = FormulaError("")
    first, found = _Resolver(shapes, (), samples), False
    try:
        yield first.resolve(tree)
        found = True
    except FormulaError as error:
        refusal = error
    for choices in product((0, 1), repeat=min(first.asked, _MAX_CHOICES)):
        if any(choices):
            try:
                yield _Resolver(shapes, choices, samples).resolve(tree)
                found = True
            except FormulaError:
                continue
    if not found:
        raise refusal


class _Resolver:
    """Finds shapes from the leaves up; ``choices`` decides what can be meant in two ways."""

    def __init__(self, shapes: Mapping[str, str], choices: Sequence[int], samples: bool):
        self.shapes = shapes
        self.choices = choices
        self.samples = samples
        self.asked = 0

    def choose(self) -> int:
        self.asked += 1
        return self.choices[self.asked - 1] if self.asked <= len(self.choices) else 0

    def resolve(self, tree: Tree) -> tuple[Tree, str]:
        match tree:
            case Number() | Constant():
                return tree, TRUTH if tree == Constant("true") else SCALAR
            case Name(name):
                if name not in self.shapes:
                    refuse(f"{name} is not defined")
                return tree, self.shapes[name]
            case Index():
                return tree, INDEX
            case Indexed():
                return self.indexed(tree)
            case Over():
                return self.over(tree)
            case Call(function, (argument,)) if function in _ROWWISE and free_letters(argument):
                return self.resolve(entry_of(function, argument))
        parts = [self.resolve(child) for child in children(tree)]
        trees, shapes = [part[0] for part in parts], [part[1] for part in parts]
        match tree:
            case Negative():
                return Negative(trees[0]), self.value(shapes[0])
            case Transposed():
                return self.transposed(trees[0], shapes[0])
            case Operation(symbol) if symbol in PRODUCTS:
                return self.product(symbol, trees, shapes)
            case Operation("**"):
                return self.power(trees, shapes)
            case Operation(symbol):
                return Operation(symbol, *trees), joined(shapes, _VERBS[symbol])
            case Comparison():
                return self.comparison(tree, trees, shapes)
            case Logic():
                return rebuilt(tree, trees), _truth(joined(list(map(_branch, shapes)), "joined"))
            case Call(function):
                return self.call(function, trees, shapes)
        raise TypeError(f"not a tree: {tree!r}")

    def value(self, shape: str) -> str:
        return joined([shape], "")

    # ---- indices ----------------------------------------------------------------------------

    def indexed(self, tree: Indexed) -> tuple[Tree, str]:
        base, shape = self.resolve(tree.base)
        self.value(shape)
        indices = self.entry(tree.indices)
        if shape == SCALAR:
            return base, SCALAR  # x_i, where everything goes entry by entry
        wanted = 2 if shape == MATRIX else 1
        if shape == COLUMN and len(indices) == 2 and self.samples:
            # p_ni, or p_ij with i for the sample: it is the same sample throughout.
            indices = tuple(i for i in indices if i != Index("n"))[-1:]
        if len(indices) != wanted:
            refuse(f"{_NAMES[shape]} takes {wanted} index letter{'s' * (wanted > 1)}")
        return Indexed(base, indices), SCALAR

    def entry(self, indices: Sequence[Tree]) -> tuple[Tree, ...]:
        resolved = [self.resolve(index) for index in indices]
        for tree, shape in resolved:
            if shape not in (INDEX, COLUMN) and not isinstance(tree, Number):
                refuse("an index is a letter such as i, a whole number or a class")
        return tuple(tree for tree, _ in resolved)

    def over(self, tree: Over) -> tuple[Tree, str]:
        body, shape = self.resolve(tree.body)
        if self.value(shape) != SCALAR:
            refuse(f"the sum over {tree.letter} has {_NAMES[shape]} in it without its index")
        skipped = None if tree.skipped is None else self.resolve(tree.skipped)[0]
        return Over(tree.function, tree.letter, body, skipped), _over_shape(tree.function)

    def comparison(self, tree: Comparison, trees: list, shapes: list) -> tuple[Tree, str]:
        if INDEX in shapes:
            self.entry((tree.left, tree.right))
            return Comparison(tree.symbol, *trees), TRUTH
        return Comparison(tree.symbol, *trees), _truth(joined(shapes, "compared"))

    # ---- operations -------------------------------------------------------------------------

    def transposed(self, tree: Tree, shape: str) -> tuple[Tree, str]:
        if shape == SCALAR:
            refuse("a number has no transpose, and a derivative has to be written out")
        other = {COLUMN: ROW, ROW: COLUMN, TALL: WIDE, WIDE: TALL}.get(shape, shape)
        return Transposed(tree), self.value(other)

    def power(self, trees: list[Tree], shapes: list[str]) -> tuple[Tree, str]:
        if trees[1] == Name("T") and shapes[0] != SCALAR:
            return self.transposed(trees[0], shapes[0])
        return Operation("**", *trees), joined(shapes, "raised")

    def product(self, symbol: str, trees: list[Tree], shapes: list[str]) -> tuple[Tree, str]:
        left, right = trees
        a, b = map(self.value, shapes)
        if SCALAR in (a, b):
            return Operation("*", left, right), b if a == SCALAR else a
        if (a, b) == (COLUMN, COLUMN):
            return self.of_columns(symbol, left, right)
        if (a, b) in ((TALL, WIDE), (COLUMN, ROW)):
            return Operation("@", left, right), MATRIX
        if (a, b) == (ROW, COLUMN):
            return Operation("@", left, right), SCALAR
        if (a, b) == (MATRIX, MATRIX) and not (symbol == "⊙" or (symbol == "*" and self.choose())):
            return Operation("@", left, right), MATRIX
        if (a, b) in ((MATRIX, COLUMN), (ROW, MATRIX)) and symbol != "⊙":
            return Operation("@", left, right), b if a == MATRIX else ROW
        if (a, b, symbol) == (COLUMN, MATRIX, "@"):  # NumPy's vectors are rows there
            return _turned(Operation("@", _turned(left), right)), COLUMN
        return Operation("*", left, right), joined([a, b], "multiplied")

    def of_columns(self, symbol: str, left: Tree, right: Tree) -> tuple[Tree, str]:
        if symbol == "⊗":
            return Operation("@", left, _turned(right)), MATRIX
        if symbol == "@" or (symbol == "·" and not self.choose()):
            return Operation("@", _turned(left), right), SCALAR
        return Operation("*", left, right), COLUMN

    # ---- functions --------------------------------------------------------------------------

    def call(self, function: str, trees: list[Tree], shapes: list[str]) -> tuple[Tree, str]:
        tree = Call(function, tuple(trees))
        if function == "where":
            shape = joined([_branch(shapes[0]), *map(self.value, shapes[1:])], "chosen from")
            values = [_filled(t, s, shape) for t, s in zip(trees[1:], shapes[1:], strict=True)]
            return Call("where", (trees[0], *values)), shape
        if function in ("argmax", "onehot"):
            return tree, INDEX if function == "argmax" else COLUMN
        if function in ("eye", "ones"):
            return tree, MATRIX if function == "eye" else COLUMN
        if function == "dot":
            return self.product("@", trees, shapes)
        shape = joined(list(map(self.value, shapes)), "combined")
        if function in _REDUCTIONS and len(trees) == 1:
            return tree, SCALAR
        if function == "diag":
            return tree, COLUMN if shape == MATRIX else MATRIX
        if function in (TALL, WIDE):
            return tree, function
        if function in _ROWWISE and shape != COLUMN:
            refuse(f"{function} is of a vector, not of {_NAMES[shape]}")
        if function == "sigmoid" and shape == COLUMN and self.choose():
            return Call("softmax", tree.arguments), COLUMN  # σ is also written for softmax
        return tree, shape


_VERBS = {"+": "added", "-": "subtracted", "/": "divided"}


def _over_shape(function: str) -> str:
    return INDEX if function == "argmax" else SCALAR


def _turned(tree: Tree) -> Tree:
    return Transposed(tree)


def _filled(tree: Tree, own: str, shape: str) -> Tree:
    """Return a number as the vector or matrix of equal entries that stands beside it."""
    if own != SCALAR or shape == SCALAR:
        return tree
    ones = Call("ones", ())
    row = _turned(ones)
    equal: dict[str, Tree] = {
        COLUMN: ones,
        TALL: ones,
        ROW: row,
        WIDE: row,
        MATRIX: Operation("@", ones, row),
    }
    return Operation("*", tree, equal[shape])


def _truth(shape: str) -> str:
    """Return the shape of a condition on entries of this shape."""
    return TRUTH if shape == SCALAR else f"{TRUTH} {shape}"


def _branch(shape: str) -> str:
    """Return the shape that a condition gives to the values chosen by it."""
    return shape.removeprefix(TRUTH).strip() or SCALAR


def joined(shapes: Sequence[str], verb: str) -> str:
    """Return the shape of what is computed entry by entry; a number goes with everything."""
    different = list(dict.fromkeys(shape for shape in shapes if shape != SCALAR))
    for shape in different:
        if shape == INDEX or shape.startswith(TRUTH):
            refuse(f"{_NAMES[shape.split()[0]]} stands where a number is wanted")
    if len(different) < 2:
        return different[0] if different else SCALAR
    if _STRETCHED.issuperset(different):
        return MATRIX
    names = " and ".join(_NAMES[shape] for shape in different)
    refuse(f"{names} cannot be {verb}: {_ADVICE}")


_ADVICE = "the product p p^T is a matrix, p^T g a number, p * g goes entry by entry"


def refuse(reason: str) -> NoReturn:
    raise FormulaError(reason)
