"""True values for an examination: of any activation, at any parameters, in any dtype."""

from functools import cached_property, lru_cache

import ml_dtypes
import numpy as np

from actfn import ulp
from actfn.activation import DERIVATIVE, FORWARD
from actfn.catalogue import get
from actfn.examine.certify import reference_of
from actfn.variant import Variant

KERNELS = (FORWARD, DERIVATIVE)
# Powers of two, where tables and reductions have their seams, and small whole numbers, where
# formulas have theirs; 20 is softplus's threshold in PyTorch and thinc's clip.
_SEAMS = (*(2.0**k for k in range(-12, 8)), 3, 5, 6, 7, 9, 10, 12, 15, 20, 50, 100)
# Where exp overflows and underflows, and where half the argument does.
_EXPONENTIALS = {"float32": (88.72284, 87.33655, 103.97208, 44.36142, 43.66827),
                 "float64": (709.782713, 708.396419, 745.133219, 354.891356)}  # fmt: skip


class Truth:
    """The function that an implementation claims to be.

    Parameters
    ----------
    like : str, Activation or Variant
        What `actfn.get` understands, or what it returned.
    dtype : str
        "float32", "float64", "float16" or "bfloat16".

    Raises
    ------
    ValueError
        For a function of more than one number.
    """

    def __init__(self, like, dtype: str):
        found = get(like) if isinstance(like, str) else like
        parameters = found.parameters if isinstance(found, Variant) else {}
        self.record = found.activation if isinstance(found, Variant) else found
        if len(getattr(self.record, "inputs", ())) != 1:
            raise ValueError(f"{like} is not a function of one number: it cannot be examined")
        self.name = self.record.name
        self.parameters = {**self.record.defaults, **{k: float(v) for k, v in parameters.items()}}
        self.dtype = np.dtype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)
        self.layout = ulp.layout_of(self.dtype)

    def at(self, x, order: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """f or f' as pairs of float64, as `actfn.ulp.distance` takes them."""
        x = np.asarray(x)
        if self.dtype == np.float64:
            return self.oracle.double_double(x.astype(np.float64), order)
        value = self.reference(KERNELS[order]).evaluate(x.astype(np.float32))
        return value, np.zeros_like(value)

    def distance(self, x, y, order: int = 0) -> np.ndarray:
        """How far y is from the truth at x, in ULP of the truth."""
        return ulp.distance(y, *self.at(x, order), self.dtype)

    def reference(self, kernel: str):
        """Polynomials for every float32 input; made once for each function."""
        if self.record.built_in:
            return _reference(self.record, kernel, tuple(self.parameters.items()))
        return reference_of(self.record, kernel, **self.parameters)

    @cached_property
    def oracle(self):
        return self.record.oracle(**self.parameters)

    @cached_property
    def kinks(self) -> list[float]:
        return sorted({self.record.number(place, **self.parameters) for place in self.record.kinks})

    @cached_property
    def domain(self) -> tuple[float, float]:
        low, high = (self.record.number(end, **self.parameters) for end in self.record.domain)
        return low, high

    @cached_property
    def zeros(self) -> tuple[list[float], list[float]]:
        """The isolated zeros of f and of f'."""
        from actfn.facts import facts

        known = facts(self.record, **self.parameters)
        roots = (known.roots, known.derivative_roots)
        return tuple([float(t) for t in texts if "," not in t] for texts in roots)  # type: ignore[return-value]

    @cached_property
    def places(self) -> list[float]:
        """Where something may happen: kinks, zeros, seams, both signs."""
        edges = (*_SEAMS, *_EXPONENTIALS.get(self.dtype.name, ()))
        own = [*self.kinks, *(z for zeros in self.zeros for z in zeros)]
        own += [end for end in self.domain if np.isfinite(end)]
        return [*own, *edges, *(-e for e in edges)]

    def slope_of_derivative(self, x: float) -> float:
        """f'' at x."""
        return float(self.oracle.double_double(np.array([x]), 2)[0][0])


@lru_cache(maxsize=64)
def _reference(record, kernel: str, parameters: tuple):
    return reference_of(record, kernel, **dict(parameters))
