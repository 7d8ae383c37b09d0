"""The stored cases of a task: inputs, true values from the oracle, and what they try.

They are made by tools/task_truth.py, so that grading needs neither the oracle nor its libraries.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

DIRECTORY = Path(__file__).parent / "truth"
PLAIN = "plain"


@dataclass(frozen=True)
class Case:
    """One call of the answer.

    Attributes
    ----------
    region : what it tries: "ordinary", "large" ... (see `actfn.interview.grading.rules`).
    arguments, keywords : of the call; arrays are fresh.
    truth : float64 array, or a tuple of them.
    lowest, highest : where any value between two is right; None where that is `truth`.
    scale : what counts as a difference of 1, an array like `truth` or a number.
    pointwise : whether an entry of the result depends on that entry of the input alone.
    """

    region: str
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    truth: np.ndarray
    lowest: np.ndarray | None = None
    highest: np.ndarray | None = None
    scale: Any = 1.0
    pointwise: bool = False


@cache
def _stored(name: str) -> list[dict]:
    return json.loads((DIRECTORY / f"{name}.json").read_text())


def load(name: str) -> list[Case]:
    """The cases of a task, with fresh arrays."""
    return [
        Case(
            region=c["region"],
            arguments=tuple(decode(a) for a in c["arguments"]),
            keywords={k: decode(v) for k, v in c["keywords"].items()},
            truth=decode(c["truth"]),
            lowest=decode(c["lowest"]) if "lowest" in c else None,
            highest=decode(c["highest"]) if "highest" in c else None,
            scale=decode(c["scale"]) if "scale" in c else 1.0,
            pointwise=c.get("pointwise", False),
        )
        for c in _stored(name)
    ]


def encode(value) -> Any:
    """A value as JSON: floats in hexadecimal, which is exact."""
    if isinstance(value, np.ndarray):
        flat = value.ravel().tolist()
        data = flat if value.dtype.kind in "iub" else [float(v).hex() for v in flat]
        return {"dtype": value.dtype.name, "shape": list(value.shape), "data": data}
    if isinstance(value, float):
        return {"float": value.hex()}
    return value


def decode(value) -> Any:
    """The way back; a layout other than "plain" is made here."""
    if not isinstance(value, dict):
        return value
    if "float" in value:
        return float.fromhex(value["float"])
    kind = np.dtype(value["dtype"])
    data = value["data"] if kind.kind in "iub" else [float.fromhex(v) for v in value["data"]]
    array = np.array(data, dtype=kind).reshape(value["shape"])
    return laid_out(array, value.get("layout", PLAIN))


def laid_out(array: np.ndarray, layout: str) -> np.ndarray:
    """The same values in another memory layout."""
    if layout == "strided":
        wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
        wide[..., ::2] = array
        return wide[..., ::2]
    if layout == "reversed":
        return array[..., ::-1].copy()[..., ::-1]
    if layout == "transposed":
        return np.asfortranarray(array)
    if layout == "read_only":
        array = array.copy()
        array.flags.writeable = False
    return array
