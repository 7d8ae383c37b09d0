"""What the grader found, and the verdict that follows from it."""

from dataclasses import asdict, dataclass, field

from actfn.interview.grading.rules import FRAGILE, NOTE, ORDER, PASS, WRONG

UNGRADED = "ungraded"
EXIT_CODES = {PASS: 0, FRAGILE: 1, WRONG: 2, UNGRADED: 3}


@dataclass(frozen=True)
class Finding:
    """One thing that was found.

    Attributes
    ----------
    check : "value", "precision", "shape", "dtype", "mutation", "warning", "accuracy", "loop",
        "mistake" ...
    severity : "wrong", "fragile" or "note".
    message : one sentence.
    input, got, expected : the smallest input that shows it, as text; empty where there is none.
    """

    check: str
    severity: str
    message: str
    input: str = ""
    got: str = ""
    expected: str = ""


@dataclass(frozen=True)
class Grade:
    """The verdict on one answer."""

    task: str
    verdict: str
    findings: list[Finding] = field(default_factory=list)
    seconds: float = 0.0
    mistake: str = ""
    notice: str = ""

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.verdict]

    def as_dict(self) -> dict:
        """The form of `actfn grade --json`."""
        return {
            "task": self.task,
            "verdict": self.verdict,
            "findings": [asdict(f) for f in self.findings],
            "seconds": round(self.seconds, 4),
        }


def verdict_of(findings: list[Finding]) -> str:
    """The worst severity decides."""
    severities = {f.severity for f in findings}
    return WRONG if WRONG in severities else FRAGILE if FRAGILE in severities else PASS


def sorted_findings(findings: list[Finding]) -> list[Finding]:
    """The gravest first, among them the mistake, otherwise in the order they were found."""
    return sorted(findings, key=lambda f: (ORDER.index(f.severity), f.check != "mistake"))


def note(check: str, message: str, **shown: str) -> Finding:
    """A finding that does not touch the verdict."""
    return Finding(check, NOTE, message, **shown)
