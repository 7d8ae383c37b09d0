"""What graders find: a severity, a sentence, and the input that shows it.

Shared by the interview's grader of answers and the examiner of implementations.
"""

from dataclasses import dataclass

WRONG, FRAGILE, NOTE = "wrong", "fragile", "note"
PASS = "pass"
ORDER = (WRONG, FRAGILE, NOTE)


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


def verdict_of(findings) -> str:
    """The worst severity decides; notes do not count."""
    severities = {f.severity for f in findings}
    return WRONG if WRONG in severities else FRAGILE if FRAGILE in severities else PASS
