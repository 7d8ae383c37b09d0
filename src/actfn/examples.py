"""Examples and special values for the documentation, from the formula and not from the kernels."""

import math

import numpy as np

_INPUTS = (-2.0, -0.5, 0.0, 0.5, 2.0)
_GATES = (-1.0, 0.5, 2.0)
_VALUES = (2.0, -1.0, 0.5)
_SINGLES = tuple(k / 64 for k in (48, *range(16, 48), *range(49, 60)))  # the first that will do
_NEARLY = 0.04  # ULP


def examples(record) -> str:
    """Lines of an interactive session, with the results that are mathematically right."""
    lines = [">>> import numpy as np", ">>> import actfn"]
    name = record.name
    if not record.built_in:
        lines.append(f'>>> {name} = actfn.get("{name}")')
    else:
        name = f"actfn.{name}"
    make = _gated if len(record.inputs) > 1 else _elementwise
    return "\n".join([*lines, *make(record, name)])


def _elementwise(record, name: str):
    x = _inputs(record)
    chosen = "".join(f", {key}={value!r}" for key, value in _required(record).items())
    jets = record.oracle().jets(x)
    value = _with_signed_zeros(record, x, jets[0, 0])
    yield f">>> x = np.array({x.tolist()})"
    yield f">>> {name}(x{chosen})"
    yield repr(value)
    yield f">>> {name}.derivative(x{chosen})"
    yield repr(jets[1, 0] + 0.0)
    single, wanted = _nearly_float32(record)
    yield f">>> {name}(np.float32({single}){chosen})"
    yield repr(wanted)


def _nearly_float32(record) -> tuple[float, np.float32]:
    """An input, and its value: almost a float32, which a result within 1 ULP so has to be."""
    values, _ = record.oracle().double_double(np.array(_SINGLES))
    rounded = values.astype(np.float32)
    off = np.abs(rounded - values) / np.spacing(np.abs(rounded))
    k = int(np.argmax(off < _NEARLY))
    return _SINGLES[k], rounded[k]


def _gated(record, name: str):
    """Plain float64 evaluation is right to far more than the eight digits shown."""
    gate, value = np.array(_GATES), np.array(_VALUES)
    pair = "gate, value" if record.gate_position == "first" else "value, gate"
    yield f">>> gate, value = np.array({gate.tolist()}), np.array({value.tolist()})"
    chosen = "".join(f", {key}={number!r}" for key, number in _required(record).items())
    yield f">>> {name}({pair}{chosen})"
    known = record.defaults
    yield repr(
        np.array(
            [
                record.tree.evaluate(gate=g, value=v, **known)
                for g, v in zip(_GATES, _VALUES, strict=True)
            ]
        )
    )


def _required(record) -> dict[str, float]:
    """Values for the parameters that have no default."""
    return {p.name: record.defaults[p.name] for p in record.parameters if p.default is None}


def _inputs(record) -> np.ndarray:
    low, high = (record.number(end) for end in record.domain)
    if math.isfinite(low) and math.isfinite(high):
        return np.array([low + (high - low) * k / 8 for k in (1, 2, 4, 6, 7)])
    if math.isfinite(low):
        return np.array([low + step for step in (0.25, 0.5, 1.0, 2.0, 4.0)])
    return np.array(_INPUTS)


def _with_signed_zeros(record, x: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Give zeros the sign of the limit that they reach to, and those of an odd function its own."""
    left, right = (record.number(text) for text in record.limits)
    values = values + 0.0  # rational arithmetic knows one zero only
    if np.array_equal(values[::-1], -values) and np.array_equal(x[::-1], -x):
        left, right = -0.0, 0.0
    for side, limit in ((x < 0, left), (x > 0, right)):
        values[(values == 0) & side] = math.copysign(0.0, limit) if limit == 0 else 0.0
    return values


def special_values(record) -> list[tuple[str, str]]:
    """(argument, value) as texts: the ends of the domain, and 0 with both signs."""
    if len(record.inputs) > 1:
        return []
    ends = [
        (record.number(end), text) for end, text in zip(record.domain, record.limits, strict=True)
    ]
    found = [(f"{end:g}", _plain(record.number(text))) for end, text in ends]
    if ends[0][0] < 0 < ends[1][0]:
        oracle = record.oracle()
        at_zero = float(oracle.double_double(np.array([0.0]))[0][0])
        if at_zero == 0:
            beside = float(oracle.double_double(np.array([-(2.0**-40)]))[0][0])
            found += [("-0", "-0" if beside < 0 else "0"), ("0", "0")]
        else:
            found += [("0", _plain(at_zero))]
    return found


def _plain(value: float) -> str:
    return f"{value:.17g}" if float(f"{value:.6g}") != value else f"{value:g}"
