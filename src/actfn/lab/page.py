"""docs/lab.md and its pictures, from the outcomes of a run."""

from pathlib import Path

from actfn.lab.claim import CONDITIONAL, FALSE, HOLDS, Claim, Outcome, Picture

NOTICE = "<!-- Made by `actfn lab -o docs`; edit the claims in src/actfn/lab/ instead. -->"
FOLDER = "lab"  # of the pictures, beside the page
_MARKS = {HOLDS: "✓ holds", CONDITIONAL: "~ holds only if …", FALSE: "✗ does not hold"}


def write(folder, found: dict[str, tuple[Claim, Outcome]]) -> Path:
    """Write lab.md and the pictures below `folder`; the path of the page."""
    folder = Path(folder)
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for name, (_, outcome) in found.items():
        if outcome.picture:
            draw(outcome.picture, folder / FOLDER / f"{name}.svg")
    path = folder / "lab.md"
    path.write_text(page(found), encoding="utf-8")
    return path


def page(found: dict[str, tuple[Claim, Outcome]]) -> str:
    """The page: a table of verdicts, and a card per claim."""
    counts = ", ".join(
        f"{v}: {sum(o.verdict == v for _, o in found.values())}"
        for v in (HOLDS, CONDITIONAL, FALSE)
    )
    rows = [
        f"| [{claim.says}](#{name}) | {_MARKS[outcome.verdict]} | {_first_number(outcome)} |"
        for name, (claim, outcome) in found.items()
    ]
    head = [
        NOTICE, "# The lab", "",
        "Claims of textbooks and of the page of interview questions, each run with fixed seeds on "
        "small networks that read scikit-learn's digits, or on the functions themselves. "
        "`actfn lab` runs them again. "
        "Intervals are 95 % over seeds. Times depend on the machine, and verdicts about them on "
        "large margins only.", "",
        f"{len(found)} claims; {counts}.", "",
        "| claim | verdict | number |", "|---|---|---|", *rows,
    ]  # fmt: skip
    cards = [_card(name, claim, outcome) for name, (claim, outcome) in found.items()]
    return "\n".join(head) + "\n\n" + "\n\n".join(cards) + "\n"


def _card(name: str, claim: Claim, outcome: Outcome) -> str:
    numbers = "\n".join(f"- {number.what}: **{number}**" for number in outcome.numbers)
    link = "" if outcome.verdict == CONDITIONAL else ":"
    parts = [
        f"## {name}",
        f"> {claim.says}  \n> ({claim.source})",
        f"**Predict:** {claim.question} {' · '.join(claim.choices)}",
        f"**{outcome.verdict.capitalize()}**{link} {outcome.because}.",
        numbers,
        f"```python\n{claim.code}\n```",
    ]
    if outcome.picture:
        parts.insert(5, f"![{outcome.picture.y} against {outcome.picture.x}]({FOLDER}/{name}.svg)")
    return "\n\n".join(parts)


def _first_number(outcome: Outcome) -> str:
    return f"{outcome.numbers[0].what}: {outcome.numbers[0]}"


def draw(picture: Picture, path: Path) -> None:
    """A small SVG, the same every time."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context({"svg.hashsalt": "actfn", "svg.fonttype": "none"}):
        figure = Figure(figsize=(5, 3), layout="constrained")
        axes = figure.subplots()
        for curve in picture.curves:
            axes.plot(list(curve.x), list(curve.y), marker="o", ms=3, label=curve.label)
        if picture.log:
            axes.set_yscale("log")
        axes.set_xlabel(picture.x)
        axes.set_ylabel(picture.y)
        axes.spines[["top", "right"]].set_visible(False)
        if len(picture.curves) > 1:
            axes.legend(frameon=False)
        figure.savefig(path, metadata={"Date": None})
