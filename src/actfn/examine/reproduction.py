"""One line of Python that shows what an implementation does at a number."""


def reproduction(text: str, derivative: str | None, kernel: str, x: str, dtype: str) -> str:
    """One line of Python that calls the implementation at a number such as "-5.6"."""
    library, _, path = text.partition(":")
    if library == "torch" and derivative is None:
        made = f"import torch; x = torch.tensor([{x}], dtype=torch.{dtype}"
        call = _called("torch", path, "x")
        if kernel == "forward":
            return f"{made}); print({call})"
        return f"{made}, requires_grad=True); {call}.sum().backward(); print(x.grad)"
    if library == "jax" and derivative is None:
        made = f"import jax; x = jax.numpy.array([{x}], '{dtype}')"
        call = _called("jax", path, "x")
        if kernel == "forward":
            return f"{made}; print({call})"
        return f"{made}; print(jax.grad(lambda x: {call}.sum())(x))"
    named = f"{text!r}, {derivative!r}" if derivative else repr(text)
    return (
        "import numpy as np; from actfn.examine.adapters import load; "
        f"print(load({named}).{kernel}(np.array([{x}], '{dtype}')))"
    )


def _called(package: str, path: str, argument: str) -> str:
    head, parenthesis, options = f"{package}.{path}".partition("(")
    if head.rpartition(".")[2][:1].isupper():  # a layer
        return f"{head}({options or ')'}({argument})"
    return f"{head}({argument}, {options}" if parenthesis else f"{head}({argument})"
