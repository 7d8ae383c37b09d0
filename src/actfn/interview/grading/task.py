"""The record of a code task: what is asked, what is promised, and answers of every kind."""

import textwrap
from dataclasses import dataclass, field, replace

from actfn.errors import RecordError


@dataclass(frozen=True)
class Wrong:
    """A mistake that people make: the answer with it, and what the grader says about it."""

    source: str
    says: str


@dataclass(frozen=True)
class Elementwise:
    """How the true values of an elementwise task are made.

    Attributes
    ----------
    formula : of the value in `variable` and the parameters, in actfn's grammar.
    order : 0 for the formula itself, 1 for its derivative.
    variable : the name of the first argument in the formula.
    parameters : {name: further values to try}, besides the default that the signature has.
    low, high : the range of sensible inputs; (0, 1) for the output of a sigmoid.
    kinks : {point: (smallest, largest) accepted value}, for derivatives: any subgradient.
    also : formulas in use for the same function, whose constants have fewer digits or which end in
        a straight line: any value between theirs and the formula's is right.
    """

    formula: str
    order: int = 0
    variable: str = "x"
    parameters: dict[str, tuple[float, ...]] = field(default_factory=dict)
    low: float = float("-inf")
    high: float = float("inf")
    kinks: dict[float, tuple[float, float]] = field(default_factory=dict)
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rows:
    """How the true values of a task on rows are made: by the reference of that name."""

    reference: str


@dataclass(frozen=True)
class Random:
    """The task draws random weights: graded by statistics, see `initialiser`."""


@dataclass(frozen=True)
class Task:
    """A code task.

    Attributes
    ----------
    name : of the task, the file and the function.
    signature : the arguments, as in "x, alpha=1.0".
    question : one or two sentences.
    contract : what an answer promises, one sentence each; nothing else is graded as a fault.
    truth : how the stored values are made.
    model : the model answer, source text; see `whole` for the short forms.
    right : {style: source} of further right answers.
    wrong : {mistake: Wrong}.
    hints : from vague to concrete.
    source : where the definition comes from.
    """

    name: str
    signature: str
    question: str
    contract: tuple[str, ...]
    truth: Elementwise | Rows | Random
    model: str
    right: dict[str, str]
    wrong: dict[str, Wrong]
    hints: tuple[str, ...]
    source: str

    def __post_init__(self):
        missing = [
            name
            for name in ("signature", "question", "contract", "model", "hints", "source")
            if not getattr(self, name)
        ]
        if missing:
            raise RecordError(f"the task {self.name} lacks {', '.join(missing)}")
        if not all(hint.strip() for hint in self.hints):
            raise RecordError(f"the task {self.name} has an empty hint")
        # Frozen against others; the short forms become whole files once, here.
        object.__setattr__(self, "model", self.whole(self.model))
        object.__setattr__(self, "right", {k: self.whole(v) for k, v in self.right.items()})
        wrong = {k: replace(w, source=self.whole(w.source)) for k, w in self.wrong.items()}
        object.__setattr__(self, "wrong", wrong)

    def whole(self, text: str) -> str:
        """An answer as a file. Text without a definition is the body, or what it returns."""
        text = textwrap.dedent(text).strip()
        if f"def {self.name}(" in text or f"{self.name} =" in text or "import " in text:
            return (text if "import numpy" in text else f"import numpy as np\n\n{text}") + "\n"
        body = text if "return" in text else f"return {text}"
        return (
            f"import numpy as np\n\n\ndef {self.name}({self.signature}):\n"
            + textwrap.indent(body, "    ")
            + "\n"
        )

    @property
    def starter(self) -> str:
        """The file a person starts from."""
        lines = [f'    """{self.question}', "", *[f"    - {line}" for line in self.contract]]
        body = "\n".join(lines)
        return f'import numpy as np\n\n\ndef {self.name}({self.signature}):\n{body}\n    """\n'
