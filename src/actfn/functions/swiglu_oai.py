"""Clamped SwiGLU of the gpt-oss models: both halves are cut off, the value is shifted by 1."""

from actfn.activation import Kink, Parameter
from actfn.elementary import Exact, absolute, exp, maximum, minimum, where
from actfn.gated import Gated

swiglu_oai = Gated(
    name="swiglu_oai",
    formula="min(gate, limit) / (1 + exp(-1.702 * min(gate, limit)))"
    " * (clip(value, -limit, limit) + 1)",
    parameters=(Parameter("limit", "7", "where gate and value are cut off", ("3",)),),
    kinks={"limit": Kink("0", "the cut-off side, as for every clip here")},
    source="OpenAI 2025, gpt-oss model card and reference code, swiglu with alpha = 1.702",
    aliases=("clamped_swiglu", "gpt_oss_swiglu"),
    notes="gpt-oss lays the two out interleaved: pass layout='interleaved'.",
)

ALPHA = Exact(1.702, 4.263256414560601e-17)  # the decimal 1.702


def half_exponential(gate):
    # Far left everything is 0: the clamp keeps float64's exponent and infinities out.
    return exp(ALPHA * minimum(absolute(gate), 900) * -0.5)


def swish(gate):
    half = half_exponential(gate)
    e = half * half
    return where(gate < 0, maximum(gate, -900) * half * half, gate) / (1 + e)


def swish_slope(gate):
    half = half_exponential(gate)
    e, t = half * half, ALPHA * minimum(absolute(gate), 900)
    g = half * (1 + e - t) * half / ((1 + e) * (1 + e))
    return where(gate < 0, g, 1 - g)


def swish_bend(gate):
    half = half_exponential(gate)
    e, t = half * half, ALPHA * minimum(absolute(gate), 900)
    return ALPHA * (half * (2 * (1 + e) - t * (1 - e)) * half) / ((1 + e) * (1 + e) * (1 + e))


def shifted(value, limit):
    return maximum(minimum(value, limit), -limit) + 1


def inside(value, limit):
    """1 between the cuts, 0 from them on, NaN for NaN."""
    within = where(absolute(value) < limit, 1, 0)
    return where(value == value, within, value)


@swiglu_oai.kernel("forward")
def forward(gate, value, limit):
    return swish(minimum(gate, limit)) * shifted(value, limit)


@swiglu_oai.kernel("derivative", by="gate", wide=True)
def by_gate(gate, value, limit):
    # wide: the slope of swish has a zero at gate = -0.7513, and limit can be anywhere.
    slope = where(gate < limit, swish_slope(gate), where(gate >= limit, 0, gate))
    return slope * shifted(value, limit)


@swiglu_oai.kernel("derivative", by="value")
def by_value(gate, value, limit):
    return swish(minimum(gate, limit)) * inside(value, limit)


@swiglu_oai.kernel("derivative", by="limit")
def by_limit(gate, value, limit):
    through_gate = where(gate < limit, 0, swish_slope(limit)) * shifted(value, limit)
    edge = where(value >= limit, 1, where(value <= -limit, -1, value - value))
    return through_gate + swish(minimum(gate, limit)) * edge


@swiglu_oai.kernel("second_gate_gate")
def gate_gate(gate, value, limit):
    bend = where(gate < limit, swish_bend(gate), where(gate >= limit, 0, gate))
    return bend * shifted(value, limit)


@swiglu_oai.kernel("second_gate_value")
def gate_value(gate, value, limit):
    slope = where(gate < limit, swish_slope(gate), where(gate >= limit, 0, gate))
    return slope * inside(value, limit)


@swiglu_oai.kernel("second_value_value")
def value_value(gate, value, limit):
    return where((gate == gate) & (value == value), 0, gate + value)
