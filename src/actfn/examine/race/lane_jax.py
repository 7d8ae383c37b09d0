"""JAX's lane: jit-compiled; the gradient through jax.vjp inside the compiled function."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from actfn.examine import peers
from actfn.examine.race import rows_jax
from actfn.examine.race.case import BACKWARD, BOTH, COPY, DERIVATIVE, FORWARD, Case
from actfn.examine.race.formulas import Written
from actfn.examine.race.rows import ROWS
from actfn.examine.race.ways import Arrays, NoWork, Way, Ways, one_or_all

_SAME = "exp expm1 log log1p sqrt sin cos sinh cosh tanh abs sign clip where square".split()
FUNCTIONS: dict[str, Any] = {
    **{name: getattr(jnp, name) for name in _SAME},
    **{name: getattr(jax.nn, name) for name in ("sigmoid", "softplus", "relu")},
    **{name: getattr(jax.scipy.special, name) for name in ("erf", "erfc")},
    "max": jnp.maximum,
    "min": jnp.minimum,
    "atan": jnp.arctan,
    "scalar": lambda value, x: jnp.asarray(value, x.dtype),
}


def start(count: int) -> dict[str, Any]:
    """What is worth knowing about this installation; threads are set before it starts."""
    jax.config.update("jax_enable_x64", True)  # else it makes float32 of float64
    return {
        "version": jax.__version__,
        "threads": count,
        "devices": [str(device) for device in jax.devices()],
        "x64": True,
    }


def ways(case: Case) -> Ways:
    """JAX's function, or the formula where it has none, compiled."""
    if case.name in ROWS:
        return rows_jax.ways(case)
    if case.name == COPY:
        return {}
    record, arrays = case.record, Arrays(case)
    spelling = peers.spelling(record, "jax") if len(record.inputs) == 1 else None
    if spelling is not None and spelling.installed:
        f, label = spelling.load(case.dtype), spelling.spec
    else:
        written = Written(record.tree, record.inputs, record.defaults, FUNCTIONS)
        f, label = written.function(), "formula"
    compiled = jax.jit(_operation(case.operation, f))
    inputs = [jax.device_put(a) for a in arrays.inputs]
    if not jax.make_jaxpr(f)(*inputs).eqns:
        raise NoWork("it returns its argument")
    given = jax.device_put(np.ones_like(arrays.dy) if _wants_ones(case) else arrays.dy)
    if case.operation == FORWARD:
        return {f"jit {label}": Way(lambda: jax.block_until_ready(compiled(*inputs)))}
    return {f"jit {label}": Way(lambda: jax.block_until_ready(compiled(given, *inputs)))}


def _wants_ones(case: Case) -> bool:
    return case.operation in (DERIVATIVE, BOTH)


def _operation(name: str, f: Callable) -> Callable:
    if name == FORWARD:
        return lambda *inputs: f(*inputs)

    def both(dy, *inputs):
        y, pull = jax.vjp(f, *inputs)
        return y, one_or_all(list(pull(dy)))

    if name in (DERIVATIVE, BACKWARD):
        return lambda dy, *inputs: both(dy, *inputs)[1]
    return both
