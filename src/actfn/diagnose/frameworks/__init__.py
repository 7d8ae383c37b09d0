"""Fronts for frameworks, the only modules that import them; each when one of its models comes."""

from actfn.errors import DiagnosisError


def network_of(model, loss=None, optimizer=None):
    """A network that can be observed, copied and trained, around whatever the caller has."""
    if _is_torch(model):
        from actfn.diagnose.frameworks.pytorch import TorchNetwork

        return TorchNetwork(model, loss, optimizer)
    if isinstance(model, list | tuple):
        from actfn.diagnose.plain import PlainNetwork

        return PlainNetwork(model, loss, optimizer)
    raise DiagnosisError(
        "the model is a torch.nn.Module or a list of layers (weight, bias, activation), "
        f"not {type(model).__name__}; for other frameworks feed an actfn.diagnose.observe.Observer"
    )


def _is_torch(model) -> bool:
    """Tell a torch module without importing torch."""
    return any(base.__module__ == "torch.nn.modules.module" for base in type(model).__mro__)
