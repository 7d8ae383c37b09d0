"""What an examination found: findings, errors by region, speed; as data and for a terminal."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from actfn import findings
from actfn.examine.accuracy import Curve, Region
from actfn.findings import FRAGILE, NOTE, ORDER, PASS, WRONG

# Of `actfn examine`, as of `actfn grade`; 3 stands for what could not be examined.
EXIT_CODES = {PASS: 0, FRAGILE: 1, WRONG: 2}
UNEXAMINED = 3


@dataclass(frozen=True)
class Finding(findings.Finding):
    """One thing that was found.

    Attributes
    ----------
    kernel : "forward" or "derivative".
    cause : the kind of mistake in one or two words; the message has the sentence.
    remedy : what to write instead; may be empty.
    line : one line of Python that shows it.
    ulp : the distance from the truth there; 0 where it is not about digits.
    """

    kernel: str = "forward"
    cause: str = ""
    remedy: str = ""
    line: str = ""
    ulp: float = 0.0


@dataclass
class Report:
    """Everything about one implementation.

    Attributes
    ----------
    implementation, like, dtype : what was examined, as what, and in which type.
    framework, version : of the implementation.
    bound : ULP that a result may be off.
    findings : the gravest first.
    regions : {kernel: errors by region}.
    exhaustive : {kernel: what a sweep of all inputs found}, where it was asked for.
    speed : nanoseconds per element by size; see `actfn.examine.speed`.
    kinks : {place: what the implementation's derivative is there, beside actfn's}.
    seconds : the whole examination took.
    curves : {kernel: the errors along the line}, for the plot; not in the JSON.
    """

    implementation: str
    like: str
    dtype: str
    framework: str = ""
    version: str = ""
    bound: float = 0.0
    findings: list[Finding] = field(default_factory=list)
    regions: dict[str, list[Region]] = field(default_factory=dict)
    exhaustive: dict[str, dict] = field(default_factory=dict)
    speed: dict = field(default_factory=dict)
    kinks: dict[str, dict] = field(default_factory=dict)
    seconds: float = 0.0
    curves: dict[str, Curve] = field(default_factory=dict, repr=False)

    @property
    def verdict(self) -> str:
        """ "pass", "fragile" or "wrong"; notes do not count."""
        return findings.verdict_of(self.findings)

    @property
    def causes(self) -> set[str]:
        """The kinds of mistakes found, notes apart."""
        return {f.cause for f in self.findings if f.severity != NOTE}

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.verdict]

    def sort(self) -> None:
        """The gravest first; among equals values before conventions, the largest error first."""
        self.findings.sort(key=lambda f: (ORDER.index(f.severity), f.check != "value", -f.ulp))

    def as_dict(self) -> dict:
        """The form of `--json`: numbers that JSON does not know are texts."""
        plain = {
            "implementation": self.implementation, "like": self.like, "dtype": self.dtype,
            "framework": self.framework, "version": self.version, "bound": self.bound,
            "verdict": self.verdict,
            "findings": [asdict(f) for f in self.findings],
            "regions": {k: [asdict(r) for r in rows] for k, rows in self.regions.items()},
            "exhaustive": self.exhaustive, "kinks": self.kinks, "speed": self.speed,
            "seconds": round(self.seconds, 3),
        }  # fmt: skip
        return _for_json(plain)

    def __str__(self) -> str:
        """As in the terminal, without colours."""
        from rich.console import Console

        console = Console(width=100, no_color=True, highlight=False)
        with console.capture() as caught:
            console.print(render(self))
        return caught.get().rstrip()

    def plot(self, path=None):
        """The error in ULP over x; see `actfn.examine.plot.plot`."""
        from actfn.examine.plot import plot

        return plot(self, path)


def _for_json(value):
    if isinstance(value, dict):
        return {str(k): _for_json(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_for_json(v) for v in value]
    if isinstance(value, float) and not -1e308 < value < 1e308:
        return str(value)
    return value


# ---------------------------------------------------------------- the terminal

_STYLES = {PASS: "bold green", FRAGILE: "bold yellow", WRONG: "bold red"}
_MARKS = {WRONG: "✗", FRAGILE: "!", NOTE: "·"}


def render(report: Report):
    """Verdict, findings with one line of Python each, tables of regions and speed."""
    from rich.console import Group
    from rich.text import Text

    head = Text.assemble(
        (report.verdict, _STYLES[report.verdict]), "  ", (report.implementation, "bold"),
        f" as {report.like} in {report.dtype}" if report.like else f" in {report.dtype}",
        (f"  ({report.framework} {report.version}".rstrip() + f", {report.seconds:.1f} s)", "dim"),
    )  # fmt: skip
    parts = [head, *(_finding(f) for f in report.findings)]
    if report.regions:
        parts += [Text(), _region_table(report)]
    if report.speed:
        parts += [_speed_table(report.speed)]
    return Group(*parts)


def _finding(finding: Finding):
    from rich.padding import Padding
    from rich.text import Text

    style = _STYLES.get(finding.severity, "dim")
    text = Text.assemble((f"{_MARKS[finding.severity]} ", style), finding.message)
    for label, value in _shown(finding):
        text.append(f"\n    {label:<9}", style="dim")
        text.append(value)
    return Padding(text, (0, 0, 0, 2))


def _shown(finding: Finding) -> Iterator[tuple[str, str]]:
    if finding.input:
        got = f"x = {finding.input}"
        got += f", got {finding.got}" if finding.got else ""
        yield "at", got + (f", true {finding.expected}" if finding.expected else "")
    if finding.remedy:
        yield "remedy", finding.remedy
    if finding.line:
        yield "see", finding.line


def _region_table(report: Report):
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title_justify="left")
    kernels = list(report.regions)
    table.add_column("error in ULP")
    for kernel in kernels:
        for heading in (f"{kernel}: worst", "typical", "at x"):
            table.add_column(heading, justify="right", no_wrap=True)
    names = list(dict.fromkeys(r.name for rows in report.regions.values() for r in rows))
    for name in names:
        cells = []
        for kernel in kernels:
            row = next((r for r in report.regions[kernel] if r.name == name), None)
            if row is None:
                cells += ["", "", ""]
                continue
            colour = "[yellow]" if row.worst > report.bound else "[default]"
            cells += [f"{colour}{row.worst:.3g}[/]", f"{row.typical:.2g}", f"{row.at:.7g}"]
        table.add_row(name, *cells)
    return table


def _speed_table(speed: dict):
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("ns per element")
    for heading in ("elements", "this", "actfn", "copy", "this, GB/s", "copy, GB/s"):
        table.add_column(heading, justify="right")
    for row in speed["rows"]:
        table.add_row(
            row["kernel"], f"{row['elements']:,}",
            *(f"{row[k]:.3f}" for k in ("ns", "actfn", "copy")),
            *(f"{row[k]:.1f}" for k in ("gb_s", "copy_gb_s")),
        )  # fmt: skip
    return table
