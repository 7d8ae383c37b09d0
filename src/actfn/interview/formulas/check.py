"""Checks an answer: reads it, compares it, and says what is wrong with it."""

from dataclasses import dataclass

from flint import arb

from actfn.errors import FormulaError
from actfn.interview.formulas import proof
from actfn.interview.formulas.cursor import PRECEDENCE
from actfn.interview.formulas.forms import AnotherKind, Form, forms
from actfn.interview.formulas.judge import DIGITS, Difference, Judge, read_all
from actfn.interview.formulas.mistakes import Mistake, recognise
from actfn.interview.formulas.reader import Answer
from actfn.interview.formulas.registry import get
from actfn.interview.formulas.task import FormulaTask
from actfn.interview.formulas.tree import Call, Name, Tree
from actfn.interview.formulas.values import Budget
from actfn.interview.formulas.writing import to_latex


@dataclass(frozen=True)
class Counterexample:
    """A point where an answer is wrong.

    ``point`` has the value of every name that occurs, a float or a tuple of floats, and the
    indices of the entry, counted from 1.  ``got`` is None where the answer has no value.
    """

    point: dict[str, float | tuple[float, ...] | int]
    got: float | None
    expected: float
    text: str


@dataclass(frozen=True)
class Result:
    """What became of an answer.

    Attributes
    ----------
    accepted : whether it is right.
    message : one or two sentences for the person.
    readable : False when the answer could not be read, which is no attempt at the question.
    counterexample : where it is wrong; None when it is right, unreadable or of another kind.
    mistake : the name of the known mistake that it behaves like.
    latex : what was understood.
    proved : whether exact algebra showed the equality, and not 40 digits at random points.
    """

    accepted: bool
    message: str
    readable: bool = True
    counterexample: Counterexample | None = None
    mistake: str | None = None
    latex: str | None = None
    proved: bool = False


@dataclass(frozen=True)
class _Claim:
    """One formula of an answer: the reading that counts, and where it differs from the truth."""

    form: Form
    proved: bool = False
    difference: Difference | None = None


def check(task: FormulaTask | str, text: str) -> Result:
    """Check a typed answer of a formula task.

    Parameters
    ----------
    task : FormulaTask or str
        The task or its name.
    text : str
        The answer as it was typed or pasted: ``x*sigmoid(x)``, ``σ(x)(1 − σ(x))``, LaTeX.

    Raises
    ------
    UnknownTaskError
        When no task has this name.  An answer never raises, whatever it is.

    Examples
    --------
    >>> check("sigmoid_derivative", "s(1 - s)").accepted
    True
    >>> print(check("sigmoid_derivative", "1/4").message)
    Not equal: at x = 1 yours is 0.25, true is 0.1966.
    """
    judge = _judge(task)
    try:
        return _checked(judge, text, Budget())
    except AnotherKind as error:
        return Result(False, str(error), mistake="another_kind")
    except FormulaError as error:
        return Result(False, f"This cannot be read: {error}", readable=False)


_AMBIGUOUS = (
    "This can be read in two ways, and by the order of operations it is not right: put brackets "
    "around the whole denominator or exponent that is meant."
)
_JUDGES: dict[int, Judge] = {}  # a judge holds its task, so that no other task gets the same id


def _judge(task: FormulaTask | str) -> Judge:
    """Return the judge of a task, made once."""
    record = get(task) if isinstance(task, str) else task
    if id(record) not in _JUDGES:
        _JUDGES[id(record)] = Judge(record)
    return _JUDGES[id(record)]


def _checked(judge: Judge, text: str, budget: Budget) -> Result:
    wrong: _Claim | None = None
    ambiguous: _Claim | None = None
    refusal: FormulaError | None = None
    for answer, loose in read_all(text, judge.task):
        try:
            claim = _claim(judge, answer, answer.tree, budget)
        except FormulaError as error:
            refusal = refusal or error
            continue
        if claim.difference is None and not loose & PRECEDENCE:
            return _right(judge, answer, claim, budget)
        if claim.difference is None:
            ambiguous = ambiguous or claim
        wrong = wrong or claim
    if ambiguous is not None:
        return Result(False, _AMBIGUOUS, readable=False, latex=to_latex(ambiguous.form.tree))
    if wrong is None:
        raise refusal or FormulaError("no formula is found")
    return _wrong(judge, wrong, budget)


def _claim(judge: Judge, answer: Answer, tree: Tree, budget: Budget) -> _Claim:
    """Compare every reading of a formula; the first one counts when none is right."""
    differences = []
    found = forms(tree, answer, judge.task)
    for form in found:
        if proof.equal(form, judge.truth, judge.definitions) and judge.is_defined(form, budget):
            return _Claim(form, proved=True)
        difference = judge.difference(form, budget)
        if difference is None:
            return _Claim(form)
        differences.append(difference)
    return _Claim(found[0], difference=differences[0])


# ---- right ----------------------------------------------------------------------------------


def _right(judge: Judge, answer: Answer, claim: _Claim, budget: Budget) -> Result:
    refused = _not_as_asked(judge.task, claim.form)
    latex = to_latex(claim.form.tree)
    if refused is not None:
        return Result(False, refused.says, mistake=refused.name, latex=latex)
    for step in answer.steps:
        try:
            other = _claim(judge, answer, step, budget)
        except FormulaError:
            continue  # "L =" and the like in front of the formula
        if other.difference is not None:
            return _wrong_step(judge, other, budget)
    how = "it follows by algebra" if claim.proved else f"equal to {DIGITS} digits at random points"
    return Result(True, f"Right: {how}.", latex=latex, proved=claim.proved)


def _not_as_asked(task: FormulaTask, form: Form) -> Mistake | None:
    """Refuse a right formula that does not answer the question, as f'(x) for a derivative."""
    for node in form.parts:
        if isinstance(node, Call) and task.function and node.function == f"{task.function}'":
            says = "That only names the derivative: write it out."
            return Mistake("names_the_derivative", says)
        if isinstance(node, Call) and node.function in task.forbidden:
            return Mistake("not_as_asked", task.forbidden[node.function])
        if isinstance(node, Name) and node.name in task.why_not:
            return Mistake("not_as_asked", task.why_not[node.name])
    return None


# ---- wrong ----------------------------------------------------------------------------------


def _wrong(judge: Judge, claim: _Claim, budget: Budget) -> Result:
    assert claim.difference is not None
    form = claim.form
    example = counterexample(judge, form, judge.nicest(form, budget, claim.difference))
    mistake = recognise(judge, form, budget)
    message = f"Not equal: {example.text}."
    if mistake is not None:
        message += f" {mistake.says}"
    name = None if mistake is None else mistake.name
    return Result(False, message, True, example, name, to_latex(form.tree))


def _wrong_step(judge: Judge, claim: _Claim, budget: Budget) -> Result:
    result = _wrong(judge, claim, budget)
    message = f"The last formula is right, but not all that you call equal to it. {result.message}"
    return Result(False, message, True, result.counterexample, "wrong_step", result.latex)


def counterexample(judge: Judge, form: Form, found: Difference) -> Counterexample:
    """Write a difference down with the values of the names that occur."""
    used = {n.name for f in (form, judge.truth) for n in f.parts if isinstance(n, Name)}
    point: dict[str, float | tuple[float, ...] | int] = {}
    for name in judge.task.shapes:
        if name in used:
            point[name] = _value(found.truth.evaluator.named(name))
    for letter, place in zip(judge.task.indices, found.place, strict=True):
        point[letter] = place + 1
    where = ", ".join(f"{name} = {_shown(value)}" for name, value in point.items())
    got, expected = _digits(found.got, found.expected)
    yours = "yours is undefined" if found.got is None else f"yours is {got}"
    text = f"at {where} {yours}, true is {expected}" if where else f"{yours}, true is {expected}"
    value = None if found.got is None else float(found.got)
    return Counterexample(point, value, float(found.expected), text)


def _value(array) -> float | tuple[float, ...]:
    values = tuple(float(entry) for entry in array.ravel())
    return values[0] if len(values) == 1 else values


def _shown(value: float | tuple[float, ...] | int) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(f'{v:.4g}' for v in value)})"
    return f"{value:.4g}"


def _digits(got: arb | None, expected: arb) -> tuple[str, str]:
    """Write two numbers with as many digits as it takes to tell them apart, at least four."""
    if got is None:
        return "", f"{float(expected):.4g}"
    for digits in range(4, 17):
        mine, true = (f"{float(value):.{digits}g}" for value in (got, expected))
        if mine != true:
            return mine, true
    return got.str(DIGITS, radius=False), expected.str(DIGITS, radius=False)
