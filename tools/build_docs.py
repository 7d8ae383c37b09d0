"""Generate docs/functions/ and docs/rowwise/: a page and pictures for every function, indices.

Run from the repository's root, for all of them or for those named:

    python tools/build_docs.py [NAME...]

Pictures need Matplotlib; `--no-pictures` leaves those that are there as they are.
"""

import argparse
import inspect
import re
from pathlib import Path

from actfn import catalogue, rowwise
from actfn.derived import title_of
from actfn.documentation import Section, Term, sections, sentence
from actfn.latex import to_latex
from actfn.rowwise._docstrings import read
from actfn.rowwise._page import sections as row_sections
from actfn.rowwise._plots import has_simplex
from actfn.rowwise._record import RowFunction
from actfn.symbolic import derivative

TARGET, ROW_TARGET = Path("docs/functions"), Path("docs/rowwise")
COMMAND = "python tools/build_docs.py"
NOTICE = f"<!-- Made by `{COMMAND}`; edit the record in src/actfn/functions/ instead. -->"
ROW_NOTICE = NOTICE.replace("functions", "rowwise")
FUNCTION_NOTICE = ROW_NOTICE.replace("record", "docstring")
FRAMEWORKS = ("torch", "jax", "keras", "onnx", "hf")


def page(record) -> str:
    """The page of one activation, in Markdown."""
    parts = [NOTICE, f"# {record.name}", f"{record.title}.", _formulas(record)]
    if len(record.inputs) == 1:
        parts.append(f"![f and f' of {record.name}]({record.name}.svg)")
        parts.append(_facts(record.facts))
    return _page(record, parts, sections(record))


def row_page(record) -> str:
    """The page of one function of rows."""
    parts = [ROW_NOTICE, f"# {record.name}", f"{record.title}.", _row_formulas(record)]
    parts += [f"![{what}]({file})" for file, what, _ in row_pictures(record)]
    if record.facts:
        parts.append(_fact_table(record.facts.parameters, record.facts.rows()))
    return _page(record, parts, row_sections(record))


def function_page(function) -> str:
    """The page of a loss or a sampler: its docstring."""
    name = function.__name__
    definition, paragraphs, found = read(function)
    title = title_of(function.__module__, name)
    call = f"```python\nactfn.{name}{inspect.signature(function)}\n```"
    parts = [FUNCTION_NOTICE, f"# {name}", f"{title}.", call, f"{definition}.", *paragraphs]
    found = [_with_import(section, name) for section in found]
    return "\n\n".join([*parts, *map(_section, found)]) + "\n"


def _with_import(section: Section, name: str) -> Section:
    """Examples that run where they stand: the docstring's own know the function already."""
    if not section.code or f"actfn.{name}" in section.code:
        return section
    return Section(section.heading, code=f">>> from actfn import {name}\n{section.code}")


def _page(record, parts: list[str], found: list[Section]) -> str:
    for section in found:
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
    return _index(NOTICE, "# Functions", records)


def row_index(found) -> str:
    """The list of the pages about functions of rows."""
    found = list(found)
    records = [f for f in found if isinstance(f, RowFunction)]
    functions = [f for f in found if not isinstance(f, RowFunction)]
    text = _index(ROW_NOTICE, "# Functions of rows", records)
    titles = {f.__name__: title_of(f.__module__, f.__name__) for f in functions}
    rows = [f"| [{name}]({name}.md) | {title} |" for name, title in titles.items()]
    head = ["## Losses and samplers", "", "| name | what it is |", "|---|---|"]
    return "\n".join([text, *head, *rows]) + "\n"


def _index(notice: str, heading: str, records) -> str:
    rows = [f"| [{r.name}]({r.name}.md) | {r.title} | `{_cell(r.formula)}` |" for r in records]
    head = [notice, "", heading, "", "| name | what it is | formula |", "|---|---|---|"]
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
    return _displayed(lines)


def _row_formulas(record) -> str:
    f = "f" if record.returns == "number" else "f_{i}"
    lines = [f"{f} = {record.latex}"]
    if record.derivative_latex:
        slope = rf"\frac{{\partial {f}}}{{\partial x_{{j}}}}"
        lines.append(f"{slope} = {record.derivative_latex}")
    return _displayed(lines)


def _displayed(lines: list[str]) -> str:
    return "\n\n".join(f"$$\n{line}\n$$" for line in lines)


def _is_formula(item) -> bool:
    starts = ("f'(x) = ", "df/d", "df_i/d", "s_i = ")
    return isinstance(item, str) and item.startswith(starts)


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
    return _fact_table(facts.parameters, rows)


def _fact_table(parameters: dict[str, float], rows) -> str:
    values = ", ".join(f"{name} = {value:g}" for name, value in parameters.items())
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
    _draw(record, target / f"{record.name}.svg", derivative=True)


def row_pictures(record) -> list[tuple[str, str, dict]]:
    """(file, what it shows, options of `plot`) of every picture on the page of a row function."""
    name = record.name
    found: list[tuple[str, str, dict]] = [(f"{name}.svg", f"{name} of a row of scores", {})]
    if has_simplex(record):
        shown = f"{name} of three scores, times 0 to inf"
        found.append((f"{name}_simplex.svg", shown, {"simplex": True}))
    return found


def _draw(record, path: Path, **options) -> None:
    record.plot(path=path, **options)
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
    for target in (TARGET, ROW_TARGET):
        target.mkdir(parents=True, exist_ok=True)
    for name in arguments.names or [*catalogue.names(), *rowwise.names()]:
        write(catalogue.get(name), pictures=not arguments.no_pictures)
        print(name)
    records = [catalogue.get(name) for name in catalogue.names()]
    (TARGET / "index.md").write_text(index(records))
    (ROW_TARGET / "index.md").write_text(row_index(map(rowwise.get, rowwise.names())))


def write(record, pictures: bool) -> None:
    """Write the page of one function, and its pictures."""
    if isinstance(record, RowFunction):
        (ROW_TARGET / f"{record.name}.md").write_text(row_page(record))
        for file, _, options in row_pictures(record) if pictures else ():
            _draw(record, ROW_TARGET / file, **options)
    elif inspect.isfunction(record):
        (ROW_TARGET / f"{record.__name__}.md").write_text(function_page(record))
    else:
        (TARGET / f"{record.name}.md").write_text(page(record))
        if pictures and len(record.inputs) == 1:
            picture(record, TARGET)


if __name__ == "__main__":
    main()
