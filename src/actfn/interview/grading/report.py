"""A grade as text for a terminal."""

from collections.abc import Iterable, Iterator

from rich.console import Console, Group
from rich.padding import Padding
from rich.text import Text

from actfn.findings import FRAGILE, NOTE, PASS, WRONG, Finding
from actfn.interview.grading.findings import UNGRADED, Grade

_STYLES = {PASS: "bold green", FRAGILE: "bold yellow", WRONG: "bold red", UNGRADED: "bold magenta"}
_SENTENCES = {
    PASS: "right",
    FRAGILE: "right on ordinary input, but it breaks",
    WRONG: "it computes something else",
    UNGRADED: "it could not be graded",
}
_IMPRECISE = "right to some digits only"
_MARKS = {WRONG: "✗", FRAGILE: "!", NOTE: "·"}


def render(grade: Grade) -> Group:
    """The verdict, then every finding with the input that shows it."""
    head = Text.assemble(
        (grade.verdict, _STYLES[grade.verdict]),
        f"  {grade.task}: {sentence(grade.verdict, grade.findings)}",
        (f"  ({grade.seconds:.2f} s)", "dim"),
    )
    parts: list[Text | Padding] = [head, *(_finding(f) for f in grade.findings)]
    if grade.notice:
        parts.append(Text(grade.notice, style="dim"))
    return Group(*parts)


def sentence(verdict: str, findings: Iterable[Finding] = ()) -> str:
    """What a verdict means, in a few words."""
    grave = {f.check for f in findings if f.severity == verdict} - {"mistake"}
    return _IMPRECISE if grave == {"precision"} else _SENTENCES[verdict]


def _finding(finding: Finding) -> Padding:
    style = _STYLES.get(finding.severity, "")
    lines = Text.assemble((f"{_MARKS[finding.severity]} ", style), finding.message)
    for label, value in _shown(finding):
        lines.append(f"\n    {label:<9}", style="dim")
        lines.append(value)
    return Padding(lines, (0, 0, 0, 2), expand=False)


def _shown(finding: Finding) -> Iterator[tuple[str, str]]:
    for label, value in (
        ("input", finding.input), ("got", finding.got), ("expected", finding.expected),
    ):  # fmt: skip
        if value:
            yield label, value


def print_grade(grade: Grade, console: Console) -> None:
    """Write it to a console."""
    console.print(render(grade))
