"""Functions of rows as JAX has them, compiled."""

import jax
import jax.numpy as jnp

from actfn.examine.race.case import FORWARD, Case
from actfn.examine.race.rows import FUNCTIONS, Rows
from actfn.examine.race.ways import Way, Ways


def ways(case: Case) -> Ways:
    """The ways of one case."""
    if case.name not in FUNCTIONS:
        return {}
    rows = Rows(case)
    x, dy, target = map(jax.device_put, (rows.x, rows.dy, rows.target))
    if case.name == "cross_entropy":

        def loss(x, target):
            own = jnp.take_along_axis(x, target[:, None], axis=1)[:, 0]
            return jnp.mean(jax.nn.logsumexp(x, axis=1) - own)

        compiled = jax.jit(jax.value_and_grad(loss))
        return {"jit value_and_grad": Way(lambda: jax.block_until_ready(compiled(x, target)))}
    f = getattr(jax.nn, case.name)
    if case.operation == FORWARD:
        forward = jax.jit(lambda x: f(x, axis=-1))
        return {"jit": Way(lambda: jax.block_until_ready(forward(x)))}
    backward = jax.jit(lambda x, dy: jax.vjp(lambda x: f(x, axis=-1), x)[1](dy)[0])
    return {"jit vjp": Way(lambda: jax.block_until_ready(backward(x, dy)))}
