"""What the grader found, and the verdict that follows from it."""

from dataclasses import asdict, dataclass, field

from actfn.findings import FRAGILE, NOTE, ORDER, PASS, WRONG, Finding

UNGRADED = "ungraded"
EXIT_CODES = {PASS: 0, FRAGILE: 1, WRONG: 2, UNGRADED: 3}


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


def sorted_findings(findings: list[Finding]) -> list[Finding]:
    """The gravest first, among them the mistake, otherwise in the order they were found."""
    return sorted(findings, key=lambda f: (ORDER.index(f.severity), f.check != "mistake"))


def note(check: str, message: str, **shown: str) -> Finding:
    """A finding that does not touch the verdict."""
    return Finding(check, NOTE, message, **shown)
