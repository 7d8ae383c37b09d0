"""The record of a formula task: what is asked, what is right, and the known mistakes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from actfn.errors import RecordError
from actfn.interview.formulas.shapes import COLUMN, MATRIX, SCALAR
from actfn.interview.formulas.vocabulary import Vocabulary

# Values of a number, or of a vector with n entries: see `points` for which values are tried.
NUMBERS = frozenset({"real", "positive", "unit", "signed unit", "count", "length"})
ROWS = frozenset({"row", "distribution", "onehot"})


@dataclass(frozen=True)
class Variable:
    """A free variable.

    ``kind`` is real, positive, unit (between 0 and 1), signed unit (between -1 and 1), count (1,
    2, ...), length (the number of entries of the vectors); or a vector: row (real entries),
    distribution, onehot.  ``aliases`` are other spellings, separated by spaces; ``why_not``
    refuses a right answer that uses the variable, where the output was asked for.
    """

    name: str
    kind: str = "real"
    aliases: str = ""
    why_not: str = ""


@dataclass(frozen=True)
class Definition:
    """A name that stands for a formula of the variables: s for sigmoid(x).

    ``function`` is the function of one variable that the name may also be applied as, s(x) or
    s(-x); "" allows s(x) alone, None no argument.  ``why_not`` refuses a right answer that uses
    the name.
    """

    name: str
    text: str
    aliases: str = ""
    function: str | None = None
    shape: str = SCALAR
    why_not: str = ""


@dataclass(frozen=True)
class Wrong:
    """A known wrong answer, and what to say to whoever gives it."""

    text: str
    says: str


@dataclass(frozen=True)
class FormulaTask:
    """A question that is answered by a formula.

    Attributes
    ----------
    name, question : of the task; the question names every variable.
    variables, definitions : the names that may occur.
    expected : the model answer.
    answer : "scalar", "column" (a vector, or its entry) or "matrix" (or its entry).
    indices : the letters of the entry that is asked for, "i" or "ij".
    only_where : a condition on the indices, when only some entries are asked for.
    function : the function that was differentiated: naming its derivative is no answer.
    main : the name that an unknown single letter stands for; by default the first variable.
    bare, bare_of : the argument that is meant by σ alone, and where that differs by function.
    notations : spellings worth telling the person about.
    hints : three, from a nudge to nearly the answer.
    wrong : known mistakes by name.
    forbidden : functions that may not be used, with the reason.
    samples : whether a further index n of the sample may be written: p_ni.
    """

    name: str
    question: str
    variables: tuple[Variable, ...]
    expected: str
    hints: tuple[str, str, str]
    wrong: Mapping[str, Wrong]
    definitions: tuple[Definition, ...] = ()
    answer: str = SCALAR
    indices: str = ""
    only_where: str = ""
    function: str = ""
    main: str = ""
    bare: str | None = None
    bare_of: Mapping[str, str] = field(default_factory=dict)
    notations: tuple[str, ...] = ()
    forbidden: Mapping[str, str] = field(default_factory=dict)
    samples: bool = False

    def __post_init__(self):
        kinds = {variable.kind for variable in self.variables}
        if not kinds <= NUMBERS | ROWS:
            raise RecordError(f"{self.name}: unknown kind among {sorted(kinds)}")
        if len(self.indices) != {SCALAR: 0, COLUMN: 1, MATRIX: 2}[self.answer]:
            raise RecordError(f"{self.name}: indices {self.indices!r} do not fit {self.answer}")
        if not all(self.hints) or len(self.hints) != 3:
            raise RecordError(f"{self.name}: three hints are wanted, none of them empty")
        if not self.wrong:
            raise RecordError(f"{self.name}: no known mistakes are listed")

    @cached_property
    def shapes(self) -> dict[str, str]:
        """The shape of every name."""
        shapes = {v.name: COLUMN if v.kind in ROWS else SCALAR for v in self.variables}
        return shapes | {d.name: d.shape for d in self.definitions}

    @cached_property
    def why_not(self) -> dict[str, str]:
        """The names that a right answer may not use, with the reason."""
        named: list[Variable | Definition] = [*self.variables, *self.definitions]
        return {v.name: v.why_not for v in named if v.why_not}

    @cached_property
    def words(self) -> Vocabulary:
        """The vocabulary of the answers."""
        named: list[Variable | Definition] = [*self.variables, *self.definitions]
        names = {alias: v.name for v in named for alias in (v.name, *v.aliases.split())}
        numbers = [v.name for v in self.variables if v.kind not in ROWS]
        first = numbers[0] if numbers and not self.indices else ""
        return Vocabulary(
            names=names,
            rows=frozenset(name for name, shape in self.shapes.items() if shape == COLUMN),
            applied={d.name: d.function for d in self.definitions if d.function is not None},
            variable=self.main or first,
            bare=first if self.bare is None else self.bare,
            bare_of={"softmax": next((v.name for v in self.variables if v.kind == "row"), "")}
            | dict(self.bare_of),
        )
