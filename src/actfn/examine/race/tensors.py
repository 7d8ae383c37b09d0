"""NumPy arrays as tensors."""

import numpy as np
import torch


def tensor_of(array: np.ndarray) -> torch.Tensor:
    """The same memory as a tensor."""
    if array.dtype.name == "bfloat16":
        return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16)
    return torch.from_numpy(array)
