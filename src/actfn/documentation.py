"""The documentation of an activation, built from its record: docstring and page say the same.

Examples show true values (`actfn.oracle`), not what the kernels happened to return, so running
them is a test of the function.
"""

import inspect
import textwrap
from dataclasses import dataclass

from actfn import contract
from actfn.examples import examples, special_values

_WIDTH = 88
TYPES = "float16, bfloat16, float32 or float64; integers and bool are promoted as by NumPy"
_DTYPES = ("float16", "bfloat16", "float32", "float64")
_KERNELS = {"forward": "value", "derivative": "derivative"}


@dataclass(frozen=True)
class Term:
    """An entry of a list: what it is about, and the text."""

    term: str
    text: str = ""


@dataclass(frozen=True)
class Section:
    """A heading and its body: paragraphs, terms, or code (lines of an interactive session)."""

    heading: str
    body: tuple[str | Term, ...] = ()
    code: str = ""


def sections(record) -> list[Section]:
    """Everything a page and a docstring both have, in the order of NumPy's docstrings."""
    found = [
        Section("Parameters", tuple(_parameters(record))),
        Section("Returns", (_returned(record),)),
        Section("Derivative", tuple(_derivatives(record))),
        Section("Accuracy", tuple(_accuracy(record))),
        Section("Special values", tuple(_special_values(record))),
        Section("Raises", tuple(_raises(record))),
        Section("Notes", (record.notes,) if record.notes else ()),
        Section("Source", (record.source,)),
        Section("See Also", tuple(see_also(record))),
        Section("Examples", code=examples(record)),
    ]
    return [section for section in found if section.body or section.code]


def docstring(record) -> str:
    """The documentation as a docstring in NumPy style."""
    return rendered(record.title, formula_line(record), sections(record))


def rendered(title: str, formula: str, found: list[Section]) -> str:
    """A title, a formula and sections as a docstring in NumPy style."""
    parts = [f"{title}.", f"    {formula}"]
    for section in found:
        lines = [section.heading, "-" * len(section.heading)]
        lines += [_as_text(item) for item in section.body]
        parts.append("\n".join([*lines, section.code] if section.code else lines))
    return "\n\n".join(parts) + "\n"


def formula_line(record) -> str:
    """The definition as one line: f(x) = ..."""
    return f"f({', '.join(record.inputs)}) = {record.formula}"


def signature(record) -> inspect.Signature:
    """How the activation is called, with its own parameters by name."""
    if len(record.inputs) > 1:
        method = inspect.signature(type(record).__call__)
        return method.replace(parameters=list(method.parameters.values())[1:])
    kinds = inspect.Parameter
    made = [kinds("x", kinds.POSITIONAL_ONLY)]
    for parameter in record.parameters:
        default = kinds.empty if parameter.default is None else parameter.value
        after_default = made[-1].default is not kinds.empty or made[-1].kind is kinds.KEYWORD_ONLY
        required_late = default is kinds.empty and after_default
        kind = kinds.KEYWORD_ONLY if required_late else kinds.POSITIONAL_OR_KEYWORD
        made.append(kinds(parameter.name, kind, default=default))
    options = (("out", None), ("where", True), ("dtype", None))
    made += [kinds(name, kinds.KEYWORD_ONLY, default=default) for name, default in options]
    return inspect.Signature(sorted(made, key=lambda p: p.kind))


# ---- the sections ---------------------------------------------------------------------------


def _parameters(record):
    if len(record.inputs) > 1:
        halves = "two arrays, or one of which `axis` is split as `layout` says"
        yield Term("first, second : array_like", f"Gate and value: {halves}. {TYPES}.")
        yield Term("axis : int, default -1", "The axis that is split.")
        yield Term('layout : "halves" or "interleaved"', "How one array holds the two.")
        position = f'default "{record.gate_position}"'
        yield Term(f'gate : "first" or "last", {position}', "Which of the two is the gate.")
    else:
        yield Term("x : array_like", f"Any shape, dimensionless. {TYPES}.")
    for parameter in record.parameters:
        yield _parameter(parameter)
    yield Term("out, where, dtype : optional", "As in any NumPy ufunc.")


def _parameter(parameter) -> Term:
    default = "required" if parameter.default is None else f"default {parameter.default}"
    sentences = [parameter.doc] if parameter.doc else []
    if parameter.minimum is not None:
        sentences.append(f"at least {parameter.minimum}")
    sentences.append("dimensionless, broadcasts like x")
    if parameter.learned:
        sentences.append("learned: backward returns its gradient as well")
    return Term(f"{parameter.name} : array_like, {default}", "; ".join(sentences) + ".")


def _returned(record) -> Term:
    arguments = ", ".join(record.inputs)
    return Term(
        "ndarray or scalar",
        f"f({arguments}), of the broadcast shape of all arguments and the type of the input.",
    )


def _derivatives(record):
    from actfn.symbolic import derivative

    if len(record.inputs) > 1:
        for name in record.inputs:
            yield f"df/d{name} = {derivative(record, by=name).text}"
        for place, kink in record.kinks.items():
            yield f"At gate = {place} the slope of the gate is {kink.derivative}: {kink.reason}."
        return
    yield f"f'(x) = {record.derivative_formula}"
    for place, kink in record.kinks.items():
        yield f"At x = {place} it is {kink.derivative}: {kink.reason}."
    for parameter in record.parameters:
        if parameter.learned:
            yield f"df/d{parameter.name} = {derivative(record, by=parameter.name).text}"
    kept = "x, or y = f(x) instead" if record.saved == "output" else "x"
    yield f"For the backward pass keep {kept}."
    if record.saved == "output":
        yield (
            "A derivative from y is no better than y: y carries half an ULP of its own, and where "
            "it has rounded to its limit the derivative is lost."
        )


def _accuracy(record):
    """Measured errors where a certificate of the present kernels exists, else the promise."""
    measured_now = record.accuracy
    for dtype in _DTYPES:
        measured = [
            f"{label} {found['worst_ulp']:.3g} ULP"
            for kernel, label in _KERNELS.items()
            if (found := measured_now.get(dtype, {}).get(kernel))
        ]
        bound = max(record.ulp_bound(dtype, kernel) for kernel in _KERNELS)
        text = "correctly rounded" if bound == contract.HALF_ULP else f"at most {bound:g} ULP"
        if measured:
            text += f"; measured at most: {', '.join(measured)}"
        yield Term(dtype, f"{text}.")
    if record.float32_error:
        yield f"float32: {record.float32_error}."


def _special_values(record):
    values = special_values(record)
    if values:
        yield ", ".join(f"f({argument}) = {value}" for argument, value in values) + "."
    yield "NaN gives NaN."


def _raises(record):
    yield Term("DTypeError", "For complex, object or string arrays; it is a TypeError too.")
    if len(record.inputs) > 1:
        yield Term("ShapeError", "When the axis to split has an odd length.")
    if record.parameters:
        yield Term("TypeError", "For an unknown, missing or repeated parameter.")


def see_also(record):
    """Frameworks: their spellings and where they differ; other names."""
    for framework in sorted({*record.same_as, *record.disagreements}):
        spelling = record.same_as.get(framework)
        remarks = [record.disagreements[framework]] if framework in record.disagreements else []
        if framework in record.variants:
            values = ", ".join(f"{k}={v}" for k, v in record.variants[framework].items())
            remarks.insert(0, f"its defaults: {values}")
        yield Term(f"{framework} : {spelling}" if spelling else framework, "; ".join(remarks))
    if record.aliases:
        yield Term("actfn.get", f"Also finds it as {', '.join(record.aliases)}.")


# ---- text -----------------------------------------------------------------------------------


def _as_text(item: str | Term) -> str:
    if isinstance(item, str):
        return textwrap.fill(item, _WIDTH, break_long_words=False, break_on_hyphens=False)
    if not item.text:
        return item.term
    indented = textwrap.fill(
        sentence(item.text), _WIDTH, initial_indent="    ", subsequent_indent="    ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return f"{item.term}\n{indented}"


def sentence(text: str) -> str:
    """Start with a capital, unless the first word is code or a letter of a formula."""
    first = text.split(" ", 1)[0]
    is_word = first.isalpha() and first.islower() and (len(first) > 1 or first == "a")
    return text[:1].upper() + text[1:] if is_word else text
