"""Examples and special values of a function of rows.

Examples show true values, from the oracle, wherever there is one. What a function does with
infinities and NaN is a convention of its own: there it is asked.
"""

from collections.abc import Iterator

import numpy as np

_ROWS = ((0.0, 0.25, 0.5), (1.0, 2.0, 4.0))  # where sparse functions give some zeros and none
_MASK = (True, True, False)
_SPECIAL: tuple[tuple[str, dict[str, float]], ...] = (
    ("[-inf, -inf]", {}), ("[0, -inf]", {}), ("[0, inf]", {}), ("[inf, 0, inf]", {}),
    ("[0, nan]", {}), ("[1, 3, 3]", {"temperature": 0}), ("[1, 3, 3]", {"temperature": np.inf}),
)  # fmt: skip


def examples(record) -> str:
    """Lines of an interactive session with their results."""
    lines = [">>> import numpy as np", ">>> import actfn", f">>> x = np.array({_listed(_ROWS)})"]
    for call, value in _calls(record):
        lines += [f">>> actfn.{record.name}{call}", repr(value)]
    return "\n".join(lines)


def _listed(rows) -> str:
    return str([list(row) for row in rows])


def _calls(record) -> Iterator[tuple[str, np.ndarray]]:
    rows = np.array(_ROWS)
    given = ", rng=0" if "rng" in record.arguments else ""
    if "mask" in record.arguments:
        given = f", mask={list(_MASK)}"
    yield f"(x{given})", _value(record, rows)
    if "temperature" in record.arguments:
        yield f"(x{given}, temperature=0.25)", _value(record, rows, temperature=0.25)
    if "jacobian" in record.operations and record.oracle():
        yield ".jacobian(x[0])", record.oracle().jacobian(rows[0]).hi


def _value(record, rows, **parameters) -> np.ndarray:
    oracle = record.oracle(**parameters)
    if oracle is None:
        return record(rows, **({"rng": 0} if "rng" in record.arguments else {}), **parameters)
    if "mask" not in record.arguments:
        return oracle.value(rows).hi
    found = np.zeros_like(rows)
    found[:, _MASK] = oracle.value(rows[:, _MASK]).hi
    return found


def special_values(record) -> Iterator[str]:
    """What becomes of infinities and NaN, and of the ends of the temperature."""
    if record.tree is not None and record.tree.drawn:
        return
    found = [
        _special_value(record, text, options)
        for text, options in _SPECIAL
        if set(options) <= set(record.arguments)
    ]
    yield ", ".join(found) + "."


def _special_value(record, text: str, options: dict) -> str:
    row = np.array([float(word) for word in text.strip("[]").split(", ")])
    mask = {"mask": np.ones(row.size, bool)} if "mask" in record.arguments else {}
    value = np.asarray(record(row, **mask, **options))
    numbers = ", ".join(f"{v:.6g}" for v in np.atleast_1d(value))
    given = "".join(f", {name}={v:g}" for name, v in options.items())
    return f"f({text}{given}) = {numbers if value.ndim == 0 else f'[{numbers}]'}"
