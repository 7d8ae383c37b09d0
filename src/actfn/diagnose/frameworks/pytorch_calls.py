"""What a call of torch computes: which activation, with which parameters."""

from functools import lru_cache

import numpy as np
import torch

from actfn.catalogue import get
from actfn.errors import UnknownActivationError
from actfn.variant import Variant

_MODULE = torch.nn.functional
# Words of torch's functions that are other words in the records; all else is in the same order.
_WORDS = {"min_val": "min", "max_val": "max", "lambd": "threshold"}


@lru_cache(maxsize=512)
def _known(name: str):
    """The record that a function of torch is called like, or None."""
    stem = name[:-1] if name.endswith("_") and not name.endswith("__") else name
    if not (hasattr(_MODULE, stem) or stem == "log_sigmoid") or stem in ("softmax", "log_softmax"):
        return None
    try:
        record = get(stem, like="torch")
    except UnknownActivationError:
        return None
    elementwise = len(getattr(record, "inputs", ())) == 1
    return record if elementwise and record.name != "identity" else None  # "linear" is a layer


def activation_called(name: str, args, kwargs):
    """The activation that this call computes, with its parameters, or None."""
    if name in ("clamp", "clamp_", "clip", "clip_", "clamp_min"):
        low = args[1] if len(args) > 1 else kwargs.get("min")
        high = args[2] if len(args) > 2 else kwargs.get("max")
        only_zero = isinstance(low, int | float) and low == 0 and high is None
        return get("relu") if only_zero else None
    record = _known(name)
    if record is None:
        return None
    if name == "gelu" and (kwargs.get("approximate") == "tanh" or "tanh" in args[1:]):
        return get("gelu_tanh")
    own = record.activation if isinstance(record, Variant) else record
    given = dict(zip(own.parameter_names, args[1:], strict=False))
    for word, value in kwargs.items():
        if _WORDS.get(word, word) in own.parameter_names:
            given[_WORDS.get(word, word)] = value
    values = {n: as_numpy(v) if isinstance(v, torch.Tensor) else float(v) for n, v in given.items()}
    return Variant(own, values) if values else record


def per_unit(record):
    """Vectors as parameters belong to the units, the middle axis of (items, units, positions)."""
    if not isinstance(record, Variant):
        return record
    shaped = {
        name: float(v) if np.size(v) == 1 else np.reshape(v, (-1, 1))
        for name, v in record.parameters.items()
    }
    return Variant(record.activation, shaped)


def in_place(func, kwargs) -> bool:
    """Whether this call writes its result over its input."""
    return bool(kwargs.get("inplace")) or func.__name__.endswith("_")


def as_numpy(tensor, copy: bool = False):
    """The numbers of a tensor on any device; its own memory where NumPy knows the type."""
    if tensor is None:
        return None
    with torch._C.DisableTorchFunction():
        if tensor.dtype in (torch.bfloat16, torch.float16):
            tensor = tensor.detach().float()
        array = tensor.numpy(force=True)
    return array.copy() if copy else array
