"""What is wrong with a torch module or a batch, said before torch says it less clearly."""

from contextlib import contextmanager

import torch

from actfn.errors import DiagnosisError


def check_usable(model) -> None:
    """Refuse modules that cannot be watched."""
    if any(torch.nn.parameter.is_lazy(p) for p in model.parameters()):
        raise DiagnosisError(
            "the model has lazy modules without shapes yet: run it once on a batch first"
        )
    if any(p.is_meta for p in model.parameters()):
        raise DiagnosisError(
            "the model is on the meta device, where tensors have no numbers: load its weights "
            "on another device first"
        )
    # torch.compile wraps the module, module.compile() changes its calls.
    if any(hasattr(m, "_orig_mod") or m._compiled_call_impl is not None for m in model.modules()):
        raise DiagnosisError(
            "the model is compiled, which hides its calls: diagnose the module it was made from"
        )


def check_device(model, inputs, index: int) -> None:
    """Refuse a batch on a device on which the model has no parameters."""
    tensors = inputs.values() if isinstance(inputs, dict) else inputs
    home = next(model.parameters(), None)
    for tensor in tensors:
        if not isinstance(tensor, torch.Tensor) or home is None or tensor.device == home.device:
            continue
        devices = {p.device for p in model.parameters()}
        if tensor.device not in devices:
            where = ", ".join(sorted(map(str, devices)))
            raise DiagnosisError(
                f"the model is on {where} and batch {index} on {tensor.device}: "
                f"move the batches with .to('{where}')"
            )


@contextmanager
def blaming(what: str):
    """Say whose error it is."""
    try:
        yield
    except Exception as error:
        raise DiagnosisError(f"{what} raised {type(error).__name__}: {error}") from error
