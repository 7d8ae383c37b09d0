"""Inputs and results as short text that can be pasted into Python."""

import numpy as np

from actfn.interview.grading.cases import Case

_WHOLE = 12  # arrays up to this size are shown whole


def show_value(value) -> str:
    """One number, as short as it can be and still be that number."""
    if isinstance(value, np.generic):
        return str(value)
    return repr(value)


def show_array(array: np.ndarray) -> str:
    """An array as Python text; the middle of a long one is left out."""
    if array.ndim == 0:
        return show_value(array[()])
    text = np.array2string(array, separator=", ", threshold=_WHOLE, edgeitems=3, max_line_width=200)
    text = text.replace("\n", "")
    return text if array.dtype in (np.float64, np.int64, np.bool_) else f"{array.dtype} {text}"


def show_arguments(case: Case, place: tuple[int, ...] | None = None) -> str:
    """The call's arguments; only the entry at `place` where the first one has such a place."""
    shown = []
    for k, argument in enumerate(case.arguments):
        if not isinstance(argument, np.ndarray):
            shown.append(repr(argument))
        elif k == 0 and place is not None and argument.shape == case.truth.shape and case.pointwise:
            entry = argument[place]
            kind = "" if argument.dtype == np.float64 else f"{argument.dtype} "
            shown.append(kind + show_value(entry))
        else:
            shown.append(show_array(argument))
    shown += [f"{name}={show_value(value)}" for name, value in case.keywords.items()]
    return ", ".join(shown)
