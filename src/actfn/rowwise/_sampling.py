"""Draws from arrays of logits: the random streams, and the kernels' calls."""

import math
import operator

import numpy as np

from actfn.errors import ShapeError
from actfn.kernels.rows import RowKernel
from actfn.rowwise._arrays import axes_of, by_rows, floats, working_type
from actfn.rowwise._sampling_filters import NO_FILTERS, Filters, bounds_of

_DRAWING = (
    "x:items numbers:integers temperatures:doubles bounds:doubles stream:integers out:integers "
    "scratch:scratch size:number bounded:number"
)
_MODULES = "actfn.rowwise._kernels"
_DRAW = RowKernel("draw", f"{_MODULES}.sampling", _DRAWING)
_RACE = RowKernel("race", f"{_MODULES}.sampling_race", _DRAWING)
_ADD_NOISE = RowKernel(
    "add_noise", f"{_MODULES}.sampling_noise", "x:items numbers:integers stream:integers out:items"
)
# What a stream's words are used for; noise takes the odd numbers too, for further digits.
DRAWS, COINS, RACE, NOISE = 0, 1, 2, 4
# What the kernels leave where an index should be. Below the last: how many there are.
_NAN, _EMPTY, _TOO_FEW = -1, -2, -3
_WORD = 1 << 64

Key = tuple[int, int]


def key_of(rng, name: str) -> Key:
    """The 128 bits that all random numbers of one call follow from."""
    if rng is None or isinstance(rng, np.random.Generator):
        words = np.random.default_rng(rng).integers(0, _WORD, size=2, dtype=np.uint64)
        return int(words[0]), int(words[1])
    try:
        seed = operator.index(rng)
    except TypeError:
        known = "None, an int or a numpy.random.Generator"
        raise TypeError(f"{name}: rng must be {known}, not {type(rng).__name__}") from None
    if not 0 <= seed < _WORD * _WORD:
        raise ValueError(f"{name}: a seed lies in 0 to 2**128 - 1; received {seed}")
    return seed % _WORD, seed // _WORD


def stream_of(key: Key, purpose: int) -> np.ndarray:
    """The key and the first counter, as the kernels take them."""
    return np.array([*key, 0, 0, 0, purpose], np.uint64).view(np.int64)


def axis_of(axis, x: np.ndarray, name: str) -> tuple[int, ...]:
    """The one axis, as `by_rows` takes it."""
    try:
        return axes_of(operator.index(axis), x, name)
    except TypeError:
        raise TypeError(f"{name} works along one axis: an integer, not {axis!r}") from None


def row_shape(x: np.ndarray, axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(n for a, n in enumerate(x.shape) if a not in axes)


def numbers_of(rows: tuple[int, ...]) -> np.ndarray:
    """The rows' numbers, in C order: what their random numbers are found by."""
    return np.arange(math.prod(rows)).reshape(rows)


def draws(
    name: str,
    logits,
    stream: np.ndarray,
    *,
    axis=-1,
    temperature=1.0,
    filters: Filters = NO_FILTERS,
    size: int | None = None,
    kernel: RowKernel = _DRAW,
):
    """Indices along the axis: an array of the rows' shape, and of `size` if that is given."""
    x = floats(logits, "logits")
    axes = axis_of(axis, x, name)
    rows = row_shape(x, axes)
    temperatures = _temperatures(temperature, rows, name)
    found = np.empty((*rows, *([] if size is None else [size])), np.int64)
    if found.size:
        call = _caller(kernel, filters, stream, found, 1 if size is None else size)
        by_rows(call, [x, numbers_of(rows), temperatures], [], axes)
        _refuse(name, found.reshape(*rows, -1)[..., 0])
    return found[()]


def different_draws(name: str, logits, key: Key, *, axis, size: int, **options):
    """The same, but no index twice in a row."""
    x = floats(logits, "logits")
    n = x.shape[axis_of(axis, x, name)[0]]
    if size > n:
        raise ValueError(f"{name}: cannot draw {size} different entries from a row of {n}")
    stream = stream_of(key, RACE)
    return draws(name, x, stream, axis=axis, size=size, kernel=_RACE, **options)


def _caller(kernel, filters, stream, found, size):
    """What `by_rows` calls; every row's number says where its indices go."""

    def call(sources, _):
        x, numbers, temperatures = sources
        bounds = bounds_of(filters, x, temperatures)
        kernel(
            x.dtype, *x.shape, x=x, numbers=numbers, temperatures=temperatures, bounds=bounds,
            stream=stream, out=found, size=float(size), bounded=float(bounds is not None),
        )  # fmt: skip

    return call


def _temperatures(value, rows: tuple[int, ...], name: str) -> np.ndarray:
    """One per row."""
    numbers = np.asarray(value, np.float64)
    if not np.all(numbers >= 0.0):
        raise ValueError(f"temperature must be 0 or more, and inf at most; received {value!r}")
    try:
        return np.broadcast_to(numbers, rows)
    except ValueError:
        shapes = f"{numbers.shape} does not broadcast to the rows, {rows}"
        raise ShapeError(f"{name}: temperature of shape {shapes}") from None


def _refuse(name: str, first: np.ndarray) -> None:
    """An error for the first row that could not be drawn from."""
    if first.min() >= 0:
        return
    place = np.unravel_index(np.argmax(first < 0), first.shape)
    state, row = int(first[place]), "the row"
    if place:
        row = f"row {', '.join(str(int(k)) for k in place)}"
    if state == _NAN:
        raise ValueError(f"{name}: {row} holds NaN")
    if state == _EMPTY:
        raise ValueError(f"{name}: {row} has nothing to draw from, it is -inf everywhere")
    left = _TOO_FEW - state
    raise ValueError(f"{name}: {row} has only {left} entries that can be drawn without replacement")


def noisy(x: np.ndarray, axes: tuple[int, ...], key: Key) -> np.ndarray:
    """x plus Gumbel noise, up to a number per row; float32 for the 16-bit types."""
    found = np.empty(x.shape, working_type(x.dtype))
    stream = stream_of(key, NOISE)

    def call(sources, results):
        rows, numbers = sources
        _ADD_NOISE(rows.dtype, *rows.shape, x=rows, numbers=numbers, stream=stream, out=results[0])

    by_rows(call, [x, numbers_of(row_shape(x, axes))], [found], axes)
    return found
