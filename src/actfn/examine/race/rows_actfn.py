"""Functions of rows as actfn computes them."""

import numpy as np

import actfn
from actfn.examine.race.case import FORWARD, Case
from actfn.examine.race.rows import Rows
from actfn.examine.race.ways import Way, Ways


def ways(case: Case) -> Ways:
    """The ways of one case."""
    rows = Rows(case)
    if case.name == "cross_entropy":
        return _cross_entropy(rows)
    if case.name == "gumbel_softmax":
        return {"gumbel_softmax": Way(lambda: actfn.gumbel_softmax(rows.x, **rows.options, rng=0))}
    if case.name.startswith("sample"):
        rng = np.random.default_rng(1)
        return {"sample": Way(lambda: actfn.sample(rows.x, **rows.options, rng=rng))}
    f = getattr(actfn, case.name)
    if case.operation == FORWARD:
        out = rows.numbers if case.name == "logsumexp" else rows.room
        return {"out=": Way(lambda: f(rows.x, out=out))}
    y = f(rows.x)
    return {"backward, out=": Way(lambda: f.backward(rows.dy, y, out=rows.room))}


def _cross_entropy(rows: Rows) -> Ways:
    """Loss and gradient: in a new array, in one that is there, in place of the logits."""

    def restore():
        np.copyto(rows.room, rows.x)

    return {
        "new gradient": Way(lambda: actfn.cross_entropy(rows.x, rows.target, with_grad=True)),
        "gradient reused": Way(
            lambda: actfn.cross_entropy(rows.x, rows.target, grad_out=rows.room)
        ),
        "in place": Way(
            lambda: actfn.cross_entropy(rows.room, rows.target, grad_out=rows.room), restore
        ),
    }
