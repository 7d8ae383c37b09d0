"""Checks of what losses are given: class numbers, probabilities and class weights."""

import numpy as np

from actfn.errors import DTypeError, ShapeError
from actfn.rowwise._arrays import floats


def class_targets(target, shape, classes: int, ignore_index, name: str) -> np.ndarray:
    """Class numbers as int64; -1 for rows that are to be ignored."""
    target = np.asarray(target)
    if target.shape != tuple(shape):
        raise ShapeError(
            f"{name}: the target has shape {target.shape}; class numbers would have {tuple(shape)}"
        )
    if target.dtype.kind not in "iu":
        raise DTypeError(f"{name}: class numbers are integers; the target has dtype {target.dtype}")
    ignored = None if ignore_index is None else target == ignore_index
    wrong = (target < 0) | (target >= classes)
    if ignored is not None:
        wrong &= ~ignored
    if wrong.any():
        place = tuple(int(k) for k in np.argwhere(wrong)[0])
        raise ValueError(
            f"{name}: class {target[place]} at {place} is outside 0 ... {classes - 1}"
            + ("" if ignore_index is None else f", and is not ignore_index={ignore_index}")
        )
    found = target.astype(np.int64)
    if ignored is not None:
        found[ignored] = -1
    return found


def soft_targets(target, name: str) -> np.ndarray:
    """Rows of probabilities; NaN is refused."""
    target = floats(target, "target")
    # The sum shows whether there is any without an array of truth values.
    if np.isnan(target.sum(dtype=np.float64)):
        place = tuple(int(k) for k in np.argwhere(~np.isfinite(target))[0])
        raise ValueError(f"{name}: the target at {place} is {target[place]}, not a probability")
    return target


def class_weights(weight, classes: int, name: str) -> np.ndarray:
    """One float64 per class; ones where none are given."""
    if weight is None:
        return np.ones(classes)
    weight = floats(weight, "class_weight").astype(np.float64)
    if weight.shape != (classes,):
        raise ShapeError(
            f"{name}: class_weight has shape {weight.shape}; there are {classes} classes"
        )
    if not np.all((weight >= 0) & (weight < np.inf)):
        place = int(np.flatnonzero(~((weight >= 0) & (weight < np.inf)))[0])
        raise ValueError(
            f"{name}: class_weight[{place}] is {weight[place]}; weights are finite and not negative"
        )
    return np.ascontiguousarray(weight)
