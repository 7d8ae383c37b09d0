"""Moments of an activation on standard normal input, and the gains that follow from them."""

import math
from fractions import Fraction

import numpy as np

_REACH = 12.0  # beyond it the normal density is below 1e-31
_WIDTH = 0.5  # of a panel: 20 nodes then integrate even a narrow sigmoid to 1e-15
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)


def moments(land) -> tuple[float | None, float | None, float | None]:
    """E[f(z)], 1/sqrt(E[f(z)^2]) and 1/sqrt(E[f'(z)^2]) for z ~ N(0, 1).

    Gauss-Legendre quadrature on panels that end at every cut, on true values. None where f is
    not defined on the whole line, or where the integral diverges or vanishes.
    """
    if math.isfinite(land.low) or math.isfinite(land.high):
        return None, None, None
    x, weights = _panels(land.cuts)
    f, slope = land.oracle.jets(x)[:2, 0]
    weights = weights * np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    mean = math.fsum(f * weights)
    return (
        mean if math.isfinite(mean) else None,
        _gain(math.fsum(f * f * weights)),
        None if _has_pole(land) else _gain(math.fsum(slope * slope * weights)),
    )


def _panels(cuts: list[Fraction]) -> tuple[np.ndarray, np.ndarray]:
    panels = round(_REACH / _WIDTH)
    places = {k * _WIDTH for k in range(-panels, panels + 1)}
    edges = np.array(sorted(places | {float(cut) for cut in cuts if abs(cut) < _REACH}))
    half, middle = np.diff(edges) / 2, (edges[1:] + edges[:-1]) / 2
    x = middle[:, None] + half[:, None] * _NODES
    return x.ravel(), (half[:, None] * _WEIGHTS).ravel()


def _has_pole(land) -> bool:
    """Tell a slope that is infinite at a cut, whose square has no integral (as for sqrt)."""
    return any(abs(node[2]) > 2.0**100 for node in land.nodes if abs(node[0]) < _REACH)


def _gain(second_moment: float) -> float | None:
    if not (math.isfinite(second_moment) and second_moment > 0):
        return None
    return 1 / math.sqrt(second_moment)
