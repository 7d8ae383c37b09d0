"""Formula answers: typed mathematics, checked by exact algebra or by 40 digits at random points.

>>> from actfn.interview import formulas
>>> formulas.check("silu_derivative", "σ(x) + x σ(x)(1 − σ(x))").accepted
True
"""

from actfn.interview.formulas.check import Counterexample, Result, check
from actfn.interview.formulas.registry import get, names
from actfn.interview.formulas.task import Definition, FormulaTask, Variable, Wrong

__all__ = [
    "Counterexample",
    "Definition",
    "FormulaTask",
    "Result",
    "Variable",
    "Wrong",
    "check",
    "get",
    "names",
]
