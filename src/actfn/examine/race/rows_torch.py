"""Functions of rows as PyTorch has them, and its usual recipes for sampling."""

from collections.abc import Callable
from typing import Any

import torch

from actfn.examine.race.case import FORWARD, Case
from actfn.examine.race.rows import Rows
from actfn.examine.race.tensors import tensor_of
from actfn.examine.race.ways import Way, Ways


def ways(case: Case) -> Ways:
    """The ways of one case."""
    rows = Rows(case)
    x, dy, room = map(tensor_of, (rows.x, rows.dy, rows.room))
    if case.name == "cross_entropy":
        return {"autograd": Way(_cross_entropy(x.requires_grad_(), torch.from_numpy(rows.target)))}
    if case.name == "gumbel_softmax":
        tau = rows.options["temperature"]
        return {"gumbel_softmax": Way(lambda: torch.nn.functional.gumbel_softmax(x, tau))}
    if case.name.startswith("sample"):
        draw = _sampler(**rows.options)
        return {"recipe": Way(lambda: draw(x))}
    f = getattr(torch, case.name)
    if case.operation == FORWARD:
        out = tensor_of(rows.numbers) if case.name == "logsumexp" else room
        return {"out=": Way(lambda: f(x, -1, out=out))}
    return _backward(case.name, f, x, dy, room)


def _backward(name: str, f: Callable, x, dy, room) -> Ways:
    leaf = x.detach().requires_grad_()
    with torch.enable_grad():
        y = f(leaf, -1)
    operator = getattr(torch.ops.aten, f"_{name}_backward_data").out
    word = "grad_input" if name == "softmax" else "out"
    saved = y.detach()
    return {
        "autograd": Way(lambda: torch.autograd.grad(y, leaf, dy, retain_graph=True)[0]),
        str(operator): Way(lambda: operator(dy, saved, -1, x.dtype, **{word: room})),
    }


def _cross_entropy(x, target) -> Callable[[], Any]:
    def call():
        with torch.enable_grad():
            loss = torch.nn.functional.cross_entropy(x, target)
        return loss.detach(), torch.autograd.grad(loss, x)[0]

    return call


def _sampler(top_k=None, top_p=None, size=None, replace=True) -> Callable:
    """softmax and multinomial; before them the usual recipe for a filter: sort, sum, mask."""

    def top_few(x):
        values, places = torch.topk(x, top_k)
        return places.gather(-1, torch.multinomial(torch.softmax(values, -1), 1))

    def nucleus(x):
        values, places = torch.sort(x, descending=True)
        p = torch.softmax(values, -1)
        p[p.cumsum(-1) - p >= top_p] = 0.0
        return places.gather(-1, torch.multinomial(p, 1))

    def plain(x):
        return torch.multinomial(torch.softmax(x, -1), size or 1, replacement=replace)

    return top_few if top_k else nucleus if top_p else plain
