"""What is computed in a race, and on which numbers."""

import math
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import ml_dtypes
import numpy as np

from actfn.activation import Activation
from actfn.catalogue import get, names

DTYPES = {
    "float32": np.dtype(np.float32),
    "float64": np.dtype(np.float64),
    "float16": np.dtype(np.float16),
    "bfloat16": np.dtype(ml_dtypes.bfloat16),
}
FORWARD, DERIVATIVE, BACKWARD = "forward", "derivative", "backward"
BOTH, TOGETHER = "value_and_derivative", "forward_backward"
OPERATIONS = (FORWARD, DERIVATIVE, BACKWARD, BOTH, TOGETHER)
COPY = "copy"  # an array copied into another one: what the memory allows


@dataclass(frozen=True)
class Inputs:
    """A named distribution of inputs; all have both signs."""

    text: str
    draw: Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]


def _tails(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.choice((-1.0, 1.0), shape) * np.exp2(rng.uniform(-20, 7, shape))


DISTRIBUTIONS = {
    "normal": Inputs("normal, standard deviation 1", lambda rng, n: rng.standard_normal(n)),
    "normal3": Inputs("normal, standard deviation 3", lambda rng, n: 3 * rng.standard_normal(n)),
    "uniform": Inputs("uniform on [-8, 8)", lambda rng, n: rng.uniform(-8, 8, n)),
    "tails": Inputs("either sign, log2 of the size uniform on [-20, 7)", _tails),
}


@dataclass(frozen=True)
class Case:
    """One computation: of which function, of which type, on how many and which numbers."""

    name: str
    operation: str = FORWARD
    dtype: str = "float32"
    shape: tuple[int, ...] = (1000,)
    inputs: str = "normal"

    @classmethod
    def read(cls, told: dict[str, Any]) -> "Case":
        """What `told` wrote, read again from JSON."""
        return cls(**{**told, "shape": tuple(told["shape"])})

    def told(self) -> dict[str, Any]:
        """As JSON knows it."""
        return asdict(self)

    @property
    def elements(self) -> int:
        return math.prod(self.shape)

    @property
    def record(self):
        """The activation, or the function of rows."""
        return get(self.name)

    def draw(self, of: str) -> np.ndarray:
        """The numbers of one argument, the same in every process; not to be written to."""
        ends = (-math.inf, math.inf)
        if of != "dy" and self.name in names() and isinstance(self.record, Activation):
            ends = domain(self.record)
        inputs = "normal" if of == "dy" else self.inputs
        return _drawn(of, inputs, self.shape, ends, self.dtype)


@lru_cache(maxsize=8)
def _drawn(of: str, inputs: str, shape: tuple[int, ...], ends: tuple[float, float], dtype: str):
    rng = np.random.default_rng(zlib.crc32(f"{of} {inputs} {shape}".encode()))
    return into(ends, DISTRIBUTIONS[inputs].draw(rng, shape)).astype(DTYPES[dtype])


def domain(record) -> tuple[float, float]:
    """The ends of a record's domain at its default parameters."""
    low, high = map(record.number, record.domain)
    return low, high


def into(ends: tuple[float, float], values: np.ndarray) -> np.ndarray:
    """Any numbers brought into a domain that does not have them all."""
    low, high = ends
    if math.isfinite(low) and math.isfinite(high):
        # Slowly towards the ends, so that no rounding reaches them.
        return low + (high - low) * (1 + values / (1 + np.abs(values))) / 2
    if math.isfinite(low):
        return low + np.abs(values)
    return high - np.abs(values) if math.isfinite(high) else values
