"""The documentation of a function of rows, from its record: docstring and page say the same."""

import inspect
from collections.abc import Iterator

from actfn import contract
from actfn.documentation import TYPES, Section, Term, see_also
from actfn.rowwise._docstrings import arguments as written_arguments
from actfn.rowwise._examples import examples, special_values

# What an argument is, where neither the record nor the function's own docstring says it.
_ARGUMENTS = {
    "x": ("array_like", f"Scores, in rows along `axis`. {TYPES}."),
    "axis": ("int or tuple of int", "Where a row runs; several axes count as one."),
    "temperature": ("float", "Divides the scores: 0 to inf, both included."),
    "mask": ("array_like of bool", "True for what takes part."),
    "where": ("array_like of bool, optional", "What takes part: True; the rest is left out."),
    "out": ("ndarray, optional", "Where the result goes; it may be `x`."),
}


def sections(record) -> list[Section]:
    """Everything a page and a docstring both have, in the order of NumPy's docstrings."""
    found = [
        Section("Parameters", tuple(_parameters(record))),
        Section("Returns", (_returned(record),)),
        Section("Derivative", tuple(_derivatives(record))),
        Section("Accuracy", tuple(_accuracy(record))),
        Section("Operations", tuple(_operations(record))),
        Section("Special values", tuple(special_values(record))),
        Section("Raises", tuple(_raises(record))),
        Section("Notes", tuple(_notes(record))),
        Section("Source", (record.source,)),
        Section("See Also", tuple(see_also(record))),
        Section("Examples", code=examples(record)),
    ]
    return [section for section in found if section.body or section.code]


def _parameters(record) -> Iterator[Term]:
    written = written_arguments(record.operations["forward"])
    for name, argument in record.arguments.items():
        kind, text = written.get(name) or _ARGUMENTS.get(name) or (_kind(argument), "")
        text = record.parameters.get(name, text).rstrip(".") + "."
        default = (
            "" if argument.default in (None, argument.empty) else f"default {argument.default!r}"
        )
        described = ", ".join(filter(None, (kind, default)))
        yield Term(f"{name} : {described}" if described else name, text)


def _kind(argument: inspect.Parameter) -> str:
    return type(argument.default).__name__ if isinstance(argument.default, (bool, float)) else ""


def _returned(record) -> Term:
    if record.returns == "number":
        return Term(
            "ndarray or scalar", "One number per row: x's shape without the axes, its type."
        )
    return Term("ndarray", "Of the shape and the type of the scores.")


def _derivatives(record) -> Iterator[str]:
    left = "df/dx_j" if record.returns == "number" else "df_i/dx_j"
    if record.derivative_formula:
        yield f"{left} = {record.derivative_formula}"
    if record.slope_formula:
        yield f"s_i = {record.slope_formula}"
    if record.saved:
        yield f"For the backward pass keep the {record.saved}."


def _accuracy(record) -> Iterator[Term | str]:
    if record.oracle() is None:
        return
    for dtype, bound in contract.ROW_BOUNDS.items():
        reason = record.float64_error if dtype == "float64" else ""
        yield Term(dtype, f"not bounded: {reason}." if reason else f"At most {bound:g} ULP.")


def _operations(record) -> Iterator[Term]:
    for name, function in record.operations.items():
        if name != "forward":
            first = inspect.cleandoc(function.__doc__ or "").partition("\n\n")[0]
            yield Term(
                f"{record.name}.{name}{inspect.signature(function)}", " ".join(first.split())
            )


def _raises(record) -> Iterator[Term]:
    yield Term("DTypeError", "For complex, object or string arrays; it is a TypeError too.")
    yield Term("ShapeError", "For an axis that is not there, or empty; it is a ValueError too.")
    if "temperature" in record.arguments:
        yield Term("ValueError", "For a temperature below 0, or NaN.")


def _notes(record) -> Iterator[str]:
    if record.notes:
        yield record.notes
    for name in record.tree.drawn if record.tree else ():
        yield f"{name}: {record.parameters[name]}."
    if record.in_words:
        yield f"There is no formula, and so no oracle: {record.in_words}."
