"""Functions of rows as one writes them with NumPy."""

import numpy as np

from actfn.examine.race.case import FORWARD, Case
from actfn.examine.race.rows import FUNCTIONS, Rows
from actfn.examine.race.ways import Way, Ways


def ways(case: Case) -> Ways:
    """The ways of one case; NumPy has no samplers of rows."""
    if case.name not in FUNCTIONS:
        return {}
    rows = Rows(case)
    if case.name == "cross_entropy":
        return {"six lines": Way(lambda: _cross_entropy(rows))}
    call = {"softmax": _softmax, "log_softmax": _log_softmax, "logsumexp": _logsumexp}[case.name]
    if case.operation == FORWARD:
        return {"lines": Way(lambda: call(rows))}
    y = call(rows).copy()
    slope = _softmax_slope if case.name == "softmax" else _log_softmax_slope
    return {"lines": Way(lambda: slope(rows, y))}


def _softmax(rows: Rows):
    y = np.subtract(rows.x, rows.x.max(axis=1, keepdims=True), out=rows.room)
    np.exp(y, out=y)
    y /= y.sum(axis=1, keepdims=True)
    return y


def _log_softmax(rows: Rows):
    y = np.subtract(rows.x, rows.x.max(axis=1, keepdims=True), out=rows.room)
    y -= np.log(np.exp(y).sum(axis=1, keepdims=True))
    return y


def _logsumexp(rows: Rows):
    top = rows.x.max(axis=1, keepdims=True)
    z = np.subtract(rows.x, top, out=rows.room)
    return np.log(np.exp(z, out=z).sum(axis=1)) + top[:, 0]


def _softmax_slope(rows: Rows, p):
    z = np.multiply(rows.dy, p, out=rows.room)
    z -= p * z.sum(axis=1, keepdims=True)
    return z


def _log_softmax_slope(rows: Rows, y):
    z = np.exp(y, out=rows.room)
    z *= -rows.dy.sum(axis=1, keepdims=True)
    z += rows.dy
    return z


def _cross_entropy(rows: Rows):
    n = len(rows.x)
    each = np.arange(n)
    z = rows.x - rows.x.max(axis=1, keepdims=True)
    label = z[each, rows.target]
    s = np.exp(z, out=z).sum(axis=1, keepdims=True)
    z /= n * s
    z[each, rows.target] -= 1 / n
    return np.mean(np.log(s[:, 0]) - label), z
