"""Losses of single elements on arrays: checks, parts, sums, and the kernels' calls."""

import math

import numpy as np

from actfn.errors import ShapeError
from actfn.kernels.rows import RowKernel
from actfn.rowwise._arrays import PART, floats, output, working_type
from actfn.rowwise._losses import checked_reduction

_MODULE = "actfn.rowwise._kernels.elementwise_losses"
_ARGUMENTS = (
    "x:items target:items first:items second:items out:items losses:items sums:doubles "
    "options:doubles"
)
BINARY = RowKernel("binary_cross_entropy", _MODULE, _ARGUMENTS)
FOCAL = RowKernel("focal", _MODULE, _ARGUMENTS)

RUN = 1 << 14  # elements that one thread takes at a time, and that have a sum of their own
# In place every element is read before it is written; overlaps of another kind are copied.
_FLAGS = ["external_loop", "buffered", "copy_if_overlap"]
_EACH = ["aligned", "contig", "nbo", "overlap_assume_elementwise"]
_INFINITE = 1e300  # next to it everything that it is multiplied with is 0 or overflows


def finite_numbers(values, name: str, what: str) -> np.ndarray:
    """An array of floats, integers or truth values; NaN and infinities are refused."""
    values = np.asarray(values)
    if values.dtype.kind not in "iub":
        values = floats(values, what)
    low, high = extent(values)
    if not (low > -math.inf and high < math.inf):
        place = tuple(int(k) for k in np.argwhere(~np.isfinite(values))[0])
        raise ValueError(f"{name}: {what} at {place} is {values[place]}, not a finite number")
    return values


def extent(values) -> tuple[float, float]:
    """(smallest, largest); NaN where there is one."""
    return (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)


class ElementLoss:
    """One evaluation of a loss of single elements."""

    def __init__(self, name, logits, target, reduction, with_grad, grad_out):
        self.name, self.x = name, floats(logits, "logits")
        self.reduction = checked_reduction(reduction, name)
        self.target = finite_numbers(target, name, "target")
        if self.target.shape != self.x.shape:
            raise ShapeError(
                f"{name}: the target has shape {self.target.shape}, the logits {self.x.shape}"
            )
        self.with_grad, self.grad_out = with_grad or grad_out is not None, grad_out

    def factor(self, values, what: str):
        """A number as it is; an array broadcast to the logits."""
        values = finite_numbers(values, self.name, what)
        if values.ndim == 0:
            return float(values)
        try:
            return np.broadcast_to(values, self.x.shape)
        except ValueError:
            message = f"{what} of shape {values.shape} does not broadcast to {self.x.shape}"
            raise ShapeError(f"{self.name}: {message}") from None

    def run(self, kernel, first, second, gamma=0.0):
        """The loss, and the gradient if there is to be one; the factors are what `factor` gives."""
        x, mean = self.x, self.reduction == "mean"
        results = {}
        if self.with_grad:
            results["out"] = output(self.grad_out, x.shape, x.dtype, f"{self.name}, grad_out")
        if self.reduction == "none":
            results["losses"] = np.empty(x.shape, x.dtype)
        arrays, numbers = {"x": x, "target": self.target}, {}
        for name, factor in (("first", first), ("second", second)):
            (arrays if np.ndim(factor) else numbers)[name] = factor
        count = max(x.size, 1) if mean else 1  # of no elements the mean is 0
        sums = _in_parts(kernel, arrays, results, numbers, 1.0 / count, gamma)
        with np.errstate(all="ignore"):
            loss = results.get("losses", _sum(sums) / count).astype(x.dtype, copy=False)[()]
        return (loss, results["out"]) if self.with_grad else loss


def _in_parts(kernel, arrays, results, numbers, share, gamma):
    """Run over pieces that lie in a line, copied where the arrays do not; (n, 2) sums."""
    found = [np.zeros((1, 2))]
    everything = {**arrays, **results}
    wide = any(a.dtype == np.float64 for a in arrays.values())
    kind = np.dtype(np.float64) if wide else working_type(arrays["x"].dtype)
    flags = [["readonly", *_EACH] for _ in arrays] + [["writeonly", *_EACH] for _ in results]
    # q^gamma is 0 from that logarithm on; an infinite one would spoil the product.
    floor = -min(2000.0 / gamma, _INFINITE) if gamma > 0.0 else -_INFINITE
    with np.errstate(all="ignore"), np.nditer(
        list(everything.values()), [*_FLAGS, "zerosize_ok"], flags,
        op_dtypes=[kind] * len(flags), casting="unsafe", buffersize=PART,
    ) as parts:  # fmt: skip
        for part in parts if parts.itersize else ():
            sums = np.empty((-(-part[0].size // RUN), 2))
            options = [
                part[0].size, share, "out" in results, "losses" in results,
                numbers.get("first", 0.0), numbers.get("second", 0.0),
                "first" in arrays, "second" in arrays, gamma, floor,
            ]  # fmt: skip
            given = dict.fromkeys(("first", "second", "out", "losses"))
            given |= zip(everything, part, strict=True)
            kernel(kind, len(sums), RUN, sums=sums, options=np.array(options, float), **given)
            found.append(sums)
    return np.concatenate(found)


def _sum(sums) -> np.float64:
    """All of them, rounded once."""
    plain = sums.sum()
    return np.float64(math.fsum(sums.ravel())) if math.isfinite(plain) else plain
