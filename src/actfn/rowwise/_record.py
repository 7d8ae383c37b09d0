"""The record of a function of rows: what it is, and the operations on arrays that it offers.

Everything else about it (oracle, derivative as text, facts, LaTeX, docstring, page, plot) is
derived from the record by `actfn.rowwise._derived`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from actfn.errors import RecordError
from actfn.rowwise._derived import DerivedRow


@dataclass(eq=False)
class RowFunction(DerivedRow):
    """One function of rows: call it, or one of the operations its file attaches.

    Attributes
    ----------
    name : the public name, and that of the file.
    formula : text in which x is the entry at hand, and sum(...), max(...) go over the row.
    source : paper and equation.
    parameters : {name: what it is}, in order.
    same_as, disagreements : spellings of frameworks, and where they differ.
    notes : what a reader should know besides.
    returns : "row" for a row of the same length, "number" for one number per row.
    threshold : the name in the formula that is defined by the entries' sum being 1, if any.
    float64_error : the reason, where float64 is worse than 2 ULP.
    in_words : the reason, where the formula is no formula but words; then there is no oracle.
    """

    name: str
    formula: str
    source: str
    parameters: dict[str, str] = field(default_factory=dict)
    same_as: dict[str, str] = field(default_factory=dict)
    disagreements: dict[str, str] = field(default_factory=dict)
    notes: str = ""
    returns: str = "row"
    threshold: str = ""
    float64_error: str = ""
    in_words: str = ""
    operations: dict[str, Callable] = field(default_factory=dict, init=False, repr=False)

    # What is asked of every function that `actfn.get` finds: no input stands for one number, and
    # no framework has other defaults.
    inputs: ClassVar[tuple[str, ...]] = ()
    aliases: ClassVar[tuple[str, ...]] = ()
    variants: ClassVar[dict[str, dict[str, str]]] = {}

    def __post_init__(self):
        if not self.formula or not self.source:
            raise RecordError(f"{self.name} needs a formula and a source")
        if self.returns not in ("row", "number"):
            raise RecordError(f"{self.name} returns 'row' or 'number', not {self.returns!r}")

    def attach(self, function: Callable) -> Callable:
        """Offer a function as an operation of this record, under the function's own name.

        The one called `forward` is what calling the record does.
        """
        self.operations[function.__name__] = function
        if function.__name__ == "forward":
            self.__wrapped__ = function  # what help() and inspect show the arguments of
        return function

    def __call__(self, *arguments, **options):
        return self.operations["forward"](*arguments, **options)

    def __getattr__(self, name: str):
        operations = self.__dict__.get("operations", {})
        if name in operations and name != "forward":
            return operations[name]
        known = ", ".join(sorted(set(operations) - {"forward"}))
        own = self.__dict__.get("name", "this function")
        message = f"{own} has no operation '{name}'; it has {known or 'none'}"
        raise AttributeError(message)

    def __reduce__(self):
        from actfn.rowwise import get

        return get, (self.name,)

    def __repr__(self) -> str:
        return f"<function of rows {self.name}: {self.formula}>"
