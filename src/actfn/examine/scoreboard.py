"""Every installed library over the whole catalogue: errors, special values, speed, as a page.

`actfn examine --peers` writes it; each function of each library has an examination of its own.
"""

import platform
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from actfn.activation import Activation
from actfn.catalogue import get, names
from actfn.errors import ActfnError
from actfn.examine import peers
from actfn.examine.accuracy import Curve
from actfn.examine.examination import examine
from actfn.examine.report import Report
from actfn.findings import NOTE
from actfn.plot import new_figure, save

OURS = "actfn"
PAGE, PICTURE = "scoreboard.md", "scoreboard.svg"
_PACKAGES = {"onnx": "onnxruntime"}  # whose version it is
_LETTERS = {"forward": "f", "derivative": "f'"}
_POINTS = 60_000
_SHORT = 120  # letters of a failure
_SPEED_AT = 100_000  # elements
_PALE = (2.0, 20.0)  # octaves whose colours bear black letters
_LOST = 2.0**24  # ULP: every digit of a float32
_SPECIAL = {"NaN at infinity", "wrong limit", "NaN not passed on"}
_BITS = {"length-dependent bits", "depends on neighbours", "strides ignored"}


@dataclass(frozen=True)
class Row:
    """One function of one library.

    Attributes
    ----------
    library, version, function, spec : what was examined, and by which text.
    forward, derivative : worst ULP, NaN where it was not measured; the input in `*_at`.
    special : special values that are wrong, as text; empty where all are right.
    same_bits : whether a number has the same bits anywhere in an array.
    ns, actfn_ns : nanoseconds per element of the function and of actfn's, in one run.
    causes : the kinds of mistakes found.
    failure : why there is nothing else.
    """

    library: str
    function: str
    spec: str
    version: str = ""
    forward: float = float("nan")
    forward_at: float = float("nan")
    derivative: float = float("nan")
    derivative_at: float = float("nan")
    special: str = ""
    same_bits: bool = True
    ns: float = float("nan")
    actfn_ns: float = float("nan")
    causes: tuple[str, ...] = ()
    failure: str = ""


def libraries() -> list[str]:
    """actfn, and what is installed of the libraries whose spellings are on record."""
    packages = {"onnx": ("onnxruntime", "onnx")}
    return [OURS, *(
        library for library in peers.LIBRARIES
        if all(find_spec(package) for package in packages.get(library, (library,)))
    )]  # fmt: skip


def tasks(wanted: list[str]) -> list[tuple[str, str, str]]:
    """(library, function, text that names it) of every elementwise function."""
    elementwise = [name for name in names() if isinstance(get(name), Activation)]
    found = []
    for library in wanted:
        for name in elementwise:
            spec = _own(get(name)) if library == OURS else _theirs(get(name), library)
            if spec:
                found.append((library, name, spec))
    return found


def _own(record) -> str:
    """The text for a function of ours; parameters only where there is no default."""
    needed = {p.name: record.defaults[p.name] for p in record.parameters if p.default is None}
    return peers.Spelling(OURS, record.name, needed).spec


def _theirs(record, library: str) -> str:
    """The text for a library's function, as a user calls it.

    A threshold of inf is how the definition is had, and nobody's call: the default is examined.
    """
    found = peers.spelling(record, library)
    if found is None:
        return ""
    options = {name: value for name, value in found.options.items() if value != np.inf}
    return replace(found, options=options).spec


def rows(wanted: list[tuple[str, str, str]], progress: Callable[[str], None]) -> Iterator[Row]:
    """Examine each; what cannot be examined has a row that says why."""
    for library, function, spec in wanted:
        progress(spec)
        derivative = (
            spec.replace(f":{function}", f":{function}.derivative") if library == OURS else None
        )
        try:
            report = examine(
                spec, function, derivative=derivative, points=_POINTS, sizes=(_SPEED_AT,)
            )
        except ActfnError as error:
            yield Row(library, function, spec, failure=str(error))
            continue
        yield _row(library, function, spec, report)


def _row(library: str, function: str, spec: str, report: Report) -> Row:
    if not report.curves:
        return Row(library, function, spec, report.version, failure=report.findings[0].message)
    measured: dict[str, Any] = {}
    for kernel, found in report.curves.items():
        place = _worst_normal(found)
        measured[kernel] = float(found.distance[place])
        measured[f"{kernel}_at"] = float(found.x[place])
    wrong = [f for f in report.findings if f.cause in _SPECIAL]
    special = ", ".join(dict.fromkeys(f"{_LETTERS[f.kernel]}({_one(f.input)})" for f in wrong))
    speed = next((r for r in report.speed.get("rows", ()) if r["kernel"] == "forward"), None)
    return Row(
        library, function, spec, report.version, **measured, special=special,
        same_bits=not any(f.cause in _BITS for f in report.findings),
        ns=speed["ns"] if speed else float("nan"),
        actfn_ns=speed["actfn"] if speed else float("nan"),
        causes=tuple(sorted({f.cause for f in report.findings if f.severity != NOTE})),
    )  # fmt: skip


def _worst_normal(found: Curve) -> int:
    """The worst result among normal inputs and normal true values, and 0.

    Subnormal numbers are left out: some libraries flush them on purpose, which the causes say.
    """
    tiny = np.finfo(np.float32).tiny
    x, true = np.abs(found.x.astype(np.float64)), np.abs(found.truth)
    counted = ((x >= tiny) | (x == 0)) & ((true >= tiny) | (true == 0)) & ~found.excused
    return int(np.argmax(np.where(counted, found.distance, -1.0)))


def _one(shown: str) -> str:
    """ "inf" of "[inf] * 64"."""
    return shown.partition("]")[0].lstrip("[")


# ---------------------------------------------------------------- the page

_INTRODUCTION = """\
<!-- Made by `actfn examine --peers`; do not edit. -->

# Scoreboard

Functions of installed libraries as `actfn examine` finds them, in float32: the worst error found,
in ULP of the true value, over {points:,} inputs spread by bit pattern and a search that climbs from
the worst of them, subnormal inputs and results left out ("flush" says who returns 0 there). The
derivative is that of automatic differentiation. 1.7e+07 stands for a result
whose every digit is lost, such as 0 where there is a number; more for a wrong sign or size. inf is
NaN or infinity where there is a number. ns are nanoseconds per element of {size:,} standard normal
numbers times 3, called as a user calls it in one thread, beside actfn in the same process; they are
rough, and [performance](performance.md) has the race. At a kink the derivative is a convention and
not counted.

![Worst errors]({picture})

{machine}
"""


def markdown(found: list[Row]) -> str:
    """The page."""
    good = [r for r in found if not r.failure]
    versions = dict.fromkeys(f"{_PACKAGES.get(r.library, r.library)} {r.version}" for r in good)
    machine = f"Measured on {_processor()} with {', '.join(versions)}; NumPy {np.__version__}, "
    machine += f"Python {platform.python_version()}, {platform.system()}."
    parts = [_INTRODUCTION.format(
        points=_POINTS, size=_SPEED_AT, picture=PICTURE, machine=machine
    )]  # fmt: skip
    for library in dict.fromkeys(r.library for r in found):
        parts.append(f"## {library}\n\n" + _table([r for r in found if r.library == library]))
    return "\n".join(parts)


def _table(found: list[Row]) -> str:
    lines = [
        "| function | f, ULP | at x | f', ULP | at x | wrong at | same bits | ns | actfn | found |",
        "|---|--:|--:|--:|--:|---|---|--:|--:|---|",
    ]
    for row in found:
        if row.failure:
            lines.append(
                f"| {row.function} | not examined: {row.failure[:_SHORT]} | | | | | | | | |"
            )
            continue
        cells = [
            row.function, _ulp(row.forward), _at(row.forward_at), _ulp(row.derivative),
            _at(row.derivative_at), row.special, "yes" if row.same_bits else "no",
            _ns(row.ns), _ns(row.actfn_ns), ", ".join(row.causes),
        ]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _ulp(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.3g}"


def _at(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.9g}"


def _ns(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.2f}"


def _processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def picture(found: list[Row]):
    """A figure: functions downwards, libraries across, the octaves of the worst error as colour."""
    columns = [
        (library, kernel)
        for library in dict.fromkeys(r.library for r in found)
        for kernel in ("forward", "derivative")
        if any(np.isfinite(getattr(r, kernel)) for r in found if r.library == library)
    ]
    known = {(r.library, r.function): r for r in found if not r.failure}
    functions = [n for n in dict.fromkeys(r.function for r in found)
                 if sum((c, n) in known for c, _ in dict.fromkeys(columns)) > 1]  # fmt: skip
    heights = np.full((len(functions), len(columns)), np.nan)
    for i, function in enumerate(functions):
        for j, (library, kernel) in enumerate(columns):
            row = known.get((library, function))
            if row is not None:
                heights[i, j] = getattr(row, kernel)
    return _drawn(functions, columns, heights)


def _drawn(functions, columns, heights):
    figure = new_figure(1.5 + 0.8 * len(columns), 1.4 + 0.24 * len(functions))
    axes = figure.add_subplot()
    octaves = np.log2(np.clip(heights, 0.5, _LOST))
    image = axes.imshow(octaves, aspect="auto", cmap="RdYlGn_r", vmin=-1, vmax=np.log2(_LOST))
    labels = [f"{library}\n{_LETTERS[kernel]}" for library, kernel in columns]
    axes.set_xticks(range(len(columns)), labels, fontsize=8)
    axes.set_yticks(range(len(functions)), functions, fontsize=8)
    axes.tick_params(top=True, labeltop=True, bottom=False, labelbottom=False, length=0)
    for (i, j), value in np.ndenumerate(heights):
        if not np.isnan(value):
            dark = not _PALE[0] < octaves[i, j] < _PALE[1]
            axes.text(j, i, f"{value:.2g}", ha="center", va="center", fontsize=6.5,
                      color="white" if dark else "black")  # fmt: skip
    axes.spines[:].set_visible(False)
    bar = figure.colorbar(image, ax=axes, fraction=0.04, pad=0.02)
    bar.set_label("worst error, log2 of ULP")
    return figure


def write(found: list[Row], directory: Path) -> list[Path]:
    """Write the page and its picture; the paths."""
    directory.mkdir(parents=True, exist_ok=True)
    page, drawing = directory / PAGE, directory / PICTURE
    save(picture(found), drawing)
    page.write_text(markdown(found), encoding="utf-8")
    return [page, drawing]


def as_dicts(found: list[Row]) -> list[dict]:
    """Rows for JSON, which does not know NaN and infinity."""

    def plain(value):
        return str(value) if isinstance(value, float) and not np.isfinite(value) else value

    return [{key: plain(value) for key, value in asdict(row).items()} for row in found]
