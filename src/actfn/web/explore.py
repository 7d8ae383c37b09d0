"""Functions of the catalogue as curves, facts and names; softmax at any temperature."""

import math
from functools import lru_cache
from typing import Any

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from actfn import whiteboard
from actfn.catalogue import get, names
from actfn.fact_rows import fact_rows
from actfn.terminal_plot import interval_of, sampled
from actfn.web.body import BadRequest, NotThere, fields, needed
from actfn.web.payloads import numbers

POINTS = 400
MOST_LOGITS = 64
_SHOWN = ("name", "title", "formula", "latex", "source", "notes", "same_as", "disagreements")


def _record(name: str):
    if name not in names() or len(get(name).inputs) != 1:
        raise NotThere(f"there is no function of one variable called '{name[:100]}'")
    return get(name)


def curve_of(
    name: str, low: float, high: float, parameters: dict[str, float], order: int, points: int
) -> dict[str, Any]:
    """Values of a function, and of its derivatives up to an order."""
    record = _record(name)
    xs = np.linspace(low, high, points)
    found: dict[str, Any] = {"name": name, "x": xs.tolist()}
    for key, k in zip(("value", "derivative", "second")[: order + 1], range(3), strict=False):
        found[key] = numbers(sampled(record, xs.tolist(), k, parameters))
    return found


def anonymous(name: str) -> dict[str, Any]:
    """A curve to be recognised: without its name."""
    low, high = interval_of(get(name))
    found = curve_of(name, low, high, {}, 1, POINTS)
    del found["name"]
    return found


@lru_cache(maxsize=1)
def _catalogue() -> list[dict[str, Any]]:
    found = []
    for name in names():
        record = get(name)
        if len(record.inputs) == 1:
            found.append({"name": name, "title": record.title, "formula": record.formula})
    return found


@lru_cache(maxsize=128)
def _function(name: str) -> dict[str, Any]:
    record = _record(name)
    values = record.defaults
    parameters = [
        {"name": p.name, "doc": p.doc, "default": values[p.name], "minimum": _least(record, p)}
        for p in record.parameters
    ]
    accuracy = {
        dtype: {kernel: k["worst_ulp"] for kernel, k in kernels.items()}
        for dtype, kernels in (record.accuracy or {}).items()
    }
    return {
        **{name: getattr(record, name) for name in _SHOWN},
        "parameters": parameters, "accuracy": accuracy,
    }  # fmt: skip


def _least(record, parameter) -> float | None:
    if parameter.minimum is None:
        return None
    return record.number(parameter.minimum)


async def catalogue(request: Request) -> Response:
    """All functions of one variable."""
    return JSONResponse(await run_in_threadpool(_catalogue))


async def function(request: Request) -> Response:
    """All about one of them."""
    return JSONResponse(await run_in_threadpool(_function, request.path_params["name"]))


@lru_cache(maxsize=128)
def _facts(name: str) -> list[tuple[str, str]]:
    return fact_rows(_record(name))


async def facts(request: Request) -> Response:
    """What can be worked out about one: range, monotone, extrema, gains. Takes up to seconds."""
    return JSONResponse(await run_in_threadpool(_facts, request.path_params["name"]))


async def curves(request: Request) -> Response:
    """Curves of several functions on one interval: [{name, parameters}, ...]."""
    found = await fields(
        request, functions=list, low=(int, float), high=(int, float), order=int, points=int
    )
    low, high = float(needed(found, "low")), float(needed(found, "high"))
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise BadRequest(f"an interval from {low} to {high} is none")
    points = min(max(found.get("points", POINTS), 2), 2000)
    wanted = [_wanted(entry) for entry in needed(found, "functions")[:8]]
    order = min(max(found.get("order", 1), 0), 2)

    def drawn() -> list[dict[str, Any]]:
        return [curve_of(name, low, high, values, order, points) for name, values in wanted]

    return JSONResponse(await run_in_threadpool(drawn))


def _wanted(entry: Any) -> tuple[str, dict[str, float]]:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise BadRequest("each function looks like {name, parameters}")
    known = _record(entry["name"]).parameter_names
    values = entry.get("parameters") or {}
    if not isinstance(values, dict) or not set(values) <= set(known):
        raise BadRequest(f"{entry['name']} has the parameters {', '.join(known) or '(none)'}")
    if not all(isinstance(v, int | float) and math.isfinite(v) for v in values.values()):
        raise BadRequest("a parameter is a finite number")
    return entry["name"], {name: float(value) for name, value in values.items()}


async def softmax(request: Request) -> Response:
    """Shares of logits at several temperatures; "inf" is one too."""
    found = await fields(request, logits=list, temperatures=list)
    logits, temperatures = needed(found, "logits"), needed(found, "temperatures")
    if not 0 < len(logits) <= MOST_LOGITS or not 0 < len(temperatures) <= MOST_LOGITS:
        raise BadRequest(f"1 to {MOST_LOGITS} logits and temperatures are wanted")
    try:
        row = np.array([float(v) for v in logits])
        hot = [float(t) for t in temperatures]
    except (TypeError, ValueError):
        raise BadRequest("logits and temperatures are numbers") from None
    if not np.isfinite(row).all() or any(math.isnan(t) or t < 0 for t in hot):
        raise BadRequest("logits are finite, and a temperature is 0 or larger")
    shares = [whiteboard.softmax_with_temperature(row, t) for t in hot]
    return JSONResponse([_row(p) for p in shares])


def _row(shares: np.ndarray) -> dict[str, Any]:
    with np.errstate(divide="ignore", invalid="ignore"):
        bits = np.where(shares > 0, -shares * np.log2(shares), 0.0)
    return {"shares": numbers(shares), "entropy": float(bits.sum())}


def routes() -> list[Route]:
    """The addresses of this file."""
    return [
        Route("/api/functions", catalogue),
        Route("/api/functions/{name}", function),
        Route("/api/functions/{name}/facts", facts),
        Route("/api/curves", curves, methods=["POST"]),
        Route("/api/softmax", softmax, methods=["POST"]),
    ]
