"""What the record of a function of rows gives without being asked to write it.

Each property imports what it needs when it is used, as those of `actfn.derived` do.
"""

import inspect
from collections.abc import Callable
from functools import cached_property

from actfn.derived import Documented
from actfn.errors import RecordError


class DerivedRow(Documented):
    """The base of the record, which declares what is written."""

    name: str
    formula: str
    threshold: str
    in_words: str
    returns: str
    operations: dict[str, Callable]

    @property
    def module(self) -> str:  # type: ignore[override]
        """The module that holds the function."""
        forward = self.operations.get("forward")
        return forward.__module__ if forward else ""

    @cached_property
    def arguments(self) -> dict[str, inspect.Parameter]:
        """What the function takes, in order."""
        forward = self.operations.get("forward")
        return dict(inspect.signature(forward).parameters) if forward else {}

    @cached_property
    def defaults(self) -> dict[str, float]:
        """The defaults of the formula's parameters, as the function has them."""
        wanted = self.tree.parameters if self.tree else ()
        found = {n: self.arguments[n].default for n in wanted if n in self.arguments}
        return {n: float(v) for n, v in found.items() if v is not inspect.Parameter.empty}

    @cached_property
    def tree(self):
        """The parsed formula, an `actfn.rowwise._formula.RowFormula`; None if it is in words."""
        from actfn.rowwise._formula import parse

        if self.in_words:
            return None
        return parse(self.formula, self.threshold, self.arguments or None)

    def oracle(self, **parameters):
        """True values of the formula at these parameter values, the others at their defaults.

        Returns
        -------
        actfn.rowwise._oracle.RowOracle or None
            None where the formula is in words (`in_words` says why) or speaks of noise.

        Examples
        --------
        >>> import actfn
        >>> actfn.softmax.oracle(temperature=0.5).value([1.0, 1.0]).hi
        array([0.5, 0.5])
        """
        if self.tree is None or self.tree.drawn:
            return None
        from actfn.rowwise._oracle import RowOracle

        return RowOracle(self.tree, self._values(parameters), self.returns == "number")

    def _values(self, parameters) -> dict[str, float]:
        name, known = self.name, self.tree.parameters
        unknown = sorted(set(parameters) - set(known))
        if unknown:
            has = ", ".join(known) or "none"
            raise TypeError(f"{name}'s formula has no parameter {', '.join(unknown)}; it has {has}")
        values = {**self.defaults, **parameters}
        missing = sorted(set(known) - set(values))
        if missing:
            raise TypeError(f"{name}'s oracle needs a value for {', '.join(missing)}")
        return values

    @cached_property
    def latex(self) -> str:
        """The formula of entry i as LaTeX."""
        from actfn.rowwise._latex import formula_latex

        return formula_latex(self)

    @cached_property
    def derivative_tree(self):
        """The Jacobian d f_i / d x_j as a tree with indices; None where none is written."""
        if self.tree is None:
            return None
        from actfn.rowwise._jacobian import jacobian_tree

        try:
            return jacobian_tree(self.tree, self.returns == "number")
        except RecordError:
            return None

    @cached_property
    def derivative_formula(self) -> str:
        """The Jacobian d f_i / d x_j as text, or "" where none is written."""
        from actfn.formula import to_text

        return "" if self.derivative_tree is None else to_text(self.derivative_tree)

    @cached_property
    def derivative_latex(self) -> str:
        """The Jacobian d f_i / d x_j as LaTeX, or "" where none is written."""
        from actfn.rowwise._latex import derivative_latex

        return derivative_latex(self)

    @cached_property
    def slope_formula(self) -> str:
        """s_i, which the Jacobian of a formula with a threshold speaks of, as text; else ""."""
        from actfn.formula import to_text
        from actfn.rowwise._jacobian import slope_tree

        return to_text(slope_tree(self.tree)) if self.threshold else ""

    @cached_property
    def saved(self) -> str:
        """Which tensor `backward` takes besides the gradient: "input" or "output"; "" without."""
        backward = self.operations.get("backward")
        if backward is None:
            return ""
        taken = [*inspect.signature(backward).parameters][1]
        return "input" if taken == next(iter(self.arguments)) else "output"

    @cached_property
    def facts(self):
        """Range, invariances, limits, Lipschitz constant; see `actfn.rowwise._facts.RowFacts`.

        None where there is no oracle to work them out with.
        """
        if self.tree is None or self.tree.drawn:
            return None
        from actfn.rowwise._facts import facts

        return facts(self)

    @cached_property
    def documentation(self) -> str:
        """The docstring in NumPy style, examples included."""
        from actfn.documentation import rendered
        from actfn.rowwise._page import sections

        return rendered(self.title, f"{self.name}(x) = {self.formula}", sections(self))

    def plot(self, **options):
        """A Matplotlib figure of the function; see `actfn.rowwise._plots.plot` for the options."""
        from actfn.rowwise._plots import plot

        return plot(self, **options)
