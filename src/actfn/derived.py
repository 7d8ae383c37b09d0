"""What a record gives without being asked to write it: formulas, facts, truth, text, pictures.

Each needs a library that `import actfn` must not load, so each is imported when it is used.
"""

from fractions import Fraction
from functools import cached_property
from typing import Any

from actfn.formula import Formula
from actfn.grammar import constant_value


class _Documentation:
    """`__doc__`: of a class what its author wrote, of a record the text derived from it."""

    def __init__(self, written: str | None):
        self.written = written

    def __get__(self, record, owner):
        return self.written if record is None else record.documentation


class _Signature:
    """`__signature__` of a record; a class keeps its own."""

    def __get__(self, record, owner):
        if record is None:
            raise AttributeError("__signature__")
        from actfn.documentation import signature

        return signature(record)


class Documented:
    """What has a docstring of its own, `documentation`, and a file whose first line is its title.

    `module` is the name of that file's module.
    """

    module: str

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        cls.__doc__ = _Documentation(cls.__dict__.get("__doc__"))

    @cached_property
    def title(self) -> str:
        """The first line of the function's own file."""
        record: Any = self
        return title_of(self.module, record.name)


class Derived(Documented):
    """The base of every elementwise record."""

    __signature__ = _Signature()

    @cached_property
    def documentation(self) -> str:
        """The docstring in NumPy style, examples included."""
        from actfn.documentation import docstring

        return docstring(self)

    @cached_property
    def latex(self) -> str:
        """The formula as LaTeX."""
        from actfn.latex import to_latex

        record: Any = self
        return to_latex(record.tree.tree)

    @cached_property
    def derivative_formula(self) -> str:
        """The derivative by the first input, as text in the grammar of `actfn.formula`."""
        return self._derivative.text

    @cached_property
    def derivative_latex(self) -> str:
        """The derivative by the first input, as LaTeX."""
        from actfn.latex import to_latex

        return to_latex(self._derivative.tree)

    @cached_property
    def _derivative(self) -> Formula:
        from actfn.symbolic import derivative

        return derivative(self)

    @cached_property
    def facts(self):
        """Range, roots, extrema, Lipschitz constants, gains, ...; see `actfn.facts.Facts`."""
        from actfn.facts import facts

        return facts(self)

    @property
    def accuracy(self) -> dict:
        """Measured errors of the present kernels: {dtype: {kernel: findings}}."""
        from actfn.certificate import accuracy

        return accuracy(self)

    def exact_values(self, **parameters) -> dict[str, Fraction]:
        """Parameter values as the kernels read them: exact doubles, or 1/n where that is meant."""
        record: Any = self
        values = {**record.defaults, **parameters}
        return {p.name: Fraction(p.exactly(float(values[p.name]))) for p in record.parameters}

    def plot(self, **options):
        """A Matplotlib figure of the function; see `actfn.plot.plot` for the options."""
        from actfn.plot import plot

        return plot(self, **options)


def title_of(module: str, otherwise: str) -> str:
    """The first line of a module's docstring, without its full stop."""
    import sys

    text = (getattr(sys.modules.get(module), "__doc__", None) or otherwise).strip()
    return text.splitlines()[0].rstrip(".")


def exact_value(text: str, values: dict[str, Fraction]) -> Fraction | float:
    """The number that a formula text stands for, exact where it is rational."""
    written = {name: f"{v.numerator}/{v.denominator}" for name, v in values.items()}
    formula = Formula.parse(text, values).substitute(**written)
    value = constant_value(formula.tree)
    return formula.evaluate() if value is None else value
