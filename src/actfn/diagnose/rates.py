"""What `optimizer=` means where it is not an optimizer of a framework."""

from math import inf
from numbers import Real

from actfn.errors import DiagnosisError


def named_rate(given) -> tuple[str, float | None]:
    """("sgd" or "adam", its learning rate, None where none is given)."""
    if given is None:
        return "sgd", None
    name, rate = given if isinstance(given, tuple) and len(given) == 2 else ("sgd", given)
    if name not in ("sgd", "adam") or not isinstance(rate, Real):
        raise DiagnosisError(f"the optimizer is a rate, or ('adam', rate), not {given!r}")
    if not 0 < float(rate) < inf:
        raise DiagnosisError(f"a learning rate is a positive number, not {rate!r}")
    return name, float(rate)
