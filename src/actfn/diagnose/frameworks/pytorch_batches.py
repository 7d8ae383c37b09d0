"""The forms that batches for a torch module come in."""

import torch

from actfn.errors import DiagnosisError


def split(batch):
    """(inputs as a tuple or dict, target or None)."""
    if isinstance(batch, dict):
        return batch, None
    if isinstance(batch, tuple | list):
        if len(batch) == 0:
            raise DiagnosisError("a batch is empty: it is a tensor, or (inputs, targets)")
        return (tuple(batch), None) if len(batch) == 1 else (tuple(batch[:-1]), batch[-1])
    return (batch,), None


def double(batch):
    def wide(x):
        floating = isinstance(x, torch.Tensor) and x.is_floating_point()
        return x.double() if floating else x

    if isinstance(batch, dict):
        return {name: wide(x) for name, x in batch.items()}
    return type(batch)(map(wide, batch)) if isinstance(batch, tuple | list) else wide(batch)
