"""What is understood of a formula while it is typed; nothing is compared."""

from dataclasses import dataclass

from actfn.errors import FormulaError
from actfn.interview.formulas.forms import AnotherKind, forms
from actfn.interview.formulas.reader import read_answer
from actfn.interview.formulas.registry import get
from actfn.interview.formulas.writing import to_latex


@dataclass(frozen=True)
class Preview:
    """LaTeX of what was understood, or why nothing was."""

    latex: str = ""
    message: str = ""


def preview(name: str, text: str) -> Preview:
    """Read an answer to a task, in the first of the ways it can be read.

    Examples
    --------
    >>> preview("sigmoid_derivative", "s(1-s)").latex
    's \\\\left(1 - s\\\\right)'
    >>> preview("sigmoid_derivative", "s(1-").message != ""
    True
    """
    task = get(name)
    try:
        answer = read_answer(text, task.words)
        return Preview(latex=to_latex(forms(answer.tree, answer, task)[0].tree))
    except (FormulaError, AnotherKind) as error:
        return Preview(message=str(error))
