"""Facts of a function as short texts, for the terminal and the page."""

from typing import Any

# Worked out for the table of facts; the rest of `Facts` is for programs.
_FACTS = (
    "range", "limits", "monotone", "symmetry", "roots", "extrema", "lipschitz",
    "derivative_lipschitz", "smoothness", "mean", "saturates", "forward_gain", "backward_gain",
    "saved",
)  # fmt: skip


def fact_rows(record) -> list[tuple[str, str]]:
    """The facts of the table, each with its name; those that say nothing are empty."""
    facts = record.facts
    return [(name.replace("_", " "), _plain(getattr(facts, name))) for name in _FACTS]


def _plain(value: Any) -> str:
    """A fact as a short text."""
    match value:
        case None:
            return ""
        case float():
            return f"{value:.6g}"
        case str():
            return _shortened(value)
        case tuple() | list():
            return ", ".join("-" if part is None else _plain(part) for part in value)
    if hasattr(value, "kind"):
        return f"{value.kind} {_shortened(value.value)} at {_shortened(value.place)}"
    if hasattr(value, "low_attained"):
        left, right = "(["[value.low_attained], ")]"[value.high_attained]
        return f"{left}{_shortened(value.low)}, {_shortened(value.high)}{right}"
    return str(value)


def _shortened(text: str) -> str:
    """Twenty digits are for programs: eight are enough to read."""
    try:
        return f"{float(text):.8g}" if len(text) > 10 else text
    except ValueError:
        return text
