"""Where weights start: exact gains of every activation, and the schemes that use them."""

import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from actfn.catalogue import get
from actfn.errors import DiagnosisError
from actfn.facts import facts
from actfn.variant import Variant

PRESERVES = ("forward", "backward")
SCHEMES = ("kaiming", "xavier", "lecun", "orthogonal", "lsuv", "edge_of_chaos")
_LSUV_TOLERANCE, _LSUV_ROUNDS = 0.01, 10  # of the variance; rounds as in the paper
_EDGE_SPREAD = (1e-3, 8.0)  # standard deviations of pre-activations within which one is sought


def gain(activation, preserve: str = "forward", **parameters: float) -> float:
    """1 / sqrt(E f(z)²) or 1 / sqrt(E f'(z)²) for z ~ N(0, 1), from the activation's formula.

    Weights of standard deviation gain / sqrt(fan in) keep the mean square of the signal from layer
    to layer ("forward"); with fan out and the backward gain they keep that of the gradient. The
    two are equal for ReLU and its leaky relatives only.

    Parameters
    ----------
    activation : str or Activation
        Any name that `actfn.get` understands, or None for a linear layer.
    preserve : {"forward", "backward"}
    **parameters
        Of the activation, such as negative_slope.

    Returns
    -------
    float

    Raises
    ------
    DiagnosisError
        Where the integral does not exist, as for a function that is not defined everywhere.

    Examples
    --------
    >>> round(gain("gelu"), 4), round(gain("sigmoid", "backward"), 4)
    (1.5335, 4.7226)
    """
    if preserve not in PRESERVES:
        raise DiagnosisError(f"preserve is 'forward' or 'backward', not {preserve!r}")
    if activation is None:
        return 1.0
    record = get(activation) if isinstance(activation, str) else activation
    if isinstance(record, Variant):
        parameters = {**record.parameters, **parameters}
        record = record.activation
    if len(getattr(record, "inputs", ())) != 1:
        raise DiagnosisError(
            f"{getattr(record, 'name', record)} has no gain of its own: gains are of functions of "
            "one number; a gated unit keeps the signal with the gain of its gate"
        )
    unknown = sorted(set(parameters) - set(record.parameter_names))
    if unknown:
        known = ", ".join(record.parameter_names) or "none"
        raise TypeError(f"{record.name} has no parameter {unknown[0]}; its parameters: {known}")
    found = facts(record, **parameters) if parameters else record.facts  # kept by the record
    value = found.forward_gain if preserve == "forward" else found.backward_gain
    if value is None:
        raise DiagnosisError(f"{record.name} has no {preserve} gain: its integral does not exist")
    return value


def initialise(
    layers,
    scheme: str = "kaiming",
    *,
    preserve: str = "forward",
    distribution: str = "normal",
    rng=None,
    batch=None,
):
    """Fresh weights for NumPy layers, or for a torch module in place.

    Parameters
    ----------
    layers : sequence of (shape, activation), or torch.nn.Module
        shape is (inputs, units) as for x @ weight, or (units, inputs, ...) of a convolution with
        more than two numbers; the activation is the one that follows the layer. Of a module,
        `batch` lets the activations be found. Its biases are set to 0; all else, such as norms,
        buffers, mode and random numbers, stays as it is.
    scheme : {"kaiming", "xavier", "lecun", "orthogonal", "lsuv", "edge_of_chaos"}
        kaiming: gain² / fan. xavier: gain² · 2 / (fan in + fan out). lecun: 1 / fan in.
        orthogonal: orthogonal rows or columns times the gain. lsuv: orthogonal, then scaled until
        `batch` gives every layer's output variance 1, whatever the activations. edge_of_chaos:
        sigma_w² / fan in, with biases of variance sigma_b²; see `edge_of_chaos`.
    preserve : {"forward", "backward"}
        Which gain, and for kaiming which fan.
    distribution : {"normal", "uniform"}
    rng : Generator, int or None
    batch : array_like, optional
        Inputs, for lsuv and for torch modules.

    Returns
    -------
    list of numpy.ndarray, or the module
        float32 weights. A layer's gain is that of the activation *before* it, which is what it
        has to undo; the first layer's is 1.
    """
    if scheme not in SCHEMES:
        raise DiagnosisError(f"no scheme is called {scheme!r}; there are {', '.join(SCHEMES)}")
    if distribution not in ("normal", "uniform"):
        raise DiagnosisError(f"distribution is 'normal' or 'uniform', not {distribution!r}")
    generator = np.random.default_rng(rng)
    if hasattr(layers, "named_modules"):
        from actfn.diagnose.frameworks.pytorch_initialise import initialise_module

        return initialise_module(layers, batch, scheme, preserve, distribution, generator)
    given = [(tuple(shape), activation) for shape, activation in layers]
    if scheme == "lsuv":
        return _lsuv(given, batch, generator)
    before = [None, *(activation for _, activation in given)]
    return [
        draw(shape, previous, activation, scheme, preserve, distribution, generator)
        for (shape, activation), previous in zip(given, before, strict=False)
    ]


def draw(shape, previous, activation, scheme, preserve, distribution, generator) -> np.ndarray:
    """One weight array; `previous` is the activation before the layer, `activation` after it."""
    fan_in, fan_out = fans(shape)
    if scheme == "orthogonal":
        size = gain(previous) if preserve == "forward" else gain(activation, "backward")
        return (size * _orthogonal(shape, generator)).astype(np.float32)
    spread = _spread(scheme, preserve, previous, activation, fan_in, fan_out)
    if distribution == "uniform":
        edge = spread * math.sqrt(3)
        return generator.uniform(-edge, edge, shape).astype(np.float32)
    return generator.normal(0.0, spread, shape).astype(np.float32)


def _spread(scheme, preserve, previous, activation, fan_in, fan_out) -> float:
    if scheme == "lecun":
        return 1 / math.sqrt(fan_in)
    if scheme == "edge_of_chaos":
        return edge_of_chaos(activation)[0] / math.sqrt(fan_in) if activation else (
            1 / math.sqrt(fan_in)
        )  # fmt: skip
    size = gain(previous) if preserve == "forward" else gain(activation, "backward")
    if scheme == "xavier":
        return size * math.sqrt(2 / (fan_in + fan_out))
    return size / math.sqrt(fan_in if preserve == "forward" else fan_out)


def fans(shape: Sequence[int]) -> tuple[int, int]:
    """(fan in, fan out) of (inputs, units), or of a convolution's (units, inputs, ...)."""
    if len(shape) < 2 or min(shape) < 1:
        raise DiagnosisError(f"a weight has two sides of at least 1, not the shape {tuple(shape)}")
    if len(shape) == 2:
        return int(shape[0]), int(shape[1])
    field = math.prod(shape[2:])
    return shape[1] * field, shape[0] * field


def _orthogonal(shape, generator) -> np.ndarray:
    """Orthonormal columns or rows, whichever are fewer; signs fixed so that all are as likely.

    Scaled by sqrt(units / inputs) where there are more units, so that a signal keeps its size.
    """
    if len(shape) == 2:
        inputs, units = shape
    else:
        units, inputs = shape[0], math.prod(shape[1:])
    tall = generator.normal(size=(max(inputs, units), min(inputs, units)))
    q, r = np.linalg.qr(tall)
    q *= np.sign(np.diag(r))
    matrix = q if inputs >= units else q.T
    matrix = matrix * max(1.0, math.sqrt(units / inputs))
    return matrix if len(shape) == 2 else matrix.T.reshape(shape)


def _lsuv(given, batch, generator) -> list[np.ndarray]:
    """Mishkin & Matas 2016, arXiv:1511.06422, algorithm 1."""
    if batch is None:
        raise DiagnosisError("lsuv measures on data: pass batch=, an array (items, inputs)")
    from actfn.diagnose.slopes import activation_of, value_at

    x, weights = np.asarray(batch, np.float32), []
    for shape, activation in given:
        weight = _orthogonal(shape, generator).astype(np.float32)
        to_unit_variance(partial(_variance, x, weight), partial(_shrink, weight))
        weights.append(weight)
        x = x @ weight
        record = activation_of(activation)
        x = x if record is None else value_at(record, x)
    return weights


def _variance(x, weight) -> float:
    return float(np.var(x @ weight))


def _shrink(weight, spread: float) -> None:
    weight /= np.float32(spread)


def to_unit_variance(variance: Callable[[], float], shrink: Callable[[float], object]) -> None:
    """Divide a layer's weights by the spread of its output until the variance is 1."""
    for _ in range(_LSUV_ROUNDS):
        now = variance()
        if not 0 < now < math.inf:
            what = (
                "the same number for all of the batch"
                if now == 0
                else "numbers that are not finite"
            )
            raise DiagnosisError(f"lsuv: a layer gives {what}")
        if abs(now - 1) < _LSUV_TOLERANCE:
            return
        shrink(math.sqrt(now))


def edge_of_chaos(activation, spread: float | None = None) -> tuple[float, float]:
    """(sigma_w, sigma_b): weights of variance sigma_w² / fan in, biases of variance sigma_b².

    There gradients neither vanish nor explode with depth: sigma_w² E f'(z)² = 1, and the variance
    of the pre-activations stays what it is, q = sigma_w² E f(z)² + sigma_b², z ~ N(0, q).

    Parameters
    ----------
    activation : str or Activation
    spread : float, optional
        sqrt(q). By default the largest up to 1 for which sigma_b² is not negative, else the
        smallest above 1.

    Returns
    -------
    (float, float)

    Raises
    ------
    DiagnosisError
        Where no such pair exists.

    Notes
    -----
    Schoenholz et al. 2017, arXiv:1611.01232, section 3; for ReLU it is (sqrt(2), 0).
    """
    from actfn.diagnose.slopes import activation_of, predicted_gains

    record = activation_of(activation)
    if record is None:
        return 1.0, 0.0
    low, high = _EDGE_SPREAD
    down, up = np.geomspace(1.0, low, 200), np.geomspace(1.0, high, 200)
    for candidate in [spread] if spread is not None else [*down, *up]:
        forward, slope = predicted_gains(record, 0.0, float(candidate))
        if slope > 0:
            left = float(candidate) ** 2 * (1 - (forward / slope) ** 2)
            if left >= -1e-12 * float(candidate) ** 2:  # the quadrature's rounding
                return 1 / slope, math.sqrt(max(left, 0.0))
    raise DiagnosisError(f"{record.name} has no edge of chaos there: sigma_b² would be negative")
