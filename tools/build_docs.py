"""Generate docs/functions/: a page and a picture for every activation, and the index.

Run from the repository's root, for all of them or for those named:

    python tools/build_docs.py [NAME...]

Pictures need Matplotlib; `--no-pictures` leaves those that are there as they are.
"""

import argparse
import re
from pathlib import Path

from actfn import catalogue
from actfn.documentation import Section, Term, sections, sentence
from actfn.latex import to_latex
from actfn.symbolic import derivative

TARGET = Path("docs/functions")
COMMAND = "python tools/build_docs.py"
NOTICE = f"<!-- Made by `{COMMAND}`; edit the record in src/actfn/functions/ instead. -->"
FRAMEWORKS = ("torch", "jax", "keras", "onnx", "hf")


def page(record) -> str:
    """The page of one activation, in Markdown."""
    parts = [NOTICE, f"# {record.name}", f"{record.title}.", _formulas(record)]
    if len(record.inputs) == 1:
        parts.append(f"![f and f' of {record.name}]({record.name}.svg)")
        parts.append(_facts(record.facts))
    for section in sections(record):
        if section.heading not in ("Derivative", "See Also"):
            parts.append(_section(section))
        elif section.heading == "Derivative":
            rest = tuple(item for item in section.body if not _is_formula(item))
            parts.append(_section(Section("Derivative", rest)) if rest else "")
        else:
            parts.append(_frameworks(record))
    return "\n\n".join(part for part in parts if part) + "\n"


def index(records) -> str:
    """The list of all pages."""
    rows = [f"| [{r.name}]({r.name}.md) | {r.title} | `{_cell(r.formula)}` |" for r in records]
    head = [NOTICE, "", "# Functions", "", "| name | what it is | formula |", "|---|---|---|"]
    return "\n".join([*head, *rows]) + "\n"


def _formulas(record) -> str:
    names = ", ".join(record.inputs)
    lines = [rf"f({names}) = {record.latex}"]
    if len(record.inputs) == 1:
        lines.append(rf"f'(x) = {record.derivative_latex}")
    else:
        for name in record.inputs:
            slope = to_latex(derivative(record, by=name).tree)
            lines.append(rf"\frac{{\partial f}}{{\partial \mathrm{{{name}}}}} = {slope}")
    return "\n\n".join(f"$$\n{line}\n$$" for line in lines)


def _is_formula(item) -> bool:
    return isinstance(item, str) and item.startswith(("f'(x) = ", "df/d"))


def _section(section: Section) -> str:
    body = [f"## {section.heading}", *map(_item, section.body)]
    if section.code:
        body.append(f"```pycon\n{section.code}\n```")
    return "\n\n".join(body)


def _item(item: str | Term) -> str:
    if isinstance(item, str):
        return item
    return f"- **{item.term}**" + (f"  \n  {sentence(item.text)}" if item.text else "")


def _frameworks(record) -> str:
    known = [f for f in FRAMEWORKS if f in record.same_as or f in record.disagreements]
    known += sorted({*record.same_as, *record.disagreements} - set(known))
    rows = []
    for framework in known:
        spelling = f"`{record.same_as[framework]}`" if framework in record.same_as else ""
        remark = _cell(record.disagreements.get(framework, ""))
        rows.append(f"| {framework} | {spelling} | {remark} |")
    parts = ["## Elsewhere"]
    if rows:
        parts.append("\n".join(["| framework | spelling | differs in |", "|---|---|---|", *rows]))
    if record.aliases:
        names = ", ".join(f"`{alias}`" for alias in record.aliases)
        parts.append(f"`actfn.get` also finds it as {names}.")
    return "\n\n".join(parts) if len(parts) > 1 else ""


def _facts(facts) -> str:
    values = ", ".join(f"{name} = {value:g}" for name, value in facts.parameters.items())
    rows = [
        ("domain", facts.domain),
        ("range", facts.range),
        ("limits", " and ".join(facts.limits)),
        ("monotone", facts.monotone),
        ("symmetry", facts.symmetry),
        ("continuous derivatives", _smoothness(facts.smoothness)),
        ("zeros of f", _list(facts.roots)),
        ("zeros of f'", _list(facts.derivative_roots)),
        ("extrema of f", _extrema(facts.extrema)),
        ("extrema of f'", _extrema(facts.derivative_extrema)),
        ("sup of abs f'", _short(facts.lipschitz)),
        ("sup of abs f''", _short(facts.derivative_lipschitz)),
        ("abs f' < 2⁻¹⁰", _saturation(facts.saturates)),
        ("E f(z), z ~ N(0, 1)", _decimals(facts.mean)),
        ("forward gain", _decimals(facts.forward_gain)),
        ("backward gain", _decimals(facts.backward_gain)),
    ]
    lines = ["| fact | value |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)]
    title = "## Facts" + (f"\n\nFor {values}." if values else "")
    return title + "\n\n" + "\n".join(lines)


def _smoothness(value: float) -> str:
    return {-1: "none, it jumps", 0: "none, it has a kink", float("inf"): "all"}.get(value) or (
        f"the first {int(value)}"
    )


def _short(text: str) -> str:
    """Twelve digits are enough to read, and do not depend on the last bit of a parameter."""
    return re.sub(r"-?\d+\.\d+(e-?\d+)?", lambda m: f"{float(m[0]):.12g}", text)


def _list(texts) -> str:
    return ", ".join(map(_short, texts)) or "none"


def _extrema(extrema) -> str:
    return ", ".join(f"{e.kind} {_short(e.value)} at {_short(e.place)}" for e in extrema) or "none"


def _saturation(ends) -> str:
    low, high = ends
    if low is not None and (low == high or low == float("inf")):
        return "everywhere"
    sides = [f"x < {low:.6g}"] if low is not None else []
    sides += [f"x > {high:.6g}"] if high is not None else []
    return " and ".join(sides) or "nowhere for good"


def _decimals(value: float | None) -> str:
    if value is None:
        return "does not exist"
    return f"{value:.12g}" if abs(value) > 1e-13 else "0"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


def picture(record, target: Path) -> None:
    """Draw f and f' as a small SVG that is the same every time."""
    path = target / f"{record.name}.svg"
    record.plot(derivative=True, path=path)
    path.write_text(_compact(path.read_text()))


def _compact(svg: str) -> str:
    """Leave out metadata and digits beyond a hundredth of a point: a third of the size."""
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.S)
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.S)
    svg = re.sub(r"-?\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), svg)
    return re.sub(r"\n\s+", "\n", svg)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--no-pictures", action="store_true")
    arguments = parser.parse_args()
    TARGET.mkdir(parents=True, exist_ok=True)
    for name in arguments.names or catalogue.names():
        record = catalogue.get(name)
        (TARGET / f"{name}.md").write_text(page(record))
        if not arguments.no_pictures and len(record.inputs) == 1:
            picture(record, TARGET)
        print(name)
    records = [catalogue.get(name) for name in catalogue.names()]
    (TARGET / "index.md").write_text(index(records))


if __name__ == "__main__":
    main()
