"""An activation with parameter values of its own, such as another framework's defaults."""

from functools import partial
from typing import Any

# Everything that takes parameters; the rest (name, formula, ...) is the activation's own.
_WITH_PARAMETERS = (
    "derivative",
    "second_derivative",
    "value_and_derivative",
    "backward",
    "parameter_gradients",
    "derivative_from_output",
    "backward_from_output",
)


class Variant:
    """`activation` with `parameters` filled in; values given in a call still win.

    Parameters
    ----------
    activation : Activation or Gated
        The record that computes.
    parameters : dict
        Parameter name -> value (a number or an array).
    """

    def __init__(self, activation, parameters: dict[str, Any]):
        unknown = sorted(set(parameters) - set(activation.parameter_names))
        if unknown:
            known = ", ".join(activation.parameter_names) or "none"
            raise TypeError(
                f"{activation.name} has no parameter {', '.join(unknown)}; its parameters: {known}"
            )
        self.activation = activation
        self.parameters = dict(parameters)

    def __call__(self, *arrays, **options):
        """f(x) with these parameters; see the activation."""
        return self.activation(*arrays, **{**self.parameters, **options})

    def __getattr__(self, name: str):
        if name.startswith("__") or name in ("activation", "parameters"):
            raise AttributeError(name)  # asked for by copy and pickle before there is a record
        attribute = getattr(self.activation, name)
        return partial(attribute, **self.parameters) if name in _WITH_PARAMETERS else attribute

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in self.parameters.items())
        return f"<{self.activation.name} with {values}>"

    def __eq__(self, other) -> bool:
        if not isinstance(other, Variant):
            return NotImplemented
        return (self.activation, self.parameters) == (other.activation, other.parameters)

    def __hash__(self) -> int:
        return hash((self.activation, tuple(sorted(self.parameters.items()))))

    def __reduce__(self):
        return Variant, (self.activation, self.parameters)
